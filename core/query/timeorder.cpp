// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/query/timeorder.h"

namespace ra::query {

void TimeOrder::add(double value, std::int64_t timeNs, std::int64_t series) {
    if (timeNs < m_firstNs) {
        m_firstNs = timeNs;
        m_first = value;
    }
    if (timeNs >= m_lastNs) {
        m_lastNs = timeNs;
        m_last = value;
    }
    if (series != m_series) {
        const std::optional<double> before = rate();
        m_hasRate = before.has_value();
        m_rate = before.value_or(0);
        m_series = series;
        m_beginNs = timeNs;
        m_rise = 0;
    } else {
        m_rise += value >= m_at ? value - m_at : value;
    }
    m_atNs = timeNs;
    m_at = value;
    if (m_n == 0)
        m_originNs = timeNs;
    const double x = static_cast<double>(timeNs - m_originNs) / 1e9;
    ++m_n;
    const double dx = x - m_meanX;
    m_meanX += dx / m_n;
    m_meanY += (value - m_meanY) / m_n;
    m_xx += dx * (x - m_meanX);
    m_xy += dx * (value - m_meanY);
}

std::optional<double> TimeOrder::rate() const {
    if (m_atNs <= m_beginNs)
        return m_hasRate ? std::optional(m_rate) : std::nullopt;
    return m_rate + m_rise / (static_cast<double>(m_atNs - m_beginNs) / 1e9);
}

std::optional<double> TimeOrder::slope() const {
    return m_xx > 0 ? std::optional(m_xy / m_xx) : std::nullopt;
}

void TimeOrder::merge(const TimeOrder &other) {
    if (other.m_firstNs < m_firstNs) {
        m_firstNs = other.m_firstNs;
        m_first = other.m_first;
    }
    if (other.m_lastNs >= m_lastNs) {
        m_lastNs = other.m_lastNs;
        m_last = other.m_last;
    }
    const std::optional<double> mine = rate();
    const std::optional<double> theirs = other.rate();
    m_hasRate = mine || theirs;
    m_rate = mine.value_or(0) + theirs.value_or(0);
    m_series = std::numeric_limits<std::int64_t>::min();
    m_beginNs = m_atNs = 0;
    m_rise = 0;
    if (m_n == 0)
        m_originNs = other.m_originNs;
    const double shift = static_cast<double>(other.m_originNs - m_originNs) / 1e9;
    const double dx = other.m_meanX + shift - m_meanX;
    const double dy = other.m_meanY - m_meanY;
    const double n = m_n + other.m_n;
    m_xx += other.m_xx + dx * dx * m_n * other.m_n / n;
    m_xy += other.m_xy + dx * dy * m_n * other.m_n / n;
    m_meanX += dx * other.m_n / n;
    m_meanY += dy * other.m_n / n;
    m_n = n;
}

} // namespace ra::query
