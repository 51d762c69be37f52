// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/ingest/documentformats.h"

#include "core/ingest/documentjson.h"

#include <algorithm>

namespace ra::ingest {

namespace {

using nlohmann::json;

RunStatus runStatus(const json &result, const std::vector<std::string> &remarks) {
    const auto says = [&](std::string_view begin) {
        return std::any_of(remarks.begin(), remarks.end(), [&](const std::string &r) { return r.starts_with(begin); });
    };
    // The runner writes "completed" over "cancelled", and "failed" over a recipe that it refused.
    if (says("Execution cancelled"))
        return RunStatus::Cancelled;
    const std::string word = textOf(result, "status");
    if (word == "failed" && says("Recipe execution failed: ") && objectsOf(result, "step_results").empty())
        return RunStatus::Rejected;
    return runStatusFromString(word).value_or(RunStatus::Running); // "initializing" and what else is under way
}

StepStatus stepStatus(const std::string &word) {
    if (word == "completed")
        return StepStatus::Completed;
    if (word == "failed")
        return StepStatus::Failed;
    if (word == "cancelled")
        return StepStatus::Interrupted;
    return StepStatus::Running; // initialized, validating, executing, retrying
}

Step readStep(const json &result, int position) {
    Step step;
    step.index = intOf(result, "step_index").value_or(position);
    if (const json *name = member(result, "step_name"))
        step.name = pythonTextOf(*name);
    step.className = textOf(result, "class_name");
    step.status = stepStatus(textOf(result, "status"));
    step.start = secondsTimeOf(result, "start_time");
    step.end = secondsTimeOf(result, "end_time");
    step.duration = durationOf(result, "execution_time_seconds");
    step.exitCode = intOf(result, "exit_code");
    step.errors = textsOf(result, "errors");
    return step;
}

bool isResult(const json &value) {
    return member(value, "recipe_path") && member(value, "status") && member(value, "step_results");
}

DocumentRun readRun(const json &result) {
    DocumentRun read;
    read.standsAlone = true;
    Run &run = read.run;
    run.recipePath = textOf(result, "recipe_path");
    run.recipe = recipeNameFromPath(run.recipePath);
    run.errors = textsOf(result, "global_errors");
    for (std::string &warning : textsOf(result, "global_warnings"))
        run.errors.push_back(std::move(warning));
    run.status = runStatus(result, run.errors);
    run.start = secondsTimeOf(result, "start_time");
    run.end = secondsTimeOf(result, "end_time");
    run.resolution = std::chrono::microseconds(1);
    if (isFinal(run.status))
        run.duration = durationOf(result, "execution_time_seconds");
    run.totalSteps = intOf(result, "total_steps");
    run.completedSteps = intOf(result, "completed_steps").value_or(0);
    run.failedSteps = intOf(result, "failed_steps").value_or(0);
    run.skippedSteps = intOf(result, "skipped_steps").value_or(0);
    for (const json *step : objectsOf(result, "step_results"))
        run.steps.push_back(readStep(*step, static_cast<int>(run.steps.size())));
    std::stable_sort(run.steps.begin(), run.steps.end(),
                     [](const Step &a, const Step &b) { return a.index < b.index; });
    return read;
}

bool recognises(std::string_view /*fileName*/, std::string_view head) {
    const JsonOutline outline = jsonOutline(head);
    return outline.has("recipe_path") && outline.has("overall_success") && !outline.has("context_keys");
}

Result<Document> read(std::string_view path, std::string_view bytes) {
    const Result<json> root = readJson(path, bytes);
    if (!root)
        return tl::unexpected(root.error());
    Document document;
    if (isResult(*root)) {
        document.runs.push_back(readRun(*root));
    } else if (root->is_array()) {
        for (const json &entry : *root) {
            if (isResult(entry))
                document.runs.push_back(readRun(entry));
        }
    }
    if (document.runs.empty())
        return notThatFormat(path, "it has no result of a run");
    return document;
}

} // namespace

const DocumentFormat runnerResultFormat = {.name = "runner-result", .recognises = recognises, .read = read};

} // namespace ra::ingest
