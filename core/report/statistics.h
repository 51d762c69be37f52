// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <optional>
#include <span>

namespace ra::report {

/// Runs below which a rate, a median or a comparison is not shown but "4 of 10 runs needed".
inline constexpr int runsForFigures = 10;
/// Runs below which a 95th percentile is not shown: with fewer it is the maximum by another name.
inline constexpr int runsForP95 = 20;

struct Interval {
    double lower = 0;
    double upper = 0;

    bool operator==(const Interval &) const = default;
};

/// The 95 % score interval of a proportion, successes of n; both in [0, 1]. Nothing for n <= 0 or successes outside [0,
/// n]. Source: E. B. Wilson, "Probable inference, the law of succession, and statistical inference", JASA 22 (1927)
/// 209-212; no continuity correction.
[[nodiscard]] std::optional<Interval> wilson95(long long successes, long long n);

/// The 95 % interval of p1 - p2 for two independent proportions. Nothing where either proportion has none.
/// Source: R. G. Newcombe, "Interval estimation for the difference between independent proportions", Statistics in
/// Medicine 17 (1998) 873-890, method 10 (hybrid score).
[[nodiscard]] std::optional<Interval> newcombe95(long long successes1, long long n1, long long successes2,
                                                 long long n2);

/// The q-quantile, 0 <= q <= 1, of ascending values without NaN; linear between order statistics. Nothing for no
/// values. Source: R. J. Hyndman, Y. Fan, "Sample quantiles in statistical packages", Am. Stat. 50 (1996) 361-365,
/// type 7.
[[nodiscard]] std::optional<double> quantile(std::span<const double> ascending, double q);

/// An interval that holds the median with at least 95 % whatever the distribution: the order statistics k and n - k + 1
/// with the largest k for which P(Binomial(n, 1/2) < k) <= 0.025. Nothing for n < 6, where there is no such k. O(n).
/// Source: H. A. David, H. N. Nagaraja, "Order Statistics", 3rd ed. (2003), section 7.1.
[[nodiscard]] std::optional<Interval> median95(std::span<const double> ascending);

} // namespace ra::report
