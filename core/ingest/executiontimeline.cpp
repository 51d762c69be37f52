// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/ingest/documentformats.h"

#include "core/ingest/documentjson.h"
#include "core/ingest/samplecollector.h"
#include "core/ingest/units.h"

namespace ra::ingest {

namespace {

using nlohmann::json;

/// These files say "error" where the runner says "failed".
RunStatus runStatus(const std::string &word) {
    if (word == "error")
        return RunStatus::Failed;
    return runStatusFromString(word).value_or(RunStatus::Running);
}

StepStatus stepStatus(const std::string &word) {
    if (word == "error" || word == "timeout")
        return StepStatus::Failed;
    if (word == "cancelled")
        return StepStatus::Interrupted;
    if (word == "pending")
        return StepStatus::NotReached;
    return stepStatusFromString(word).value_or(StepStatus::Running);
}

Step readStep(const json &entry, int position) {
    Step step;
    step.index = position;
    step.name = textOf(entry, "name");
    step.status = stepStatus(textOf(entry, "status"));
    step.start = secondsTimeOf(entry, "start_time");
    step.end = secondsTimeOf(entry, "end_time");
    step.duration = durationOf(entry, "execution_time");
    return step;
}

/// What a step used, at its end: a series a step of the recipe, a sample a run. Absent where it was not measured.
void addSamples(const json &entry, const Step &step, const std::string &recipe, SampleCollector &samples) {
    struct Use {
        const char *key;
        const char *name;
        const char *unit;
    };
    if (!step.end)
        return;
    for (const Use &use : {Use{"memory_usage", "step_memory", "MB"}, Use{"cpu_usage", "step_cpu", "%"},
                           Use{"io_operations", "step_io_operations", "count"}}) {
        const std::optional<double> value = numberOf(entry, use.key);
        if (!value)
            continue;
        const Unit unit = normalUnit(use.unit);
        const std::uint32_t series = samples.number({.name = use.name,
                                                     .unit = unit.unit,
                                                     .kind = "gauge",
                                                     .tags = canonicalTags({{"recipe", recipe}, {"step", step.name}})});
        samples.add(series, toNs(*step.end), *value * unit.factor);
    }
}

bool recognises(std::string_view /*fileName*/, std::string_view head) {
    const JsonOutline outline = jsonOutline(head);
    return outline.isObject && outline.has("recipe_id") && outline.has("recipe_name") && outline.has("total_duration");
}

Result<Document> read(std::string_view path, std::string_view bytes) {
    const Result<json> root = readJson(path, bytes);
    if (!root)
        return tl::unexpected(root.error());
    if (!member(*root, "recipe_id") || !member(*root, "steps"))
        return notThatFormat(path, "it has no timeline");
    DocumentRun read;
    Run &run = read.run;
    run.executionId = textOf(*root, "recipe_id");
    run.recipe = textOf(*root, "recipe_name");
    run.status = runStatus(textOf(*root, "status"));
    run.start = secondsTimeOf(*root, "start_time");
    run.end = secondsTimeOf(*root, "end_time");
    run.resolution = std::chrono::microseconds(1);
    if (run.end) // else it is the time up to the moment of writing
        run.duration = durationOf(*root, "total_duration");
    SampleCollector samples;
    for (const json *entry : objectsOf(*root, "steps")) {
        Step step = readStep(*entry, static_cast<int>(run.steps.size()));
        run.completedSteps += step.status == StepStatus::Completed ? 1 : 0;
        run.failedSteps += step.status == StepStatus::Failed ? 1 : 0;
        run.skippedSteps += step.status == StepStatus::Skipped ? 1 : 0;
        addSamples(*entry, step, run.recipe, samples);
        run.steps.push_back(std::move(step));
    }
    run.totalSteps = static_cast<int>(run.steps.size());
    Document document;
    document.runs.push_back(std::move(read));
    document.samples = samples.take();
    return document;
}

} // namespace

const DocumentFormat executionTimelineFormat = {.name = "execution-timeline", .recognises = recognises, .read = read};

} // namespace ra::ingest
