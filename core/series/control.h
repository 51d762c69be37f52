// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <limits>
#include <span>
#include <vector>

namespace ra::series {

enum class ControlMethod { Cusum, Ewma };

struct ControlOptions {
    ControlMethod method = ControlMethod::Cusum;
    std::size_t baseline = 0; ///< rows at the beginning that are known to be good; 0: none are, see controlChart()
    double runLength = 500;   ///< values until a false alarm, on average
};

/// By how much the level changed, with an interval of 95 %.
struct ControlShift {
    double value = 0; ///< in the unit of the series
    double low = 0;
    double high = 0;
    double ratio = std::numeric_limits<double>::quiet_NaN(); ///< new to old level; NaN where the old is not positive
    double sigmas = 0;                                       ///< in standard deviations of the innovations
};

/// A lasting departure from the target.
struct ControlAlarm {
    std::size_t index = 0; ///< the row of the alarm
    std::size_t onset = 0; ///< the first row of the departure, as the chart dates it
    std::size_t end = 0;   ///< the row at which the chart is back at its target; the number of rows where it is not
    bool rising = false;
    double statistic = 0; ///< above `limit`, without sign
    double limit = 0;
    ControlShift shift; ///< from the rows of the departure
};

enum class ControlVerdict {
    Insufficient,
    Stable, ///< no departure that lasts until the end
    Rising,
    Falling
};

struct ControlReport {
    ControlVerdict verdict = ControlVerdict::Insufficient;
    double target = std::numeric_limits<double>::quiet_NaN(); ///< in the unit of the series
    double sigma = std::numeric_limits<double>::quiet_NaN();  ///< of the innovations
    bool logarithms = false; ///< whether the chart is of logarithms; then sigma is relative to the level
    double memory = 0;       ///< sum of the coefficients of the autoregression that was taken out
    double limit = std::numeric_limits<double>::quiet_NaN();
    std::vector<ControlAlarm> alarms;
    /// One a row: a CUSUM's greater sum (negative for the falling one), or the weighted mean in its own standard
    /// deviations; NaN where there is none (missing values, rows of the baseline, the first ten without one).
    std::vector<double> statistic;
};

/// Whether the level of a series has left its target for good, as early as the wanted rate of false alarms allows.
///
/// The chart is of innovations (controlinput.h), for neighbours that resemble each other would give false alarms. With
/// a baseline, target and sigma are its robust ones, and limits are the wider, the shorter it is (chartlimits.h).
/// Without one the chart starts itself: each value is held against all before it by their t distribution, from the
/// eleventh on; values of a departure are taken out of the target again. Deviations beyond three sigma count as three,
/// so that no lone value makes an alarm. After an alarm the statistic is held at its limit; the departure ends where it
/// is back at zero.
///
/// NaN and infinite values are missing. Insufficient for fewer than 20 known values, of the baseline where there is
/// one, or none after it. A series that does not vary is stable; a baseline that does not has the scatter of rounding
/// to the smallest difference in the series. Values beyond 2^500 are charted in other units. O(n). Sources: charts: see
/// chartlimits.h; self-starting: D. M. Hawkins, The Statistician 36 (1987) 299-315; winsorised: D. M. Hawkins, D. H.
/// Olwell, "Cumulative Sum Charts and Charting for Quality Improvement" (1998), section 3.5; chart of residuals and
/// dating: D. C. Montgomery, "Introduction to Statistical Quality Control", sections 9.1 and 10.4.
[[nodiscard]] ControlReport controlChart(std::span<const double> values, const ControlOptions &options = {});

} // namespace ra::series
