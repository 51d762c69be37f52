// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/table/csv.h"

#include <cstddef>
#include <vector>

namespace ra::app {

/// A series of a table at equal steps.
struct SeriesInput {
    std::vector<double> values;
    double start = 0;        ///< time of the first value
    double step = 1;         ///< seconds where the times are dates, else as the numbers
    bool isCalendar = false; ///< whether the times are dates
};

/// The values by their times: onto equal steps (means where several fall into one) where the times are dates that are
/// not equally spaced, else in the order of the file. Numbers as times are taken for the order they give.
[[nodiscard]] SeriesInput regularInput(const table::Series &series, const table::Table &table);

/// The values of a series in the order of its times, and the rows of the file that they stand in. Rows of one time, and
/// of a series without times, stay as they are in the file.
struct TimeOrder {
    std::vector<double> values;
    std::vector<std::size_t> rows;
};
[[nodiscard]] TimeOrder inOrderOfTime(const table::Series &series);

/// The first row of the file at or after a step of the regular series.
[[nodiscard]] std::size_t rowOf(const table::Series &series, const SeriesInput &input, std::size_t step);

/// The seasons that a forecast should know: those that the calendar suggests as far as the data do not speak against
/// them, and those that the data show.
[[nodiscard]] std::vector<std::size_t> seasonsFor(const SeriesInput &input);

} // namespace ra::app
