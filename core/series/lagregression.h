// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <vector>

namespace ra::series {

/// A linear regression of a series on its own past: the last three values and, for each period, the values around one
/// cycle ago and the one two cycles ago. One short model for several seasons at once.
struct LagRegression {
    std::vector<std::size_t> lags;
    std::vector<double> coefficients; ///< one a lag
    double mean = 0;                  ///< of the series
    double constant = 0;              ///< what is added to the deviations from the mean
    double sigma2 = 0;
    std::vector<double> residuals; ///< from the longest lag on
};

/// Least squares with a ridge of a thousandth of the rows, so that neighbouring lags share what they cannot be told
/// apart in. Periods of which there are fewer than three cycles are left out. Values must be finite; nothing with fewer
/// rows than twice the coefficients, or for a constant series. O(n k²). Source: A. E. Hoerl, R. W. Kennard, "Ridge
/// regression", Technometrics 12 (1970) 55-67.
[[nodiscard]] std::optional<LagRegression> fitLagRegression(std::span<const double> values,
                                                            std::span<const std::size_t> periods);

/// Expected values, each put in the place of what is not known yet, and their standard deviations.
struct LagForecast {
    std::vector<double> mean;
    std::vector<double> sd;
};
[[nodiscard]] LagForecast forecastLags(const LagRegression &fit, std::span<const double> values, std::size_t horizon);

} // namespace ra::series
