// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/samples/rollup.h"
#include "core/store/statement.h"

#include <cstdint>
#include <map>
#include <optional>
#include <utility>
#include <vector>

namespace ra::store {

/// What steps of one name and minute came to.
struct StepSum {
    samples::Rollup durations; ///< of completed ones, in nanoseconds
    std::int64_t failed = 0;
};
/// By number of the name and by minute.
using StepSums = std::map<std::pair<std::int64_t, std::int64_t>, StepSum>;

/// A recipe and an hour since 1970.
using RecipeHour = std::pair<std::int64_t, std::int64_t>;

/// What the steps of runs came to that have been removed, in the tables gone_step_rollups, gone_hours and gone_runs.
/// A run's steps are counted there in the transaction that removes them, so that it is never counted twice and never
/// not at all. Part of a transaction of the caller's; throws SQLite::Exception, and std::runtime_error for damaged
/// rows.
class GoneSteps {
public:
    explicit GoneSteps(const SQLite::Database &db);

    /// A row of runs is about to be removed: it is remembered, and where it is shown its steps are counted. After the
    /// last of them, and after their removal, flush().
    void add(std::int64_t run);
    /// The shown run with its steps, which had been removed, is there again: they are not counted here any more. Its
    /// hour is stale afterwards. Does nothing where they are not counted here.
    void takeBack(std::int64_t run);
    void flush();
    /// After a rollback.
    void forget() { m_added.clear(); }
    /// Whether a run of that run_id and beginning has been removed.
    [[nodiscard]] bool remembers(std::int64_t runId, std::int64_t startNs);

    /// To be called before an hour becomes stale: if no run of it was left, what is kept of it is put here.
    void unfold(const RecipeHour &hour);
    /// Both.
    void makeStale(const RecipeHour &hour);
    /// Adds to what the steps of an hour came to, which is not folded.
    void addTo(StepSums &sums, const RecipeHour &hour);
    /// The opposite of unfold(), for an hour that is not stale, if no run of it is left.
    void fold(const RecipeHour &hour);

    /// Adds the steps of a shown run to what they come to; its recipe and hour, or nothing if it has no beginning.
    std::optional<RecipeHour> stepsOf(std::int64_t run, StepSums &sums);

private:
    [[nodiscard]] bool isStale(const RecipeHour &hour);
    [[nodiscard]] bool isLeft(const RecipeHour &hour);
    void merge(const RecipeHour &hour, const StepSums &sums);
    [[nodiscard]] std::optional<StepSum> sumAt(std::int64_t recipe, std::int64_t minute, std::int64_t step);
    void put(std::int64_t recipe, std::int64_t minute, std::int64_t step, const StepSum &sum);
    void drop(std::int64_t recipe, std::int64_t minute, std::int64_t step);

    Statement m_run;
    Statement m_steps;
    Statement m_remember;
    Statement m_remembered;
    Statement m_unmark;
    Statement m_mark;
    Statement m_copyKept;
    Statement m_ofHour;
    Statement m_one;
    Statement m_put;
    Statement m_drop;
    Statement m_dropHour;
    Statement m_isStale;
    Statement m_makeStale;
    Statement m_isLeft;
    std::map<RecipeHour, StepSums> m_added;
};

} // namespace ra::store
