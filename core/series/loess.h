// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <vector>

namespace ra::series {

/// Local regression over equally spaced points 1, 2, ..., n with tricube weights of the nearest `window` points, as STL
/// uses it. `degree` is 0 or 1. Every `step`-th point is fitted, those in between lie on straight lines.
struct Loess {
    std::size_t window = 3;
    int degree = 1;
    std::size_t step = 1;
};

/// The fitted value at `at` (which may lie outside) from the points [first, last] (1-based, inclusive). `weights` are
/// multiplied in unless empty; nothing where all weights vanish. O(last - first).
[[nodiscard]] std::optional<double> loessAt(std::span<const double> values, const Loess &loess, double at,
                                            std::size_t first, std::size_t last, std::span<const double> weights,
                                            std::vector<double> &scratch);

/// The fitted values at all points, written to `smooth` (as long as values). O(n window / step).
void loessLine(std::span<const double> values, const Loess &loess, std::span<const double> weights,
               std::span<double> smooth, std::vector<double> &scratch);

} // namespace ra::series
