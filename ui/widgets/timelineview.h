// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/widgets/keyhints.h"
#include "ui/widgets/timelinegeometry.h"

#include <QAbstractScrollArea>
#include <QPixmap>

#include <functional>
#include <memory>
#include <optional>

namespace ra::ui {

/// Rows of bars over time: the steps of a run with their attempts, or executions by lane. Painted from a cached
/// picture; selection, hover and cursor lie on top.
///
/// Keys: W S zoom, A D pan, F centre the selection and again fit, arrows move between rows and bars, "." "," next and
/// previous bar, Home End first and last row, Enter opens, Esc clears, T asks for the table twin. Ctrl+wheel zooms at
/// the pointer, Shift+drag or middle drag pans, a double click selects and fits. The strip above the rows shows all of
/// the time; its window can be dragged.
class TimelineView : public QAbstractScrollArea {
    Q_OBJECT
public:
    /// The current row, and its current bar as index into Data::bars; -1 for none.
    struct Current {
        int row = -1;
        int bar = -1;
        bool operator==(const Current &) const = default;
    };

    explicit TimelineView(QWidget *parent = nullptr);
    /// What keyPressEvent() and the pointer do, for people.
    [[nodiscard]] static QList<KeyHint> keyHints();
    ~TimelineView() override;

    /// Shows other data. The range stays if it was zoomed and still fits, else all is shown; the current row stays.
    void setData(std::shared_ptr<const timeline::Data> data);
    [[nodiscard]] const timeline::Data &data() const { return *m_data; }

    [[nodiscard]] timeline::Range range() const { return m_range; }
    void setRange(const timeline::Range &range);
    void fitAll();

    [[nodiscard]] Current current() const { return m_current; }
    /// Selects and scrolls into view; signals only if it changed.
    void setCurrent(const Current &current);

    /// The same choice at its new place in other data: neither scrolls nor signals.
    void moveCurrent(const Current &current);

    /// Times as time of day (in the display zone) rather than since the origin.
    void setWallClock(bool wallClock);
    /// Whether a double click opens instead of fitting.
    void setOpensOnDoubleClick(bool opens) { m_opensOnDoubleClick = opens; }
    /// What to say about a row (bar -1) or a bar; asked when it is needed. The default knows names, states and times.
    void setDescriber(std::function<QString(int row, int bar)> describer) { m_describer = std::move(describer); }
    /// "aggregate, completed, 31.0 s, rank 1 of 10": what is spoken and shown as tool tip.
    [[nodiscard]] QString describe(const Current &what) const;

    /// The layout in force, for tests and benchmarks.
    [[nodiscard]] timeline::Request request() const;
    [[nodiscard]] QRectF minimapRect() const;

    [[nodiscard]] QSize sizeHint() const override;

Q_SIGNALS:
    void currentChanged(const ra::ui::TimelineView::Current &current);
    void opened(const ra::ui::TimelineView::Current &what);
    void rangeChanged(const ra::ui::timeline::Range &range);
    /// The reader asked for the same data as a table.
    void twinRequested();

protected:
    void paintEvent(QPaintEvent *event) override;
    void resizeEvent(QResizeEvent *event) override;
    void keyPressEvent(QKeyEvent *event) override;
    void wheelEvent(QWheelEvent *event) override;
    void mousePressEvent(QMouseEvent *event) override;
    void mouseMoveEvent(QMouseEvent *event) override;
    void mouseReleaseEvent(QMouseEvent *event) override;
    void mouseDoubleClickEvent(QMouseEvent *event) override;
    void changeEvent(QEvent *event) override;
    void focusInEvent(QFocusEvent *event) override;
    void focusOutEvent(QFocusEvent *event) override;
    bool viewportEvent(QEvent *event) override;
    void scrollContentsBy(int dx, int dy) override;

private:
    struct CacheKey {
        std::uint64_t version = 0;
        timeline::Range range;
        QSize size;
        double pixelRatio = 0;
        qint64 palette = 0;
        int scroll = 0;
        bool operator==(const CacheKey &) const = default;
    };
    enum class Drag { None, Pan, Minimap };

    [[nodiscard]] QRectF plotRect() const;
    [[nodiscard]] QRectF axisRect() const;
    [[nodiscard]] QRectF namesRect() const;
    [[nodiscard]] double naturalRowHeight() const;
    [[nodiscard]] double currentRowHeight(const timeline::Range &range) const;
    [[nodiscard]] Current at(const QPointF &position) const;
    [[nodiscard]] std::int64_t minSpan() const;
    void applyRange(const timeline::Range &wanted, std::int64_t anchorBefore, std::int64_t anchorAfter);
    void zoomAt(double factor, double fraction);
    void panBy(double fraction);
    void centreOrFit();
    void moveRow(int by);
    void moveBar(int by);
    void ensureVisible(const Current &what);
    void updateMetrics();
    void updateScrollBar();
    void dragMinimapTo(double x);
    void paintBackground(QPainter &painter) const;
    void paintOverlay(QPainter &painter) const;
    [[nodiscard]] const QPixmap &picture();
    [[nodiscard]] const QPixmap &minimap();

    std::shared_ptr<const timeline::Data> m_data;
    timeline::Range m_range;
    Current m_current;
    Current m_hover;
    std::optional<double> m_cursor; ///< x of the pointer over the plot
    double m_namesWidth = 0;
    double m_characterWidth = 7;
    bool m_wallClock = false;
    bool m_opensOnDoubleClick = false;
    std::function<QString(int, int)> m_describer;
    Drag m_drag = Drag::None;
    QPointF m_dragFrom;
    timeline::Range m_dragRange;
    CacheKey m_key;
    QPixmap m_picture;
    CacheKey m_minimapKey;
    QPixmap m_minimap;
};

} // namespace ra::ui
