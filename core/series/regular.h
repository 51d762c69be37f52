// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace ra::series {

/// What several samples that fall into one step become.
enum class Aggregation { Mean, Sum, Last, Maximum, Count };

/// A series at equal steps.
struct RegularSeries {
    std::vector<double> values;  ///< NaN in steps without a sample (0 where counts or sums were asked for)
    double start = 0;            ///< time of the first step; step i is [start + i step, start + (i + 1) step)
    double step = 1;             ///< as the times, seconds or plain numbers
    bool calendarMonths = false; ///< steps are months of the calendar (step is then their mean length in seconds)
    std::size_t merged = 0;      ///< samples that shared a step with an earlier one
    std::size_t gaps = 0;        ///< steps without a sample
};

/// The step of a series: the median distance of neighbouring times, once they are in order. Nothing for fewer than two
/// different times. O(n log n).
[[nodiscard]] std::optional<double> typicalStep(std::span<const double> times);

/// Puts samples at irregular times onto equal steps. `step` 0 stands for the typical one, where months of the calendar
/// are recognised if `seconds` is set (distances of 28 to 31 days that keep the day of the month). Samples whose time
/// is not finite and values that are not do not count. Nothing without two different times, or if there would be more
/// than 10 + 50 n steps: then the step has nothing to do with the series. Of a typical step that would make more than
/// 2^22 steps, and more than two a sample, as long a multiple is taken as makes no more: gaps must not cost what
/// samples do not. O(n log n + steps).
[[nodiscard]] std::optional<RegularSeries> regularised(std::span<const double> times, std::span<const double> values,
                                                       Aggregation aggregation, double step = 0, bool seconds = false);

/// Cycles that the calendar suggests for a step in seconds, in samples: minute, hour, day, week and year, as far as
/// they are a whole number of samples (a year: rounded) from 2 to 10,000. Of minutes and hours only those for steps
/// below them.
[[nodiscard]] std::vector<std::size_t> calendarPeriods(double stepSeconds);

} // namespace ra::series
