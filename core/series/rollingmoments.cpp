// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/series/rollingmoments.h"

#include <algorithm>
#include <cmath>

namespace ra::series {

void RollingMoments::add(double value) {
    if (m_count == m_ring.size()) {
        const double leaving = m_ring[m_next];
        m_sum -= leaving;
        m_squares -= leaving * leaving;
    } else {
        ++m_count;
    }
    m_ring[m_next] = value;
    m_sum += value;
    m_squares += value * value;
    m_next = (m_next + 1) % m_ring.size();
    if (m_next != 0)
        return;
    m_sum = 0;
    m_squares = 0;
    for (const double one : m_ring) {
        m_sum += one;
        m_squares += one * one;
    }
}

double RollingMoments::mean() const {
    return m_count == 0 ? 0 : m_sum / static_cast<double>(m_count);
}

double RollingMoments::deviation() const {
    if (m_count == 0)
        return 0;
    const double centre = mean();
    return std::sqrt(std::max(0.0, m_squares / static_cast<double>(m_count) - centre * centre));
}

} // namespace ra::series
