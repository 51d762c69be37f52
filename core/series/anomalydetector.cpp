// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/series/anomalydetector.h"

#include <algorithm>
#include <cmath>

namespace ra::series {

namespace {

// Where the bar lies. Chosen for round numbers on plateaus of the cross-validated score on the development half of the
// Numenta benchmark, averaged over random sets of signals; see tests/core/series/tst_anomalies.cpp for the rate
// of false alarms that follows.
constexpr double bar = 1.2;          ///< at 1,000 values without an alarm
constexpr double reference = 1000;   ///< values
constexpr double fewestForBar = 200; ///< before, the low bar would be what noise mostly reaches
constexpr double fewest = 100;       ///< values before anything is said
constexpr double learning = 400;     ///< alarms among the first values are no sign of a restless series
constexpr double fading = 1000;      ///< values after which an alarm counts half
constexpr double rest = 30;          ///< values without another alarm
constexpr double resting = 0.25;     ///< the highest score meanwhile
constexpr double largest = 1e12;     ///< units; beyond that nothing differs
constexpr double secondsPerDay = 86400;
constexpr double halfWidth = 2.456; ///< of 95 %, in mean absolute errors of a normal distribution

double scoreOf(double above) {
    return above >= 0 ? 1 - std::pow(10.0, -above) / 2 : std::pow(10.0, above) / 2;
}

} // namespace

double AnomalyDetector::comparable(double value) {
    if (m_seen == 0)
        m_origin = value;
    const double away = value - m_origin;
    if (m_unit == 0 && away != 0)
        m_unit = std::min(std::abs(away), std::numeric_limits<double>::max());
    return m_unit > 0 ? std::clamp(away / m_unit, -largest, largest) : 0;
}

double AnomalyDetector::surprise(double value, double time, DetectorSet &detectors) {
    const std::span<const double> magnitudes = m_signals.add(
        comparable(value), m_isCalendar ? time / secondsPerDay : std::numeric_limits<double>::quiet_NaN());
    std::array<double, detectorCount> greatest = {};
    double squares = 0;
    for (std::size_t i = 0; i < magnitudes.size(); ++i) {
        const double rarity = m_tails[i].rarityOfNext(magnitudes[i]);
        double &known = greatest[static_cast<std::size_t>(AnomalySignals::detectors()[i])];
        known = std::max(known, rarity);
        squares += rarity * rarity;
    }
    const double mean = squares / static_cast<double>(magnitudes.size());
    for (std::size_t i = 0; i < greatest.size(); ++i)
        if (greatest[i] > 0 && greatest[i] * greatest[i] >= mean)
            detectors.insert(static_cast<Detector>(i));
    return std::sqrt(mean);
}

double AnomalyDetector::scored(double surprise) {
    ++m_sinceAlarm;
    const double faded = m_alarms > 0 ? m_alarms * std::exp2(-m_sinceAlarm / fading) : 0;
    // The surprise of noise has a median of 0.45 and exceeds 0.8 once in 10, 1.3 once in 100 values, at any age. The
    // bar at 200 values is no higher than that median: it finds what is odd in short series and pays with alarms, for
    // which fewer values than that are no excuse.
    const double age = m_seen < fewestForBar ? 0 : std::log10(m_seen / reference);
    const double height = bar + age + std::log10(1 + faded);
    const double score = m_seen < fewest ? 0 : scoreOf(surprise - height);
    if (m_sinceAlarm <= rest)
        return std::min(score, resting);
    if (score >= 0.5) {
        m_alarms = m_seen < learning ? 0 : faded + 1;
        m_sinceAlarm = 0;
    }
    return score;
}

void AnomalyDetector::expect(AnomalyVerdict &verdict) const {
    const AnomalySignals::Expectation expectation = m_signals.expectation();
    const double unit = m_unit > 0 ? m_unit : 1;
    verdict.expected = m_origin + expectation.value * unit;
    verdict.lower = verdict.expected - halfWidth * expectation.error * unit;
    verdict.upper = verdict.expected + halfWidth * expectation.error * unit;
}

AnomalyVerdict AnomalyDetector::next(double value, double time) {
    AnomalyVerdict verdict;
    const bool isMissing = !std::isfinite(value);
    const double arrival = isMissing ? m_arrivals.missing(time) : m_arrivals.present(time);
    const double standing = isMissing ? 0 : m_arrivals.standing(value);
    if (!isMissing)
        verdict.score = scored(surprise(value, time, verdict.detectors));
    expect(verdict);
    if (!verdict.isAnomaly())
        verdict.detectors = {};
    if (arrival >= 0.5)
        verdict.detectors.insert(isMissing ? Detector::Missing : Detector::Late);
    if (standing >= 0.5)
        verdict.detectors.insert(Detector::Standstill);
    verdict.score = std::max({verdict.score, arrival, standing});
    m_seen += isMissing ? 0 : 1;
    return verdict;
}

} // namespace ra::series
