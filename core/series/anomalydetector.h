// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/series/anomalysignals.h"
#include "core/series/arrivals.h"
#include "core/series/detectors.h"
#include "core/series/tailestimate.h"

#include <array>
#include <cstddef>
#include <limits>

namespace ra::series {

/// What a detector has to say about one value.
struct AnomalyVerdict {
    double score = 0;           ///< in [0, 1]; an anomaly begins at 0.5
    DetectorSet detectors = {}; ///< those with a signal that was more surprised than the whole; empty below 0.5
    double expected = std::numeric_limits<double>::quiet_NaN(); ///< from the values before; NaN where nothing is known
    double lower = std::numeric_limits<double>::quiet_NaN();    ///< of the interval that holds 95 % of normal errors
    double upper = std::numeric_limits<double>::quiet_NaN();

    [[nodiscard]] bool isAnomaly() const { return score >= 0.5; }
};

/// Finds anomalies in a series while it comes in: the verdict on a value rests on it and those before, in memory that
/// does not grow (some 200 kB).
///
/// The signals of anomalysignals.h are each turned into a rarity, -log10 of their tail probability in all of the
/// series' own past (tailestimate.h), which makes different signals and different series comparable. Their root mean
/// square over all signals is the surprise of the value: one detector beside itself counts, and so do many that are
/// uneasy; no weights have been fitted. The surprise must exceed a bar that grows with log10 of the length of the
/// series, so that the number of false alarms grows with the logarithm of time only, and, for some thousand values
/// after alarms, with log10 of their number, so that what alarms often must be ever stranger; both spend a budget of
/// false alarms as rules for multiple tests in a stream do. An anomaly is told once, at its onset: for 30 values there
/// is no other. The score is 1 - 10^-d / 2 for a surprise d above the bar and 10^d / 2 below.
///
/// Values that are not finite are missing: an anomaly where a gap begins, if such gaps are rare. A value is late if the
/// time since the one before is at least twice the usual and twice the longest so far; one and the same value for 30
/// rows and twice the longest such time so far is a standstill. The first 100 values have score 0; of the next 100 only
/// what would be an anomaly among 1,000 is one. White noise gives 9 false alarms among the first 1,000 values, 7 of
/// them between the 200th and the 600th, for which the bar is as low as short series need, and 2 among the next 3,000;
/// tails as heavy as those of t with three degrees of freedom give 10 and 4. Invariant under shift and change of scale.
/// Sources: the idea of a tail probability of the series' own past: S. Ahmad, A. Lavin, S. Purdy, Z. Agha,
/// "Unsupervised real-time anomaly detection for streaming data", Neurocomputing 262 (2017) 134-147; bars for tests in
/// a stream: A. Javanmard, A. Montanari, "Online rules for control of false discovery rate", Ann. Statist. 46 (2018)
/// 526-554; signals and tails: see there.
class AnomalyDetector {
public:
    /// `isCalendar`: whether times are seconds since 1970 UTC, so that the time of day means something.
    explicit AnomalyDetector(bool isCalendar = false)
        : m_isCalendar(isCalendar) {}

    /// The next value, and its time where that is known (NaN if not). O(1), some 2.5 µs.
    [[nodiscard]] AnomalyVerdict next(double value, double time = std::numeric_limits<double>::quiet_NaN());

private:
    [[nodiscard]] double comparable(double value);
    [[nodiscard]] double surprise(double value, double time, DetectorSet &detectors);
    [[nodiscard]] double scored(double surprise);
    void expect(AnomalyVerdict &verdict) const;

    bool m_isCalendar;
    AnomalySignals m_signals;
    std::array<TailEstimate, AnomalySignals::count> m_tails = {};
    double m_seen = 0; ///< values that were not missing
    double m_origin = 0;
    double m_unit = 0; ///< the first difference from the origin; 0 while there is none
    double m_sinceAlarm = std::numeric_limits<double>::infinity(); ///< values
    double m_alarms = 0;                                           ///< faded, as of the last one
    Arrivals m_arrivals;
};

} // namespace ra::series
