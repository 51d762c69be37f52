// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/ingest/documentformats.h"

#include "core/ingest/documentjson.h"
#include "core/ingest/samplecollector.h"
#include "core/ingest/units.h"

namespace ra::ingest {

namespace {

using nlohmann::json;

bool isExecution(const json &value) {
    return member(value, "execution_id") && member(value, "recipe_name") && member(value, "start_time");
}

/// Steps are known by their position only: a duration and perhaps whether it went well.
std::vector<Step> readSteps(const json &execution) {
    std::vector<Step> steps;
    const json *timings = member(execution, "step_timings");
    const json *successes = member(execution, "step_success_rates");
    if (!timings || !timings->is_array())
        return steps;
    for (const json &seconds : *timings) {
        Step step;
        step.index = static_cast<int>(steps.size());
        if (seconds.is_number())
            step.duration = durationFromSeconds(seconds.get<double>());
        step.status = StepStatus::Completed;
        if (successes && successes->is_array() && steps.size() < successes->size()) {
            const json &success = (*successes)[steps.size()];
            // Named a rate, and a bool in practice.
            const bool failed =
                success.is_boolean() ? !success.get<bool>() : success.is_number() && success.get<double>() < 1;
            step.status = failed ? StepStatus::Failed : StepStatus::Completed;
        }
        steps.push_back(std::move(step));
    }
    return steps;
}

DocumentRun readRun(const json &execution) {
    DocumentRun read;
    Run &run = read.run;
    run.executionId = textOf(execution, "execution_id");
    run.recipe = textOf(execution, "recipe_name");
    run.recipePath = textOf(execution, "recipe_path");
    run.start = isoTimeOf(execution, "start_time");
    run.end = isoTimeOf(execution, "end_time");
    run.resolution = std::chrono::microseconds(1);
    run.steps = readSteps(execution);
    run.totalSteps = intOf(execution, "step_count");
    for (const Step &step : run.steps)
        ++(step.status == StepStatus::Failed ? run.failedSteps : run.completedSteps);
    if (!run.end) {
        run.status = RunStatus::Running;
    } else {
        run.duration = durationOf(execution, "total_duration_seconds");
        run.status = boolOf(execution, "success").value_or(false) ? RunStatus::Completed : RunStatus::Failed;
    }
    if (std::string error = textOf(execution, "error_message"); !error.empty())
        run.errors.push_back(std::move(error));
    return read;
}

/// What an execution used in all, at its end: a series a recipe, a sample a run.
void addSamples(const json &execution, const Run &run, SampleCollector &samples) {
    struct Use {
        const char *key;
        const char *name;
        const char *unit;
    };
    if (!run.end)
        return;
    const auto add = [&](const char *name, const char *written, const char *kind, double value, Tags tags) {
        const Unit unit = normalUnit(written);
        tags.emplace_back("recipe", run.recipe);
        const std::uint32_t series =
            samples.number({.name = name, .unit = unit.unit, .kind = kind, .tags = canonicalTags(std::move(tags))});
        samples.add(series, toNs(*run.end), value * unit.factor);
    };
    for (const Use &use :
         {Use{"peak_memory_mb", "execution_peak_memory", "MB"},
          Use{"average_cpu_percent", "execution_average_cpu", "%"}, Use{"max_cpu_percent", "execution_max_cpu", "%"},
          Use{"disk_io_bytes", "execution_disk_io", "bytes"},
          Use{"network_io_bytes", "execution_network_io", "bytes"}}) {
        if (const std::optional<double> value = numberOf(execution, use.key))
            add(use.name, use.unit, "gauge", *value, {});
    }
    if (const json *phases = member(execution, "phase_timings"); phases && phases->is_object()) {
        for (const auto &[phase, seconds] : phases->items()) {
            if (seconds.is_number())
                add("execution_phase", "s", "timing", seconds.get<double>(), {{"phase", phase}});
        }
    }
}

void readOne(const json &execution, Document &document, SampleCollector &samples) {
    document.runs.push_back(readRun(execution));
    addSamples(execution, document.runs.back().run, samples);
}

void readAll(const json &executions, Document &document, SampleCollector &samples) {
    for (const json &entry : executions) {
        if (isExecution(entry))
            readOne(entry, document, samples);
    }
}

bool recognises(std::string_view /*fileName*/, std::string_view head) {
    const JsonOutline outline = jsonOutline(head);
    const bool execution = outline.has("execution_id") && (outline.has("phase_timings") || outline.has("step_timings"));
    const bool isExport = outline.isObject && outline.has("export_timestamp") && outline.has("recipes");
    return execution || isExport;
}

Result<Document> read(std::string_view path, std::string_view bytes) {
    const Result<json> root = readJson(path, bytes);
    if (!root)
        return tl::unexpected(root.error());
    Document document;
    SampleCollector samples;
    const json *recipes = member(*root, "recipes");
    if (isExecution(*root)) {
        readOne(*root, document, samples);
    } else if (root->is_array()) {
        readAll(*root, document, samples);
    } else if (recipes && recipes->is_object()) {
        for (const json &recipe : *recipes) {
            const json *executions = member(recipe, "execution_metrics");
            if (executions && executions->is_array())
                readAll(*executions, document, samples);
        }
    } else {
        return notThatFormat(path, "it has no execution");
    }
    document.samples = samples.take();
    return document;
}

} // namespace

const DocumentFormat executionMetricsFormat = {.name = "execution-metrics", .recognises = recognises, .read = read};

} // namespace ra::ingest
