// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <optional>

namespace ra::stats {

// How many runs it takes to know. `alpha` is the two-sided chance of a false alarm, `power` the chance to find a
// difference that is there; both inside (0, 1), power above alpha, else nothing. Counts are per sample, rounded up, at
// least 2; nothing where 10^9 would not do.

/// The power of Student's test of two samples of `n` (not necessarily whole, at least 2) whose means differ by `d`
/// standard deviations; by the noncentral t distribution, both tails. Source: R's power.t.test(strict = TRUE).
[[nodiscard]] std::optional<double> tTestPower(double n, double d, double alpha = 0.05);
/// The size that reaches a power.
[[nodiscard]] std::optional<std::uint64_t> tTestRuns(double d, double power = 0.8, double alpha = 0.05);

/// The size for the Mann-Whitney test where a value of one sample is larger than one of the other with probability
/// `superiority` (0.5 + Cliff's delta / 2). Source: G. E. Noether, J. Amer. Statist. Assoc. 82 (1987) 645-647.
[[nodiscard]] std::optional<std::uint64_t> mannWhitneyRuns(double superiority, double power = 0.8, double alpha = 0.05);

/// The size to tell two probabilities apart, by the normal limit. Source: R's power.prop.test.
[[nodiscard]] std::optional<std::uint64_t> proportionRuns(double p1, double p2, double power = 0.8,
                                                          double alpha = 0.05);

/// The size of one sample whose mean is then known to within `margin` either way at the level, where the standard
/// deviation is `sd`; by Student's t.
[[nodiscard]] std::optional<std::uint64_t> meanRuns(double sd, double margin, double level = 0.95);

} // namespace ra::stats
