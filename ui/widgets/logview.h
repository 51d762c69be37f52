// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/widgets/keyhints.h"
#include "ui/widgets/logdocument.h"
#include "ui/widgets/logsearch.h"

#include <QAbstractScrollArea>

#include <optional>
#include <stop_token>

class QAction;

namespace ra::ui {

class KeyHintButton;
class LogScrollBar;

/// The lines of a log: a virtual list that paints only what shows, smooth with millions of lines. Text from logs is
/// shown literally.
///
/// Follow mode is on while the reader is at the end; scrolling up leaves it, and nothing that arrives moves the view
/// then: a pill counts what is new. End returns. Keys: arrows move the current line (Shift extends the selection), "/"
/// asks for find, n N next and previous match, e E next and previous error, Ctrl+C copies, Ctrl+A selects all. Line
/// numbers in this interface are those of the document, whatever the filter hides.
class LogView : public QAbstractScrollArea {
    Q_OBJECT
public:
    explicit LogView(QWidget *parent = nullptr);
    /// What keyPressEvent() does, for people.
    [[nodiscard]] static QList<KeyHint> keyHints();
    ~LogView() override;

    /// Shows other lines. Lines that were there before, by their place in their source, keep selection and place on the
    /// screen, also where lines of another source were put between them.
    void setLines(std::shared_ptr<const LogDocument::Lines> lines);
    void appendLines(LogDocument::Lines lines);
    /// Keeps at most about this many of the newest lines when appending; 0 (the default) keeps all.
    void setCapacity(std::size_t lines) { m_capacity = lines; }
    /// What is said where there is no line at all, and below it what would bring some. Default: "No lines yet".
    void setEmptyText(const QString &reason, const QString &help = {});
    [[nodiscard]] QString emptyText() const { return m_emptyReason; }
    [[nodiscard]] const LogDocument &document() const { return m_document; }
    /// Times are known to this; it decides how many digits the time column shows.
    void setResolution(Duration resolution);
    [[nodiscard]] Duration resolution() const { return m_resolution; }

    /// By line: which step it belongs to, -1 for none; lines of the marked step carry a bar. Empty: steps are not
    /// known.
    void setSteps(std::vector<int> stepOfLine);
    void markStep(int step);
    [[nodiscard]] int stepOf(int line) const;
    /// The first line of a step; -1 for none.
    [[nodiscard]] int firstLineOf(int step) const;

    void setFilter(const LogFilter &filter);
    void setNeedle(const QString &needle);
    [[nodiscard]] const std::vector<std::uint32_t> &matches() const { return m_scan.matches; }
    [[nodiscard]] const std::vector<std::uint32_t> &errors() const { return m_scan.errors; }
    /// Whether a search goes on in the background.
    [[nodiscard]] bool isScanning() const { return m_scanning; }
    void findNext(bool backwards = false);
    void errorNext(bool backwards = false);

    [[nodiscard]] bool isFollowing() const { return m_following; }
    void setFollowing(bool follow);
    /// Lines that arrived while the reader was elsewhere.
    [[nodiscard]] std::size_t unseen() const { return m_unseen; }

    [[nodiscard]] int currentLine() const { return m_current; }
    /// Selects a line and scrolls it into view; -1 for none. Leaves follow mode.
    void setCurrentLine(int line);
    /// Scrolls so that the line stands near the top, without selecting it.
    void showLine(int line);
    [[nodiscard]] QString selectedText() const;
    /// The first line on the screen, for tests.
    [[nodiscard]] int topLine() const;
    [[nodiscard]] int rowCount() const; ///< lines that the filter admits

Q_SIGNALS:
    /// The reader chose another line (setCurrentLine() does not signal).
    void lineSelected(int line);
    void followingChanged(bool following);
    void findRequested();
    /// Matches, errors or admitted lines changed.
    void scanChanged();

protected:
    void paintEvent(QPaintEvent *event) override;
    void resizeEvent(QResizeEvent *event) override;
    void keyPressEvent(QKeyEvent *event) override;
    void mousePressEvent(QMouseEvent *event) override;
    void mouseMoveEvent(QMouseEvent *event) override;
    void changeEvent(QEvent *event) override;
    void focusInEvent(QFocusEvent *event) override;
    void focusOutEvent(QFocusEvent *event) override;
    bool viewportEvent(QEvent *event) override;
    void scrollContentsBy(int dx, int dy) override;

private:
    /// A line, and how many rows below the top it stands.
    struct Place {
        int line = -1;
        int below = 0;
    };
    /// What must not move when the rows change: the selected line where it shows or a filter hides it, else the top.
    [[nodiscard]] Place placeNow() const;
    void restore(const Place &place);
    void replaceKeepingPlace(std::shared_ptr<const LogDocument::Lines> lines);
    [[nodiscard]] int rowOf(int line) const; ///< the row that shows the line, or the next one after it
    [[nodiscard]] int lineAtRow(int row) const;
    [[nodiscard]] int rowAtY(double y) const;
    void paintRow(QPainter &painter, int row, double top);
    void paintMessage(QPainter &painter, const QString &text, double x, double top, const QColor &color);
    void select(int line, bool extend, bool byReader);
    void moveCurrent(int rows, bool extend);
    void goTo(const std::vector<std::uint32_t> &lines, bool backwards);
    void ensureRowVisible(int row);
    void updateMetrics();
    void updateScrollBars(bool keepEnd);
    void updatePill();
    void rescan();
    void scanAppended(std::size_t from);
    void take(LogScan scan, bool replace);
    void updateTicks();
    void leaveOrEnterFollow();

    LogDocument m_document;
    LogFilter m_filter;
    bool m_filtered = false; ///< rows are those of m_scan.admitted: what shows until a new filter has its answer
    std::optional<Place> m_wantedPlace; ///< to be restored once the rows are there
    std::string m_needle;
    LogScan m_scan;
    bool m_scanning = false;
    std::stop_source m_stop;
    std::vector<int> m_steps;
    int m_markedStep = -1;
    std::size_t m_capacity = 0;
    QString m_emptyReason, m_emptyHelp;
    Duration m_resolution = std::chrono::seconds(1);

    int m_current = -1;
    int m_anchor = -1; ///< the other end of the selection
    bool m_following = false;
    bool m_adjusting = false; ///< the scroll bar moves because of us, not the reader
    std::size_t m_unseen = 0;

    double m_lineHeight = 18;
    double m_digit = 8;
    double m_timeWidth = 70;
    double m_levelWidth = 40;
    std::size_t m_longest = 0; ///< bytes of the longest line
    LogScrollBar *m_scrollBar;
    QAction *m_toNewest;
    KeyHintButton *m_pill;
};

} // namespace ra::ui
