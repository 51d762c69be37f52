// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <optional>
#include <span>
#include <vector>

namespace ra::stats {

/// The values but NaN, in ascending order. O(n log n).
[[nodiscard]] std::vector<double> sorted(std::span<const double> values);

/// The values but NaN, in their order.
[[nodiscard]] std::vector<double> present(std::span<const double> values);

/// A sample quantile of values in ascending order without NaN.
/// p in [0, 1]; type 1 to 9 as Hyndman and Fan number them; 7, the default, interpolates between order statistics
/// (n - 1) p apart from the first. Nothing for no values, and for p or type outside their range. O(1).
/// Source: R. J. Hyndman, Y. Fan, "Sample quantiles in statistical packages", Amer. Statist. 50 (1996) 361-365; at
/// boundaries between order statistics as R 4.2 rounds.
[[nodiscard]] std::optional<double> quantile(std::span<const double> ascending, double p, int type = 7);

/// Quantiles of type 7 for each p, of values in any order (NaN is left out), by selection: O(n) for each few p, without
/// sorting. Empty if there is no value, or a p outside [0, 1].
[[nodiscard]] std::vector<double> selectQuantiles(std::span<const double> values, std::span<const double> ps);

/// The median of values in ascending order; nothing of none. O(1).
[[nodiscard]] std::optional<double> median(std::span<const double> ascending);

/// The median of the absolute deviations from the median, not scaled (1.4826 times it estimates the standard deviation
/// of normal data). Values in ascending order. O(n).
[[nodiscard]] std::optional<double> medianDeviation(std::span<const double> ascending);

/// The mean without floor(n * share) values at either end; share in [0, 0.5], where 0.5 gives the median. Values in
/// ascending order. O(n).
[[nodiscard]] std::optional<double> trimmedMean(std::span<const double> ascending, double share);

} // namespace ra::stats
