// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/query/gathering.h"
#include "core/query/samplegroups.h"
#include "core/query/segmentblobs.h"
#include "core/query/segmentwork.h"
#include "core/query/serieslist.h"
#include "core/query/seriesscan.h"
#include "core/store/rollupgaps.h"
#include "core/store/statement.h"

#include <string>
#include <vector>

namespace ra::query {

/// Fills the groups of a question about samples: from rollups, headers of segments, and segments where it must be.
/// Throws SQLite::Exception, and std::runtime_error for what is damaged.
class SampleRead {
public:
    SampleRead(const SQLite::Database &db, Gathering &gathering);

    /// All series, through all pieces of the plan. Looks at Gathering::error afterwards. `work` is posted to.
    void read(const std::vector<SeriesFacts> &series, SegmentWork &work);

private:
    void one(const SeriesFacts &series, const Row &fields, const Piece &piece, SegmentWork &work);
    void rollups(const SeriesFacts &series, Row &row, const Piece &piece, SegmentWork &work);
    void tail(const SeriesFacts &series, Row &row, const Piece &piece);
    void segments(const SeriesFacts &series, Row &row, const Piece &piece, SegmentWork &work);
    /// Rows themselves.
    void list(const SeriesFacts &series, Row &row, const Piece &piece);
    void inSequence(const SeriesFacts &series, Row &row, const Piece &piece);
    /// Whether a segment was told by its header.
    bool byHeader(const SeriesFacts &series, Row &row);

    Gathering &m_gathering;
    SampleGroups m_groups;
    store::Statement m_rollups;
    store::RollupGaps m_gaps;
    store::Statement m_tail;
    store::Statement m_segments;
    SegmentBlobs m_blobs;
    SeriesScan m_scan;
    std::string m_bytes;
    std::vector<std::int64_t> m_times;
    std::vector<double> m_values;
    bool m_isSequence = false;     ///< one sample after the other is needed
    bool m_hasEveryMoment = false; ///< every sample is
    std::uint64_t m_read = 0;
};

/// From the first to the last moment that anything is known of some series; equal of nothing. Throws
/// SQLite::Exception.
[[nodiscard]] std::pair<std::int64_t, std::int64_t> spanOf(const SQLite::Database &db,
                                                           const std::vector<SeriesFacts> &series);

} // namespace ra::query
