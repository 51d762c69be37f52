// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/model/run.h"
#include "core/query/gathering.h"
#include "core/query/sketchmerging.h"
#include "core/query/windowread.h"
#include "core/store/statement.h"

#include <vector>

namespace ra::query {

/// Fills groups from what is summed up of the steps of a recipe, and from rows where that does not count yet. Throws
/// SQLite::Exception.
class StepRollupRead {
public:
    /// `windows`: takes each row that counts; null if nothing is measured meanwhile.
    StepRollupRead(const SQLite::Database &db, Gathering &gathering, StoreWords &texts, WindowRead *windows);

    /// All steps of runs that began in the piece. Whoever calls looks at Gathering::error afterwards.
    void read(const RecipeName &recipe, const Piece &piece);
    /// After all of them: waits for the quantiles.
    void finish();

private:
    void rows(const RecipeName &recipe, const Piece &piece);
    void rollups(const RecipeName &recipe, const Piece &piece);
    /// Of the rows of a statement; units of the level's that are stale do not count. False: it is over.
    bool sums(store::Statement &statement, const RecipeName &recipe, samples::RollupLevel level,
              const std::vector<std::int64_t> &stale);
    /// The row of completed or failed steps of one rollup.
    void add(Row &row, StepStatus status, std::uint64_t count, const Part &part);
    /// Stretches of the piece's level in it of which something is stale, ascending.
    [[nodiscard]] std::vector<std::int64_t> staleUnits(const RecipeName &recipe, const Piece &piece);

    Gathering &m_gathering;
    StoreWords &m_texts;
    WindowRead *m_windows;
    StoreRows m_rows;
    store::Statement m_kept;
    store::Statement m_gone;
    store::Statement m_stale;
    std::vector<std::size_t> m_stepSlots;
    std::vector<std::size_t> m_statusSlots;
    std::int64_t m_completed = 0; ///< words
    std::int64_t m_failed = 0;
    std::optional<SketchMerging> m_merging; ///< of quantiles of durations, where rollups have them
    std::uint64_t m_read = 0;
};

} // namespace ra::query
