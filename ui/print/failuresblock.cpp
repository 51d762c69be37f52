// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/print/blocks.h"

#include <algorithm>

namespace ra::ui::print {

namespace {

constexpr double shapeSide = 8, indent = 14, tracePadding = 5;

QString messageOf(const report::Failure &item) {
    if (item.type.isEmpty() || item.message.isEmpty())
        return item.type + item.message;
    return item.type + QStringLiteral(": ") + item.message;
}

Fragment headFragment(const report::Failure &item, double width, const Canvas &canvas, int messageLines) {
    const double detail = std::min(canvas.width(Type::Caption, item.detail), width * 0.55);
    const QString shownDetail = canvas.elided(Type::Caption, item.detail, detail + 1);
    const QString place = canvas.elided(Type::Strong, item.place, width - indent - detail - 12);
    std::vector<QString> lines = canvas.wrapped(Type::Body, messageOf(item), width - indent, messageLines);
    const double line = canvas.lineHeight(Type::Body);
    return {
        .height = line * double(1 + lines.size()) + 6, .before = 2, .paint = [=, &item](Canvas &c, const QRectF &box) {
            const QRectF first(box.left(), box.top() + 3, box.width(), line);
            c.shape({first.left(), first.center().y() - shapeSide / 2, shapeSide, shapeSide}, item.state);
            c.text(first.adjusted(indent, 0, 0, 0), Type::Strong, lightTokens().text, place);
            c.text(first, Type::Caption, lightTokens().textSecondary, shownDetail, Qt::AlignRight);
            c.lines(QRectF(box.left() + indent, first.bottom(), box.width() - indent, line * double(lines.size())),
                    Type::Body, lightTokens().text, lines);
        }};
}

Fragment traceFragment(const report::Failure &item, double width, const Canvas &canvas) {
    std::vector<QString> lines;
    const double room = width - indent - 2 * tracePadding;
    for (const QString &line : item.traceback) {
        // Long lines go on below rather than being cut: the end of a path is what tells the file.
        for (QString &part : canvas.wrapped(Type::Mono, line, room, 3))
            lines.push_back(std::move(part));
    }
    const double line = canvas.lineHeight(Type::Mono);
    const double note = item.leftOut.isEmpty() ? 0 : canvas.lineHeight(Type::Caption);
    return {.height = line * double(lines.size()) + note + 2 * tracePadding + 4,
            .paint = [=, &item](Canvas &c, const QRectF &box) {
                const QRectF panel = box.adjusted(indent, 0, 0, -4);
                c.box(panel, lightTokens().window);
                c.box({panel.left(), panel.top(), 1.5, panel.height()}, lightTokens().borderStrong);
                QRectF inner = panel.adjusted(tracePadding + 2, tracePadding, -tracePadding, -tracePadding);
                if (note > 0) {
                    c.text({inner.left(), inner.top(), inner.width(), note}, Type::Caption, lightTokens().textSecondary,
                           item.leftOut);
                    inner.setTop(inner.top() + note);
                }
                c.lines(inner, Type::Mono, lightTokens().text, lines);
            }};
}

} // namespace

Fragments failuresBlock(const report::Failures &block, double width, const Canvas &canvas, const Limits &limits) {
    Fragments fragments;
    if (block.items.empty())
        return fragments;
    const std::size_t shown = std::min(block.items.size(), std::size_t(std::max(1, limits.items)));
    fragments.push_back(headingFragment(block.title, block.note, width, canvas));
    for (std::size_t i = 0; i < shown; ++i) {
        const report::Failure &item = block.items[i];
        fragments.push_back(headFragment(item, width, canvas, limits.messageLines));
        if (item.traceback.empty())
            continue;
        fragments.back().keepWithNext = true;
        fragments.push_back(traceFragment(item, width, canvas));
    }
    for (Fragment &fragment : remarkFragments(report::shownOf(block, qint64(shown)), width, canvas)) {
        fragments.back().keepWithNext = true;
        fragments.push_back(std::move(fragment));
    }
    return fragments;
}

} // namespace ra::ui::print
