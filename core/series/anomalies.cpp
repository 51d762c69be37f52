// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/series/anomalies.h"

#include "core/series/anomalydetector.h"

namespace ra::series {

Anomalies causalAnomalies(const AnomalyInput &input) {
    AnomalyDetector detector(input.isCalendar);
    Anomalies found;
    found.scores.reserve(input.values.size());
    for (std::size_t i = 0; i < input.values.size(); ++i) {
        const double time = i < input.times.size() ? input.times[i] : std::numeric_limits<double>::quiet_NaN();
        const AnomalyVerdict verdict = detector.next(input.values[i], time);
        found.scores.push_back(verdict.score);
        if (verdict.isAnomaly())
            found.anomalies.push_back({.index = i,
                                       .score = verdict.score,
                                       .detectors = verdict.detectors,
                                       .expected = verdict.expected,
                                       .lower = verdict.lower,
                                       .upper = verdict.upper});
    }
    return found;
}

} // namespace ra::series
