// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/stats/intervals.h"

#include <optional>
#include <span>
#include <vector>

namespace ra::stats {

/// Ranks from 1; equal values share the mean of theirs. NaN is not allowed. O(n log n).
[[nodiscard]] std::vector<double> midRanks(std::span<const double> values);

// Two independent samples, by ranks: whatever the distribution; infinite values are as good as any. NaN is left out.
// Nothing where a sample is empty. p values are two-sided.

struct MannWhitney {
    double u = 0;          ///< pairs in which a is larger, equal pairs counted half
    double pNormal = 1;    ///< by the normal limit with ties
    double pCorrected = 1; ///< the same with a continuity correction of 1/2
    /// Of the permutation distribution of the midranks, where both samples have fewer than 50 values (as R's
    /// wilcox.test) or one of them is small (10 beside 150): the normal limit is too low by far where most values are
    /// equal. Else pNormal.
    double pExact = 1;
    bool isExact = false; ///< whether pExact is
};
/// The Wilcoxon-Mann-Whitney test. Where all values are equal, p is 1. O(N log N), exact O(min(na, nb) N^3).
/// Source: E. L. Lehmann, "Nonparametrics" (1975), sections 1.2 to 1.5; R's wilcox.test, coin::wilcox_test.
[[nodiscard]] std::optional<MannWhitney> mannWhitney(std::span<const double> a, std::span<const double> b);

/// P(a > b) - P(a < b), in [-1, 1]: -1 where all of a lie below all of b. O(N log N). Source: N. Cliff, Psychol. Bull.
/// 114 (1993) 494-509.
[[nodiscard]] std::optional<double> cliffsDelta(std::span<const double> a, std::span<const double> b);
/// The interval of Cliff's delta from its consistent variance, asymmetric as the author recommends (equation 9);
/// nothing below two values a sample. O(N log N).
[[nodiscard]] std::optional<Interval> cliffsDeltaInterval(std::span<const double> a, std::span<const double> b,
                                                          double level = 0.95);

struct Shift {
    double estimate = 0; ///< median of all differences a - b
    Interval interval;   ///< at least the level where samples are small and without ties, asymptotic otherwise
};
/// The Hodges-Lehmann shift with its interval from the Mann-Whitney test: exact order statistics of the differences
/// where both samples have fewer than 50 values and no ties, the normal limit otherwise. Values must be finite, else
/// nothing. Selects among the na nb differences without storing them: O(N log N).
/// Source: M. Hollander, D. A. Wolfe, "Nonparametric Statistical Methods", section 4.3.
[[nodiscard]] std::optional<Shift> hodgesLehmann(std::span<const double> a, std::span<const double> b,
                                                 double level = 0.95);

/// The shift at which the standardised rank sum of (a - shift, b) crosses zero, located to 1e-4 by Brent's method from
/// the largest range: what R's wilcox.test(exact = FALSE, conf.int = TRUE) gives as its estimate. Differs from the
/// median of differences by up to that tolerance. Nothing where values are infinite or all equal.
[[nodiscard]] std::optional<double> rankShift(std::span<const double> a, std::span<const double> b);

struct ScaleTest {
    double z = 0; ///< above zero where a is more spread out
    double p = 1;
};
/// Mood's test of spread; equal values share the mean of their scores, and the variance is that of R's mood.test, whose
/// term for ties (t^2 - 1)(t^2 - 4 + 15 (N - t)^2) is that of a group in the middle. Nothing below three values in all;
/// z is 0 where all values are equal. O(N log N). Source: P. W. Mielke, Technometrics 9 (1967) 312-314; R 4.2.
[[nodiscard]] std::optional<ScaleTest> moodTest(std::span<const double> a, std::span<const double> b);

} // namespace ra::stats
