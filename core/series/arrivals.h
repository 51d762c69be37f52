// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <limits>

namespace ra::series {

/// Watches whether values of a series come at all, when they are due, and move. Scores as of anomalies: in [0, 1], 0.5
/// and more is one. Nothing is said about the first 20 rows. NaN is an unknown time.
class Arrivals {
public:
    /// For a row without a value: an anomaly where a gap begins, if gaps have begun in at most 1 % of the rows.
    [[nodiscard]] double missing(double time);
    /// For a row with a value: an anomaly if the time since the row before is at least twice the usual (a followed
    /// median) and twice the longest so far.
    [[nodiscard]] double present(double time);
    /// For a row with a value, beside that: an anomaly where the value has stayed exactly the same for 30 rows and
    /// twice the longest so far. It is told once in a standstill.
    [[nodiscard]] double standing(double value);

private:
    double m_rows = 0;
    double m_gaps = 0;
    bool m_inGap = false;
    double m_last = std::numeric_limits<double>::quiet_NaN();
    double m_usual = 0; ///< distance in time
    double m_longest = 0;
    double m_distances = 0;
    double m_value = std::numeric_limits<double>::quiet_NaN();
    double m_stands = 0; ///< rows
    double m_longestStand = 1;
    bool m_isTold = false;
};

} // namespace ra::series
