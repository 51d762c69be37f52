// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <optional>
#include <span>

namespace ra::stats {

// values[i] with weights[i] >= 0. A pair with a NaN or a weight of zero is left out. Nothing where the lengths differ,
// a weight is negative or infinite, or no pair is left.

/// O(n)
[[nodiscard]] std::optional<double> weightedMean(std::span<const double> values, std::span<const double> weights);
/// What the weights say: that a value was seen so many times, or how reliable it is. Only the divisor differs: sum of
/// weights - 1, or sum - sum of squares / sum.
enum class WeightMeaning { Frequency, Reliability };
/// Unbiased variance; nothing where the divisor is not positive. O(n).
[[nodiscard]] std::optional<double> weightedVariance(std::span<const double> values, std::span<const double> weights,
                                                     WeightMeaning meaning);
/// The smallest value up to which at least p of the weight lies; where exactly p does, the mean with the next (as a
/// quantile of type 2). p in [0, 1]. O(n log n).
[[nodiscard]] std::optional<double> weightedQuantile(std::span<const double> values, std::span<const double> weights,
                                                     double p);

} // namespace ra::stats
