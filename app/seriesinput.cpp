// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/seriesinput.h"

#include "core/series/regular.h"
#include "core/series/season.h"

#include <algorithm>
#include <numeric>

namespace ra::app {

SeriesInput regularInput(const table::Series &series, const table::Table &table) {
    SeriesInput input;
    input.values = series.values();
    input.isCalendar = table.hasTimes && table.timesAreText;
    if (series.times.size() != input.values.size())
        return input;
    if (const auto regular =
            series::regularised(series.times, series.values(), series::Aggregation::Mean, 0, input.isCalendar)) {
        input.start = regular->start;
        input.step = regular->step;
        input.values = regular->values;
    }
    return input;
}

TimeOrder inOrderOfTime(const table::Series &series) {
    TimeOrder order;
    order.values = series.values();
    order.rows.resize(order.values.size());
    std::iota(order.rows.begin(), order.rows.end(), std::size_t{0});
    if (series.times.size() != order.rows.size() || std::is_sorted(series.times.begin(), series.times.end()))
        return order;
    std::stable_sort(order.rows.begin(), order.rows.end(),
                     [&](std::size_t i, std::size_t j) { return series.times[i] < series.times[j]; });
    for (std::size_t i = 0; i < order.rows.size(); ++i)
        order.values[i] = series.values()[order.rows[i]];
    return order;
}

std::size_t rowOf(const table::Series &series, const SeriesInput &input, std::size_t step) {
    if (input.values.size() == series.values().size() || series.times.size() != series.values().size())
        return step;
    // A millionth of a step for times that were computed.
    const double begin = input.start + (static_cast<double>(step) - 1e-6) * input.step;
    const auto row = std::find_if(series.times.begin(), series.times.end(), [begin](double t) { return t >= begin; });
    return static_cast<std::size_t>(row - series.times.begin());
}

std::vector<std::size_t> seasonsFor(const SeriesInput &input) {
    // A season of the calendar is taken as soon as its figure explains more than chance would: to leave out a true one
    // costs more than to carry a false one, which the back-test weighs down.
    series::SeasonOptions options{.hints = {}, .hintLevel = 0.5};
    if (input.isCalendar)
        options.hints = series::calendarPeriods(input.step);
    std::vector<std::size_t> suggested;
    std::vector<std::size_t> others;
    for (const series::Season &season : series::findSeasons(input.values, options)) {
        const bool isHint = std::find(options.hints.begin(), options.hints.end(), season.period) != options.hints.end();
        (isHint ? suggested : others).push_back(season.period);
    }
    // What lives by the calendar hardly has another clock: beside a day or a week others are mostly chance.
    std::vector<std::size_t> periods = suggested.empty() ? others : suggested;
    std::sort(periods.begin(), periods.end());
    return periods;
}

} // namespace ra::app
