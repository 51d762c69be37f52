// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/store/rollupwriter.h"

#include "core/base/crashpoint.h"

#include <algorithm>
#include <numeric>
#include <stdexcept>

namespace ra::store {

using samples::bucketOf;
using samples::lengthOf;
using samples::Rollup;
using samples::RollupLevel;

namespace {

/// Minutes that are read at a time, so that memory stays bounded.
constexpr std::int64_t mostMinutes = 1'440;

void sortOnce(std::vector<std::int64_t> &numbers) {
    std::sort(numbers.begin(), numbers.end());
    numbers.erase(std::unique(numbers.begin(), numbers.end()), numbers.end());
}

/// Segments of several origins lie over each other.
void sortByTime(SampleColumns &samples) {
    if (std::is_sorted(samples.times.begin(), samples.times.end()))
        return;
    std::vector<std::size_t> order(samples.size());
    std::iota(order.begin(), order.end(), std::size_t(0));
    std::sort(order.begin(), order.end(),
              [&](std::size_t a, std::size_t b) { return samples.times[a] < samples.times[b]; });
    SampleColumns sorted;
    for (const std::size_t i : order)
        sorted.add(samples.times[i], samples.values[i]);
    samples = std::move(sorted);
}

/// Of the columns count, sum, sum_squares, sketch.
Rollup read(const Statement &row) {
    auto rollup = Rollup::fromRow(static_cast<std::uint64_t>(row.integer(0)), row.real(1), row.real(2), row.text(3));
    if (!rollup)
        throw std::runtime_error(rollup.error().sentence());
    return std::move(*rollup);
}

} // namespace

RollupWriter::RollupWriter(const SQLite::Database &db, SegmentTable &segments)
    : m_segments(segments)
    , m_put(db,
            "INSERT OR REPLACE INTO sealed_rollups(series, level, bucket, count, sum, min, max, sum_squares, sketch) "
            "VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?)")
    , m_drop(db, "DELETE FROM sealed_rollups WHERE series = ? AND level = ? AND bucket = ?")
    , m_parts(
          db,
          "SELECT count, sum, sum_squares, sketch FROM sealed_rollups WHERE series = ? AND level = ? AND bucket >= ? "
          "AND bucket < ? ORDER BY bucket")
    , m_one(db, "SELECT count, sum, sum_squares, sketch FROM sealed_rollups WHERE series = ? AND level = 0 AND bucket "
                "= ?") {}

void RollupWriter::touch(std::int64_t series, std::span<const std::int64_t> times) {
    Buckets &minutes = m_touched[series];
    for (const std::int64_t time : times) {
        const std::int64_t minute = bucketOf(RollupLevel::Minute, time);
        if (minutes.empty() || minutes.back() != minute)
            minutes.push_back(minute);
    }
}

void RollupWriter::add(std::int64_t series, const SampleColumns &samples) {
    Buckets &minutes = m_added[series];
    for (std::size_t begin = 0; begin < samples.size();) {
        const std::int64_t minute = bucketOf(RollupLevel::Minute, samples.times[begin]);
        std::size_t end = begin + 1;
        while (end < samples.size() && bucketOf(RollupLevel::Minute, samples.times[end]) == minute)
            ++end;
        Rollup rollup;
        m_one.bind(series, minute);
        {
            const ResetAtEnd reset(m_one);
            if (m_one.step())
                rollup = read(m_one);
        }
        rollup.add(std::span(samples.values).subspan(begin, end - begin));
        put(series, RollupLevel::Minute, minute, rollup);
        minutes.push_back(minute);
        begin = end;
    }
}

void RollupWriter::flush() {
    for (auto &[series, minutes] : m_touched) {
        sortOnce(minutes);
        makeMinutes(series, minutes);
        crashPoint("rollup.minutes");
        makeWholes(series, std::move(minutes));
    }
    m_touched.clear();
    for (auto &[series, minutes] : m_added) {
        sortOnce(minutes);
        makeWholes(series, std::move(minutes));
    }
    m_added.clear();
}

/// The hours and days that minutes lie in.
void RollupWriter::makeWholes(std::int64_t series, Buckets minutes) {
    Buckets &buckets = minutes;
    for (const RollupLevel level : {RollupLevel::Hour, RollupLevel::Day}) {
        const std::int64_t parts = level == RollupLevel::Hour ? 60 : 24;
        for (std::int64_t &bucket : buckets)
            bucket = bucket / parts - (bucket % parts < 0 ? 1 : 0);
        sortOnce(buckets);
        makeFromParts(series, level, buckets);
        crashPoint(level == RollupLevel::Hour ? "rollup.hours" : "rollup.days");
    }
}

void RollupWriter::makeMinutes(std::int64_t series, const Buckets &minutes) {
    const std::int64_t length = lengthOf(RollupLevel::Minute);
    SampleColumns samples;
    for (std::size_t begin = 0; begin < minutes.size();) {
        // Those that follow each other are read together.
        std::size_t end = begin + 1;
        while (end < minutes.size() && minutes[end] == minutes[end - 1] + 1 &&
               minutes[end] - minutes[begin] < mostMinutes)
            ++end;
        // The first and the last minute that a time can lie in are cut off.
        const std::int64_t first = minutes[begin] < INT64_MIN / length ? INT64_MIN : minutes[begin] * length;
        const std::int64_t last =
            minutes[end - 1] >= INT64_MAX / length ? INT64_MAX : (minutes[end - 1] + 1) * length - 1;
        samples.clear();
        for (const SegmentRow &row : m_segments.overlapping(series, first, last))
            m_segments.read(row, first, last, samples);
        sortByTime(samples);
        std::size_t at = static_cast<std::size_t>(std::lower_bound(samples.times.begin(), samples.times.end(), first) -
                                                  samples.times.begin());
        for (std::size_t i = begin; i < end; ++i) {
            const std::size_t from = at;
            while (at < samples.size() && bucketOf(RollupLevel::Minute, samples.times[at]) == minutes[i])
                ++at;
            Rollup rollup;
            rollup.add(std::span(samples.values).subspan(from, at - from));
            put(series, RollupLevel::Minute, minutes[i], rollup);
        }
        begin = end;
    }
}

void RollupWriter::makeFromParts(std::int64_t series, RollupLevel level, const Buckets &buckets) {
    const bool isHour = level == RollupLevel::Hour;
    const std::int64_t parts = isHour ? 60 : 24;
    for (const std::int64_t bucket : buckets) {
        Rollup rollup;
        m_parts.bind(series, static_cast<int>(isHour ? RollupLevel::Minute : RollupLevel::Hour), bucket * parts,
                     (bucket + 1) * parts);
        const ResetAtEnd reset(m_parts);
        while (m_parts.step())
            rollup.merge(read(m_parts));
        put(series, level, bucket, rollup);
    }
}

void RollupWriter::put(std::int64_t series, RollupLevel level, std::int64_t bucket, const Rollup &rollup) {
    if (rollup.isEmpty()) {
        m_drop.bind(series, static_cast<int>(level), bucket);
        m_drop.run();
        return;
    }
    const Rollup::Row row = rollup.row();
    if (row.sketch.empty())
        m_put.bind(series, static_cast<int>(level), bucket, row.count, row.sum, row.min, row.max, row.sumSquares,
                   nullptr);
    else
        m_put.bind(series, static_cast<int>(level), bucket, row.count, row.sum, row.min, row.max, row.sumSquares,
                   Blob{row.sketch});
    m_put.run();
}

void rollUpSegments(const SQLite::Database &db, std::int64_t fromNs, const std::function<void()> &between) {
    SegmentTable segments(db);
    RollupWriter rollups(db, segments);
    Statement all(db, "SELECT DISTINCT series FROM segments");
    SampleColumns samples;
    while (all.step()) {
        between();
        const std::int64_t series = all.integer(0);
        for (const SegmentRow &row : segments.overlapping(series, fromNs, INT64_MAX)) {
            samples.clear();
            segments.read(row, fromNs, INT64_MAX, samples);
            if (samples.times.front() < fromNs) // whole segments are read faster
                samples.times.erase(samples.times.begin(),
                                    std::lower_bound(samples.times.begin(), samples.times.end(), fromNs));
            rollups.touch(series, samples.times);
        }
        rollups.flush();
    }
}

} // namespace ra::store
