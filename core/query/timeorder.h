// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <limits>
#include <optional>

namespace ra::query {

/// What values come to in the order of time: the first and the last, the rate of counters, the slope. At least one
/// value must have been added before anything is asked.
class TimeOrder {
public:
    /// Values of one series come in the order of time, if the rate is asked for.
    void add(double value, std::int64_t timeNs, std::int64_t series);
    /// What another one has, of other series. If the rate is not asked for, of whatever times and series.
    void merge(const TimeOrder &other);

    [[nodiscard]] double first() const { return m_first; }
    [[nodiscard]] double last() const { return m_last; }
    /// What counters rose a second, from the first to the last value of each series; a fall is a new beginning at 0.
    /// The sum of all series; nothing if none has two moments.
    [[nodiscard]] std::optional<double> rate() const;
    /// Of least squares, a second; nothing of one moment. Source: as Welford, "Note on a method for calculating
    /// corrected sums of squares and products", Technometrics 4 (1962) 419-420, as times in nanoseconds are far larger
    /// than their differences.
    [[nodiscard]] std::optional<double> slope() const;

private:
    std::int64_t m_firstNs = std::numeric_limits<std::int64_t>::max();
    std::int64_t m_lastNs = std::numeric_limits<std::int64_t>::min();
    double m_first = 0;
    double m_last = 0;
    // The counter of the series that is being added.
    std::int64_t m_series = std::numeric_limits<std::int64_t>::min();
    std::int64_t m_beginNs = 0;
    std::int64_t m_atNs = 0;
    double m_at = 0;
    double m_rise = 0;
    double m_rate = 0;      ///< of series before it
    bool m_hasRate = false; ///< of any of them
    // Means, squares and products of seconds since the first time and of values.
    std::int64_t m_originNs = 0;
    double m_n = 0;
    double m_meanX = 0;
    double m_meanY = 0;
    double m_xx = 0;
    double m_xy = 0;
};

} // namespace ra::query
