// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/series/regular.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace ra::series {

namespace {

constexpr double day = 86400;
constexpr double year = 365.2425 * day;
constexpr double manySteps = 1 << 22;

/// Months since the year 0 of the moment, and its day of the month from 1: the civil calendar from days.
/// Source: H. Hinnant, "chrono-compatible low-level date algorithms", civil_from_days.
std::pair<long, unsigned> civilMonth(double seconds) {
    const auto z = static_cast<long>(std::floor(seconds / day)) + 719468;
    const long era = (z >= 0 ? z : z - 146096) / 146097;
    const auto dayOfEra = static_cast<unsigned>(z - era * 146097);
    const unsigned yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36524 - dayOfEra / 146096) / 365;
    const unsigned dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100);
    const unsigned shifted = (5 * dayOfYear + 2) / 153;
    const unsigned dayOfMonth = dayOfYear - (153 * shifted + 2) / 5 + 1;
    const unsigned month = shifted < 10 ? shifted + 3 : shifted - 9;
    const long years = static_cast<long>(yearOfEra) + era * 400 + (month <= 2 ? 1 : 0);
    return {years * 12 + static_cast<long>(month) - 1, dayOfMonth};
}

class Bins {
public:
    Bins(std::size_t count, Aggregation aggregation)
        : m_aggregation(aggregation)
        , m_values(count, 0.0)
        , m_counts(count, 0.0) {}

    void add(std::size_t bin, double value) {
        double &v = m_values[bin];
        const double count = ++m_counts[bin];
        switch (m_aggregation) {
        case Aggregation::Mean:
            v += (value - v) / count;
            break;
        case Aggregation::Sum:
            v += value;
            break;
        case Aggregation::Last:
            v = value;
            break;
        case Aggregation::Maximum:
            v = count > 1 ? std::max(v, value) : value;
            break;
        case Aggregation::Count:
            v = count;
            break;
        }
    }

    void finish(RegularSeries &series) {
        const bool zero = m_aggregation == Aggregation::Sum || m_aggregation == Aggregation::Count;
        for (std::size_t i = 0; i < m_values.size(); ++i) {
            if (m_counts[i] > 0) {
                series.merged += static_cast<std::size_t>(m_counts[i]) - 1;
                continue;
            }
            ++series.gaps;
            if (!zero)
                m_values[i] = std::numeric_limits<double>::quiet_NaN();
        }
        series.values = std::move(m_values);
    }

private:
    Aggregation m_aggregation;
    std::vector<double> m_values;
    std::vector<double> m_counts;
};

std::vector<double> ordered(std::span<const double> times) {
    std::vector<double> sorted;
    std::copy_if(times.begin(), times.end(), std::back_inserter(sorted), [](double t) { return std::isfinite(t); });
    std::sort(sorted.begin(), sorted.end());
    sorted.erase(std::unique(sorted.begin(), sorted.end()), sorted.end());
    return sorted;
}

bool areMonths(const std::vector<double> &sorted) {
    if (sorted.size() < 3)
        return false;
    const unsigned dayOfMonth = civilMonth(sorted.front()).second;
    return std::all_of(sorted.begin(), sorted.end(), [&](double t) { return civilMonth(t).second == dayOfMonth; });
}

} // namespace

std::optional<double> typicalStep(std::span<const double> times) {
    const std::vector<double> sorted = ordered(times);
    if (sorted.size() < 2)
        return std::nullopt;
    std::vector<double> steps;
    for (std::size_t i = 1; i < sorted.size(); ++i)
        steps.push_back(sorted[i] - sorted[i - 1]);
    const auto middle = steps.begin() + static_cast<std::ptrdiff_t>((steps.size() - 1) / 2);
    std::nth_element(steps.begin(), middle, steps.end());
    return *middle;
}

std::optional<RegularSeries> regularised(std::span<const double> times, std::span<const double> values,
                                         Aggregation aggregation, double step, bool seconds) {
    const std::vector<double> sorted = ordered(times);
    const std::optional<double> typical = typicalStep(times);
    if (!typical || times.size() != values.size())
        return std::nullopt;
    RegularSeries series;
    series.step = step > 0 ? step : *typical;
    series.start = sorted.front();
    series.calendarMonths =
        seconds && step <= 0 && series.step >= 28 * day && series.step <= 31 * day && areMonths(sorted);
    if (series.calendarMonths)
        series.step = year / 12;
    const auto binOf = [&](double t) {
        if (series.calendarMonths)
            return static_cast<double>(civilMonth(t).first - civilMonth(series.start).first);
        // Times that are a hair before their step belong to it.
        return std::floor((t - series.start) / series.step + 1e-6);
    };
    double last = binOf(sorted.back());
    if (!(last < 10 + 50 * static_cast<double>(times.size())))
        return std::nullopt;
    if (const double most = std::max(manySteps, 2 * static_cast<double>(times.size())); step <= 0 && last >= most) {
        series.step *= std::ceil((last + 1) / most);
        last = binOf(sorted.back());
    }
    std::vector<std::size_t> order;
    for (std::size_t i = 0; i < times.size(); ++i) {
        if (std::isfinite(times[i]) && std::isfinite(values[i]))
            order.push_back(i);
    }
    const auto isBefore = [&](std::size_t a, std::size_t b) { return times[a] < times[b]; };
    if (!std::is_sorted(order.begin(), order.end(), isBefore))
        std::stable_sort(order.begin(), order.end(), isBefore);
    Bins bins(static_cast<std::size_t>(last) + 1, aggregation);
    for (const std::size_t i : order)
        bins.add(static_cast<std::size_t>(binOf(times[i])), values[i]);
    bins.finish(series);
    return series;
}

std::vector<std::size_t> calendarPeriods(double stepSeconds) {
    std::vector<std::size_t> periods;
    if (!(stepSeconds > 0))
        return periods;
    constexpr double week = 7 * day;
    const auto add = [&](double cycle, bool rounded) {
        const double samples = cycle / stepSeconds;
        const double whole = std::round(samples);
        if (whole >= 2 && whole <= 10000 && (rounded || std::abs(samples - whole) < 1e-6 * whole))
            periods.push_back(static_cast<std::size_t>(whole));
    };
    add(60, false);
    add(3600, false);
    add(day, false);
    add(week, false);
    add(year, true);
    return periods;
}

} // namespace ra::series
