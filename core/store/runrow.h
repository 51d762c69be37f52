// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/model/run.h"
#include "core/store/bulkinsert.h"
#include "core/store/statement.h"

#include <optional>
#include <string>
#include <vector>

namespace ra::store {

/// Bits of runs.flags; see the schema.
enum RunFlag : std::int64_t {
    StandsAlone = 1,
    Headless = 2,
    Suspect = 4,
    FoundAbandoned = 8,
    HasAttemptRows = 16,
    HasStepErrors = 32,
    HasRunErrors = 64,
};

/// A row of the table runs, column by column.
struct RunRow {
    std::int64_t id = 0;
    bool shown = false;
    std::int64_t runId = 0; ///< the 64 bits of Run::id
    std::optional<std::int64_t> altId;
    std::int64_t recipeId = 0;
    std::int64_t status = 0;
    std::optional<std::int64_t> start;
    std::optional<std::int64_t> end;
    std::optional<std::int64_t> duration;
    std::optional<std::int64_t> totalSteps;
    std::int64_t completedSteps = 0;
    std::int64_t failedSteps = 0;
    std::int64_t skippedSteps = 0;
    std::optional<std::int64_t> firstError;
    std::optional<std::int64_t> sourceId;
    std::uint64_t firstOffset = 0;
    std::uint32_t part = 0;
    std::optional<std::int64_t> mergedInto;
    std::int64_t flags = 0;
    std::uint64_t runner = 0;
    std::int64_t pid = 0;
    std::int64_t resolution = 0;
    std::int64_t stepCount = 0;
    std::optional<std::int64_t> executionId;
    std::optional<std::int64_t> thread;
    std::optional<std::int64_t> notes;
    std::optional<std::int64_t> provenance;

    bool operator==(const RunRow &) const = default;

    [[nodiscard]] bool has(RunFlag flag) const { return (flags & flag) != 0; }
    /// The number under which it is shown.
    [[nodiscard]] std::int64_t number() const { return altId.value_or(runId); }
};

/// The columns in the order of RunRow, for SELECT and INSERT.
inline constexpr const char *runColumnList =
    "id, shown, run_id, alt_id, recipe_id, status, start_ns, end_ns, duration_ns, total_steps, completed_steps, "
    "failed_steps, skipped_steps, first_error, source_id, first_offset, part, merged_into, flags, runner, pid, "
    "resolution_ns, step_count, execution_id, thread, notes, provenance";

/// The row that a `SELECT <runColumnList> FROM runs` stands on.
[[nodiscard]] RunRow readRunRow(const Statement &statement);

/// Binds all columns in order.
void bindRunRow(Statement &statement, const RunRow &row);

/// Gathers all columns in order.
void addRunRow(BulkInsert &rows, const RunRow &row);

/// Steps, spans and the like of a run have ids of the run's id and a number of this many bits below it.
inline constexpr int stepBits = 24;
inline constexpr std::int64_t stepsPerRun = std::int64_t(1) << stepBits;
[[nodiscard]] constexpr std::int64_t stepId(std::int64_t run, std::int64_t index) {
    return run * stepsPerRun + index;
}

/// A row of the table steps.
struct StepRow {
    std::int64_t id = 0;
    std::int64_t name = 0;
    std::int64_t className = 0;
    std::int64_t status = 0;
    std::optional<std::int64_t> start;
    std::optional<std::int64_t> end;
    std::optional<std::int64_t> duration;
    std::int64_t attempts = 1;
    std::optional<std::int64_t> exitCode;
    std::int64_t attemptBits = 0;
    std::optional<std::int64_t> attemptNs;
};

/// Bits of steps.attempt_bits; see the schema.
enum AttemptBit : std::int64_t {
    OneAttempt = 1,
    AttemptFailed = 2,
    AttemptSucceeded = 4,
    StartsWithStep = 8,
    ExitOfStep = 16
};

/// Whether a step's attempts can be told by the step's own row.
[[nodiscard]] bool fitsStepRow(const Step &step);
/// The attempt's part of the row, for steps that fit.
void packAttempt(const Step &step, StepRow &row);
/// The reverse of packAttempt for a step whose other fields are filled.
void unpackAttempt(const StepRow &row, Step &step);

/// The 16 hex digits of a run's number and back.
[[nodiscard]] std::string runIdText(std::int64_t number);
[[nodiscard]] std::optional<std::int64_t> runIdNumber(std::string_view text);

/// Lists of short remarks as one text, for notes and provenance.
[[nodiscard]] std::string joinRemarks(const std::vector<std::string> &remarks);
[[nodiscard]] std::vector<std::string> splitRemarks(std::string_view text);

} // namespace ra::store
