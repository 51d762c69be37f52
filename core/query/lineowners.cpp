// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/query/lineowners.h"

#include "core/store/runwriter.h"

#include <algorithm>
#include <limits>

namespace ra::query {

using ingest::LineSpan;
using store::ResetAtEnd;

namespace {
/// Runs whose lines are among each other's at most; those that began earlier are taken to have ended.
constexpr std::size_t mostOpen = 4'096;
/// Rows that speak for others do not speak for each other; a damaged store may say so.
constexpr int longestChain = 8;
} // namespace

LineOwners::LineOwners(const SQLite::Database &db)
    : m_sightings(db, "SELECT source_id, first_offset, id FROM runs WHERE source_id IS NOT NULL")
    , m_end(db, "SELECT end_offset FROM run_spans WHERE id BETWEEN ? AND ? ORDER BY id DESC LIMIT 1")
    , m_spans(db, store::allSpansSql)
    , m_run(db, "SELECT printf('%016x', coalesce(alt_id, run_id)), merged_into FROM runs WHERE id = ?") {}

void LineOwners::load() {
    while (m_sightings.step())
        m_all.push_back(
            {m_sightings.integer(0), static_cast<std::uint64_t>(m_sightings.integer(1)), m_sightings.integer(2)});
    std::sort(m_all.begin(), m_all.end());
    m_loaded = true;
}

void LineOwners::moveTo(std::int64_t source, std::uint64_t offset) {
    const auto place = [this](std::int64_t ofSource, std::uint64_t at) {
        const Sighting last{ofSource, at, std::numeric_limits<std::int64_t>::max()};
        return static_cast<std::size_t>(std::upper_bound(m_all.begin(), m_all.end(), last) - m_all.begin());
    };
    if (source != m_source || offset < m_offset) {
        m_open.clear();
        const auto first =
            std::lower_bound(m_all.begin(), m_all.end(), Sighting{source, 0, std::numeric_limits<std::int64_t>::min()});
        m_next = static_cast<std::size_t>(first - m_all.begin());
    }
    m_source = source;
    m_offset = offset;
    std::erase_if(m_open, [&](const Open &open) { return open.end <= offset; });
    const std::size_t end = place(source, offset);
    for (std::size_t i = std::max(m_next, end - std::min(end, mostOpen)); i < end; ++i) {
        m_end.bind(store::stepId(m_all[i].row, 0), store::stepId(m_all[i].row, store::stepsPerRun - 1));
        const ResetAtEnd reset(m_end);
        if (!m_end.step())
            continue;
        const auto its = static_cast<std::uint64_t>(m_end.integer(0));
        if (its > offset)
            m_open.push_back({m_all[i].row, its, {}});
    }
    m_next = std::max(m_next, end);
}

std::string LineOwners::idOf(std::int64_t row) {
    std::string id;
    for (int i = 0; i < longestChain; ++i) {
        m_run.bind(row);
        const ResetAtEnd reset(m_run);
        if (!m_run.step())
            break;
        id = m_run.text(0);
        if (m_run.isNull(1))
            break;
        row = m_run.integer(1);
    }
    return id;
}

std::optional<std::string> LineOwners::runIdAt(std::int64_t source, std::uint64_t offset) {
    if (!m_loaded)
        load();
    moveTo(source, offset);
    std::optional<std::int64_t> owner;
    auto surest = ingest::Certainty::Certain;
    for (Open &open : m_open) {
        if (open.spans.empty())
            open.spans = store::readSpans(m_spans, open.row);
        auto span = std::upper_bound(open.spans.begin(), open.spans.end(), offset,
                                     [](std::uint64_t at, const LineSpan &one) { return at < one.offset; });
        if (span == open.spans.begin())
            continue;
        --span;
        if (offset - span->offset >= span->length)
            continue;
        if (!owner || span->certainty < surest) {
            owner = open.row;
            surest = span->certainty;
        }
    }
    return owner ? std::optional(idOf(*owner)) : std::nullopt;
}

} // namespace ra::query
