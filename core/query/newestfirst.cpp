// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/query/newestfirst.h"

#include <algorithm>
#include <unordered_map>

namespace ra::query {

namespace {

/// Bytes of the blocks that end in the first stretch, and in any: as it goes on, more are read at a time, so that
/// blocks which lie over many stretches are not read for each of many.
constexpr std::uint64_t leastBytes = std::uint64_t{1} << 20;
constexpr std::uint64_t mostBytes = std::uint64_t{64} << 20;

struct BlockEnd {
    Time last;
    std::uint64_t bytes = 0;
};

/// When the last records that may be asked for are of the blocks whose times are known, latest first.
std::vector<BlockEnd> endsOf(const SQLite::Database &db, const LogQuery &query) {
    std::unordered_map<std::int64_t, Zone> zones;
    store::Statement names(db, "SELECT id, zone FROM sources");
    while (names.step())
        zones.emplace(names.integer(0), Zone::fromName(std::string(names.text(1))).value_or(Zone()));
    std::vector<BlockEnd> ends;
    store::Statement blocks(db, "SELECT b.source_id, b.length, t.state, t.local_first, t.local_last, t.utc_first, "
                                "t.utc_last FROM blocks b JOIN block_times t ON t.block = b.id WHERE b.source_id "
                                "BETWEEN ? AND ?");
    blocks.bind(query.source.value_or(INT64_MIN), query.source.value_or(INT64_MAX));
    while (blocks.step()) {
        const std::optional<store::BlockTimes> times = store::readBlockTimes(blocks, 2);
        if (!times || (times->local.isEmpty() && times->utc.isEmpty()))
            continue;
        BlockEnd end{Time::min(), static_cast<std::uint64_t>(blocks.integer(1))};
        Time first = Time::max();
        if (!times->utc.isEmpty()) {
            first = fromNs(times->utc.first);
            end.last = fromNs(times->utc.last);
        }
        if (!times->local.isEmpty()) {
            const auto zone = zones.find(blocks.integer(0));
            const auto bounds =
                (zone == zones.end() ? Zone() : zone->second)
                    .boundsOf(LocalTime(Duration(times->local.first)), LocalTime(Duration(times->local.last)));
            first = std::min(first, bounds.first);
            end.last = std::max(end.last, bounds.last);
        }
        if ((query.to && first >= *query.to) || (query.from && end.last < *query.from))
            continue;
        if (query.to)
            end.last = std::min(end.last, *query.to - Duration(1));
        ends.push_back(end);
    }
    std::sort(ends.begin(), ends.end(), [](const BlockEnd &a, const BlockEnd &b) { return a.last > b.last; });
    return ends;
}

} // namespace

NewestFirst::NewestFirst(const SQLite::Database &db, LogQuery query, std::function<bool()> mustStop)
    : m_db(db)
    , m_query(std::move(query))
    , m_mustStop(std::move(mustStop))
    , m_end(m_query.to) {
    divide();
}

void NewestFirst::divide() {
    const std::vector<BlockEnd> ends = endsOf(m_db, m_query);
    std::uint64_t wanted = leastBytes;
    std::uint64_t bytes = 0;
    for (std::size_t i = 0; i + 1 < ends.size(); ++i) {
        bytes += ends[i].bytes;
        // Behind the end of the next one, so that it is not read for these.
        if (bytes < wanted || ends[i + 1].last >= ends[i].last)
            continue;
        m_begins.push_back(ends[i + 1].last + Duration(1));
        bytes = 0;
        wanted = std::min(mostBytes, 2 * wanted);
    }
    std::reverse(m_begins.begin(), m_begins.end());
}

void NewestFirst::readStretch() {
    LogQuery query = m_query;
    query.to = m_end;
    const bool isLast = m_begins.empty();
    if (isLast) {
        query.from = m_query.from ? *m_query.from : Time::min(); // what has no time comes last
        m_isTimed = false;
    } else {
        query.from = m_begins.back();
        m_begins.pop_back();
        m_end = query.from;
    }
    LogSearch search(m_db, std::move(query), m_mustStop);
    while (auto line = search.next())
        m_lines.push_back(std::move(*line));
    m_unpacked += search.unpacked();
    std::stable_sort(m_lines.begin(), m_lines.end(),
                     [](const LogLine &a, const LogLine &b) { return *a.time > *b.time; });
}

std::optional<LogLine> NewestFirst::next() {
    while (m_lines.empty() && m_isTimed)
        readStretch();
    if (!m_lines.empty()) {
        LogLine line = std::move(m_lines.front());
        m_lines.pop_front();
        return line;
    }
    if (m_query.from || m_query.to)
        return std::nullopt;
    if (!m_untimed)
        m_untimed = std::make_unique<LogSearch>(m_db, m_query, m_mustStop);
    const std::uint64_t before = m_untimed->unpacked();
    auto line = m_untimed->next();
    while (line && line->time)
        line = m_untimed->next();
    m_unpacked += m_untimed->unpacked() - before;
    return line;
}

} // namespace ra::query
