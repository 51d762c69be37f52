// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <optional>
#include <span>

namespace ra::stats {

/// Where a quantity lies with some confidence. An end may be infinite or NaN where a function says so.
struct Interval {
    double low = 0;
    double high = 0;

    bool operator==(const Interval &) const = default;
};

// All levels are confidence levels inside (0, 1); another level, like too few values, gives nothing. NaN among values
// is left out. Infinite values give nothing where a mean is taken.

/// Of the mean, by Student's t; exact for normal data. From two values. O(n).
[[nodiscard]] std::optional<Interval> meanInterval(std::span<const double> values, double level = 0.95);
/// The same from count, mean and standard deviation.
[[nodiscard]] std::optional<Interval> meanInterval(std::uint64_t count, double mean, double sd, double level = 0.95);

/// Of the standard deviation of normal data, by the chi-squared distribution. From two values. O(n).
[[nodiscard]] std::optional<Interval> sdInterval(std::span<const double> values, double level = 0.95);
[[nodiscard]] std::optional<Interval> sdInterval(std::uint64_t count, double sd, double level = 0.95);

/// Of a quantile, between two order statistics, whatever the distribution.
struct QuantileInterval {
    double lowRank = 0;         ///< from 1; 0 where there is no such order statistic
    double highRank = 0;        ///< from 1; n + 1 where there is no such order statistic
    std::optional<double> low;  ///< nothing where the data are too few to bound the quantile below
    std::optional<double> high; ///< nothing where the data are too few to bound it above
    double coverage = 0;        ///< the probability that the interval covers, at least the level
};
/// Values in ascending order without NaN; q inside (0, 1). Ranks are those of the binomial quantiles at (1 - level) / 2
/// and, plus one, (1 + level) / 2. Nothing for no values. O(log n). Source: W. J. Conover, "Practical Nonparametric
/// Statistics", 3rd ed., section 3.2.
[[nodiscard]] std::optional<QuantileInterval> quantileInterval(std::span<const double> ascending, double q,
                                                               double level = 0.95);

/// Of a probability after `successes` in `trials`; nothing unless 0 <= successes <= trials and trials > 0.
/// Wilson: from the score test, ends clipped to 0 and 1 for none and all. Source: E. B. Wilson, J. Amer. Statist.
/// Assoc. 22 (1927) 209-212.
[[nodiscard]] std::optional<Interval> wilsonInterval(double successes, double trials, double level = 0.95);
/// Clopper-Pearson: never covers less than the level. Source: Biometrika 26 (1934) 404-413.
[[nodiscard]] std::optional<Interval> clopperPearsonInterval(double successes, double trials, double level = 0.95);
/// Jeffreys: equal tails of the posterior Beta(k + 1/2, n - k + 1/2); the end at none and all is 0 and 1. Source: L. D.
/// Brown, T. T. Cai, A. DasGupta, Statist. Sci. 16 (2001) 101-133.
[[nodiscard]] std::optional<Interval> jeffreysInterval(double successes, double trials, double level = 0.95);

/// Of a rate after `events` in `exposure` (its unit is the rate's), exact for Poisson counts. Source: F. Garwood,
/// Biometrika 28 (1936) 437-442.
[[nodiscard]] std::optional<Interval> poissonRateInterval(double events, double exposure, double level = 0.95);

} // namespace ra::stats
