// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/ingest/batch.h"
#include "core/store/statement.h"

#include <cstdint>
#include <vector>

namespace ra::store {

/// The table forks. Part of a transaction of the caller's; throws SQLite::Exception, and std::runtime_error for damaged
/// data.
class ForkTable {
public:
    struct Row {
        std::int64_t sourceId = 0;
        ingest::ForkRecord record;
    };

    explicit ForkTable(SQLite::Database &db);

    void put(std::int64_t sourceId, const ingest::ForkRecord &record);

    /// All of them, without their data.
    [[nodiscard]] std::vector<Row> keys();
    /// The data of one; empty if there is none.
    [[nodiscard]] std::string data(std::int64_t sourceId, std::uint64_t firstOffset);

private:
    Statement m_put;
    Statement m_keys;
    Statement m_data;
};

} // namespace ra::store
