// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/print/blocks.h"

#include <algorithm>

namespace ra::ui::print {

namespace {

constexpr double padding = 9, gap = 9, cardHeight = 74, shapeSide = 13, shapeGap = 5;

void paintCard(Canvas &c, const QRectF &card, const report::Figure &figure, Type type) {
    const Tokens &colors = lightTokens();
    c.box(card, colors.surface, colors.border, 4);
    const QRectF inner = card.adjusted(padding, padding - 2, -padding, -padding + 3);
    c.text({inner.left(), inner.top(), inner.width(), c.lineHeight(Type::Caption)}, Type::Caption, colors.textSecondary,
           c.elided(Type::Caption, figure.label, inner.width()));

    const double height = c.lineHeight(Type::Headline);
    QRectF line(inner.left(), inner.top() + c.lineHeight(Type::Caption) + 1, inner.width(), height);
    if (figure.state) {
        c.shape({line.left(), line.center().y() - shapeSide / 2, shapeSide, shapeSide}, *figure.state);
        line.setLeft(line.left() + shapeSide + shapeGap);
    }
    const QColor valueColor = figure.state ? Canvas::colors(*figure.state).line : colors.text;
    // The unit and the interval stand beside the value while there is room for them; else the interval goes below.
    const QString unit = figure.unit.isEmpty() ? QString() : QLatin1Char(' ') + figure.unit;
    const QString value = c.elided(type, figure.value, line.width() + 0.5);
    c.text(line, type, valueColor, value);
    double x = line.left() + c.width(type, value);
    const double baseline = c.baselineIn(line, type);
    if (!unit.isEmpty())
        x = c.onBaseline(x + 1, baseline, Type::Body, colors.textSecondary, unit);
    const double intervalWidth = c.width(Type::Caption, figure.interval);
    const bool beside = !figure.interval.isEmpty() && x + 5 + intervalWidth <= card.right() - 4;
    if (beside)
        c.onBaseline(x + 4, baseline, Type::Caption, colors.textSecondary, figure.interval);

    // Below: the change with its arrow and sign, then what it is compared with; two lines at most.
    const double small = c.lineHeight(Type::Caption);
    double y = line.bottom() + 1;
    double left = inner.left();
    if (!figure.interval.isEmpty() && !beside) {
        c.text({left, y, inner.width(), small}, Type::Caption, colors.textSecondary, figure.interval);
        y += small;
    }
    if (!figure.change.isEmpty()) {
        const QColor color = Canvas::color(figure.tone);
        if (figure.direction != 0) {
            c.arrow({left, y + small / 2 - 2.4, 5.2, 4.8}, figure.direction, color);
            left += 8;
        }
        const double width = c.width(Type::CaptionStrong, figure.change);
        c.text({left, y, width, small}, Type::CaptionStrong, color, figure.change);
        left += width + 4;
    }
    const bool fullLine = left == inner.left();
    const double room = inner.right() - left;
    if (!fullLine && c.width(Type::Caption, figure.note) > room) {
        left = inner.left();
        y += small;
    }
    const int linesLeft = int((card.bottom() - 4 - y) / small);
    c.lines({left, y, inner.right() - left, small * 2}, Type::Caption, colors.textSecondary,
            c.wrapped(Type::Caption, figure.note, inner.right() - left, std::max(1, std::min(2, linesLeft))));
}

bool fits(const report::Figure &figure, double card, const Canvas &canvas) {
    const double room = card - 2 * padding - (figure.state ? shapeSide + shapeGap : 0);
    return canvas.width(Type::Headline, figure.value) <= room;
}

} // namespace

Fragments figuresBlock(const report::Figures &block, double width, const Canvas &canvas) {
    Fragments fragments;
    constexpr int perRow = 4;
    const double card = (width - gap * (perRow - 1)) / perRow;
    // All figures in one size: a value that is set smaller than its neighbours would look less important.
    const bool large = std::all_of(block.items.begin(), block.items.end(),
                                   [&](const report::Figure &figure) { return fits(figure, card, canvas); });
    const Type type = large ? Type::Headline : Type::HeadlineSmall;
    for (std::size_t first = 0; first < block.items.size(); first += perRow) {
        const std::size_t count = std::min<std::size_t>(perRow, block.items.size() - first);
        fragments.push_back({.height = cardHeight,
                             .before = first == 0 ? 14 : gap,
                             .paint = [&block, first, count, card, type](Canvas &c, const QRectF &box) {
                                 for (std::size_t i = 0; i < count; ++i) {
                                     paintCard(c,
                                               {box.left() + double(i) * (card + gap), box.top(), card, box.height()},
                                               block.items[first + i], type);
                                 }
                             }});
    }
    return fragments;
}

} // namespace ra::ui::print
