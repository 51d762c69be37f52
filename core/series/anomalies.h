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

/// Each row judged by itself and the rows before only: see AnomalyDetector. O(n), some 2.5 µs a row.
[[nodiscard]] Anomalies causalAnomalies(const AnomalyInput &input);

/// Each row judged by the whole series. What trend and seasons (or, without seasons, the median around) leave, of the
/// logarithms where these are expected better (remainder.h), its heavy tails drawn in to normal ones (heavytails.h),
/// goes to four detectors: an exponential tail fitted to the remainders (interval), generalised ESD (outlier), the same
/// tail for the median of 9 rows (level) and isolation forest over remainder, level and step (isolation). Each is set
/// to find something in a series without anomalies with probability 5 %; the score is the second highest of the four,
/// so that two must agree. A fifth looks for stretches like no other in what these leave (shape): matrix profile over a
/// season or 16 rows (16 means of rows where there are more than 4,096), the row that differs most from the nearest
/// stretch is told. Of rare counts (rarecounts.h) what has a probability of 5 % in a whole series is told instead, for
/// rows (outlier) and 9 rows together (level). Missing and late rows as in AnomalyDetector. `lower` and `upper` hold 95
/// % of usual errors. Below 12 known values only those of the rows that are missing or late. O(n log n) and what STL
/// takes, twice for positive values that range far; some 10 µs a row, 3 µs of long series without seasons. Sources: see
/// esd.h, isolationforest.h, discords.h and stl.h; anomalies of what STL leaves: J. Hochenbaum, O. Vallis, A.
/// Kejariwal, "Automatic anomaly detection in the cloud via statistical learning", arXiv:1704.07706 (2017).
[[nodiscard]] Anomalies wholeAnomalies(const AnomalyInput &input);

} // namespace ra::series
