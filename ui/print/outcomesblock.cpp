// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/print/blocks.h"

#include <algorithm>
#include <array>

namespace ra::ui::print {

namespace {

constexpr double plotHeight = 84, shapeSide = 6.5;

struct Part {
    qint64 report::Outcome::*count;
    RunStatus status; ///< whose colours and shape it wears
    const char *name;
};
constexpr std::array<Part, 4> parts = {{
    {&report::Outcome::completed, RunStatus::Completed, QT_TRANSLATE_NOOP("Print", "completed")},
    {&report::Outcome::partial, RunStatus::Partial, QT_TRANSLATE_NOOP("Print", "partial")},
    {&report::Outcome::failed, RunStatus::Failed, QT_TRANSLATE_NOOP("Print", "failed, rejected or timed out")},
    {&report::Outcome::other, RunStatus::Abandoned, QT_TRANSLATE_NOOP("Print", "running, stopped or vanished")},
}};

void paintBar(Canvas &c, const QRectF &slot, const report::Outcome &item, qint64 highest) {
    const double total = c.lineHeight(Type::Caption);
    const double bottom = slot.bottom();
    const double scale = (slot.height() - total) / double(std::max<qint64>(1, highest));
    double y = bottom;
    for (const Part &part : parts) {
        const qint64 count = item.*(part.count);
        if (count == 0)
            continue;
        // A single failure among many runs must stay visible: no part is lower than its line needs.
        const double height = std::max(1.6, double(count) * scale);
        y -= height;
        const RoleColors colors = Canvas::colors(part.status);
        const QRectF bar(slot.left(), y, slot.width(), height);
        c.box(bar, colors.fill, colors.line);
        if (part.status != RunStatus::Completed && height >= shapeSide + 1.5 && slot.width() >= shapeSide + 2) {
            c.shape({bar.center().x() - shapeSide / 2, bar.center().y() - shapeSide / 2, shapeSide, shapeSide},
                    part.status);
        }
    }
    const QString text = item.total() > 0 ? QString::number(item.total()) : QString(QChar(0x2013));
    c.text({slot.left() - 10, y - total, slot.width() + 20, total}, Type::Caption,
           item.total() > 0 ? lightTokens().text : lightTokens().textFaint, text, Qt::AlignHCenter);
}

void paintLegend(Canvas &c, const QRectF &box, const report::Outcomes &block) {
    double x = box.left();
    for (const Part &part : parts) {
        const bool used = std::any_of(block.items.begin(), block.items.end(),
                                      [&](const report::Outcome &item) { return item.*(part.count) > 0; });
        if (!used)
            continue;
        c.shape({x, box.center().y() - shapeSide / 2, shapeSide, shapeSide}, part.status);
        const QString name = Words::tr(part.name);
        c.text({x + shapeSide + 4, box.top(), 0, box.height()}, Type::Caption, lightTokens().textSecondary, name);
        x += shapeSide + 4 + c.width(Type::Caption, name) + 14;
    }
}

void paintChart(Canvas &c, const QRectF &box, const report::Outcomes &block) {
    const double labels = c.lineHeight(Type::Caption);
    const double legend = labels + 3;
    const QRectF plot = box.adjusted(0, 2, 0, -labels - legend);
    qint64 highest = 0;
    double widestLabel = 0;
    for (const report::Outcome &item : block.items) {
        highest = std::max(highest, item.total());
        widestLabel = std::max(widestLabel, c.width(Type::Caption, item.label));
    }
    const double pitch = plot.width() / double(block.items.size());
    const double barWidth = std::min(pitch * 0.72, 34.0);
    const auto every = std::size_t(std::max(1.0, std::ceil((widestLabel + 5) / pitch)));
    for (std::size_t i = 0; i < block.items.size(); ++i) {
        const double middle = plot.left() + (double(i) + 0.5) * pitch;
        paintBar(c, {middle - barWidth / 2, plot.top(), barWidth, plot.height()}, block.items[i], highest);
        // Counted from the newest bar, which always has its label.
        if ((block.items.size() - 1 - i) % every == 0) {
            const double width = c.width(Type::Caption, block.items[i].label);
            const double left = std::clamp(middle - width / 2, plot.left(), plot.right() - width);
            c.text({left, plot.bottom() + 2, width, labels}, Type::Caption, lightTokens().textSecondary,
                   block.items[i].label);
        }
    }
    c.line({plot.left(), plot.bottom()}, {plot.right(), plot.bottom()}, lightTokens().borderStrong, 0.7);
    paintLegend(c, {box.left(), box.bottom() - legend + 3, box.width(), labels}, block);
}

} // namespace

Fragments outcomesBlock(const report::Outcomes &block, double width, const Canvas &canvas) {
    Fragments fragments;
    if (block.items.empty())
        return fragments;
    fragments.push_back(headingFragment(block.title, block.note, width, canvas));
    fragments.push_back({.height = plotHeight + 2 * canvas.lineHeight(Type::Caption) + 5,
                         .paint = [&block](Canvas &c, const QRectF &box) { paintChart(c, box, block); }});
    return fragments;
}

} // namespace ra::ui::print
