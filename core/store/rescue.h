// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/samples/segment.h"
#include "core/store/repair.h"
#include "core/store/salvage.h"
#include "core/store/statement.h"

#include <memory>
#include <vector>

namespace ra::store {

/// Puts rows of a damaged store into a new one, if their content is what was written: checksums of texts, blocks and
/// forks, segments that can be decoded and are what their row says. What follows from other rows is left out. Throws
/// SQLite::Exception. The caller's transaction.
class Rescuer {
public:
    /// `shapes` are those of `db`; both must outlive this.
    Rescuer(SQLite::Database &db, const std::vector<TableShape> &shapes);

    void put(std::size_t shape, const std::vector<RecordValue> &row);

    /// Those of which something was found.
    [[nodiscard]] std::vector<SavedTable> tables() const;
    /// Rows of all of them that were not saved.
    [[nodiscard]] std::uint64_t damaged() const;

private:
    struct Table {
        std::unique_ptr<Statement> insert; ///< none: follows from other tables
        bool (Rescuer::*isIntact)(const std::vector<RecordValue> &row) = nullptr;
        SavedTable count;
    };
    bool isText(const std::vector<RecordValue> &row);
    bool isBlock(const std::vector<RecordValue> &row);
    bool isFork(const std::vector<RecordValue> &row);
    bool isSpans(const std::vector<RecordValue> &row);
    bool isSegment(const std::vector<RecordValue> &row);
    bool isSampleRollup(const std::vector<RecordValue> &row);
    bool isStepRollup(const std::vector<RecordValue> &row);
    bool isGoneRollup(const std::vector<RecordValue> &row);

    SQLite::Database &m_db;
    const std::vector<TableShape> &m_shapes;
    std::vector<Table> m_tables;
    samples::Workspace m_workspace;
    std::vector<std::int64_t> m_times;
    std::vector<double> m_values;
};

} // namespace ra::store
