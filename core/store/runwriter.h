// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/ingest/batch.h"
#include "core/store/bulkinsert.h"
#include "core/store/numberfilter.h"
#include "core/store/runloader.h"
#include "core/store/spans.h"
#include "core/store/steprollups.h"

#include <map>
#include <string>
#include <unordered_set>

namespace ra::store {

/// Writes runs with their steps, errors and spans, touching only what differs from what is stored. Part of a
/// transaction of the caller's; throws SQLite::Exception. After a rollback call forget().
class RunWriter {
public:
    /// `rollups` is told of every run that changes, and outlives this.
    RunWriter(SQLite::Database &db, StepRollups &rollups);

    /// What putting a sighting did.
    struct Outcome {
        bool added = false;
        bool changed = false; ///< anything of the row or its steps, errors and spans
        RunRow row;           ///< as it stands now
        RunRow before;        ///< as it stood, unless added
    };

    /// Stores what a source says about a run. What is new is gathered and in the store only after flush(), or after the
    /// next call about something that is not. `surelyNew` spares the look whether the store has the sighting already.
    /// A new row that stands alone is shown until the grouping finds what it agrees with.
    Outcome putSighting(std::int64_t sourceId, const ingest::RunChange &change, bool surelyNew);

    void flush();

    /// Whether a run of that number may be there, gathered ones included.
    [[nodiscard]] bool isNumberTaken(std::int64_t runId);

    /// Stores a run made of several sightings in the row `id`, or in a new one for 0; the row's id is in the outcome.
    Outcome putMerged(std::int64_t id, const Run &run);

    /// The sighting of that key, if there.
    [[nodiscard]] std::optional<RunRow> findSighting(std::int64_t sourceId, std::uint64_t firstOffset,
                                                     std::uint32_t part);

    void remove(const RunRow &row);
    void setShown(const RunRow &row, bool shown, std::optional<std::int64_t> mergedInto);
    void setAlternative(std::int64_t row, std::optional<std::int64_t> number);
    void setAlias(std::int64_t number, std::int64_t row);
    /// Marks a running sighting as abandoned until its source says something new.
    void markAbandoned(const RunRow &row);

    void forget();

    [[nodiscard]] RunLoader &loader() { return m_loader; }
    [[nodiscard]] TextWriter &texts() { return m_texts; }

private:
    [[nodiscard]] RunRow rowOf(const Run &run);
    [[nodiscard]] std::int64_t recipeId(const std::string &name, const std::string &path);
    /// Whether anything changed; adds the flags of side tables to the row.
    bool putSteps(RunRow &row, const Run &run, std::int64_t firstStep, bool isNew);
    void insertStep(RunRow &row, const Step &step);
    void removeSteps(const RunRow &row, std::int64_t firstStep);
    bool putRunErrors(RunRow &row, const Run &run, bool isNew);
    bool putSpans(const RunRow &row, const ingest::RunChange &change, bool isNew);
    void writeSpanChunks(std::int64_t run, std::int64_t firstChunk, std::span<const ingest::LineSpan> spans);
    std::optional<std::int64_t> firstErrorOf(const RunRow &row, const Run &run, std::int64_t firstStep);
    void finish(Outcome &outcome);

    SQLite::Database &m_db;
    StepRollups &m_rollups;
    RunLoader m_loader;
    TextWriter m_texts;
    Statement m_findSighting;
    Statement m_number;
    BulkInsert m_newRuns;
    BulkInsert m_newSteps;
    std::unordered_set<std::int64_t> m_newNumbers;
    Statement m_replaceRun;
    Statement m_updateRun;
    Statement m_insertAttempt;
    Statement m_insertStepError;
    Statement m_insertRunError;
    Statement m_insertSpans;
    Statement m_lastSpans;
    Statement m_allSpans;
    Statement m_findRecipe;
    Statement m_insertRecipe;
    NumberFilter m_numbers;
    struct TextsLess { ///< so that views find them
        using is_transparent = void;
        bool operator()(const auto &a, const auto &b) const {
            const auto views = [](const auto &texts) {
                return std::pair<std::string_view, std::string_view>(texts.first, texts.second);
            };
            return views(a) < views(b);
        }
    };
    std::map<std::pair<std::string, std::string>, std::int64_t, TextsLess> m_recipes;
    std::int64_t m_lastRun = 0;
};

/// All spans of a run's row, in order.
[[nodiscard]] std::vector<ingest::LineSpan> readSpans(Statement &allSpans, std::int64_t run);
inline constexpr const char *allSpansSql =
    "SELECT id, end_offset, data FROM run_spans WHERE id BETWEEN ? AND ? ORDER BY id";

} // namespace ra::store
