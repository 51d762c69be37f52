// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace ra::series {

/// Autocorrelations at lags 0 to `lags` (fewer where the series is shorter), with divisor n as in R's acf: the result
/// is positive semidefinite. NaN values are left out of each product sum and of the mean. Zeros after lag 0 for a
/// constant series; empty for an empty one. O(n lags), or O(n log n) by Fourier transform where that is less and
/// nothing is missing.
[[nodiscard]] std::vector<double> autocorrelations(std::span<const double> values, std::size_t lags);

/// Partial autocorrelations at lags 1 to `lags` by the recursion of Durbin and Levinson, as R's pacf. O(n lags +
/// lags²).
[[nodiscard]] std::vector<double> partialAutocorrelations(std::span<const double> values, std::size_t lags);

/// The autoregression of this order by the equations of Yule and Walker: always stationary; about the mean.
[[nodiscard]] std::vector<double> yuleWalker(std::span<const double> values, std::size_t order);

/// The least length, from n on, whose Fourier transform takes no more than some 10^8 steps or has no prime factor above
/// 7: n itself below 8,192 and for most numbers, else less than 1 % more. A transform of prime length takes n² steps.
[[nodiscard]] std::size_t quickLength(std::size_t n);

/// Squared moduli of the Fourier transform of the values less their mean at frequencies j / n' for j = 0 ... n' / 2,
/// divided by n, where n' is the number of values with zeros added up to `length` (0: none), which should be quick. NaN
/// counts as the mean.
[[nodiscard]] std::vector<double> periodogram(std::span<const double> values, std::size_t length = 0);

} // namespace ra::series
