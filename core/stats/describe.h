// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/stats/moments.h"

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace ra::stats {

/// What one column of numbers is like. A member without a value is not defined for these data; the means' and spreads'
/// conditions are those of Moments.
struct Description {
    Moments moments;
    std::vector<double> ascending; ///< the values but NaN
    std::optional<double> median;
    std::optional<double> interquartileRange; ///< of quantiles of type 7
    std::optional<double> medianDeviation;    ///< not scaled
    std::optional<double> trimmedMean10;      ///< without a tenth at either end
    std::optional<double> trimmedMean20;
    std::optional<double> geometricMean;        ///< only where all values are positive
    std::optional<double> harmonicMean;         ///< only where all values are positive
    std::optional<double> variationCoefficient; ///< sd / mean; not for a mean of zero
    std::optional<double> standardError;        ///< sd / sqrt(n)
};

/// The factor that makes the median deviation an estimate of the standard deviation of normal data.
inline constexpr double medianDeviationScale = 1.4826;

/// NaN is a missing value. O(n log n).
[[nodiscard]] Description describe(std::span<const double> values);

} // namespace ra::stats
