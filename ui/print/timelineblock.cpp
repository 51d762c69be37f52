// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/print/blocks.h"
#include "ui/widgets/timelinecoordinates.h"
#include "ui/widgets/timelinegeometry.h"

#include <algorithm>

namespace ra::ui::print {

namespace {

constexpr double rowHeight = 15, barHeight = 9.5, shapeSide = 7, notePadding = 5, minBar = 1.6;

struct Frame {
    double labels = 0; ///< width of the names with their shapes
    double notes = 0;  ///< kept free behind the plot, so that the note of the last bar has room
    std::vector<std::int64_t> ticks;
    std::int64_t step = 0;
    std::int64_t extent = 1;

    [[nodiscard]] double plotLeft(const QRectF &box) const { return box.left() + labels; }
    [[nodiscard]] double plotWidth(const QRectF &box) const { return box.width() - labels - notes; }
    [[nodiscard]] double x(qint64 t, const QRectF &box) const {
        return timeline::xOf(t, {0, extent}, {plotLeft(box), plotWidth(box)});
    }
};

/// The rows to show, in their order: the most important ones where not all fit.
std::vector<std::size_t> chosenRows(const report::Timeline &picture, int limit) {
    std::vector<std::size_t> rows(picture.rows.size());
    for (std::size_t i = 0; i < rows.size(); ++i)
        rows[i] = i;
    if (rows.size() <= std::size_t(limit))
        return rows;
    std::stable_sort(rows.begin(), rows.end(),
                     [&](std::size_t a, std::size_t b) { return picture.rows[a].rank < picture.rows[b].rank; });
    rows.resize(std::size_t(limit));
    std::sort(rows.begin(), rows.end());
    return rows;
}

Frame frameOf(const report::Timeline &picture, const std::vector<std::size_t> &rows, double width,
              const Canvas &canvas) {
    Frame frame;
    for (const std::size_t row : rows) {
        frame.labels = std::max(frame.labels, canvas.width(Type::Caption, picture.rows[row].label));
        frame.notes = std::max(frame.notes, canvas.width(Type::Caption, picture.rows[row].note));
    }
    frame.labels = std::min(frame.labels, width * 0.26) + shapeSide + 4 + 8;
    frame.notes = std::min(frame.notes, width * 0.2) + notePadding;
    frame.extent = std::max<qint64>(1, picture.extentNs);
    frame.step = timeline::tickStep({0, frame.extent}, {0, width - frame.labels - frame.notes}, 58);
    frame.ticks = timeline::ticks({0, frame.extent + 1}, frame.step, 0);
    return frame;
}

void paintGrid(Canvas &c, const QRectF &box, const Frame &frame) {
    for (const std::int64_t tick : frame.ticks) {
        const double x = frame.x(tick, box);
        c.line({x, box.top()}, {x, box.bottom()}, lightTokens().grid, 0.6);
    }
}

std::shared_ptr<const Fragment> axisFragment(const Frame &frame, const Canvas &canvas) {
    return std::make_shared<const Fragment>(
        Fragment{.height = canvas.lineHeight(Type::Caption) + 3,
                 .keepWithNext = true,
                 .paint = [frame](Canvas &c, const QRectF &box) {
                     for (const std::int64_t tick : frame.ticks) {
                         const double x = frame.x(tick, box);
                         const QString label = timeline::tickLabel(tick, frame.step);
                         const double width = c.width(Type::Caption, label);
                         // A label at the very end of the axis stands left of its line.
                         const double left = x + 2 + width > box.right() ? x - 2 - width : x + 2;
                         c.text({left, box.top(), width, c.lineHeight(Type::Caption)}, Type::Caption,
                                lightTokens().textSecondary, label);
                         c.line({x, box.top() + 2}, {x, box.bottom()}, lightTokens().grid, 0.6);
                     }
                 }});
}

void paintRow(Canvas &c, const QRectF &box, const Frame &frame, const report::TimelineRow &row) {
    paintGrid(c, box, frame);
    const double middle = box.center().y();
    c.shape({box.left(), middle - shapeSide / 2, shapeSide, shapeSide}, row.state);
    c.text({box.left() + shapeSide + 4, box.top(), frame.labels, box.height()}, Type::Caption, lightTokens().text,
           c.elided(Type::Caption, row.label, frame.labels - shapeSide - 4 - 7.5, Qt::ElideMiddle));
    double end = frame.plotLeft(box);
    for (const report::TimelineBar &bar : row.bars) {
        const double from = frame.x(bar.startNs, box);
        const double width = std::max(minBar, frame.x(bar.endNs, box) - from);
        const RoleColors colors = Canvas::colors(bar.state);
        const QRectF rect(from, middle - barHeight / 2, width, barHeight);
        c.box(rect, colors.fill, colors.line, std::min(1.5, width / 3));
        if (bar.repeated && width > 3)
            c.hatch(rect, colors.line);
        end = std::max(end, rect.right());
    }
    const double width = c.width(Type::Caption, row.note);
    const double left = std::min(end + notePadding, box.right() - width);
    c.text({left, box.top(), width, box.height()}, Type::Caption, lightTokens().textSecondary, row.note);
}

} // namespace

Fragments timelineBlock(const report::Timeline &picture, double width, const Canvas &canvas, const Limits &limits) {
    Fragments fragments;
    if (picture.rows.empty())
        return fragments;
    const std::vector<std::size_t> rows = chosenRows(picture, std::max(1, limits.rows));
    const Frame frame = frameOf(picture, rows, width, canvas);
    const auto axis = axisFragment(frame, canvas);
    fragments.push_back(headingFragment(picture.title, picture.note, width, canvas));
    fragments.push_back(*axis);
    for (const std::size_t row : rows) {
        fragments.push_back({.height = rowHeight,
                             .keepWithNext = row == rows.front() && rows.size() > 1,
                             .paint = [&picture, frame, row](
                                          Canvas &c, const QRectF &box) { paintRow(c, box, frame, picture.rows[row]); },
                             .repeated = axis});
    }
    for (Fragment &fragment : remarkFragments(report::shownOf(picture, qint64(rows.size())), width, canvas)) {
        fragments.back().keepWithNext = true;
        fragments.push_back(std::move(fragment));
    }
    return fragments;
}

} // namespace ra::ui::print
