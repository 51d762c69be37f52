// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <optional>
#include <span>

namespace ra::series {

/// A test of a series for a unit root: the statistic, and p read off the published table by straight lines; at the ends
/// of the table p is that of the end (bounded is then true: p is at most, or at least, this).
struct UnitRootTest {
    double statistic = 0;
    double p = 1;
    bool bounded = false;
    std::size_t lags = 0;
};

enum class Deterministic { Level, Trend };

/// KPSS: the hypothesis is that the series is stationary about a level or a trend; a small p speaks for differencing.
/// `lags` of the long-run variance (Bartlett weights). Values must be finite; nothing below 5 values or for a constant.
/// O(n lags). Source: D. Kwiatkowski, P. C. B. Phillips, P. Schmidt, Y. Shin, J. Econometrics 54 (1992) 159-178,
/// table 1.
[[nodiscard]] std::optional<UnitRootTest> kpssTest(std::span<const double> values, Deterministic deterministic,
                                                   std::size_t lags);

/// Augmented Dickey-Fuller: the hypothesis is a unit root; a small p speaks against differencing. The regression has an
/// intercept (Level) or an intercept and a trend (Trend) and `lags` lagged differences. Values must be finite; nothing
/// with fewer than two more rows than columns or where the regression is singular. O(n lags²). Sources: D. A. Dickey,
/// W. A. Fuller, JASA 74 (1979) 427-431; table: W. A. Fuller, "Introduction to Statistical Time Series", 1976,
/// table 8.5.2.
[[nodiscard]] std::optional<UnitRootTest> adfTest(std::span<const double> values, Deterministic deterministic,
                                                  std::size_t lags);

/// The number of differences (at most `most`) after which KPSS no longer rejects stationarity about a level at 5 %,
/// with 3 sqrt(n) / 13 lags, as ndiffs of R's forecast. 0 where there is too little data.
[[nodiscard]] std::size_t differencesNeeded(std::span<const double> values, std::size_t most = 2);

} // namespace ra::series
