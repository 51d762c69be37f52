// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/report/document.h"
#include "ui/theme/tokens.h"

#include <QFont>
#include <QPaintDevice>
#include <QPainter>

#include <array>
#include <vector>

namespace ra::ui::print {

/// The type of a report, smallest hierarchy that carries it.
enum class Type { Body, Strong, Caption, CaptionStrong, Lead, Heading, Title, Headline, HeadlineSmall, Mono };
inline constexpr int typeCount = 10;

/// Measures and paints in points (1/72 inch) on a device of any resolution, so that a page is the same at 72 and at
/// 1200 dpi. Always in the light theme's colours: paper is white. Text is real text in embedded fonts.
class Canvas {
public:
    /// Measures for that device; painting needs a painter.
    explicit Canvas(QPaintDevice &device);
    void setPainter(QPainter *painter) { m_painter = painter; }

    [[nodiscard]] double lineHeight(Type type) const { return m_styles[std::size_t(type)].lineHeight; }
    [[nodiscard]] double width(Type type, const QString &text) const;
    [[nodiscard]] QString elided(Type type, const QString &text, double width,
                                 Qt::TextElideMode mode = Qt::ElideRight) const;
    /// The text in lines no wider than `width`, broken at words where possible; what does not fit into `maxLines` is
    /// elided at the end of the last one.
    [[nodiscard]] std::vector<QString> wrapped(Type type, const QString &text, double width, int maxLines) const;

    /// One line in a box, vertically centred, clipped by nothing: callers elide. Digits keep the widths of their font:
    /// placed one by one in equal cells, as on the screen, "11.4" would be copied out of the PDF as "1 1.4".
    void text(const QRectF &box, Type type, const QColor &color, const QString &text,
              Qt::Alignment alignment = Qt::AlignLeft);
    /// Lines from the top of a box on.
    void lines(const QRectF &box, Type type, const QColor &color, const std::vector<QString> &lines);
    /// Text on a baseline; gives the x behind it.
    double onBaseline(double x, double baseline, Type type, const QColor &color, const QString &text);
    /// The baseline of a line that is centred in a box.
    [[nodiscard]] double baselineIn(const QRectF &box, Type type) const;
    [[nodiscard]] double ascent(Type type) const { return m_styles[std::size_t(type)].ascent; }

    void box(const QRectF &rect, const QColor &fill, const QColor &line = {}, double radius = 0,
             double lineWidth = 0.6);
    void line(QPointF from, QPointF to, const QColor &color, double width = 0.5);
    /// A triangle that points up (direction 1) or down (-1), as tall as the square.
    void arrow(const QRectF &square, int direction, const QColor &color);
    void shape(const QRectF &square, const report::State &state);
    /// Diagonal lines over an attempt that did not count.
    void hatch(const QRectF &rect, const QColor &color);

    [[nodiscard]] static RoleColors colors(const report::State &state);
    [[nodiscard]] static QColor color(report::Tone tone);

private:
    struct TypeStyle {
        QFont font;
        double lineHeight = 0;
        double ascent = 0; ///< of the font, for centring
        double descent = 0;
    };
    [[nodiscard]] double px(double points) const { return points * m_scale; }
    [[nodiscard]] QRectF px(const QRectF &rect) const;
    [[nodiscard]] double rawWidth(const TypeStyle &style, const QString &text) const;

    QPaintDevice &m_device;
    double m_scale = 1; ///< device pixels in a point
    std::array<TypeStyle, typeCount> m_styles;
    QPainter *m_painter = nullptr;
};

} // namespace ra::ui::print
