// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/time.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace ra {

/// How an execution of a recipe stands. The first four are the runner's own words; see CLI.md for the rest.
enum class RunStatus : std::uint8_t {
    Running,
    Completed,
    Partial,
    Failed,
    Rejected,    ///< the recipe was refused
    Cancelled,   ///< asked for, though the runner then says completed
    Interrupted, ///< Ctrl-C, where known
    Killed,      ///< by a signal, where known
    Timeout,
    Abandoned, ///< the log just ends and the process is gone
};
inline constexpr int runStatusCount = 10;

enum class StepStatus : std::uint8_t { Running, Completed, Failed, Skipped, Interrupted, NotReached };
inline constexpr int stepStatusCount = 6;

/// The words of the CLI and the SQL views: "running", "completed", ...
[[nodiscard]] std::string_view toString(RunStatus status);
[[nodiscard]] std::string_view toString(StepStatus status);
[[nodiscard]] std::optional<RunStatus> runStatusFromString(std::string_view word);
[[nodiscard]] std::optional<StepStatus> stepStatusFromString(std::string_view word);

/// Whether nothing more will be heard of a run with this status.
[[nodiscard]] constexpr bool isFinal(RunStatus status) {
    return status != RunStatus::Running;
}

/// One try at a step. Times are absent where no source tells them.
struct Attempt {
    int number = 1; ///< from 1
    std::optional<Time> start;
    std::optional<Duration> duration;
    std::optional<bool> success;
    std::optional<int> exitCode;
    std::string errorType;    ///< "ConnectionError", qualified for classes outside builtins; empty if none was raised
    std::string errorMessage; ///< raw, may hold newlines
    std::string traceback;    ///< the whole traceback as logged; empty without

    bool operator==(const Attempt &) const = default;
};

/// One step of a run. Time includes all attempts and the pauses between them.
struct Step {
    int index = 0; ///< 0-based position in the runner's order among the steps that are known
    std::string name;
    std::string className;
    StepStatus status = StepStatus::Running;
    std::optional<Time> start; ///< reconstructed from durations and order unless a source has it
    std::optional<Time> end;
    std::optional<Duration> duration; ///< as the source states it; absent for failed steps of the text log
    int attemptCount = 1;             ///< 1 + retries
    std::vector<Attempt> attempts;    ///< those that left a trace, by number; may be shorter than attemptCount
    std::vector<std::string> errors;  ///< the runner's list: one entry a failed attempt that had a text
    std::optional<int> exitCode;

    bool operator==(const Step &) const = default;
};

/// What one source, or several merged, say about one execution of a recipe.
struct Run {
    std::string id;           ///< 16 hex digits, stable for ever: see core/ingest/sighting.h
    std::string recipe;       ///< the recipe's name if known, else the file name without extension
    std::string recipePath;   ///< exactly as the runner wrote it
    std::string executionId;  ///< the runner's own mark of the run: "runner.140..." for text logs
    std::uint64_t runner = 0; ///< the number in runner.<id>; 0 if unknown
    std::string thread;       ///< thread suffix of the run's lines; empty for the main thread
    std::int64_t pid = 0;     ///< 0 if unknown
    RunStatus status = RunStatus::Running;
    std::optional<Time> start;
    std::optional<Time> end;
    std::optional<Duration> duration;              ///< as stated; negative where the clock was set back
    Duration resolution = std::chrono::seconds(1); ///< of start and end: 1 s for text logs
    std::optional<int> totalSteps;
    int completedSteps = 0;
    int failedSteps = 0;
    int skippedSteps = 0;
    std::vector<std::string> errors;     ///< of the run as a whole: refusals, cancellations
    std::vector<Step> steps;             ///< by index
    bool suspect = false;                ///< something about it contradicts itself; `notes` says what
    std::vector<std::string> notes;      ///< typed remarks for people: "clock set back", "lines attributed by class"
    std::vector<std::string> provenance; ///< "field=source kind", e.g. "start=result"

    bool operator==(const Run &) const = default;
};

/// "jobs/daily_orders.yaml" -> "daily_orders": what a run is called when no recipe file tells its name.
[[nodiscard]] std::string recipeNameFromPath(std::string_view path);

} // namespace ra
