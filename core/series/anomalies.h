// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/series/detectors.h"

#include <cstddef>
#include <limits>
#include <span>
#include <vector>

namespace ra::series {

/// A row that is out of order, with why.
struct Anomaly {
    std::size_t index = 0;
    double score = 0;           ///< in [0.5, 1]
    DetectorSet detectors = {}; ///< what noticed it
    double expected = std::numeric_limits<double>::quiet_NaN();
    double lower = std::numeric_limits<double>::quiet_NaN(); ///< of the 95 % interval of what was expected
    double upper = std::numeric_limits<double>::quiet_NaN();
};

struct Anomalies {
    std::vector<double> scores;     ///< in [0, 1], one a row; anomalies are those of at least 0.5
    std::vector<Anomaly> anomalies; ///< in the order of the rows
};

/// A series in the order in which it came.
struct AnomalyInput {
    std::span<const double> values;     ///< NaN and infinities are missing
    std::span<const double> times = {}; ///< one a value, or empty
    bool isCalendar = false;            ///< whether times are seconds since 1970 UTC
};

/// Each row judged by itself and the rows before only: see AnomalyDetector. O(n), some 5 µs a row.
[[nodiscard]] Anomalies causalAnomalies(const AnomalyInput &input);

} // namespace ra::series
