// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/store/seriestable.h"

#include <algorithm>
#include <xxhash.h>

namespace ra::store {

namespace {

constexpr std::size_t mostKnown = 50'000;

/// What makes a metric one; its parts hold no NUL that matters: one that does only makes two of one.
std::string metricKey(const Series &series) {
    std::string key;
    for (const std::string *part : {&series.name, &series.unit, &series.kind, &series.tags})
        key.append(*part).push_back('\0');
    return key;
}

} // namespace

SeriesTable::SeriesTable(const SQLite::Database &db)
    : m_db(db)
    , m_findMetric(db, "SELECT id, name, unit, kind, tags FROM metrics WHERE hash = ?")
    , m_insertMetric(db, "INSERT INTO metrics(hash, name, unit, kind, tags) VALUES(?, ?, ?, ?, ?)")
    , m_findSeries(db, "SELECT id FROM series WHERE metric = ? AND subject_kind = ? AND subject = ?")
    , m_insertSeries(db, "INSERT INTO series(metric, subject_kind, subject) VALUES(?, ?, ?)")
    , m_lastOfTail(db, "SELECT max(t_ns) FROM tail_samples WHERE series = ?")
    , m_lastOfSegments(db, "SELECT max(t_max) FROM segments WHERE series = ?")
    , m_tailRows(db, "SELECT count(*) FROM tail_samples WHERE series = ? AND origin = 0") {}

void SeriesTable::forget() {
    m_ids.clear();
    m_states.clear();
}

void SeriesTable::begin() {
    if (m_ids.size() > mostKnown || m_states.size() > mostKnown)
        forget();
}

std::int64_t SeriesTable::metricOf(const Series &series) {
    const std::string key = metricKey(series);
    const std::uint64_t hash = XXH3_64bits(key.data(), key.size());
    {
        m_findMetric.bind(hash);
        const ResetAtEnd reset(m_findMetric);
        while (m_findMetric.step()) {
            if (m_findMetric.text(1) == series.name && m_findMetric.text(2) == series.unit &&
                m_findMetric.text(3) == series.kind && m_findMetric.text(4) == series.tags)
                return m_findMetric.integer(0);
        }
    }
    m_insertMetric.bind(hash, series.name, series.unit, series.kind, series.tags);
    m_insertMetric.run();
    return sqlite3_last_insert_rowid(m_db.getHandle());
}

std::int64_t SeriesTable::idOf(const Series &series) {
    const auto subjectKind = static_cast<int>(series.subjectKind);
    std::string key = metricKey(series) + std::to_string(subjectKind) + ' ' + std::to_string(series.subject);
    if (const auto known = m_ids.find(key); known != m_ids.end())
        return known->second;
    const std::int64_t metric = metricOf(series);
    std::int64_t id = 0;
    {
        m_findSeries.bind(metric, subjectKind, series.subject);
        const ResetAtEnd reset(m_findSeries);
        if (m_findSeries.step())
            id = m_findSeries.integer(0);
    }
    if (id == 0) {
        m_insertSeries.bind(metric, subjectKind, series.subject);
        m_insertSeries.run();
        id = sqlite3_last_insert_rowid(m_db.getHandle());
        m_states.emplace(id, SeriesState{.id = id}); // there is nothing to look for
    }
    m_ids.emplace(std::move(key), id);
    return id;
}

SeriesState &SeriesTable::state(std::int64_t id) {
    const auto [place, isNew] = m_states.try_emplace(id);
    SeriesState &state = place->second;
    if (!isNew)
        return state;
    state.id = id;
    for (Statement *last : {&m_lastOfTail, &m_lastOfSegments}) {
        last->bind(id);
        const ResetAtEnd reset(*last);
        if (last->step() && !last->isNull(0))
            state.lastNs = std::max(state.lastNs, last->integer(0));
    }
    m_tailRows.bind(id);
    const ResetAtEnd reset(m_tailRows);
    if (m_tailRows.step())
        state.tailRows = static_cast<std::uint64_t>(m_tailRows.integer(0));
    return state;
}

} // namespace ra::store
