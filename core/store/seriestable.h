// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/model/sample.h"
#include "core/store/statement.h"

#include <cstdint>
#include <limits>
#include <string>
#include <unordered_map>

namespace ra::store {

/// What the writer keeps of a series between batches.
struct SeriesState {
    std::int64_t id = 0;
    std::int64_t lastNs = std::numeric_limits<std::int64_t>::min(); ///< no sample is later
    std::uint64_t tailRows = 0;                                     ///< of logs, not sealed yet
};

/// The tables metrics and series. Part of a transaction of the caller's; throws SQLite::Exception. After a rollback
/// call forget().
class SeriesTable {
public:
    explicit SeriesTable(const SQLite::Database &db);

    /// Before the numbers of a batch are asked for: may forget what was remembered, so that memory stays bounded.
    void begin();
    /// The number of a series, which is made if it is new.
    [[nodiscard]] std::int64_t idOf(const Series &series);
    /// Valid until the next begin().
    [[nodiscard]] SeriesState &state(std::int64_t id);
    void forget();

private:
    [[nodiscard]] std::int64_t metricOf(const Series &series);

    const SQLite::Database &m_db;
    Statement m_findMetric;
    Statement m_insertMetric;
    Statement m_findSeries;
    Statement m_insertSeries;
    Statement m_lastOfTail;
    Statement m_lastOfSegments;
    Statement m_tailRows;
    std::unordered_map<std::string, std::int64_t> m_ids; ///< by all that tells a series
    std::unordered_map<std::int64_t, SeriesState> m_states;
};

} // namespace ra::store
