// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace ra::series {

/// What each row of a series was to be, by all the others.
struct Expectation {
    std::vector<double> values;            ///< one a row
    std::vector<std::size_t> periods = {}; ///< of the seasons in it, in steps; empty: a running median
};

/// Trend and seasons by robust STL where the series has seasons (season.h; the calendar suggests some where times are
/// seconds since 1970 UTC), else the median around, over a tenth of the series, 11 to 1,001 steps, about
/// the slope that both halves of it have in common. Rows that are not
/// equally spaced in time are put on equal steps before. `times` may be empty; NaN and infinite values are filled along
/// the cycle. Empty where no value is known. O(n) with a large factor where there are seasons.
[[nodiscard]] Expectation expectedRows(std::span<const double> values, std::span<const double> times, bool isCalendar);

/// The median of the values around each, `window` of them (made odd) less those beyond the ends. Values must be finite.
/// O(n window), mostly moving memory.
[[nodiscard]] std::vector<double> runningMedian(std::span<const double> values, std::size_t window);

} // namespace ra::series
