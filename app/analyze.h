// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/command.h"
#include "core/table/csv.h"
#include "core/table/jsonwriter.h"

#include <algorithm>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace ra::app {

// The subcommands of `analyze`: one file a command, added by a function as those of the program are. A new one is
// declared here and listed in analyze.cpp.
void addAnalyzeAnomalies(CLI::App &analyze, Action &action);
void addAnalyzeArima(CLI::App &analyze, Action &action);
void addAnalyzeCapacity(CLI::App &analyze, Action &action);
void addAnalyzeChanges(CLI::App &analyze, Action &action);
void addAnalyzeCompare(CLI::App &analyze, Action &action);
void addAnalyzeControl(CLI::App &analyze, Action &action);
void addAnalyzeDecompose(CLI::App &analyze, Action &action);
void addAnalyzeErrors(CLI::App &analyze, Action &action);
void addAnalyzeEval(CLI::App &analyze, Action &action);
void addAnalyzeForecast(CLI::App &analyze, Action &action);
void addAnalyzeGraph(CLI::App &analyze, Action &action);
void addAnalyzeLeak(CLI::App &analyze, Action &action);
void addAnalyzePredict(CLI::App &analyze, Action &action);
void addAnalyzeRegress(CLI::App &analyze, Action &action);
void addAnalyzeSeason(CLI::App &analyze, Action &action);
void addAnalyzeStats(CLI::App &analyze, Action &action);
void addAnalyzeTemplates(CLI::App &analyze, Action &action);
void addAnalyzeTrend(CLI::App &analyze, Action &action);

/// Where a command's table comes from: the options --input, --column, --time and --series.
struct TableInput {
    std::string path;
    std::string column = "value";
    std::string time;   ///< empty: `t` or `timestamp`, where there is one
    std::string series; ///< empty: `series`, where there is one
};
void addTableOptions(CLI::App &command, TableInput &input);

/// --level, a confidence level inside (0, 1).
void addLevelOption(CLI::App &command, double &level);

/// For CLI::Option::check(): a number in [low, high], which NaN is not.
[[nodiscard]] std::function<std::string(const std::string &)> numberBetween(double low, double high);

/// Leaves the first of what is said several times: names of JSON fields are unique.
template <typename T>
[[nodiscard]] std::vector<T> withoutRepeats(const std::vector<T> &given) {
    std::vector<T> result;
    for (const T &one : given) {
        if (std::find(result.begin(), result.end(), one) == result.end())
            result.push_back(one);
    }
    return result;
}

/// All bytes of a file, or of standard input for "-".
[[nodiscard]] Result<std::string> readInput(const std::string &path);

/// The same of a table, which may be JSON (see jsontable.h), as CSV.
[[nodiscard]] Result<std::string> readCsvInput(const std::string &path);

/// Replaces what a command has learnt: beside the file and then in its place, so that there is a whole one at any
/// moment.
[[nodiscard]] Result<void> writeState(const std::string &path, const std::string &bytes);

/// Whether a table's numbers are wanted with what their decimal digits say beyond a double (Series::remainders).
enum class Digits { OfDouble, All };

/// The table that the options name. `columns` takes the place of --column unless it is empty.
[[nodiscard]] Result<table::Table> readTable(const TableInput &input, const std::vector<std::string> &columns = {},
                                             Digits digits = Digits::OfDouble);

/// Writes the fields of one series' answer; the object around them and "series" are written already. It is called from
/// several threads at once. An error means that there is no answer at all; what an analysis has to say about too few
/// data is an answer.
using Analysis =
    std::function<Result<void>(const table::Series &series, const table::Table &table, table::JsonWriter &out)>;

/// Analyses every series of the table and prints one JSON object each: a line a series, in the order of the input,
/// computed in parallel, where the table has a series column, else one document. A series without an answer gets
/// {"series", "error"}; the status is then DoneInPart, or Failed if there is no answer at all.
[[nodiscard]] int analyzeSeries(const table::Table &table, const Common &common, const Analysis &analysis);
/// The same of the table that the options name.
[[nodiscard]] int analyzeSeries(const TableInput &input, const Common &common, const Analysis &analysis);

/// Prints one document and a line end; the status for it.
int printLine(table::JsonWriter &out);

/// As callback of a subcommand: `onChosen(command, action, options, run)` has run(*options, common) called when the
/// command is chosen.
template <typename Options>
void onChosen(CLI::App &command, Action &action, std::shared_ptr<Options> options,
              int (*run)(const Options &, const Common &)) {
    command.callback(
        [options, run, &action] { action = [options, run](const Common &common) { return run(*options, common); }; });
}

} // namespace ra::app
