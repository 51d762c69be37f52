// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/samples/rollup.h"
#include "core/store/segmenttable.h"

#include <cstdint>
#include <functional>
#include <map>
#include <span>
#include <vector>

namespace ra::store {

/// Keeps the rollups of sealed samples: whatever is sealed or taken out is noted, and the minutes in which it lies are
/// made anew from the segments, then their hours from minutes and their days from hours. So they are exact, however
/// late, often or in whichever order samples come. Part of a transaction of the caller's; throws like SegmentTable.
class RollupWriter {
public:
    RollupWriter(const SQLite::Database &db, SegmentTable &segments);

    /// Sealed samples of these times came, changed or went.
    void touch(std::int64_t series, std::span<const std::int64_t> times);
    /// Counts samples, by time, that were not among the sealed ones so far, on top of what is summed up: where others
    /// of their minutes have been removed, these cannot be made anew. At once but for hours and days.
    void add(std::int64_t series, const SampleColumns &samples);
    /// Brings the rollups up to date.
    void flush();
    void forget() {
        m_touched.clear();
        m_added.clear();
    }

private:
    using Buckets = std::vector<std::int64_t>; ///< ascending, each once
    void makeMinutes(std::int64_t series, const Buckets &minutes);
    void makeWholes(std::int64_t series, Buckets minutes);
    void makeFromParts(std::int64_t series, samples::RollupLevel level, const Buckets &buckets);
    void put(std::int64_t series, samples::RollupLevel level, std::int64_t bucket, const samples::Rollup &rollup);

    SegmentTable &m_segments;
    Statement m_put;
    Statement m_drop;
    Statement m_parts;
    Statement m_one;
    std::map<std::int64_t, Buckets> m_touched; ///< minutes, in any order
    std::map<std::int64_t, Buckets> m_added;   ///< those whose rollups are there already
};

/// Makes the rollups of all sealed samples from a moment on, in nanoseconds since 1970. `between` is called often and
/// may throw.
void rollUpSegments(const SQLite::Database &db, std::int64_t fromNs, const std::function<void()> &between);

} // namespace ra::store
