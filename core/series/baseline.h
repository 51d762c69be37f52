// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace ra::series {

/// Level and scatter of values that a few wild ones do not move.
struct Baseline {
    double target = 0;
    double sigma = 0;
    std::size_t count = 0; ///< known values
};

/// Huber's mean and the standard deviation of values drawn in to 2.5 of it, made consistent for normal data; started at
/// the median and its deviation. Values that are not finite do not count. O(n) a step. Source: P. J. Huber, "Robust
/// Statistics" (1981), sections 5.2 and 6.4 (proposal 2).
[[nodiscard]] Baseline baselineOf(std::span<const double> values);

/// The finite values, in their order.
[[nodiscard]] std::vector<double> knownOf(std::span<const double> values);

/// Values drawn in to 2.5 sigma of a baseline; NaN stays.
[[nodiscard]] std::vector<double> drawnInTo(std::span<const double> values, const Baseline &baseline);

} // namespace ra::series
