// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace ra::series {

enum class ForecastMethod {
    Auto,     ///< a combination of all that apply, weighted by their back-test
    Arima,    ///< with a short season in the model, else on the series less its seasons
    Ets,      ///< likewise
    Theta,    ///< on the series less its seasons
    Harmonic, ///< waves of all seasons with ARIMA errors; needs a season
    Lags,     ///< regression on past values of all seasons
    Naive     ///< what was one cycle ago
};

struct ForecastOptions {
    std::size_t horizon = 1;
    std::vector<std::size_t> periods = {};     ///< of the seasons, in samples; those without two cycles are left out
    std::vector<double> levels = {0.80, 0.95}; ///< of the intervals
    ForecastMethod method = ForecastMethod::Auto;
};

/// How the method would have done: up to four times it forecast the horizon from the values until then only.
struct BackTest {
    std::size_t origins = 0; ///< 0: the series is too short to leave anything out
    std::size_t points = 0;
    double mae = std::numeric_limits<double>::quiet_NaN();
    double rmse = std::numeric_limits<double>::quiet_NaN();
    double smape = std::numeric_limits<double>::quiet_NaN();    ///< in per cent, 0 to 200
    double naiveMae = std::numeric_limits<double>::quiet_NaN(); ///< of the best (seasonal) naive forecast
    std::vector<double>
        coverage; ///< share of points inside the interval of each level; the intervals are set by these points
};

struct ForecastWeight {
    std::string method;
    std::string model;
    double weight = 0;
    double mae = std::numeric_limits<double>::quiet_NaN(); ///< in the back-test

    bool operator==(const ForecastWeight &) const = default;
};

struct Forecast {
    std::string method;                                     ///< "combination" or the one that was asked for
    std::string model;                                      ///< the model of greatest weight
    double aicc = std::numeric_limits<double>::quiet_NaN(); ///< of that model
    std::vector<std::size_t> periods;
    std::vector<double> mean;
    std::vector<std::vector<double>> lower; ///< one a level
    std::vector<std::vector<double>> upper;
    std::vector<ForecastWeight> weights; ///< the greatest first
    BackTest backtest;
};

/// The next `horizon` values with prediction intervals. NaN and infinite values are gaps, filled along the cycle. Where
/// no value was negative, none is expected to be. Nothing for fewer than 4 known values or an empty horizon; a constant
/// series goes on without any width.
///
/// Auto: the methods of candidates.h are weighted by the inverse of their squared mean absolute error in the back-test
/// (J. M. Bates, C. W. J. Granger, "The combination of forecasts", Operational Research Quarterly 20 (1969) 451-468);
/// equally without one. What is then still worse than what was one cycle ago, of any of the periods, is mixed with that
/// until it is not.
///
/// Intervals: the standard deviation that the models claim, times how far the errors of the back-test went beyond it
/// (with the weight of four origins for the models' word), times the quantile of the standardised one-step errors
/// (towards that of the normal distribution where there are few).
///
/// Of long series the last 10,000 values count, or 12 of the longest season or of the horizon, if that is more: what
/// lies before has no weight in exponential smoothing, and moves the estimates of the regressions by a hundredth of
/// what a single value scatters, less than what changes in the meantime. Values beyond 2^500 are forecast in other
/// units; bounds are at most the largest number, and there is no AICc. O(n), of which what counts has a large factor:
/// some 10 ms for 1,000 values.
[[nodiscard]] std::optional<Forecast> forecastSeries(std::span<const double> values, const ForecastOptions &options);

} // namespace ra::series
