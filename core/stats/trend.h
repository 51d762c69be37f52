// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/stats/intervals.h"

#include <optional>
#include <span>

namespace ra::stats {

struct MannKendall {
    double s = 0;
    double variance = 0; ///< of s without trend, with ties
    double z = 0;        ///< with a continuity correction of 1
    double p = 1;        ///< two-sided, normal limit
    double tau = 0;      ///< tau-b
};
/// Whether values, in the order of time, rise or fall monotonically. NaN is left out. From three values that are not
/// all equal, else nothing. O(n log n). Sources: H. B. Mann, Econometrica 13 (1945) 245-259; M. G. Kendall, "Rank
/// Correlation Methods"; R's Kendall::MannKendall.
[[nodiscard]] std::optional<MannKendall> mannKendall(std::span<const double> values);

struct CorrectedTrend {
    double correction = 1; ///< by which the variance grows
    double z = 0;
    double p = 1;
};
/// The same test where neighbours resemble each other: the variance grows with the significant autocorrelations of the
/// ranks of what a Theil-Sen line leaves, at lags up to 10 log10(n); it never shrinks. From ten values, else nothing.
/// Missing values take part in no product, rows count as equally spaced. Estimated autocorrelations are too small in
/// short series: of autoregressions without a trend this finds one in 10 to 25 % at a level of 5 %, where memoryTrend()
/// holds it. Source: K. H. Hamed, A. R. Rao, J. Hydrol. 204
/// (1998) 182-196, equations 14 to 16.
[[nodiscard]] std::optional<CorrectedTrend> correctedMannKendall(std::span<const double> values);

struct TheilSen {
    double slope = 0;     ///< median of the slopes of all pairs of different x
    double intercept = 0; ///< median(y) - slope median(x)
    Interval interval;    ///< of the slope; infinite where there are too few pairs for the level
};
/// A straight line that a quarter of wild values do not move. Pairs with a NaN are left out; nothing for infinite
/// values, lengths that differ, or where all x are equal. O(n^2) up to 2,000 points, then about O(n log n) (see
/// Slopes). Sources: H. Theil (1950); P. K. Sen, J. Amer. Statist. Assoc. 63 (1968) 1379-1389, with the variance for
/// ties.
[[nodiscard]] std::optional<TheilSen> theilSen(std::span<const double> x, std::span<const double> y,
                                               double level = 0.95);
/// Over the numbers 1, 2, ... of the values.
[[nodiscard]] std::optional<TheilSen> theilSen(std::span<const double> values, double level = 0.95);

} // namespace ra::stats
