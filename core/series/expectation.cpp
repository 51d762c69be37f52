// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/series/expectation.h"

#include "core/series/gaps.h"
#include "core/series/regular.h"
#include "core/series/season.h"
#include "core/series/stl.h"
#include "core/stats/trend.h"

#include <algorithm>
#include <cmath>

namespace ra::series {

namespace {

/// A series on equal steps, and the step of each row.
struct Steps {
    std::vector<double> values;
    std::vector<std::size_t> ofRow;
    double length = 1; ///< of a step, in the unit of the times
};

Steps onSteps(std::span<const double> values, std::span<const double> times) {
    Steps steps;
    steps.ofRow.resize(values.size());
    const auto regular =
        times.size() == values.size() && !times.empty() ? regularised(times, values, Aggregation::Mean) : std::nullopt;
    if (!regular) {
        steps.values.assign(values.begin(), values.end());
        for (std::size_t i = 0; i < values.size(); ++i)
            steps.ofRow[i] = i;
        return steps;
    }
    steps.values = regular->values;
    steps.length = regular->step;
    const auto last = static_cast<double>(steps.values.size() - 1);
    for (std::size_t i = 0; i < values.size(); ++i) {
        // A millionth of a step for times that were computed.
        const double place = std::floor((times[i] - regular->start) / regular->step + 1e-6);
        steps.ofRow[i] = place > 0 ? static_cast<std::size_t>(std::min(place, last)) : 0;
    }
    return steps;
}

std::vector<std::size_t> seasonsOf(const Steps &steps, bool isCalendar) {
    SeasonOptions options;
    if (isCalendar)
        options.hints = calendarPeriods(steps.length);
    std::vector<std::size_t> periods;
    for (const Season &season : findSeasons(steps.values, options))
        if (3 * season.period <= steps.values.size())
            periods.push_back(season.period);
    std::sort(periods.begin(), periods.end());
    return periods;
}

/// The slope that both halves of the values have: the lesser of theirs, or none. A line through values that jump once,
/// or turn back, would be no trend.
double commonSlope(std::span<const double> values) {
    // Some hundred places tell it; all pairs of a million values would take their time.
    constexpr std::size_t most = 1000;
    const std::size_t every = (values.size() + most - 1) / most;
    std::vector<double> x;
    std::vector<double> y;
    for (std::size_t t = 0; t < values.size(); t += every) {
        x.push_back(static_cast<double>(t));
        y.push_back(values[t]);
    }
    const std::size_t half = x.size() / 2;
    const auto first = stats::theilSen(std::span(x).first(half), std::span(y).first(half));
    const auto second = stats::theilSen(std::span(x).subspan(half), std::span(y).subspan(half));
    if (!first || !second || !(first->slope * second->slope > 0))
        return 0;
    return std::abs(first->slope) < std::abs(second->slope) ? first->slope : second->slope;
}

/// A running median about a common slope: at both ends, where it looks to one side only, it would lag behind.
std::vector<double> runningLevel(std::span<const double> values) {
    const double slope = commonSlope(values);
    std::vector<double> flat(values.begin(), values.end());
    for (std::size_t t = 0; t < flat.size(); ++t)
        flat[t] -= slope * static_cast<double>(t);
    std::vector<double> level = runningMedian(flat, std::clamp<std::size_t>(values.size() / 10, 11, 1001));
    for (std::size_t t = 0; t < level.size(); ++t)
        level[t] += slope * static_cast<double>(t);
    return level;
}

} // namespace

std::vector<double> runningMedian(std::span<const double> values, std::size_t window) {
    const std::size_t half = window / 2;
    std::vector<double> medians(values.size());
    std::vector<double> sorted;
    const auto place = [&](double value) { return std::lower_bound(sorted.begin(), sorted.end(), value); };
    for (std::size_t i = 0; i < std::min(half, values.size()); ++i)
        sorted.insert(place(values[i]), values[i]);
    for (std::size_t i = 0; i < values.size(); ++i) {
        if (i + half < values.size())
            sorted.insert(place(values[i + half]), values[i + half]);
        if (i > half)
            sorted.erase(place(values[i - half - 1]));
        const std::size_t n = sorted.size();
        medians[i] = n % 2 == 1 ? sorted[n / 2] : sorted[n / 2 - 1] / 2 + sorted[n / 2] / 2;
    }
    return medians;
}

Expectation expectedRows(std::span<const double> values, std::span<const double> times, bool isCalendar) {
    const Steps steps = onSteps(values, times);
    Expectation expectation;
    const std::vector<std::size_t> periods = seasonsOf(steps, isCalendar);
    const std::vector<double> whole = filledGaps(steps.values, periods.empty() ? 1 : periods.back());
    if (whole.empty())
        return expectation;
    std::vector<double> onStep;
    if (periods.empty()) {
        onStep = runningLevel(whole);
    } else {
        const Decomposition parts = mstl(whole, {.periods = periods, .robust = true, .robustRounds = 5});
        onStep = parts.trend;
        for (const std::vector<double> &season : parts.seasonal)
            for (std::size_t t = 0; t < onStep.size(); ++t)
                onStep[t] += season[t];
    }
    expectation.periods = periods;
    expectation.values.resize(values.size());
    for (std::size_t i = 0; i < values.size(); ++i)
        expectation.values[i] = onStep[steps.ofRow[i]];
    return expectation;
}

} // namespace ra::series
