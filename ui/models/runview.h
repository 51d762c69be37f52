// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/query/reader.h"

#include <QString>

#include <cstdint>
#include <limits>
#include <memory>
#include <optional>
#include <span>
#include <stop_token>
#include <string>
#include <vector>

/// What the Runs page shows, as values: which runs, in which order. Everything here is pure and may run on any thread.
namespace ra::ui {

/// RunColumns marks unknown times and durations with this.
inline constexpr std::int64_t unknownNs = std::numeric_limits<std::int64_t>::min();

enum class RunColumn { State, Recipe, Started, Duration, Steps, Failed, Error, Id };
inline constexpr int runColumnCount = 8;

/// Which runs to show, and their order.
struct RunQuery {
    query::RunFilter filter = {};
    /// Row ids of runs that have the text in a step name or an error, ascending; absent while the store has not
    /// answered.
    std::shared_ptr<const std::vector<std::int64_t>> textRows = {};
    RunColumn sortBy = RunColumn::Started;
    bool descending = true;
};

/// What is known about each recipe over all of its runs.
struct RecipeFacts {
    std::uint32_t recipe = 0; ///< index into RunColumns::recipes
    std::uint32_t runs = 0;
    std::int64_t medianNs = unknownNs;   ///< of completed runs with a duration
    std::vector<std::uint32_t> lastRuns; ///< rows of its newest runs, oldest first
};

struct RunFacts {
    std::vector<RecipeFacts> recipes;     ///< by recipe index
    std::vector<std::uint32_t> byRecency; ///< recipe indices, the one with the newest run first
};

/// One state of the table: immutable, shared with the window.
struct RunView {
    std::shared_ptr<const query::RunColumns> columns = std::make_shared<query::RunColumns>();
    std::shared_ptr<const RunFacts> facts = std::make_shared<RunFacts>();
    std::vector<std::uint32_t> rows; ///< rows of columns, in the order shown
    bool partial = false;            ///< only the newest runs so far: the rest is being read
};

/// A recipe's name for people; a dash for runs of which no line tells it.
[[nodiscard]] QString recipeText(const std::string &recipe);

/// How a view came from the one before, so that tables keep selection and place where they can.
struct RunViewChange {
    enum class Kind { Same, Prepended, Reset } kind = Kind::Reset;
    std::size_t prepended = 0; ///< Kind::Prepended: so many new runs on top of the old ones
};

/// How many runs of each recipe the status grid can show: as many as a wide screen has room for.
inline constexpr std::size_t lastRunsPerRecipe = 120;

/// Facts about every recipe; `lastRuns` newest runs are remembered for each. O(n). Empty when stopped.
[[nodiscard]] RunFacts factsOf(const query::RunColumns &columns, std::size_t lastRuns,
                               const std::stop_token &stop = {});

/// The rows that the query asks for, in its order. Ties keep the columns' order (newest first); unknown values come
/// last whichever way is sorted. Empty when stopped. O(n) for filters and most orders, O(n log n) by duration and id.
[[nodiscard]] std::vector<std::uint32_t> orderRuns(const query::RunColumns &columns, const RunQuery &query,
                                                   std::stop_token stop = {});

/// Compares by run id. O(n).
[[nodiscard]] RunViewChange changeBetween(const RunView &before, const RunView &after);

/// The row of the view that shows the run, or -1. O(n).
[[nodiscard]] int rowOfRun(const RunView &view, std::uint64_t id);

/// 16 hex digits, as run ids are written everywhere.
[[nodiscard]] std::string runIdText(std::uint64_t id);
[[nodiscard]] std::optional<std::uint64_t> runIdFromText(std::string_view text);

} // namespace ra::ui
