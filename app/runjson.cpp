// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/runjson.h"

namespace ra::app {

using nlohmann::json;

namespace {

json ns(const std::optional<Time> &time) {
    return time ? json(toNs(*time)) : json(nullptr);
}

json seconds(const std::optional<Duration> &duration) {
    return duration ? json(toSeconds(*duration)) : json(nullptr);
}

template <typename T>
json orNull(const std::optional<T> &value) {
    return value ? json(*value) : json(nullptr);
}

json toJson(const Attempt &attempt) {
    return {{"number", attempt.number},
            {"start_ns", ns(attempt.start)},
            {"duration_s", seconds(attempt.duration)},
            {"success", orNull(attempt.success)},
            {"exit_code", orNull(attempt.exitCode)},
            {"error_type", attempt.errorType},
            {"error_message", attempt.errorMessage},
            {"traceback", attempt.traceback}};
}

json toJson(const Step &step) {
    json details = json::array();
    for (const Attempt &attempt : step.attempts)
        details.push_back(toJson(attempt));
    return {{"index", step.index},
            {"name", step.name},
            {"class", step.className},
            {"status", toString(step.status)},
            {"start_ns", ns(step.start)},
            {"end_ns", ns(step.end)},
            {"duration_s", seconds(step.duration)},
            {"attempts", step.attemptCount},
            {"exit_code", orNull(step.exitCode)},
            {"errors", step.errors},
            {"attempt_details", std::move(details)}};
}

} // namespace

json toJson(const Run &run) {
    json steps = json::array();
    for (const Step &step : run.steps)
        steps.push_back(toJson(step));
    return {{"run_id", run.id},
            {"recipe", run.recipe},
            {"recipe_path", run.recipePath},
            {"execution_id", run.executionId},
            {"status", toString(run.status)},
            {"start_ns", ns(run.start)},
            {"end_ns", ns(run.end)},
            {"duration_s", seconds(run.duration)},
            {"resolution_s", toSeconds(run.resolution)},
            {"total_steps", orNull(run.totalSteps)},
            {"completed_steps", run.completedSteps},
            {"failed_steps", run.failedSteps},
            {"skipped_steps", run.skippedSteps},
            {"pid", run.pid},
            {"suspect", run.suspect},
            {"notes", run.notes},
            {"provenance", run.provenance},
            {"errors", run.errors},
            {"steps", std::move(steps)}};
}

json toJson(const query::Table &table) {
    json rows = json::array();
    for (const auto &row : table.rows) {
        json cells = json::array();
        for (const query::Cell &cell : row) {
            std::visit(
                [&](const auto &value) {
                    if constexpr (std::is_same_v<std::decay_t<decltype(value)>, std::monostate>)
                        cells.push_back(nullptr);
                    else
                        cells.push_back(value);
                },
                cell);
        }
        rows.push_back(std::move(cells));
    }
    return {{"columns", table.columns}, {"rows", std::move(rows)}, {"truncated", table.truncated}};
}

json toJson(const query::RejectedRow &row) {
    return {{"path", row.path}, {"line", row.line}, {"reason", row.reason}, {"excerpt", row.excerpt}};
}

json toJson(const query::LogLine &line) {
    static constexpr const char *certainties[] = {"certain", "likely", "possible"};
    return {{"t_ns", ns(line.time)},
            {"level", line.level},
            {"logger", line.logger},
            {"text", line.text},
            {"certainty", certainties[static_cast<std::size_t>(line.certainty)]},
            {"offset", line.offset}};
}

} // namespace ra::app
