// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/stats/intervals.h"

#include <cstdint>
#include <functional>
#include <optional>
#include <span>

namespace ra::stats {

/// How a bootstrap is drawn.
struct BootstrapOptions {
    double level = 0.95;
    std::uint32_t resamples = 9'999; ///< at least 99
    std::uint64_t seed = 1;          ///< the same seed gives the same interval
};

/// A statistic of a sample in which value i, of values in ascending order, occurs counts[i] times; total is their sum,
/// the number of values. NaN where it is not defined.
using CountedStatistic = std::function<double(std::span<const double> ascending, std::span<const std::uint32_t> counts,
                                              std::uint32_t total)>;

/// The statistics that are asked for most, so counted: mean, sample standard deviation, quantile of type 7.
[[nodiscard]] CountedStatistic countedMean();
[[nodiscard]] CountedStatistic countedSd();
[[nodiscard]] CountedStatistic countedQuantile(double q);

/// Percentile and BCa interval of one statistic.
struct BootstrapInterval {
    double estimate = 0; ///< the statistic of the data themselves
    Interval percentile;
    /// Bias-corrected and accelerated; nothing where all resamples lie on one side of the estimate, so that there is no
    /// bias to correct, or where nothing varies.
    std::optional<Interval> bca;
};

/// Nothing for fewer than two values, a statistic that is not finite for the data, more than 2^31 values, or options
/// out of range. Resamples whose statistic is not finite are left out; nothing if these are more than one in twenty.
/// NaN is left out.
///
/// Ends are interpolated between order statistics on the normal scale; the acceleration rests on the influence of each
/// value as the covariance of its count with the statistic over the resamples, which for smooth statistics equals that
/// of the jackknife and also holds for quantiles, where the jackknife does not. As R's boot::boot.ci does both.
/// O(resamples * n). Sources: B. Efron, "Better bootstrap confidence intervals", J. Amer. Statist. Assoc. 82 (1987)
/// 171-185; A. C. Davison, D. V. Hinkley, "Bootstrap Methods and their Application" (1997), sections 2.7.4 and 5.3.2.
[[nodiscard]] std::optional<BootstrapInterval>
bootstrap(std::span<const double> values, const CountedStatistic &statistic, const BootstrapOptions &options = {});

/// The same of a quantile of type 7, q in [0, 1], without drawing anything: the distribution of a quantile over all
/// resamples is known, so the ends are those of infinitely many resamples; only that none lies further out than a share
/// of 1 / (resamples + 1), where their number would end. About O(n). Sources: A. D. Hutson, M. D. Ernst, "The exact
/// bootstrap mean and variance of an L-estimator", J. Roy. Statist. Soc. B 62 (2000) 89-94, for the joint distribution
/// of two order statistics; influence as the derivative of the expectation.
[[nodiscard]] std::optional<BootstrapInterval> bootstrapQuantile(std::span<const double> values, double q,
                                                                 const BootstrapOptions &options = {});

/// The ratio median(a) / median(b) of two independent samples, each resampled for itself: medians are drawn from their
/// known distributions over all resamples; ends and acceleration otherwise as bootstrap() has them, but that half of
/// the resamples which are just the estimate count as below it (R's boot.ci counts none, and of tied values the
/// interval misses the estimate). Nothing unless the values are finite and the median of b is positive; resamples
/// without a positive median of b are left out. O(n log n
/// + resamples).
[[nodiscard]] std::optional<BootstrapInterval>
bootstrapMedianRatio(std::span<const double> a, std::span<const double> b, const BootstrapOptions &options = {});

} // namespace ra::stats
