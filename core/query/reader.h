// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/error.h"
#include "core/ingest/batch.h"
#include "core/model/recipe.h"
#include "core/model/run.h"
#include "core/store/store.h"

#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace ra::query {

class Frame;
struct Answer;
struct AskOptions;
struct Explanation;
struct Question;

/// Which runs to list. All conditions must hold; absent ones hold always.
struct RunFilter {
    std::string recipe;              ///< exact recipe name; empty = all
    std::vector<RunStatus> statuses; ///< empty = all
    std::optional<Time> since;       ///< runs that start at or after it
    std::optional<Time> until;       ///< runs that start before it
    std::string text;                ///< case-insensitive, in recipe, path, id, step names and error texts
};

struct LogLine {
    std::optional<Time> time;
    std::string level; ///< "INFO"; empty if unknown
    std::string logger;
    std::string text; ///< the line as it stands in the source, without its end; not markup, not to be trusted
    std::int64_t sourceId = 0;
    std::uint64_t offset = 0;
    ingest::Certainty certainty = ingest::Certainty::Certain;
    bool startsRecord = true; ///< false for continuation lines (tracebacks)
    bool isNote = false;      ///< no line of a source: the last of a log that is not whole say so
};

struct RejectedRow {
    std::string path;
    std::uint64_t line = 0;
    std::uint64_t offset = 0;
    std::string reason;
    std::string excerpt;
};

using Cell = std::variant<std::monostate, std::int64_t, double, std::string>;

struct Table {
    std::vector<std::string> columns;
    std::vector<std::vector<Cell>> rows;
    bool truncated = false; ///< there are more rows than a cap allows
};

struct SqlLimits {
    std::size_t maxRows = 100'000;
    Duration timeout = std::chrono::seconds(30);
    std::size_t maxBytes =
        std::size_t{256} * 1024 * 1024; ///< of the answer; the first row beyond it and all after are left out
};

/// How long runs of a recipe took: the basis of an estimate.
struct RecipeHistory {
    int runs = 0; ///< completed runs looked at, at most the 50 newest
    Duration median{};
    double spread = 0; ///< half of the interquartile range by the median: 0.2 is "±20 %"
    /// By step in order; steps that never completed are not among them, so they are to be found by name.
    std::vector<std::pair<std::string, Duration>> stepMedians;
};

/// The ids of the runs of a recipe just before and after one of them, by start; empty where there is none.
struct RunNeighbours {
    std::string previous;
    std::string next;
    bool operator==(const RunNeighbours &) const = default;
};

/// The columns of every run, for tables of a million rows: arrays of equal length, newest run first (by start, runs
/// without one last). Strings are interned. Immutable once built.
struct RunColumns {
    std::vector<std::int64_t> rowId;   ///< of the run in the store
    std::vector<std::uint64_t> id;     ///< run id; 16 hex digits when shown
    std::vector<std::uint32_t> recipe; ///< index into recipes
    std::vector<RunStatus> status;
    std::vector<std::int64_t> startNs;    ///< INT64_MIN if unknown
    std::vector<std::int64_t> durationNs; ///< INT64_MIN if unknown
    std::vector<std::int32_t> totalSteps; ///< -1 if unknown
    std::vector<std::int32_t> completedSteps;
    std::vector<std::int32_t> failedSteps;
    std::vector<std::uint32_t> error; ///< index into errors of the first error text; 0 is the empty text
    std::vector<std::string> recipes;
    std::vector<std::string> recipePaths; ///< by recipe index: the path seen last
    std::vector<std::string> errors;

    [[nodiscard]] std::size_t size() const { return id.size(); }
};

/// A read-only connection to a store. One thread at a time; make one a thread. Keeps no transaction open between calls.
class Reader {
public:
    /// NotFound: there is no such file. Damaged: not a store, or of a newer schema. Works with and without a writer
    /// alive, also from a folder that cannot be written to.
    [[nodiscard]] static Result<std::unique_ptr<Reader>> open(const std::string &path);
    ~Reader();
    Reader(const Reader &) = delete;
    Reader &operator=(const Reader &) = delete;

    /// Whole runs with steps, newest first; runs without a start last.
    [[nodiscard]] Result<std::vector<Run>> runs(const RunFilter &filter, std::size_t limit, std::stop_token stop = {});
    /// The same one by one, however many there are, until `take` gives false. What is stored meanwhile may be seen in
    /// runs that come later; nothing is kept open while `take` is at work.
    [[nodiscard]] Result<void> eachRun(const RunFilter &filter, const std::function<bool(const Run &)> &take,
                                       std::stop_token stop = {});
    /// NotFound: no run has or had that id.
    [[nodiscard]] Result<Run> run(std::string_view runId);
    /// Runs that start at the same moment follow each other as the store has them. A run without a start has no
    /// neighbours. NotFound: no run has or had that id.
    [[nodiscard]] Result<RunNeighbours> neighbours(std::string_view runId);
    [[nodiscard]] Result<std::uint64_t> countRuns(const RunFilter &filter);
    /// Every run's columns; about 0.5 s for 1,000,000 runs.
    [[nodiscard]] Result<std::shared_ptr<const RunColumns>> runColumns(std::stop_token stop = {});
    /// The newest `limit` runs' columns, in a few milliseconds: the first page while the rest loads.
    [[nodiscard]] Result<std::shared_ptr<const RunColumns>> newestRunColumns(std::size_t limit);
    /// Row ids (RunColumns::rowId) of runs that have `text` in a step name or an error text.
    [[nodiscard]] Result<std::vector<std::int64_t>> runsWithText(std::string_view text, std::stop_token stop = {});

    /// A run's raw lines in the order of the source; also after the file is gone. Of a run seen in several sources the
    /// fullest one leads, and lines that only others have stand where their time puts them. `step`: the lines between
    /// the end of the step before and the end of the step of that name. `grep`: lines that contain the text, in any
    /// case. Where the foundation's logs hold more in the time of the run than is read for one (64 MiB, 100,000 lines),
    /// and where lines of the run are no longer in the store, notes are the last of the lines.
    [[nodiscard]] Result<std::vector<LogLine>> log(std::string_view runId, std::string_view step = {},
                                                   std::string_view grep = {}, std::stop_token stop = {});
    /// The recipe file that a run was started from, if it was found: the one whose path ends as the run's does and is
    /// nearest to the run's source.
    [[nodiscard]] Result<std::optional<Recipe>> recipeOf(std::string_view runId);
    /// All recipe files that are known.
    [[nodiscard]] Result<std::vector<Recipe>> recipes();
    /// `except`: the id of a run to leave out, which is to be compared with the others.
    [[nodiscard]] Result<RecipeHistory> history(std::string_view recipe, std::string_view except = {});
    /// By path and place.
    [[nodiscard]] Result<std::vector<RejectedRow>> rejected(std::size_t limit);
    /// A number that changes with every commit of another connection or process, and with nothing else.
    [[nodiscard]] Result<std::int64_t> dataVersion();
    /// What Store::info says, without the right to write.
    [[nodiscard]] Result<StoreInfo> info();

    /// Answers a question by whatever answers it best: rollups, headers of segments, rows at the edges. Invalid: a
    /// field, column or zone that there is not. Cancelled: the token of the options ended it. Failed: the answer would
    /// be larger than the options allow. See answer.h.
    [[nodiscard]] Result<Answer> ask(const Question &question, const AskOptions &options);
    /// The same a page of at most so many rows at a time, until `sink` gives false. There is one page at least. What
    /// selects rows without an order is never in memory as a whole.
    [[nodiscard]] Result<Explanation> ask(const Question &question, const AskOptions &options, std::size_t pageRows,
                                          const std::function<bool(const Frame &page)> &sink);
    /// Runs one read-only statement over the documented views (README): no PRAGMA, ATTACH or functions that reach
    /// files; at most limits.maxRows rows and limits.timeout. A value or row of more than 1 MiB is an error. What is
    /// sorted or gathered goes to temporary files where it is large.
    [[nodiscard]] Result<Table> sql(std::string_view statement, const SqlLimits &limits = {},
                                    std::stop_token stop = {});

private:
    Reader();
    struct Private;
    std::unique_ptr<Private> d;
};

} // namespace ra::query
