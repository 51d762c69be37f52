// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

namespace ra::samples {

/// Digits behind the point at most.
inline constexpr unsigned maxDecimals = 17;

/// How many decimals make integers of most of these values, judged by a sample of them; the fewest bits count, with
/// values that are no short decimals as exceptions. Nothing if fewer than half of the sample are short decimals.
/// Source: A. Afroozeh, P. Boncz, "ALP: Adaptive lossless floating-point compression", SIGMOD 2023; by division instead
/// of multiplication, which leaves no decimal of up to 15 digits an exception.
[[nodiscard]] std::optional<unsigned> chooseDecimals(std::span<const double> values);

/// Writes each value times 10^decimals as an integer of at most 2^51 in magnitude, and true to `exact` where unscale()
/// gives back the value bit for bit; elsewhere the integer before (0 at first) is repeated. Returns how many are not
/// exact. The outputs are as long as the values.
std::size_t scale(std::span<const double> values, unsigned decimals, std::span<std::int64_t> integers,
                  std::span<bool> exact);

/// Each integer divided by 10^decimals; within 2^51, the double nearest to the decimal.
void unscale(std::span<const std::int64_t> integers, unsigned decimals, double *values);

} // namespace ra::samples
