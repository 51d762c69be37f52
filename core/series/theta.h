// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <vector>

namespace ra::series {

/// The dynamic optimised theta model: simple exponential smoothing of a line whose curvature is stretched by theta,
/// plus a linear trend that is estimated anew with every value.
struct ThetaFit {
    double alpha = 0.5;
    double theta = 2; ///< 1: only the smoothing
    double level = 0; ///< the state after the last value, and the means that the trend is made of
    double mean = 0;
    double slope = 0;
    std::size_t n = 0;
    double sigma2 = 0;             ///< of the one-step errors from the third value on
    std::vector<double> residuals; ///< one-step errors
    std::vector<double> at;        ///< the optimiser's variables
};

/// Least squares over alpha, theta and the first level. Values must be finite; nothing for fewer than 5 values. O(n) an
/// evaluation. Source: J. A. Fiorucci, T. R. Pellegrini, F. Louzada, F. Petropoulos, A. B. Koehler, "Models for
/// optimising the theta method and their relationship to state space models", Int. J. Forecasting 32 (2016) 1151-1161.
[[nodiscard]] std::optional<ThetaFit> fitTheta(std::span<const double> values, std::span<const double> start = {});

/// Expected values; the variance is σ² (1 + (h - 1) α²), that of the smoothing.
struct ThetaForecast {
    std::vector<double> mean;
    std::vector<double> sd;
};
[[nodiscard]] ThetaForecast forecastTheta(const ThetaFit &fit, std::size_t horizon);

} // namespace ra::series
