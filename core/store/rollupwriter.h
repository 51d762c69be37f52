// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/samples/rollup.h"
#include "core/store/rollupgaps.h"
#include "core/store/segmenttable.h"

#include <cstdint>
#include <functional>
#include <map>
#include <span>
#include <string>
#include <vector>

namespace ra::store {

/// Keeps the rollups of sealed samples: whatever is sealed or taken out is noted, and the minutes in which it lies are
/// made anew from the segments, then their hours from minutes and their days from hours. So they are exact, however
/// late, often or in whichever order samples come.
///
/// Every day of samples has a row. Its hours have rows, all of those with samples, where it holds `worthParts` samples
/// an hour or more; likewise the minutes of an hour that has one. A row takes as much room as thirty samples, and as
/// long to read as some hundred and fifty take to decode: what is told more seldom is summed up by who asks, where
/// RollupGaps finds none. Before samples go for good, split() makes the rows that only they could be made of.
///
/// Part of a transaction of the caller's; throws like SegmentTable.
class RollupWriter {
public:
    static constexpr std::size_t worthParts = 128;

    RollupWriter(const SQLite::Database &db, SegmentTable &segments);

    /// Sealed samples of these times came, changed or went.
    void touch(std::int64_t series, std::span<const std::int64_t> times);
    /// Brings the rollups up to date. Those of days in which a segment is damaged stay as they are until a repair makes
    /// them anew: their series.
    [[nodiscard]] std::vector<DamagedSeries> flush();
    void forget() { m_touched.clear(); }

    /// Makes the rows of all minutes and hours in the days of [first, last], nanoseconds. Stops after the day in which
    /// it has made `most`: false, call again.
    bool split(std::int64_t series, std::int64_t first, std::int64_t last, std::size_t most);

private:
    using Buckets = std::vector<std::int64_t>;        ///< ascending, each once
    using BucketSpan = std::span<const std::int64_t>; ///< likewise
    /// Samples by time.
    struct SampleSpan {
        std::span<const std::int64_t> times;
        std::span<const double> values;
        [[nodiscard]] SampleSpan within(const Stretch &stretch) const;
        [[nodiscard]] Buckets minutes() const;
    };
    void makeDay(std::int64_t series, std::int64_t day, BucketSpan minutes);
    /// `known`: the samples of the hour, if they have been read.
    void makeHour(std::int64_t series, std::int64_t hour, BucketSpan minutes, const SampleSpan *known);
    void makeMinutes(std::int64_t series, BucketSpan minutes, const SampleSpan &samples);
    void makeFromParts(std::int64_t series, samples::RollupLevel level, std::int64_t bucket);
    void makeFromSamples(std::int64_t series, samples::RollupLevel level, std::int64_t bucket,
                         const SampleSpan &samples);
    void put(std::int64_t series, samples::RollupLevel level, std::int64_t bucket, const samples::Rollup &rollup);
    [[nodiscard]] bool hasParts(std::int64_t series, samples::RollupLevel level, std::int64_t bucket);
    /// Good until the next call.
    [[nodiscard]] SampleSpan read(std::int64_t series, const Stretch &stretch);

    SegmentTable &m_segments;
    RollupGaps m_gaps;
    Statement m_put;
    Statement m_drop;
    Statement m_parts;
    Statement m_anyPart;
    std::map<std::int64_t, Buckets> m_touched; ///< minutes, in any order
    SampleColumns m_read;
};

/// Makes the rollups of all sealed samples from a moment on, in nanoseconds since 1970. `between` is called often and
/// may throw.
void rollUpSegments(const SQLite::Database &db, std::int64_t fromNs, const std::function<void()> &between);

} // namespace ra::store
