// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/command.h"
#include "app/runjson.h"
#include "app/terminal.h"
#include "core/query/reader.h"

#include <iostream>
#include <memory>
#include <optional>
#include <vector>

namespace ra::app {

namespace {

constexpr std::size_t screenful = 50;

struct Options {
    std::string recipe;
    std::vector<std::string> statuses;
    std::string since;
    std::string until;
    std::optional<std::size_t> limit; ///< absent: all as JSON, the newest for people
};

Result<query::RunFilter> filterOf(const Options &options) {
    query::RunFilter filter;
    filter.recipe = options.recipe;
    for (const std::string &word : options.statuses) {
        const auto status = runStatusFromString(word);
        if (!status) {
            return fail({.kind = ErrorKind::Invalid,
                         .what = "list runs with the status",
                         .where = word,
                         .why = "there is no such status",
                         .hint = "Use running, completed, partial, failed, rejected, cancelled, interrupted, killed, "
                                 "timeout or abandoned"});
        }
        filter.statuses.push_back(*status);
    }
    for (const auto &[text, moment] : {std::pair{&options.since, &filter.since}, {&options.until, &filter.until}}) {
        if (text->empty())
            continue;
        const auto parsed = parseMoment(*text);
        if (!parsed)
            return fail(parsed.error());
        *moment = *parsed;
    }
    return filter;
}

/// The first thing that went wrong: of the run, else of a step.
std::string errorOf(const Run &run) {
    if (!run.errors.empty())
        return run.errors.front();
    for (const Step &step : run.steps) {
        if (step.status == StepStatus::Failed)
            return step.errors.empty() ? step.name + " failed" : step.name + ": " + step.errors.front();
    }
    return {};
}

void printTable(const std::vector<Run> &runs) {
    const report::Style style = terminalStyle();
    const std::vector<Column> columns = {{"RUN"},
                                         {"STATUS"},
                                         {"START (" + style.zone.name() + ")"},
                                         {"DURATION", true},
                                         {"STEPS", true},
                                         {"RECIPE", false, 40},
                                         {"ERROR", false, 80}};
    std::vector<std::vector<std::string>> rows;
    for (const Run &one : runs) {
        const std::string steps = one.totalSteps
                                      ? std::to_string(one.completedSteps) + '/' + std::to_string(*one.totalSteps)
                                      : std::to_string(one.completedSteps);
        rows.push_back({one.id, std::string(toString(one.status)),
                        report::momentText(one.start, one.resolution, style).toStdString(),
                        report::durationText(one.duration, style).toStdString(), steps, one.recipe, errorOf(one)});
    }
    std::cout << table(columns, rows);
}

/// One document, written as it is read: there may be a million runs.
int printJson(query::Reader &reader, const query::RunFilter &filter, const Options &options, const Common &common) {
    std::size_t written = 0;
    std::cout << '[';
    const auto print = [&](const Run &one) {
        if (options.limit && written >= *options.limit)
            return false;
        std::cout << (written++ > 0 ? "," : "")
                  << toJson(one).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
        return std::cout.good();
    };
    const auto listed = reader.eachRun(filter, print, common.stop);
    if (!listed)
        return complain(listed.error()); // what was written is no whole document, and nobody takes it for one
    std::cout << ']' << std::endl;
    return Done;
}

int run(const Options &options, const Common &common) {
    const auto filter = filterOf(options);
    if (!filter)
        return complain(filter.error());
    const auto reader = query::Reader::open(common.store);
    if (!reader)
        return complain(reader.error());
    if (common.json)
        return printJson(**reader, *filter, options, common);
    const std::size_t limit = options.limit.value_or(screenful);
    const auto runs = (*reader)->runs(*filter, limit, common.stop);
    if (!runs)
        return complain(runs.error());
    printTable(*runs);
    if (runs->size() == limit)
        std::cerr << "recipe-analytics: the newest " << limit << " are shown; --limit N shows more\n";
    return Done;
}

} // namespace

void addRuns(CLI::App &program, Action &action) {
    auto options = std::make_shared<Options>();
    CLI::App *command = program.add_subcommand("runs", "List runs, newest first");
    command->add_option("--recipe", options->recipe, "Only runs of this recipe");
    command->add_option("--status", options->statuses, "Only runs with this status (repeatable)");
    command->add_option("--since", options->since, "Only runs that start at or after it: 2026-11-23, 7d, 12h");
    command->add_option("--until", options->until, "Only runs that start before it");
    command->add_option("--limit", options->limit, "At most so many")
        ->default_str(std::to_string(screenful) + ", with --json all");
    command->footer("Example: recipe-analytics runs --recipe daily_orders --status failed --since 7d --json");
    command->callback(
        [options, &action] { action = [options](const Common &common) { return run(*options, common); }; });
}

} // namespace ra::app
