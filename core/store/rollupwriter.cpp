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

/// The moments of a bucket. The first and the last bucket that a time can lie in are cut off.
Stretch stretchOf(RollupLevel level, std::int64_t bucket) {
    const std::int64_t length = lengthOf(level);
    return {bucket < INT64_MIN / length ? INT64_MIN : bucket * length,
            bucket >= INT64_MAX / length ? INT64_MAX : (bucket + 1) * length - 1};
}

/// The hour of a minute, the day of an hour.
std::int64_t wholeOf(RollupLevel whole, std::int64_t part) {
    const std::int64_t parts = samples::partsOf(whole);
    return part / parts - (part % parts < 0 ? 1 : 0);
}

/// How many buckets at the beginning of some are of the same whole.
std::size_t sameWhole(std::span<const std::int64_t> buckets, std::int64_t (*wholeOfBucket)(std::int64_t)) {
    const std::int64_t whole = wholeOfBucket(buckets.front());
    return static_cast<std::size_t>(
        std::find_if(buckets.begin(), buckets.end(), [&](std::int64_t b) { return wholeOfBucket(b) != whole; }) -
        buckets.begin());
}

std::int64_t hourOf(std::int64_t minute) {
    return wholeOf(RollupLevel::Hour, minute);
}
std::int64_t dayOf(std::int64_t minute) {
    return wholeOf(RollupLevel::Day, hourOf(minute));
}

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

} // namespace

RollupWriter::RollupWriter(const SQLite::Database &db, SegmentTable &segments)
    : m_segments(segments)
    , m_gaps(db)
    , m_put(db,
            "INSERT OR REPLACE INTO sealed_rollups(series, level, bucket, count, sum, min, max, sum_squares, sketch) "
            "VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?)")
    , m_drop(db, "DELETE FROM sealed_rollups WHERE series = ? AND level = ? AND bucket = ?")
    , m_parts(
          db,
          "SELECT count, sum, sum_squares, sketch FROM sealed_rollups WHERE series = ? AND level = ? AND bucket >= ? "
          "AND bucket < ? ORDER BY bucket")
    , m_anyPart(db, "SELECT 1 FROM sealed_rollups WHERE series = ? AND level = ? AND bucket >= ? AND bucket < ? "
                    "LIMIT 1") {}

void RollupWriter::touch(std::int64_t series, std::span<const std::int64_t> times) {
    Buckets &minutes = m_touched[series];
    for (const std::int64_t time : times) {
        const std::int64_t minute = bucketOf(RollupLevel::Minute, time);
        if (minutes.empty() || minutes.back() != minute)
            minutes.push_back(minute);
    }
}

std::vector<DamagedSeries> RollupWriter::flush() {
    std::vector<DamagedSeries> damaged;
    for (auto &[series, minutes] : m_touched) {
        sortOnce(minutes);
        try {
            for (BucketSpan rest = minutes; !rest.empty(); rest = rest.subspan(sameWhole(rest, dayOf)))
                makeDay(series, dayOf(rest.front()), rest.first(sameWhole(rest, dayOf)));
        } catch (const SQLite::Exception &) {
            throw;
        } catch (const std::runtime_error &error) {
            // Damage that was there before must not keep new samples out.
            damaged.push_back({series, error.what()});
        }
    }
    m_touched.clear();
    return damaged;
}

bool RollupWriter::split(std::int64_t series, std::int64_t first, std::int64_t last, std::size_t most) {
    const Stretch days = {stretchOf(RollupLevel::Day, bucketOf(RollupLevel::Day, first)).first,
                          stretchOf(RollupLevel::Day, bucketOf(RollupLevel::Day, last)).last};
    std::size_t made = 0;
    for (const Stretch &gap : m_gaps.find(series, RollupLevel::Minute, days.first, days.last)) {
        for (std::int64_t day = bucketOf(RollupLevel::Day, gap.first); day <= bucketOf(RollupLevel::Day, gap.last);
             ++day) {
            if (made >= most)
                return false;
            const Stretch whole = stretchOf(RollupLevel::Day, day);
            const SampleSpan samples = read(series, {std::max(gap.first, whole.first), std::min(gap.last, whole.last)});
            const Buckets minutes = samples.minutes();
            makeMinutes(series, minutes, samples);
            for (BucketSpan rest = minutes; !rest.empty(); rest = rest.subspan(sameWhole(rest, hourOf)))
                makeFromParts(series, RollupLevel::Hour, hourOf(rest.front()));
            made += minutes.size();
        }
    }
    return true;
}

void RollupWriter::makeDay(std::int64_t series, std::int64_t day, BucketSpan minutes) {
    if (hasParts(series, RollupLevel::Day, day)) {
        for (; !minutes.empty(); minutes = minutes.subspan(sameWhole(minutes, hourOf)))
            makeHour(series, hourOf(minutes.front()), minutes.first(sameWhole(minutes, hourOf)), nullptr);
    } else {
        // None of its hours has a row yet: now all that hold something get one, or none.
        const SampleSpan samples = read(series, stretchOf(RollupLevel::Day, day));
        if (samples.times.size() < worthParts * samples::partsOf(RollupLevel::Day))
            return makeFromSamples(series, RollupLevel::Day, day, samples);
        const Buckets all = samples.minutes();
        for (BucketSpan rest = all; !rest.empty(); rest = rest.subspan(sameWhole(rest, hourOf))) {
            const std::int64_t hour = hourOf(rest.front());
            const SampleSpan known = samples.within(stretchOf(RollupLevel::Hour, hour));
            makeHour(series, hour, rest.first(sameWhole(rest, hourOf)), &known);
        }
    }
    crashPoint("rollup.hours");
    makeFromParts(series, RollupLevel::Day, day);
    crashPoint("rollup.days");
}

void RollupWriter::makeHour(std::int64_t series, std::int64_t hour, BucketSpan minutes, const SampleSpan *known) {
    const bool byMinutes = hasParts(series, RollupLevel::Hour, hour);
    const Stretch needed = byMinutes ? Stretch{stretchOf(RollupLevel::Minute, minutes.front()).first,
                                               stretchOf(RollupLevel::Minute, minutes.back()).last}
                                     : stretchOf(RollupLevel::Hour, hour);
    const SampleSpan samples = known ? known->within(needed) : read(series, needed);
    if (byMinutes)
        makeMinutes(series, minutes, samples);
    else if (samples.times.size() >= worthParts * samples::partsOf(RollupLevel::Hour))
        makeMinutes(series, samples.minutes(), samples);
    else
        return makeFromSamples(series, RollupLevel::Hour, hour, samples);
    crashPoint("rollup.minutes");
    makeFromParts(series, RollupLevel::Hour, hour);
}

void RollupWriter::makeMinutes(std::int64_t series, BucketSpan minutes, const SampleSpan &samples) {
    for (const std::int64_t minute : minutes)
        makeFromSamples(series, RollupLevel::Minute, minute, samples.within(stretchOf(RollupLevel::Minute, minute)));
}

void RollupWriter::makeFromParts(std::int64_t series, RollupLevel level, std::int64_t bucket) {
    const std::int64_t parts = samples::partsOf(level);
    Rollup rollup;
    m_parts.bind(series, static_cast<int>(level) - 1, bucket * parts, (bucket + 1) * parts);
    const ResetAtEnd reset(m_parts);
    while (m_parts.step()) {
        const auto part = Rollup::fromRow(static_cast<std::uint64_t>(m_parts.integer(0)), m_parts.real(1),
                                          m_parts.real(2), m_parts.text(3));
        if (!part)
            throw std::runtime_error(part.error().sentence());
        rollup.merge(*part);
    }
    put(series, level, bucket, rollup);
}

void RollupWriter::makeFromSamples(std::int64_t series, RollupLevel level, std::int64_t bucket,
                                   const SampleSpan &samples) {
    Rollup rollup;
    rollup.add(samples.values);
    put(series, level, bucket, rollup);
}

bool RollupWriter::hasParts(std::int64_t series, RollupLevel level, std::int64_t bucket) {
    const std::int64_t parts = samples::partsOf(level);
    m_anyPart.bind(series, static_cast<int>(level) - 1, bucket * parts, (bucket + 1) * parts);
    const ResetAtEnd reset(m_anyPart);
    return m_anyPart.step();
}

RollupWriter::SampleSpan RollupWriter::read(std::int64_t series, const Stretch &stretch) {
    m_read.clear();
    for (const SegmentRow &row : m_segments.overlapping(series, stretch.first, stretch.last))
        m_segments.read(row, stretch.first, stretch.last, m_read);
    sortByTime(m_read);
    // Of a segment that reaches to the last moment there is, more may have been read.
    return SampleSpan{m_read.times, m_read.values}.within(stretch);
}

RollupWriter::SampleSpan RollupWriter::SampleSpan::within(const Stretch &stretch) const {
    const auto first = std::lower_bound(times.begin(), times.end(), stretch.first);
    const auto end = std::upper_bound(first, times.end(), stretch.last);
    const auto at = static_cast<std::size_t>(first - times.begin());
    const auto count = static_cast<std::size_t>(end - first);
    return {times.subspan(at, count), values.subspan(at, count)};
}

RollupWriter::Buckets RollupWriter::SampleSpan::minutes() const {
    Buckets minutes;
    for (const std::int64_t time : times) {
        const std::int64_t minute = bucketOf(RollupLevel::Minute, time);
        if (minutes.empty() || minutes.back() != minute)
            minutes.push_back(minute);
    }
    return minutes;
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
        if (const auto damaged = rollups.flush(); !damaged.empty())
            throw std::runtime_error(damaged.front().why);
    }
}

} // namespace ra::store
