// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/query/seriesscan.h"

#include <algorithm>
#include <limits>
#include <stdexcept>

namespace ra::query {

namespace {

constexpr std::int64_t latest = std::numeric_limits<std::int64_t>::max();

} // namespace

SeriesScan::SeriesScan(const SQLite::Database &db)
    : m_segments(db, "SELECT id, t_min FROM segments WHERE series = ? AND t_min <= ? AND t_max >= ? ORDER BY t_min")
    , m_tail(db, "SELECT t_ns, value FROM tail_samples WHERE series = ? AND t_ns BETWEEN ? AND ?")
    , m_blobs(db.getHandle()) {}

void SeriesScan::start(std::int64_t series, std::int64_t first, std::int64_t last) {
    m_first = first;
    m_last = last;
    m_at = 0;
    m_times.clear();
    m_values.clear();
    m_rows.clear();
    m_nextRow = 0;
    if (first > last)
        return;
    m_segments.bind(series, last, first);
    while (m_segments.step())
        m_rows.push_back({m_segments.integer(0), m_segments.integer(1)});
    m_tail.bind(series, first, last);
    while (m_tail.step()) {
        m_times.push_back(m_tail.integer(0));
        m_values.push_back(m_tail.real(1));
    }
    fill();
}

std::size_t SeriesScan::ready() const {
    if (m_nextRow == m_rows.size())
        return m_times.size() - m_at;
    // Later ones may have to be merged with the next segment.
    const auto from = m_times.begin() + static_cast<std::ptrdiff_t>(m_at);
    return static_cast<std::size_t>(std::upper_bound(from, m_times.end(), m_rows[m_nextRow].tMin) - from);
}

/// Brings in the segments that may hold the next sample.
void SeriesScan::fill() {
    while (m_nextRow < m_rows.size() && (isAtEnd() || m_rows[m_nextRow].tMin < m_times[m_at]))
        take(m_rows[m_nextRow++]);
}

void SeriesScan::take(const Segment &row) {
    m_blobs.read(row.id, m_bytes);
    const auto header = samples::readHeader(m_bytes);
    if (!header)
        throw std::runtime_error(header.error().sentence());
    const bool whole = m_first <= header->firstNs && m_last >= header->lastNs;
    const auto decoded =
        whole || m_last == latest
            ? samples::decodePages(*header, m_bytes, 0, header->pages.size(), m_workspace, m_newTimes, m_newValues)
            : samples::decodeRange(*header, m_bytes, m_first, m_last + 1, m_workspace, m_newTimes, m_newValues);
    if (!decoded)
        throw std::runtime_error(decoded.error().sentence());
    if (m_last == latest) {
        const auto from = std::lower_bound(m_newTimes.begin(), m_newTimes.end(), m_first) - m_newTimes.begin();
        m_newTimes.erase(m_newTimes.begin(), m_newTimes.begin() + from);
        m_newValues.erase(m_newValues.begin(), m_newValues.begin() + from);
    }
    if (isAtEnd()) {
        m_times.swap(m_newTimes);
        m_values.swap(m_newValues);
        m_at = 0;
        return;
    }
    std::vector<std::int64_t> times;
    std::vector<double> values;
    times.reserve(m_times.size() - m_at + m_newTimes.size());
    values.reserve(times.capacity());
    std::size_t k = 0;
    while (m_at < m_times.size() || k < m_newTimes.size()) {
        const bool old = k == m_newTimes.size() || (m_at < m_times.size() && m_times[m_at] < m_newTimes[k]);
        times.push_back(old ? m_times[m_at] : m_newTimes[k]);
        values.push_back(old ? m_values[m_at] : m_newValues[k]);
        ++(old ? m_at : k);
    }
    m_times.swap(times);
    m_values.swap(values);
    m_at = 0;
}

} // namespace ra::query
