// SPDX-License-Identifier: GPL-3.0-or-later
// The records of an execution as text: the runner's log lines and the foundation's JSON lines (two formats, one set of
// facts). What is written when is decided in execution.cpp.
#include "core/simulate/execution.h"

#include <array>

namespace ra::simulate {

namespace {

constexpr std::string_view debugLevel = " [   DEBUG] ";
constexpr std::string_view infoLevel = " [    INFO] ";
constexpr std::string_view warningLevel = " [ WARNING] ";
constexpr std::string_view errorLevel = " [   ERROR] ";
constexpr std::string_view framework = "scriptlets.framework";
constexpr std::string_view context = "orchestrator.context.context";

/// The lines of DEBUG=1 around the steps. R stands for the runner's own logger; "{p}" for the recipe's path, "{t}" for
/// the number of steps.
struct DebugText {
    std::string_view logger;
    std::string_view message;
};
constexpr std::array<DebugText, 19> debugTexts = {{
    {"R", "Successfully loaded recipe: {p}"},
    {"R", "Validated {t} steps from recipe: {p}"},
    {context, "Context initialized with integrated components"},
    {context, "Features enabled - History: True, Metrics: True"},
    {context, "Set key 'recipe.path' by 'runner': str"},
    {context, "Set key 'recipe.start_time' by 'runner': float"},
    {context, "Set key 'recipe.runner_version' by 'runner': str"},
    {context, "Set key 'recipe.total_steps' by 'runner': int"},
    {"R", "Initialized context for recipe: {p}"},
    {context, "Set key 'recipe.end_time' by 'runner': float"},
    {context, "Set key 'recipe.execution_time_seconds' by 'runner': float"},
    {context, "Set key 'recipe.status' by 'runner': str"},
    {context, "Set key 'recipe.success' by 'runner': bool"},
    {context, "No-op set for key 'recipe.total_steps': value unchanged"},
    {context, "Set key 'recipe.completed_steps' by 'runner': int"},
    {context, "Set key 'recipe.failed_steps' by 'runner': int"},
    {context, "Set key 'recipe.success_rate' by 'runner': float"},
    {"R", "Finalized context for recipe execution: {p}"},
    {context, "Retrieved key 'recipe.success': bool"},
}};

void appendDebug(std::string &out, std::string_view pattern, std::string_view path, std::size_t steps) {
    const auto at = pattern.find("{t}");
    if (at != std::string_view::npos) {
        out.append(pattern.substr(0, at));
        appendNumber(out, static_cast<std::int64_t>(steps));
        pattern.remove_prefix(at + 3);
    }
    const auto pathAt = pattern.find("{p}");
    out.append(pattern.substr(0, pathAt));
    if (pathAt != std::string_view::npos)
        out.append(path);
}

void appendFrame(std::string &out, std::string_view file, int line, std::string_view function,
                 std::string_view source) {
    out += "  File \"/srv/framework0/";
    out += file;
    out += "\", line ";
    appendNumber(out, line);
    out += ", in ";
    out += function;
    out += "\n    ";
    out += source;
    out += '\n';
}

} // namespace

std::uint64_t Execution::numberOf(const Action &action) const {
    std::uint64_t mix = m_plan.salt + action.step * 0x9e3779b97f4a7c15ULL + action.attempt * 0xbf58476d1ce4e5b9ULL +
                        action.line * 0x94d049bb133111ebULL;
    mix ^= mix >> 29;
    mix *= 0xd6e8feb86659fd93ULL;
    mix ^= mix >> 32;
    return 1 + mix % 49'999;
}

void Execution::writeTraceback(const Action &action, std::string &out) const {
    const Fault &fault = faultOf(action);
    if (!fault.cause.empty()) {
        out += "Traceback (most recent call last):\n";
        appendFrame(out, fault.file, fault.line - 3, fault.function, "path = parts[part][\"index_path\"]");
        out += "           ~~~~~~~~~~~^^^^^^^^^^^^^^\n";
        out += fault.cause;
        out += "\n\nThe above exception was the direct cause of the following exception:\n\n";
    }
    out += "Traceback (most recent call last):\n";
    appendFrame(out, "scriptlets/framework.py", 706, "execute",
                "exit_code = self.run(context, params)  # Call abstract run method");
    out += "                ^^^^^^^^^^^^^^^^^^^^^^^^^\n";
    if (fault.function != "run")
        appendFrame(out, fault.file, fault.line / 2, "run", "return self.work(context, params)");
    appendFrame(out, fault.file, fault.line, fault.function, fault.source);
    out += fault.type;
    const std::string message = faultMessage(action);
    if (!message.empty()) {
        out += ": ";
        out += message;
    }
}

void Execution::writeText(const Action &action, Time now, Output &out) {
    std::string &text = out.text;
    text += out.stamp.local(now);
    std::string_view suffix = m_suffix;
    const auto begin = [&text](std::string_view level, std::string_view logger) {
        text += level;
        text += logger;
        text += ": ";
    };
    const auto add = [&text](auto... parts) { (text.append(parts), ...); };
    const auto seconds = [](int decimals, const std::optional<Duration> &duration) {
        std::string number;
        appendFixed(number, toSeconds(duration.value_or(Duration::zero())), decimals);
        return number;
    };
    switch (action.act) {
    case Act::RunnerMade:
        begin(debugLevel, m_runner);
        add("Initialized EnhancedRecipeRunner with timeout: None");
        break;
    case Act::RunStarted:
        begin(infoLevel, m_runner);
        add("Starting enhanced recipe execution: ", m_plan.path);
        break;
    case Act::DebugLine:
        if (action.detail >= debugTexts.size()) {
            begin(debugLevel, framework);
            add("Initialized ", spec(action).className, " with configuration");
            break;
        }
        begin(debugLevel, debugTexts.at(action.detail).logger == "R" ? m_runner : debugTexts.at(action.detail).logger);
        appendDebug(text, debugTexts.at(action.detail).message, m_plan.path, m_plan.steps.size());
        break;
    case Act::DebugSkipping:
        begin(debugLevel, m_runner);
        add("Skipping step '", spec(action).name, "' (in skip list)");
        break;
    case Act::LoadFailed:
        begin(errorLevel, m_runner);
        add(refusal());
        break;
    case Act::RunRefused:
        begin(errorLevel, m_runner);
        add("Recipe execution failed: ", refusal());
        break;
    case Act::GlobalError:
        begin(errorLevel, m_marks.host);
        add("Recipe global error: Recipe execution failed: ", refusal());
        break;
    case Act::AttemptStarted:
        begin(infoLevel, framework);
        add("Starting execution of ", spec(action).className);
        break;
    case Act::OwnLine:
        begin(infoLevel, spec(action).className);
        appendFilled(text, spec(action).message, numberOf(action), action.line);
        break;
    case Act::Raised:
        begin(errorLevel, framework);
        add("Execution failed for ", spec(action).className, ": ", faultMessage(action), "\n",
            stepOf(action).attempts.back().traceback);
        break;
    case Act::ParameterMissing:
        begin(errorLevel, spec(action).className);
        add(faultOf(action).message);
        break;
    case Act::AttemptFinished: {
        const Attempt &attempt = stepOf(action).attempts.back();
        begin(infoLevel, framework);
        add("Completed ", spec(action).className, " in ", seconds(2, attempt.duration),
            attempt.success.value_or(false) ? "s (success: True, exit_code: " : "s (success: False, exit_code: ");
        appendNumber(text, attempt.exitCode.value_or(0));
        text += ')';
        break;
    }
    case Act::ResourceUsage:
        begin(debugLevel, framework);
        add("Resource usage for ", spec(action).className,
            ": duration=", seconds(2, stepOf(action).attempts.back().duration), "s, memory_delta=");
        appendNumber(text, static_cast<std::int64_t>(numberOf(action) * 4096));
        text += "B, peak_memory=";
        appendNumber(text, static_cast<std::int64_t>(19'000'000 + numberOf(action) * 4096));
        text += 'B';
        break;
    case Act::AttemptBroken:
        begin(errorLevel, m_runner);
        add(stepOf(action).attempts.back().errorMessage);
        break;
    case Act::RetryScheduled:
        begin(warningLevel, m_runner);
        add("Step '", spec(action).name, "' failed, will retry in ", m_plan.recipe->retryDelay, "s");
        break;
    case Act::Retrying:
        begin(infoLevel, m_runner);
        add("Retrying step '", spec(action).name, "' (attempt ");
        appendNumber(text, action.attempt + 1);
        text += '/';
        appendNumber(text, m_plan.recipe->maxRetries + 1);
        text += ')';
        break;
    case Act::StepCompleted:
        begin(infoLevel, m_runner);
        add("Step '", spec(action).name, "' completed successfully (", seconds(3, stepOf(action).duration), "s)");
        break;
    case Act::StepFailed: {
        begin(errorLevel, m_runner);
        add("Step '", spec(action).name, "' failed: [");
        std::string_view between;
        for (const std::string &error : stepOf(action).errors) {
            text += between;
            appendPythonString(text, error);
            between = ", ";
        }
        text += ']';
        break;
    }
    case Act::Stopping:
        begin(errorLevel, m_runner);
        add("Stopping execution due to step failure: ", spec(action).name);
        break;
    case Act::Continuing:
        begin(infoLevel, m_runner);
        add("Continuing execution after step failure: ", spec(action).name);
        break;
    case Act::CancelRequested:
        suffix = " [operator]";
        begin(infoLevel, m_runner);
        add("Recipe execution cancellation requested");
        break;
    case Act::CancelWarned:
        suffix = " [operator]";
        begin(warningLevel, "orchestrator.runner");
        add("Recipe global warning: Execution cancelled by user request");
        break;
    case Act::CancelSkipping:
        begin(infoLevel, m_runner);
        add("Execution cancelled, skipping remaining steps from step ");
        appendNumber(text, action.step);
        break;
    case Act::RunFinished: {
        const int total = m_run.totalSteps.value_or(0);
        // What the runner says: it does not count a cancellation.
        begin(infoLevel, m_runner);
        add("Recipe execution completed - Status: ",
            m_run.status == RunStatus::Cancelled ? toString(RunStatus::Completed) : toString(m_run.status),
            ", Steps: ");
        appendNumber(text, m_run.completedSteps);
        text += '/';
        appendNumber(text, total);
        add(", Duration: ", seconds(3, m_run.duration), "s, Success Rate: ");
        appendFixed(text, total > 0 ? 100.0 * m_run.completedSteps / total : 100.0, 1);
        text += '%';
        break;
    }
    default:
        break;
    }
    text += suffix;
    text += '\n';
}

void Execution::writeStructured(const Action &action, Time now, Output &out) {
    std::string &json = out.structured;
    const auto add = [&json](auto... parts) { (json.append(parts), ...); };
    const auto head = [&](std::string_view level, std::string_view logger) {
        json += "{\"timestamp\": \"";
        out.stamp.appendUtc(json, now);
        add("\", \"level\": \"", level, "\", \"logger_name\": \"", logger, "\", \"message\": ");
    };
    const auto marks = [&] {
        json += ", \"context_id\": \"";
        appendNumber(json, static_cast<std::int64_t>(m_marks.runner + 0x1230));
        json += "\", \"recipe_name\": ";
        appendJsonString(json, m_run.recipe);
        json += ", \"step_name\": ";
        appendJsonString(json, spec(action).name);
        add(", \"execution_id\": \"", m_execution, "\", \"thread_id\": \"");
        appendNumber(json, static_cast<std::int64_t>(m_marks.threadId));
        json += "\", \"process_id\": ";
        appendNumber(json, m_marks.pid);
    };
    const auto moment = [&] {
        json += '"';
        out.stamp.appendUtc(json, now - std::chrono::microseconds(31));
        json += '"';
    };
    const auto number = static_cast<std::int64_t>(numberOf(action));
    switch (action.act) {
    case Act::NoteStep:
        head("INFO", "framework0.pipeline");
        appendJsonString(json, std::string(spec(action).name) + " begins");
        marks();
        add(", \"extra_data\": {\"attempt\": ");
        appendNumber(json, action.attempt + 1);
        json += '}';
        break;
    case Act::NoteLine: {
        head("INFO", "framework0.pipeline.work");
        std::string message;
        appendFilled(message, spec(action).message, static_cast<std::uint64_t>(number), action.line);
        appendJsonString(json, message);
        marks();
        add(", \"extra_data\": {\"rows\": ");
        appendNumber(json, number);
        json += ", \"part\": ";
        appendNumber(json, action.line);
        json += '}';
        break;
    }
    case Act::NoteMeasure: {
        const double ms = toSeconds(stepOf(action).duration.value_or(Duration::zero())) * 1e3;
        head("INFO", "framework0.performance");
        json += "\"Performance: step_time = ";
        appendDouble(json, ms);
        json += " ms\"";
        marks();
        json += ", \"extra_data\": {\"metric_name\": \"step_time\", \"value\": ";
        appendDouble(json, ms);
        json += ", \"unit\": \"ms\", \"timestamp\": ";
        moment();
        json += ", \"performance_category\": \"timing\", \"measurement_unit\": \"\", \"measurement_value\": null}";
        break;
    }
    case Act::NoteError: {
        const Attempt &attempt = stepOf(action).attempts.back();
        head("ERROR", "framework0.errors");
        appendJsonString(json, "Error in " + std::string(spec(action).name) + ": " + attempt.errorMessage);
        marks();
        json += ", \"extra_data\": {\"error_type\": ";
        appendJsonString(json, attempt.errorType);
        json += ", \"error_message\": ";
        appendJsonString(json, attempt.errorMessage);
        json += ", \"operation\": ";
        appendJsonString(json, spec(action).name);
        json += ", \"timestamp\": ";
        moment();
        json += "}, \"stack_trace\": ";
        appendJsonString(json, attempt.traceback + "\n");
        break;
    }
    default:
        head("INFO", "framework0.audit");
        json += "\"Audit: recipe_finished\"";
        marks();
        json += ", \"extra_data\": {\"event_type\": \"recipe_finished\", \"details\": {\"completed_steps\": ";
        appendNumber(json, m_run.completedSteps);
        json += ", \"failed_steps\": ";
        appendNumber(json, m_run.failedSteps);
        json += "}, \"timestamp\": ";
        moment();
        json += ", \"actor\": \"scheduler\", \"compliance_level\": \"standard\", \"audit_category\": \"general\", "
                "\"audit_source\": \"framework0.audit\"}";
        break;
    }
    json += "}\n";
}

} // namespace ra::simulate
