// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/model/run.h"
#include "core/query/gathering.h"
#include "core/query/readahead.h"
#include "core/query/sketchmerging.h"
#include "core/query/windowread.h"
#include "core/store/statement.h"

#include <vector>

namespace ra::query {

/// Fills groups from what is summed up of the steps of recipes, and from rows where that does not count yet. Throws
/// SQLite::Exception.
class StepRollupRead {
public:
    /// `windows`: takes each row that counts; null if nothing is measured meanwhile. `sides`: as ReadAhead has them.
    StepRollupRead(const SQLite::Database &db, Gathering &gathering, StoreWords &texts, WindowRead *windows,
                   std::vector<SQLite::Database *> sides);

    /// All steps of these recipes' runs that began in the pieces. Looks at Gathering::error afterwards.
    void read(const std::vector<RecipeName> &recipes, const std::vector<Piece> &pieces);

private:
    /// What a task of m_ahead reads.
    struct Reading {
        const RecipeName *recipe = nullptr;
        std::optional<samples::RollupLevel> level = {};
        std::vector<std::int64_t> stale = {}; ///< stretches of the level, hours of minutes, whose rollups do not count
    };
    /// Columns of rollups beyond step, bucket, failed, count; those that nothing asks for are not read: each takes as
    /// long as finding the row.
    struct Columns {
        std::string sql;
        int sum = 0; ///< 0: none
        int min = 0;
        int max = 0;
        int sumSquares = 0;
        int sketch = 0;
    };
    [[nodiscard]] static Columns columnsFor(const Shape &shape);
    /// Of a row of rollups.
    template <typename Source>
    [[nodiscard]] Part partOf(const Source &source) const;
    [[nodiscard]] std::vector<std::string> statements() const;
    /// Adds what is to be read.
    void plan(const RecipeName &recipe, const Piece &piece);
    void rows(std::size_t task);
    void rollups(std::size_t task);
    /// After all of them: waits for the quantiles.
    void finish();
    /// The row of completed or failed steps of one rollup.
    void add(Row &row, StepStatus status, std::uint64_t count, const Part &part);
    /// Stretches of the piece's level in it of which something is stale, ascending.
    [[nodiscard]] std::vector<std::int64_t> staleUnits(const RecipeName &recipe, const Piece &piece);

    Gathering &m_gathering;
    StoreWords &m_texts;
    WindowRead *m_windows;
    StoreRows m_rows;
    store::Statement m_stale;
    Columns m_columns;
    ReadAhead m_ahead;
    std::vector<ReadTask> m_tasks;
    std::vector<Reading> m_readings; ///< by task
    std::vector<std::size_t> m_stepSlots;
    std::vector<std::size_t> m_statusSlots;
    std::int64_t m_completed = 0; ///< words
    std::int64_t m_failed = 0;
    std::optional<SketchMerging> m_merging; ///< of quantiles of durations, where rollups have them
    std::uint64_t m_read = 0;
};

} // namespace ra::query
