// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QRectF>

#include <functional>
#include <memory>
#include <vector>

namespace ra::ui::print {

class Canvas;

/// A part of a document that is never broken over two pages: a heading, a row of a table, a picture.
struct Fragment {
    double height = 0;
    double before = 0;         ///< space above it, dropped at the top of a page
    bool keepWithNext = false; ///< on one page with its successor: headings, a table's first and last rows
    std::function<void(Canvas &, const QRectF &)> paint{};
    /// Stands above this fragment where it is the first of a page: the head of a table, the axis of a timeline.
    std::shared_ptr<const Fragment> repeated{};
};
using Fragments = std::vector<Fragment>;

struct Placed {
    QRectF rect;
    const Fragment *fragment = nullptr; ///< into the fragments that were laid out, or a repeated one of theirs
};
using Page = std::vector<Placed>;

/// The height that the fragments take on a page without an end.
[[nodiscard]] double heightOf(const Fragments &fragments);

/// Fills pages from the top; `area` is the same on each. A chain of fragments that are kept together and higher than a
/// page is broken where the page ends, rather than lost. No fragments, no page. The fragments must outlive the pages.
[[nodiscard]] std::vector<Page> flow(const Fragments &fragments, const QRectF &area);

} // namespace ra::ui::print
