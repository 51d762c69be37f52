// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/print/blocks.h"

#include <algorithm>

namespace ra::ui::print {

using report::Align;
using report::Cell;
using report::Column;
using report::ColumnType;

namespace {

constexpr double columnGap = 11, shapeSide = 7.5, shapeGap = 4, shareBar = 46, rowPadding = 2.6;
constexpr int maxCellLines = 2;

struct Layout {
    std::vector<double> left; ///< of each column, from the table's left edge
    std::vector<double> width;
};

double naturalWidth(const Cell &cell, const Column &column, const Canvas &canvas) {
    switch (column.type) {
    case ColumnType::Status:
        return canvas.width(Type::Body, cell.text) + shapeSide + shapeGap;
    case ColumnType::Share:
        return canvas.width(Type::Body, cell.text) + shareBar + 5;
    default:
        return canvas.width(Type::Body, cell.text);
    }
}

/// Columns with a weight share what the others leave. Without one the table is as wide as its content and the rest of
/// the page stays white.
Layout layOut(const report::Table &table, double width, const Canvas &canvas) {
    const std::size_t count = table.columns.size();
    Layout layout{std::vector<double>(count), std::vector<double>(count)};
    double fixed = columnGap * double(count > 0 ? count - 1 : 0);
    double weights = 0;
    for (std::size_t i = 0; i < count; ++i) {
        const Column &column = table.columns[i];
        if (column.weight > 0) {
            weights += column.weight;
            continue;
        }
        double widest = canvas.width(Type::CaptionStrong, column.title);
        for (const std::vector<Cell> &row : table.rows)
            widest = std::max(widest, naturalWidth(row[i], column, canvas));
        layout.width[i] = std::min(widest, width * 0.3);
        fixed += layout.width[i];
    }
    // Where the figures alone would run over the edge they are squeezed and elided; text keeps a readable rest.
    const double least = weights > 0 ? width * 0.14 * std::min(weights, 2.0) : 0;
    if (fixed + least > width) {
        const double gaps = columnGap * double(count - 1);
        const double squeeze = (width - least - gaps) / (fixed - gaps);
        for (double &column : layout.width)
            column *= squeeze;
        fixed = width - least;
    }
    const double rest = width - fixed;
    for (std::size_t i = 0; i < count; ++i) {
        if (table.columns[i].weight > 0)
            layout.width[i] = rest * table.columns[i].weight / weights;
        layout.left[i] = i == 0 ? 0 : layout.left[i - 1] + layout.width[i - 1] + columnGap;
    }
    return layout;
}

void paintShare(Canvas &c, const QRectF &cell, const Cell &content) {
    const auto *share = std::get_if<double>(&content.number);
    if (!share) {
        c.text(cell.adjusted(0, 0, -shareBar - 5, 0), Type::Body, lightTokens().text, content.text, Qt::AlignRight);
        return;
    }
    const double textWidth = cell.width() - shareBar - 5;
    c.text({cell.left(), cell.top(), textWidth, cell.height()}, Type::Body, lightTokens().text, content.text,
           Qt::AlignRight);
    const QRectF track(cell.right() - shareBar, cell.center().y() - 2.6, shareBar, 5.2);
    c.box(track, lightTokens().grid);
    c.box({track.left(), track.top(), std::max(0.6, track.width() * std::clamp(*share, 0.0, 1.0)), track.height()},
          lightTokens().borderStrong);
}

void paintCell(Canvas &c, const QRectF &cell, const Cell &content, const Column &column,
               const std::vector<QString> &lines) {
    const QColor plainColor = content.tone == report::Tone::Neutral ? lightTokens().text : Canvas::color(content.tone);
    const double line = c.lineHeight(Type::Body);
    const QRectF first(cell.left(), cell.top(), cell.width(), line);
    if (content.state) {
        c.shape({first.left(), first.center().y() - shapeSide / 2, shapeSide, shapeSide}, *content.state);
        c.text(first.adjusted(shapeSide + shapeGap, 0, 0, 0), Type::Body, plainColor,
               c.elided(Type::Body, content.text, cell.width() - shapeSide - shapeGap));
    } else if (column.type == ColumnType::Share) {
        paintShare(c, first, content);
    } else if (column.type == ColumnType::Text) {
        c.lines(cell, Type::Body, plainColor, lines);
    } else {
        c.text(first, Type::Body, plainColor, c.elided(Type::Body, content.text, cell.width() + 0.5),
               column.align == Align::Right ? Qt::AlignRight : Qt::AlignLeft);
    }
}

std::shared_ptr<const Fragment> headFragment(const report::Table &table, const Layout &layout, const Canvas &canvas) {
    return std::make_shared<const Fragment>(Fragment{
        .height = canvas.lineHeight(Type::CaptionStrong) + 5,
        .before = 1,
        .keepWithNext = true,
        .paint = [&table, layout](Canvas &c, const QRectF &box) {
            for (std::size_t i = 0; i < table.columns.size(); ++i) {
                const Column &column = table.columns[i];
                c.text({box.left() + layout.left[i], box.top(), layout.width[i], box.height() - 2}, Type::CaptionStrong,
                       lightTokens().textSecondary, c.elided(Type::CaptionStrong, column.title, layout.width[i] + 1),
                       column.align == Align::Right && column.type != ColumnType::Share ? Qt::AlignRight
                                                                                        : Qt::AlignLeft);
            }
            c.line({box.left(), box.bottom() - 1}, {box.right(), box.bottom() - 1}, lightTokens().borderStrong, 0.7);
        }});
}

Fragment rowFragment(const report::Table &table, std::size_t row, const Layout &layout, const Canvas &canvas) {
    std::vector<std::vector<QString>> lines(table.columns.size());
    std::size_t most = 1;
    for (std::size_t i = 0; i < table.columns.size(); ++i) {
        if (table.columns[i].type == ColumnType::Text) {
            lines[i] = canvas.wrapped(Type::Body, table.rows[row][i].text, layout.width[i], maxCellLines);
            most = std::max(most, lines[i].size());
        }
    }
    return {.height = double(most) * canvas.lineHeight(Type::Body) + 2 * rowPadding,
            .paint = [&table, row, layout, lines = std::move(lines)](Canvas &c, const QRectF &box) {
                for (std::size_t i = 0; i < table.columns.size(); ++i) {
                    paintCell(c,
                              {box.left() + layout.left[i], box.top() + rowPadding, layout.width[i],
                               box.height() - 2 * rowPadding},
                              table.rows[row][i], table.columns[i], lines[i]);
                }
                c.line({box.left(), box.bottom()}, {box.right(), box.bottom()}, lightTokens().grid, 0.5);
            }};
}

} // namespace

Fragments tableBlock(const report::Table &table, double width, const Canvas &canvas, const Limits &limits) {
    Fragments fragments;
    if (table.rows.empty())
        return fragments;
    const Layout layout = layOut(table, width, canvas);
    const std::size_t shown = std::min(table.rows.size(), std::size_t(std::max(1, limits.rows)));
    const auto head = headFragment(table, layout, canvas);
    fragments.push_back(headingFragment(table.title, table.note, width, canvas));
    fragments.push_back(*head);
    for (std::size_t row = 0; row < shown; ++row) {
        Fragment fragment = rowFragment(table, row, layout, canvas);
        fragment.repeated = head;
        // No single row of a table on a page of its own, neither the first nor the last.
        fragment.keepWithNext = (row == 0 || row + 2 == shown) && row + 1 < shown;
        fragments.push_back(std::move(fragment));
    }
    QString remark = table.leftOut;
    if (shown < table.rows.size())
        remark = Words::tr("%1 of %2 shown; the rest stands on the following pages").arg(shown).arg(table.rows.size());
    for (Fragment &fragment : remarkFragments(remark, width, canvas)) {
        fragments.back().keepWithNext = true;
        fragments.push_back(std::move(fragment));
    }
    return fragments;
}

} // namespace ra::ui::print
