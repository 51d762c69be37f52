// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/query/segmentblobs.h"
#include "core/samples/segment.h"
#include "core/store/statement.h"

#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace ra::query {

/// The samples of one series in a range, by time, with one segment at a time in memory (more where segments of several
/// origins overlap). Throws SQLite::Exception, and std::runtime_error for a segment that is damaged.
class SeriesScan {
public:
    explicit SeriesScan(const SQLite::Database &db);

    /// Both bounds included.
    void start(std::int64_t series, std::int64_t first, std::int64_t last);
    void next() {
        ++m_at;
        fill();
    }
    [[nodiscard]] bool isAtEnd() const { return m_at == m_times.size(); }
    [[nodiscard]] std::int64_t time() const { return m_times[m_at]; }
    [[nodiscard]] double value() const { return m_values[m_at]; }

    /// The samples from here on that are at hand, at least one unless it is at the end; valid until skipped.
    [[nodiscard]] std::size_t ready() const;
    [[nodiscard]] std::span<const std::int64_t> times() const { return std::span(m_times).subspan(m_at, ready()); }
    [[nodiscard]] std::span<const double> values() const { return std::span(m_values).subspan(m_at, ready()); }
    /// Goes on behind so many of those that are ready.
    void skip(std::size_t count) {
        m_at += count;
        fill();
    }

private:
    struct Segment {
        std::int64_t id = 0;
        std::int64_t tMin = 0;
    };
    void fill();
    void take(const Segment &segment);

    store::Statement m_segments;
    store::Statement m_tail;
    SegmentBlobs m_blobs;
    std::string m_bytes;
    samples::Workspace m_workspace;
    std::vector<Segment> m_rows;
    std::size_t m_nextRow = 0;
    std::vector<std::int64_t> m_times; ///< what is left of them begins at m_at
    std::vector<double> m_values;
    std::size_t m_at = 0;
    std::vector<std::int64_t> m_newTimes;
    std::vector<double> m_newValues;
    std::int64_t m_first = 0;
    std::int64_t m_last = 0;
};

} // namespace ra::query
