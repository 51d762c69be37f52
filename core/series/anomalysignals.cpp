// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/series/anomalysignals.h"

#include <algorithm>
#include <cmath>

namespace ra::series {

namespace {

constexpr std::array<std::size_t, 3> windows = {100, 400, 1000};
constexpr std::array<std::size_t, 3> smoothings = {1, 4, 12};
constexpr std::size_t fewestForLevel = 20;
constexpr double fewestForCell = 3;

constexpr std::array<Detector, AnomalySignals::count> families = [] {
    using enum Detector;
    return std::array{Jump,  Jump,       Jump,       Level,     Level,     Level,     Level,     Level,    Level, Level,
                      Level, Level,      Level,      Level,     Shape,     Shape,     Shape,     Shape,    Shape, Shape,
                      Range, Prediction, Prediction, TimeOfDay, TimeOfDay, TimeOfDay, TimeOfDay, TimeOfDay};
}();

} // namespace

AnomalySignals::AnomalySignals()
    : m_shapes{ShapeNovelty(4, 1), ShapeNovelty(12, 1), ShapeNovelty(12, 5)} {
    for (const std::size_t smoothing : smoothings)
        m_lengths.push_back(
            {.before = {RollingMoments(windows[0]), RollingMoments(windows[1]), RollingMoments(windows[2])},
             .latest = RollingMoments(smoothing),
             .delayed = std::vector<double>(smoothing, 0.0)});
}

std::span<const Detector, AnomalySignals::count> AnomalySignals::detectors() {
    return families;
}

double AnomalySignals::weight(double floor) const {
    return std::max(floor, 1 / (m_seen + 1));
}

void AnomalySignals::jumps(double value) {
    const double step = m_seen > 0 ? std::abs(value - m_last) : 0;
    m_restless10.add(step);
    m_restless30.add(step);
    if (m_seen > 0)
        m_step += (step - m_step) * std::max(0.001, 1 / m_seen);
    put(step);
    put(m_restless10.mean());
    put(m_restless30.mean());
}

void AnomalySignals::levels(double value) {
    for (Lengths &lengths : m_lengths) {
        lengths.latest.add(value);
        const double latest = lengths.latest.mean();
        // Only now do the means become past that share no value with the latest.
        if (m_seen >= static_cast<double>(lengths.delayed.size()))
            for (RollingMoments &before : lengths.before)
                before.add(lengths.delayed[lengths.next]);
        lengths.delayed[lengths.next] = latest;
        lengths.next = (lengths.next + 1) % lengths.delayed.size();
        for (const RollingMoments &before : lengths.before) {
            // Steps count as well: a level that never moved makes no sensation of the first tremble.
            const double scale = before.deviation() + 0.2 * m_step;
            const bool isKnown = before.count() >= fewestForLevel && scale > 0;
            put(isKnown ? std::abs(latest - before.mean()) / scale : 0);
        }
    }
    const double away = m_seen > 0 ? value - m_slow : 0;
    put(std::max(away, 0.0));
    put(std::max(-away, 0.0));
    m_slow += (value - m_slow) * weight(0.01);
    m_localBefore = m_local;
    if (m_local.isKnown)
        m_local.error += (std::abs(value - m_local.value) - m_local.error) * std::max(0.01, 1 / m_seen);
    m_local.value = m_lengths.front().before.front().mean();
    m_local.isKnown = m_lengths.front().before.front().count() > 0;
}

void AnomalySignals::shapes(double value) {
    for (ShapeNovelty &shape : m_shapes) {
        const ShapeNovelty::Distance distance = shape.add(value);
        put(distance.plain);
        put(distance.centred);
    }
}

void AnomalySignals::range(double value) {
    const double width = m_high - m_low;
    const double beyond = std::max({value - m_high, m_low - value, 0.0});
    put(m_seen > 0 && width > 0 ? beyond / width : 0);
    m_high = m_seen > 0 ? std::max(m_high, value) : value;
    m_low = m_seen > 0 ? std::min(m_low, value) : value;
}

void AnomalySignals::prediction(double value) {
    if (m_seen == 0) {
        m_centre = value;
        m_filter[0] = 1;
    }
    double predicted = 0;
    double power = 1e-9;
    for (std::size_t i = 0; i < m_past.size(); ++i) {
        const double past = m_past[i] - m_centre;
        predicted += m_filter[i] * past;
        power += past * past;
    }
    const bool isKnown = m_seen >= static_cast<double>(m_past.size());
    const double error = isKnown ? value - m_centre - predicted : 0;
    for (std::size_t i = 0; i < m_past.size(); ++i)
        m_filter[i] += 0.02 * error * (m_past[i] - m_centre) / power;
    std::move_backward(m_past.begin(), m_past.end() - 1, m_past.end());
    m_past[0] = value;
    m_centre += (value - m_centre) * weight(0.002);
    m_errors.add(std::abs(error));
    put(std::abs(error));
    put(m_errors.mean());
}

void AnomalySignals::calendar(double value, double day) {
    const auto against = [&](Cell &cell) {
        const double error = cell.count > fewestForCell ? value - cell.mean : 0;
        cell.mean += (value - cell.mean) * std::max(0.1, 1 / (cell.count + 1));
        ++cell.count;
        return error;
    };
    const double whole = std::floor(day);
    const double part = day - whole;
    const auto hour = std::min<std::size_t>(23, static_cast<std::size_t>(part * 24));
    const auto halfHour = std::min<std::size_t>(47, static_cast<std::size_t>(part * 48));
    const double weekday = whole + 4 - 7 * std::floor((whole + 4) / 7); // 1970 began on a Thursday; 0: Sunday
    const bool isWeekend = weekday < 0.5 || weekday > 5.5;
    m_hourlyBefore = {.value = m_hours[hour].mean,
                      .error = m_hourly.error,
                      .isKnown = m_hours[hour].count > fewestForCell && m_hourly.isKnown};
    const bool isKnown = m_hours[hour].count > fewestForCell;
    const double hourError = against(m_hours[hour]);
    if (isKnown) {
        m_hourly.error += (std::abs(hourError) - m_hourly.error) * std::max(0.01, 1 / m_seen);
        m_hourly.isKnown = true;
    }
    const double halfHourError = against(m_halfHours[halfHour + (isWeekend ? 48 : 0)]);
    m_hourErrors.add(std::abs(hourError));
    m_halfHourErrors.add(std::abs(halfHourError));
    m_hourDrift += 0.3 * (hourError - m_hourDrift);
    put(std::abs(hourError));
    put(m_hourErrors.mean());
    put(std::abs(m_hourDrift));
    put(std::abs(halfHourError));
    put(m_halfHourErrors.mean());
}

std::span<const double> AnomalySignals::add(double value, double day) {
    m_filled = 0;
    jumps(value);
    levels(value);
    shapes(value);
    range(value);
    prediction(value);
    m_hourlyBefore = {};
    if (std::isfinite(day))
        calendar(value, day);
    m_last = value;
    ++m_seen;
    return std::span(m_magnitudes).first(m_filled);
}

AnomalySignals::Expectation AnomalySignals::expectation() const {
    if (!m_localBefore.isKnown)
        return {};
    const Guess &best =
        m_hourlyBefore.isKnown && m_hourlyBefore.error < m_localBefore.error ? m_hourlyBefore : m_localBefore;
    return {.value = best.value, .error = best.error};
}

} // namespace ra::series
