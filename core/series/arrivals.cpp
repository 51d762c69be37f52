// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/series/arrivals.h"

#include <algorithm>
#include <cmath>

namespace ra::series {

namespace {

constexpr double fewest = 20;
constexpr double rare = 0.01;     ///< share of rows
constexpr double leastStand = 30; ///< rows
constexpr double late = 2;        ///< times what was to be expected

} // namespace

double Arrivals::missing(double time) {
    ++m_rows;
    if (std::isfinite(time))
        m_last = time;
    if (m_inGap)
        return 0;
    m_inGap = true;
    ++m_gaps;
    return m_rows < fewest ? 0 : std::pow(2.0, -m_gaps / m_rows / rare);
}

double Arrivals::present(double time) {
    ++m_rows;
    m_inGap = false;
    const double distance = time - m_last;
    if (std::isfinite(time))
        m_last = time;
    if (!std::isfinite(distance) || distance <= 0)
        return 0;
    const bool isKnown = m_distances >= fewest;
    const double due = std::max(m_usual, m_longest);
    m_usual = m_distances == 0 ? distance : m_usual;
    ++m_distances;
    // A median that is followed: by steps up or down, whatever the distance.
    const double step = m_usual * std::max(0.001, 0.5 / m_distances);
    m_usual += distance > m_usual ? step : distance < m_usual ? -step : 0;
    m_longest = std::max(m_longest, distance);
    return isKnown && distance >= late * due ? 1 - late * due / distance / 2 : 0;
}

double Arrivals::standing(double value) {
    if (value != m_value) {
        m_longestStand = std::max(m_longestStand, m_stands);
        m_value = value;
        m_stands = 1;
        m_isTold = false;
        return 0;
    }
    ++m_stands;
    const bool isLong = m_stands >= std::max(leastStand, late * m_longestStand);
    if (!isLong || m_isTold || m_stands == m_rows) // nothing has moved yet: that is what this series does
        return 0;
    m_isTold = true;
    return 1 - late * m_longestStand / m_stands / 2;
}

} // namespace ra::series
