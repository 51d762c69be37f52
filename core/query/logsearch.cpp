// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/query/logsearch.h"

#include "core/ingest/rawline.h"
#include "core/ingest/sourcereader.h"

#include <SQLiteCpp/Exception.h>

#include <algorithm>
#include <sqlite3.h>

namespace ra::query {

using ingest::Record;

namespace {
constexpr std::size_t longestLine = ingest::SourceReader::maxLine;
/// How far before a line its record is looked for.
constexpr std::uint64_t longestRecord = 64 * 1024;
/// Lines of this long before tell which of two moments a reading is, when clocks are set back.
constexpr Duration telling = std::chrono::hours(3);
} // namespace

LogSearch::LogSearch(const SQLite::Database &db, LogQuery query, std::function<bool()> mustStop)
    : m_query(std::move(query))
    , m_needle(m_query.text)
    , m_scan(db, m_needle, m_query.source,
             m_query.from || m_query.to
                 ? BlockScan::MayMatch(
                       [this](std::int64_t source, const store::BlockTimes &times) { return mayMatch(source, times); })
                 : BlockScan::MayMatch())
    , m_mustStop(std::move(mustStop))
    , m_blocks(db)
    , m_sources(db, "SELECT zone, first_ns FROM sources WHERE id = ?") {}

std::optional<LogLine> LogSearch::next() {
    const auto isAskedFor = [this](const LogLine &line) {
        return (!m_query.from || (line.time && *line.time >= *m_query.from)) &&
               (!m_query.to || (line.time && *line.time < *m_query.to));
    };
    for (;;) {
        while (m_hits.empty()) {
            if (m_atEnd)
                return std::nullopt;
            fill();
        }
        const Hit hit = std::move(m_hits.front());
        m_hits.pop_front();
        LogLine line = decoded(hit);
        if (isAskedFor(line))
            return line;
    }
}

bool LogSearch::mayMatch(std::int64_t source, const store::BlockTimes &times) {
    const auto overlaps = [this](Time first, Time last) {
        return (!m_query.from || last >= *m_query.from) && (!m_query.to || first < *m_query.to);
    };
    if (!times.utc.isEmpty() && overlaps(fromNs(times.utc.first), fromNs(times.utc.last)))
        return true;
    if (times.local.isEmpty())
        return false;
    const Zone::Bounds bounds =
        sourceOf(source).zone.boundsOf(LocalTime(Duration(times.local.first)), LocalTime(Duration(times.local.last)));
    return bounds.isExact ? overlaps(bounds.first, bounds.last)
                          : overlaps(bounds.first - telling, bounds.last + telling);
}

void LogSearch::fill() {
    if (m_mustStop && m_mustStop())
        throw SQLite::Exception("the search was stopped", SQLITE_INTERRUPT);
    const std::vector<ScannedBlock> blocks = m_scan.next();
    for (const ScannedBlock &block : blocks)
        take(block);
    if (blocks.empty()) {
        endCarried();
        m_atEnd = true;
    }
}

void LogSearch::take(const ScannedBlock &block) {
    const std::string_view bytes = block.bytes;
    if (block.source != m_source || block.offset != m_end) {
        endCarried();
        m_isDropping = false;
    }
    m_isDropping = m_isDropping || block.isHeadCut;
    m_source = block.source;
    m_end = block.offset + bytes.size();
    if (!m_isDropping) {
        if (!m_isCarrying)
            m_begun = block.offset;
        m_isCarrying = true;
        const std::string_view head = bytes.substr(0, block.firstEnd);
        m_carried += head.substr(0, longestLine - std::min(longestLine, m_carried.size()));
    }
    if (block.firstEnd == std::string::npos)
        return;
    m_isDropping = false;
    endCarried();
    for (const Needle::Line &line : block.lines)
        add(block.offset + line.begin, bytes.substr(line.begin, line.end - line.begin));
    if (block.lastEnd < bytes.size() && !block.isTailCut) {
        m_carried = bytes.substr(block.lastEnd);
        m_begun = block.offset + block.lastEnd;
        m_isCarrying = true;
    }
}

void LogSearch::endCarried() {
    if (std::exchange(m_isCarrying, false) && m_needle.isIn(m_carried))
        add(m_begun, m_carried);
    m_carried.clear();
}

void LogSearch::add(std::uint64_t offset, std::string_view line) {
    m_hits.push_back({m_source, offset, std::string(ingest::withoutEnd(line.substr(0, longestLine)))});
}

LogSearch::Source &LogSearch::sourceOf(std::int64_t id) {
    const auto [place, isNew] = m_known.try_emplace(id);
    if (isNew) {
        m_sources.bind(id);
        const store::ResetAtEnd reset(m_sources);
        if (m_sources.step()) {
            // A zone that this system does not know any more: better hours off than no line.
            place->second.zone = Zone::fromName(std::string(m_sources.text(0))).value_or(Zone());
            if (const auto first = m_sources.maybeInteger(1))
                place->second.near = fromNs(*first);
        }
    }
    return place->second;
}

/// Whether a record begins with the line; then it is m_record.
bool LogSearch::readRecord(std::string_view text, std::uint64_t offset, std::int64_t source) {
    Record record;
    if (!ingest::decodeLine(text, record))
        return false;
    Source &its = sourceOf(source);
    m_record = {};
    m_record.sourceId = source;
    m_record.offset = offset;
    if (record.timeNs != Record::kNoTime) {
        its.near = record.utc ? fromNs(record.timeNs) : its.zone.toUtc(LocalTime(Duration(record.timeNs)), its.near);
        m_record.time = its.near;
    }
    m_record.level = record.level == ingest::Level::Unknown ? "" : ingest::toString(record.level);
    m_record.logger = record.logger;
    return true;
}

/// Makes the record that the line at `offset` continues m_record; an empty one if none is found. Whatever lies before
/// m_lookedUpTo has been looked at, so that lines without records cost no more than their bytes.
void LogSearch::findRecordBefore(std::int64_t source, std::uint64_t offset) {
    const std::uint64_t earliest = offset - std::min(offset, longestRecord);
    const bool goesOn = m_lookedAt == source && m_lookedUpTo >= earliest && m_lookedUpTo <= offset;
    const std::uint64_t from = goesOn ? m_lookedUpTo : earliest;
    m_lookedAt = source;
    m_lookedUpTo = offset;
    const auto stretches = m_blocks.readAll(source, from, offset - from);
    for (auto stretch = stretches.rbegin(); stretch != stretches.rend(); ++stretch) {
        const std::string_view bytes = stretch->bytes;
        for (std::size_t end = bytes.size(); end > 0;) {
            const std::size_t before = end < 2 ? std::string::npos : bytes.rfind('\n', end - 2);
            const std::size_t begin = before == std::string::npos ? 0 : before + 1;
            // What lies behind a gap begins a line.
            const bool isWhole = begin > 0 || goesOn || stretch->offset > from || from == 0;
            const std::string_view line = bytes.substr(begin, end - begin);
            if (isWhole && readRecord(ingest::toUtf8(ingest::withoutEnd(line)), stretch->offset + begin, source))
                return;
            end = begin;
        }
    }
    if (!goesOn || m_record.offset < earliest)
        m_record = {};
}

LogLine LogSearch::decoded(const Hit &hit) {
    std::string text = ingest::toUtf8(hit.text);
    const bool startsRecord = readRecord(text, hit.offset, hit.source);
    if (startsRecord) {
        m_lookedAt = hit.source;
        m_lookedUpTo = hit.offset;
    } else {
        findRecordBefore(hit.source, hit.offset);
    }
    LogLine line = m_record;
    line.startsRecord = startsRecord;
    line.text = std::move(text);
    line.sourceId = hit.source;
    line.offset = hit.offset;
    return line;
}

} // namespace ra::query
