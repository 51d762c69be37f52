// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/simulate/truth.h"

#include <nlohmann/json.hpp>

namespace ra::simulate {

namespace {

using Json = nlohmann::ordered_json;

double secondsSince1970(const std::optional<Time> &time) {
    return time ? static_cast<double>(toNs(*time)) / 1e9 : 0.0;
}

Json orNull(const std::optional<Time> &time) {
    return time ? Json(toNs(*time)) : Json(nullptr);
}

Json orNull(const std::optional<Duration> &duration) {
    return duration ? Json(toSeconds(*duration)) : Json(nullptr);
}

std::string_view layoutWord(Layout layout) {
    switch (layout) {
    case Layout::Threads:
        return "threads";
    case Layout::SharedFile:
        return "shared";
    case Layout::FilePerProcess:
        return "files";
    }
    return "";
}

Json stepTruth(const Step &step) {
    return {{"index", step.index},
            {"name", step.name},
            {"class", step.className},
            {"status", toString(step.status)},
            {"start_ns", orNull(step.start)},
            {"end_ns", orNull(step.end)},
            {"duration_s", orNull(step.duration)},
            {"attempts", step.attemptCount},
            {"errors", step.errors}};
}

Json runTruth(const SimulatedRun &simulated) {
    const Run &run = simulated.run;
    Json accepted = Json::array();
    for (const RunStatus status : simulated.accepted)
        accepted.push_back(toString(status));
    Json steps = Json::array();
    for (const Step &step : run.steps)
        steps.push_back(stepTruth(step));
    return {{"recipe", run.recipe},
            {"recipe_path", run.recipePath},
            {"execution_id", run.executionId},
            {"thread", run.thread},
            {"pid", run.pid},
            {"status", toString(run.status)},
            {"accepted_status", std::move(accepted)},
            {"start_ns", orNull(run.start)},
            {"end_ns", orNull(run.end)},
            {"duration_s", orNull(run.duration)},
            {"total_steps", run.totalSteps ? Json(*run.totalSteps) : Json(nullptr)},
            {"completed_steps", run.completedSteps},
            {"failed_steps", run.failedSteps},
            {"skipped_steps", run.skippedSteps},
            {"errors", run.errors},
            {"log", simulated.log},
            {"structured", simulated.structured},
            {"result", simulated.result},
            {"steps", std::move(steps)}};
}

} // namespace

std::string toJson(const SimulationTruth &truth) {
    const SimulateConfig &config = truth.config;
    Json runs = Json::array();
    for (const SimulatedRun &run : truth.runs)
        runs.push_back(runTruth(run));
    const Json document = {{"simulation",
                            {{"seed", config.seed},
                             {"live", config.live},
                             {"layout", layoutWord(config.layout)},
                             {"concurrent", config.concurrent},
                             {"zone", config.zone},
                             {"begin_ns", toNs(truth.begin)},
                             {"end_ns", toNs(truth.end)},
                             {"executions", truth.executions},
                             {"bytes", truth.bytes},
                             {"text_records", truth.textRecords},
                             {"structured_records", truth.structuredRecords},
                             {"logs", truth.logs}}},
                           {"runs", std::move(runs)}};
    return document.dump(1, ' ', false, Json::error_handler_t::replace) + '\n';
}

std::string resultJson(const Run &run, const PlannedRun &plan) {
    Json steps = Json::array();
    for (const Step &step : run.steps) {
        if (step.status == StepStatus::Skipped)
            continue;
        const bool success = step.status == StepStatus::Completed;
        steps.push_back({{"step_name", step.name},
                         {"step_index", step.index},
                         {"module_name", plan.recipe->steps[static_cast<std::size_t>(step.index)].module},
                         {"class_name", step.className},
                         {"status", toString(step.status)},
                         {"exit_code", step.exitCode.value_or(success ? 0 : 1)},
                         {"success", success},
                         {"execution_time_seconds", orNull(step.duration)},
                         {"start_time", secondsSince1970(step.start)},
                         {"end_time", secondsSince1970(step.end)},
                         {"outputs_created", Json::array()},
                         {"errors", step.errors},
                         {"warnings", Json::array()},
                         {"metadata", Json::object()}});
    }
    const int total = run.totalSteps.value_or(0);
    const bool cancelled = run.status == RunStatus::Cancelled;
    Json warnings = Json::array();
    if (cancelled)
        warnings.push_back("Execution cancelled by user request");
    const Json document = {
        {"recipe_path", run.recipePath},
        {"status", toString(cancelled ? RunStatus::Completed : run.status)},
        {"overall_success", run.failedSteps == 0},
        {"execution_time_seconds", orNull(run.duration)},
        {"start_time", secondsSince1970(run.start)},
        {"end_time", secondsSince1970(run.end)},
        {"total_steps", total},
        {"completed_steps", run.completedSteps},
        {"failed_steps", run.failedSteps},
        {"skipped_steps", run.skippedSteps},
        {"success_rate", total > 0 ? 100.0 * run.completedSteps / total : 100.0},
        {"context_keys_created", Json::array()},
        {"global_errors", Json::array()},
        {"global_warnings", std::move(warnings)},
        {"step_results", std::move(steps)},
        {"execution_metadata", Json::object()},
    };
    return document.dump(-1, ' ', false, Json::error_handler_t::replace) + '\n';
}

} // namespace ra::simulate
