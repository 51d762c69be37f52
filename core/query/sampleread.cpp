// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/query/sampleread.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <stdexcept>

namespace ra::query {

using samples::bucketOf;
using samples::lengthOf;
using samples::RollupLevel;
using store::ResetAtEnd;
using store::Statement;

namespace {

bool any(const Shape &shape, bool Keeping::*what) {
    return std::any_of(shape.measures.begin(), shape.measures.end(),
                       [&](const Shape::Measure &measure) { return measure.keeping.*what; });
}

std::int64_t lastOf(const Piece &piece) {
    return piece.to == Piece::latest ? piece.to : piece.to - 1;
}

std::int64_t endOf(const store::Stretch &stretch) {
    return stretch.last == Piece::latest ? stretch.last : stretch.last + 1;
}

} // namespace

SampleRead::SampleRead(const SQLite::Database &db, Gathering &gathering)
    : m_gathering(gathering)
    , m_groups(gathering.shape, gathering.groups, gathering.words)
    , m_rollups(db,
                std::string("SELECT bucket, count, sum, min, max, sum_squares, ") +
                    (any(gathering.shape, &Keeping::quantiles) ? "sketch" : "NULL") +
                    " FROM sealed_rollups WHERE series = ? AND level = ? AND bucket BETWEEN ? AND ? ORDER BY bucket")
    , m_gaps(db)
    , m_tail(db, "SELECT t_ns, value FROM tail_samples WHERE series = ? AND t_ns BETWEEN ? AND ? ORDER BY t_ns")
    , m_segments(db, "SELECT id, t_min, t_max FROM segments WHERE series = ? AND t_min <= ? AND t_max >= ? ORDER BY "
                     "t_min")
    , m_blobs(db.getHandle())
    , m_scan(db)
    , m_isSequence(any(gathering.shape, &Keeping::inSequence)) {
    m_hasEveryMoment = any(gathering.shape, &Keeping::everyMoment) ||
                       std::any_of(gathering.shape.measures.begin(), gathering.shape.measures.end(),
                                   [](const Shape::Measure &measure) { return !measure.keeping.histograms.empty(); });
}

void SampleRead::read(const std::vector<SeriesFacts> &series, SegmentWork &work) {
    Shape &shape = m_gathering.shape;
    // All words are there before the threads look at them.
    std::vector<Row> rows(series.size());
    for (std::size_t i = 0; i < series.size(); ++i)
        setSeries(rows[i], shape.fields.fields(), shape.question.metric, series[i], m_gathering.words);
    Progress progress{.stage = "query", .item = shape.question.metric, .done = 0, .total = series.size()};
    for (std::size_t i = 0; i < series.size(); ++i) {
        if (shape.filter.test(rows[i], m_gathering.words) != Truth::False) {
            for (const Piece &piece : m_gathering.explanation.plan.pieces) {
                if (!m_gathering.goesOn())
                    return;
                one(series[i], rows[i], piece, work);
            }
        }
        if (m_gathering.error || m_gathering.isEnough)
            return;
        ++progress.done;
        if (m_gathering.options.progress)
            m_gathering.options.progress(progress);
    }
}

void SampleRead::one(const SeriesFacts &series, const Row &fields, const Piece &piece, SegmentWork &work) {
    Row row = fields;
    if (m_gathering.listing)
        return list(series, row, piece);
    if (m_isSequence)
        return inSequence(series, row, piece);
    if (piece.level)
        rollups(series, row, piece, work);
    else
        segments(series, row, piece, work);
    if (!m_gathering.error)
        tail(series, row, piece);
}

void SampleRead::rollups(const SeriesFacts &series, Row &row, const Piece &piece, SegmentWork &work) {
    const ResetAtEnd reset(m_rollups);
    const std::int64_t length = lengthOf(*piece.level);
    m_rollups.bind(series.id, static_cast<int>(*piece.level), bucketOf(*piece.level, piece.from),
                   bucketOf(*piece.level, lastOf(piece)));
    while (m_rollups.step()) {
        ++m_gathering.explanation.rollups;
        row.timeNs = std::max(m_rollups.integer(0), Piece::earliest / length) * length;
        const Part part{.count = static_cast<std::uint64_t>(m_rollups.integer(1)),
                        .sum = m_rollups.real(2),
                        .min = m_rollups.real(3),
                        .max = m_rollups.real(4),
                        .sumSquares = m_rollups.real(5),
                        .sketch = m_rollups.text(6)};
        if (!m_gathering.check(m_groups.addPart(row, part)))
            return;
        if (++m_read % Gathering::between == 0 && !m_gathering.goesOn())
            return;
    }
    for (const store::Stretch &gap : m_gaps.find(series.id, *piece.level, piece.from, lastOf(piece))) {
        segments(series, row, {.level = {}, .from = gap.first, .to = endOf(gap)}, work);
        if (m_gathering.error)
            return;
    }
}

void SampleRead::tail(const SeriesFacts &series, Row &row, const Piece &piece) {
    m_times.clear();
    m_values.clear();
    m_tail.bind(series.id, piece.from, lastOf(piece));
    while (m_tail.step()) {
        m_times.push_back(m_tail.integer(0));
        m_values.push_back(m_tail.real(1));
    }
    m_gathering.explanation.samples += m_times.size();
    if (!m_times.empty())
        m_gathering.check(m_groups.add(row, series.id, m_times, m_values));
}

bool SampleRead::byHeader(const SeriesFacts &series, Row &row) {
    const auto header = samples::readHeader(m_bytes);
    if (!header)
        throw std::runtime_error(header.error().sentence());
    if (header->sketch.nans() > 0) // where the ends of what counts are is not told
        return false;
    ++m_gathering.explanation.headers;
    const Part part{.count = header->sketch.count(),
                    .sum = header->sketch.sum(),
                    .min = header->sketch.min(),
                    .max = header->sketch.max(),
                    .sumSquares = header->sumSquares.high + header->sumSquares.low,
                    .sketch = {},
                    .ready = &header->sketch};
    row.timeNs = header->firstNs;
    m_gathering.check(m_groups.addStretch(row, series.id, part, header->firstValue, header->lastNs, header->lastValue));
    return true;
}

void SampleRead::segments(const SeriesFacts &series, Row &row, const Piece &piece, SegmentWork &work) {
    const ResetAtEnd reset(m_segments);
    m_segments.bind(series.id, lastOf(piece), piece.from);
    while (m_segments.step()) {
        if (m_gathering.options.stop.stop_requested())
            return;
        const std::int64_t first = m_segments.integer(1);
        const std::int64_t last = m_segments.integer(2);
        m_blobs.read(m_segments.integer(0), m_bytes);
        const bool isWithin = first >= piece.from && (piece.to == Piece::latest || last < piece.to);
        if (isWithin && !m_hasEveryMoment && m_groups.isOneGroup(row, first, last) && byHeader(series, row))
            continue;
        const std::int64_t id = series.id;
        const bool posted =
            work.post([bytes = std::move(m_bytes), row, piece, id](SegmentWork::Worker &worker) mutable {
                return decodeInPieces(worker, bytes, piece.from, piece.to, [&](const auto &times, const auto &values) {
                    return worker.samples.add(row, id, times, values);
                });
            });
        m_bytes = {};
        if (!posted)
            return;
    }
}

void SampleRead::inSequence(const SeriesFacts &series, Row &row, const Piece &piece) {
    for (m_scan.start(series.id, piece.from, lastOf(piece)); !m_scan.isAtEnd();) {
        // In pieces, so that a stop is seen soon.
        constexpr std::size_t most = 65'536;
        const std::size_t count = std::min(m_scan.ready(), most);
        m_gathering.explanation.samples += count;
        if (!m_gathering.check(
                m_groups.add(row, series.id, m_scan.times().first(count), m_scan.values().first(count))) ||
            !m_gathering.goesOn())
            return;
        m_scan.skip(count);
    }
}

void SampleRead::list(const SeriesFacts &series, Row &row, const Piece &piece) {
    const std::vector<Field> &fields = m_gathering.shape.fields.fields();
    row.hasTime = true;
    for (m_scan.start(series.id, piece.from, lastOf(piece)); !m_scan.isAtEnd(); m_scan.next()) {
        if (std::isnan(m_scan.value()))
            continue;
        ++m_gathering.explanation.samples;
        row.timeNs = m_scan.time();
        for (std::size_t slot = 0; slot < fields.size(); ++slot) {
            if (fields[slot].decode == Decode::RowTime)
                row.setInteger(slot, row.timeNs);
            else if (fields[slot].decode == Decode::Real)
                row.setNumber(slot, m_scan.value());
        }
        m_gathering.take(row, Outcome::Open);
        if (m_gathering.error || m_gathering.isEnough || (++m_read % Gathering::between == 0 && !m_gathering.goesOn()))
            return;
    }
}

std::pair<std::int64_t, std::int64_t> spanOf(const SQLite::Database &db, const std::vector<SeriesFacts> &series) {
    std::int64_t first = std::numeric_limits<std::int64_t>::max();
    std::int64_t last = std::numeric_limits<std::int64_t>::min();
    // One end a query: of two SQLite would look at every row.
    Statement bounds(
        db,
        "SELECT (SELECT min(t_min) FROM segments WHERE series = ?1), (SELECT max(t_max) FROM segments WHERE series = "
        "?1) UNION ALL SELECT (SELECT min(t_ns) FROM tail_samples WHERE series = ?1), (SELECT max(t_ns) FROM "
        "tail_samples WHERE series = ?1) UNION ALL SELECT (SELECT min(bucket) FROM sealed_rollups WHERE series = ?1 "
        "AND level = 0) * 60000000000, (SELECT max(bucket) FROM sealed_rollups WHERE series = ?1 AND level = 0) * "
        "60000000000");
    for (const SeriesFacts &one : series) {
        bounds.bind(one.id);
        while (bounds.step()) {
            if (bounds.isNull(0))
                continue;
            first = std::min(first, bounds.integer(0));
            last = std::max(last, bounds.integer(1));
        }
    }
    return first > last ? std::pair<std::int64_t, std::int64_t>(0, 0) : std::pair(first, last);
}

} // namespace ra::query
