// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/store/wholesource.h"

#include "core/store/runrow.h"

#include <algorithm>
#include <map>
#include <set>

namespace ra::store {

WholeSources::WholeSources(SQLite::Database &db)
    : m_runs(db, "SELECT r.first_offset, r.part, c.name, c.path, r.start_ns, r.flags FROM runs r "
                 "JOIN recipes c ON c.id = r.recipe_id WHERE r.source_id = ? AND r.source_id IS NOT NULL "
                 "ORDER BY r.first_offset, r.part")
    , m_rejected(db, "SELECT offset, reason FROM rejected WHERE source_id = ?")
    , m_forgetRejected(db, "DELETE FROM rejected WHERE source_id = ? AND offset = ?") {}

WholeSources::Key WholeSources::keyOf(const Run &run) {
    return {run.recipe, run.recipePath, run.start ? std::optional(toNs(*run.start)) : std::nullopt};
}

std::vector<WholeSources::Told> WholeSources::toldBy(std::int64_t sourceId) {
    std::vector<Told> told;
    m_runs.bind(sourceId);
    const ResetAtEnd reset(m_runs);
    while (m_runs.step()) {
        told.push_back({static_cast<std::uint64_t>(m_runs.integer(0)), static_cast<std::uint32_t>(m_runs.integer(1)),
                        Key(m_runs.text(2), m_runs.text(3), m_runs.maybeInteger(4)),
                        (m_runs.integer(5) & StandsAlone) != 0});
    }
    return told;
}

bool WholeSources::isWrittenAnew(const ingest::Batch &batch, std::int64_t sourceId) {
    const std::vector<Told> told = toldBy(sourceId);
    if (told.empty() || batch.runs.empty())
        return true;
    std::set<Key> now;
    for (const ingest::RunChange &change : batch.runs)
        now.insert(keyOf(change.run));
    return std::any_of(told.begin(), told.end(), [&](const Told &one) {
        // Two executions of a recipe cannot be told apart without a start: neither takes the other's place.
        return now.contains(one.key) && (std::get<2>(one.key) || !one.standsAlone);
    });
}

std::vector<ingest::RunChange> WholeSources::withdrawals(const ingest::Batch &batch, std::int64_t sourceId) {
    std::map<std::pair<std::uint64_t, std::uint32_t>, Key> now;
    for (const ingest::RunChange &change : batch.runs)
        now.emplace(std::pair(change.firstOffset, change.part), keyOf(change.run));
    std::vector<ingest::RunChange> gone;
    for (const Told &told : toldBy(sourceId)) {
        const auto there = now.find({told.firstOffset, told.part});
        if (there != now.end() && there->second == told.key)
            continue;
        ingest::RunChange change;
        change.firstOffset = told.firstOffset;
        change.part = told.part;
        change.withdrawn = true;
        gone.push_back(std::move(change));
    }
    return gone;
}

void WholeSources::forgetRejected(const ingest::Batch &batch, std::int64_t sourceId) {
    std::vector<std::uint64_t> gone;
    m_rejected.bind(sourceId);
    while (m_rejected.step()) {
        const auto offset = static_cast<std::uint64_t>(m_rejected.integer(0));
        const bool stays =
            std::any_of(batch.rejected.begin(), batch.rejected.end(), [&](const ingest::RejectedLine &line) {
                return line.offset == offset && line.reason == m_rejected.text(1);
            });
        if (!stays)
            gone.push_back(offset);
    }
    for (const std::uint64_t offset : gone) {
        m_forgetRejected.bind(sourceId, offset);
        m_forgetRejected.run();
    }
}

} // namespace ra::store
