// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/store/runloader.h"

namespace ra::store {

namespace {

template <typename T>
std::optional<T> as(const std::optional<std::int64_t> &value) {
    return value ? std::optional<T>(T(Duration(*value))) : std::nullopt;
}

std::string selectRuns(const char *condition) {
    return std::string("SELECT ") + runColumnList + " FROM runs WHERE " + condition;
}

} // namespace

RunLoader::RunLoader(const SQLite::Database &db)
    : m_texts(db)
    , m_row(db, selectRuns("id = ?"))
    , m_byNumber(db, selectRuns("run_id = ? ORDER BY shown DESC, id"))
    , m_byAlternative(db, selectRuns("alt_id = ? AND alt_id IS NOT NULL AND shown = 1"))
    , m_byAlias(db, "SELECT run FROM run_aliases WHERE id = ?")
    , m_members(db, "SELECT id FROM runs WHERE merged_into = ? AND merged_into IS NOT NULL ORDER BY id")
    , m_steps(db, "SELECT id, name, class, status, start_ns, end_ns, duration_ns, attempts, exit_code, attempt_bits, "
                  "attempt_ns FROM steps WHERE id BETWEEN ? AND ? ORDER BY id")
    , m_attempts(db, "SELECT step_id, number, start_ns, duration_ns, success, exit_code, type, message, traceback "
                     "FROM attempts WHERE step_id BETWEEN ? AND ? ORDER BY step_id, number")
    , m_stepErrors(db,
                   "SELECT step_id, message FROM step_errors WHERE step_id BETWEEN ? AND ? ORDER BY step_id, position")
    , m_runErrors(db, "SELECT message FROM run_errors WHERE run = ? ORDER BY position")
    , m_recipe(db, "SELECT name, path FROM recipes WHERE id = ?") {}

void RunLoader::forget() {
    m_texts.forget();
    m_recipes.clear();
}

std::optional<RunRow> RunLoader::row(std::int64_t id) {
    m_row.bind(id);
    const ResetAtEnd reset(m_row);
    return m_row.step() ? std::optional(readRunRow(m_row)) : std::nullopt;
}

const RunLoader::Recipe &RunLoader::recipe(std::int64_t id) {
    const auto known = m_recipes.find(id);
    if (known != m_recipes.end())
        return known->second;
    m_recipe.bind(id);
    const ResetAtEnd reset(m_recipe);
    Recipe found;
    if (m_recipe.step())
        found = {std::string(m_recipe.text(0)), std::string(m_recipe.text(1))};
    return m_recipes.emplace(id, std::move(found)).first->second;
}

Run RunLoader::head(const RunRow &row) {
    Run run;
    run.id = runIdText(row.number());
    const Recipe &name = recipe(row.recipeId);
    run.recipe = name.name;
    run.recipePath = name.path;
    run.runner = row.runner;
    if (row.executionId)
        run.executionId = m_texts.text(*row.executionId);
    else
        run.executionId = "runner." + std::to_string(row.runner);
    run.thread = m_texts.textOrEmpty(row.thread);
    run.pid = row.pid;
    run.status = static_cast<RunStatus>(row.status);
    run.start = as<Time>(row.start);
    run.end = as<Time>(row.end);
    run.duration = as<Duration>(row.duration);
    run.resolution = Duration(row.resolution);
    if (row.totalSteps)
        run.totalSteps = static_cast<int>(*row.totalSteps);
    run.completedSteps = static_cast<int>(row.completedSteps);
    run.failedSteps = static_cast<int>(row.failedSteps);
    run.skippedSteps = static_cast<int>(row.skippedSteps);
    run.suspect = row.has(Suspect);
    if (row.notes)
        run.notes = splitRemarks(m_texts.text(*row.notes));
    if (row.provenance)
        run.provenance = splitRemarks(m_texts.text(*row.provenance));
    run.errors = runErrors(row);
    return run;
}

Run RunLoader::run(const RunRow &row) {
    Run result = head(row);
    result.steps = steps(row);
    if (result.status == RunStatus::Abandoned) {
        // Nobody will ever end what was running when the process went away.
        for (Step &step : result.steps) {
            if (step.status == StepStatus::Running)
                step.status = StepStatus::Interrupted;
        }
    }
    return result;
}

std::vector<std::string> RunLoader::runErrors(const RunRow &row) {
    std::vector<std::string> errors;
    if (!row.has(HasRunErrors))
        return errors;
    m_runErrors.bind(row.id);
    while (m_runErrors.step())
        errors.push_back(m_texts.text(m_runErrors.integer(0)));
    return errors;
}

std::vector<Step> RunLoader::steps(const RunRow &row, std::int64_t firstStep) {
    std::vector<Step> steps;
    const std::int64_t first = stepId(row.id, firstStep);
    const std::int64_t last = stepId(row.id, stepsPerRun - 1);
    m_steps.bind(first, last);
    while (m_steps.step()) {
        StepRow r;
        r.id = m_steps.integer(0);
        r.start = m_steps.maybeInteger(4);
        r.end = m_steps.maybeInteger(5);
        r.duration = m_steps.maybeInteger(6);
        r.exitCode = m_steps.maybeInteger(8);
        r.attemptBits = m_steps.integer(9);
        r.attemptNs = m_steps.maybeInteger(10);
        Step step;
        step.index = static_cast<int>(r.id - stepId(row.id, 0));
        step.name = m_texts.text(m_steps.integer(1));
        step.className = m_texts.text(m_steps.integer(2));
        step.status = static_cast<StepStatus>(m_steps.integer(3));
        step.start = as<Time>(r.start);
        step.end = as<Time>(r.end);
        step.duration = as<Duration>(r.duration);
        step.attemptCount = static_cast<int>(m_steps.integer(7));
        if (r.exitCode)
            step.exitCode = static_cast<int>(*r.exitCode);
        unpackAttempt(r, step);
        steps.push_back(std::move(step));
    }

    // Both tables come in the order of the steps.
    const auto owner = [&, at = std::size_t(0), base = stepId(row.id, 0)](std::int64_t id) mutable -> Step * {
        while (at < steps.size() && steps[at].index < id - base)
            ++at;
        return at < steps.size() && steps[at].index == id - base ? &steps[at] : nullptr;
    };
    if (row.has(HasAttemptRows)) {
        m_attempts.bind(first, last);
        for (auto find = owner; m_attempts.step();) {
            Step *step = find(m_attempts.integer(0));
            if (!step)
                continue;
            Attempt attempt;
            attempt.number = static_cast<int>(m_attempts.integer(1));
            attempt.start = as<Time>(m_attempts.maybeInteger(2));
            attempt.duration = as<Duration>(m_attempts.maybeInteger(3));
            if (!m_attempts.isNull(4))
                attempt.success = m_attempts.integer(4) != 0;
            if (!m_attempts.isNull(5))
                attempt.exitCode = static_cast<int>(m_attempts.integer(5));
            attempt.errorType = m_texts.text(m_attempts.integer(6));
            attempt.errorMessage = m_texts.text(m_attempts.integer(7));
            attempt.traceback = m_texts.text(m_attempts.integer(8));
            step->attempts.push_back(std::move(attempt));
        }
    }
    if (row.has(HasStepErrors)) {
        m_stepErrors.bind(first, last);
        for (auto find = owner; m_stepErrors.step();) {
            if (Step *step = find(m_stepErrors.integer(0)))
                step->errors.push_back(m_texts.text(m_stepErrors.integer(1)));
        }
    }
    return steps;
}

std::vector<std::int64_t> RunLoader::members(std::int64_t id) {
    std::vector<std::int64_t> ids;
    m_members.bind(id);
    while (m_members.step())
        ids.push_back(m_members.integer(0));
    return ids;
}

std::optional<RunRow> RunLoader::byNumber(std::int64_t number) {
    std::optional<RunRow> found;
    {
        m_byAlternative.bind(number);
        const ResetAtEnd reset(m_byAlternative);
        if (m_byAlternative.step())
            found = readRunRow(m_byAlternative);
    }
    if (!found) {
        m_byNumber.bind(number);
        const ResetAtEnd reset(m_byNumber);
        // Of several rows the shown one whose number it is still; then any whose run is shown by another row.
        while (m_byNumber.step()) {
            RunRow row = readRunRow(m_byNumber);
            const bool own = row.shown && !row.altId;
            if (own || !found)
                found = row;
            if (own)
                break;
        }
    }
    if (!found) {
        m_byAlias.bind(number);
        const ResetAtEnd reset(m_byAlias);
        if (m_byAlias.step())
            found = row(m_byAlias.integer(0));
    }
    if (found && !found->shown)
        found = found->mergedInto ? row(*found->mergedInto) : std::nullopt;
    return found && found->shown ? found : std::nullopt;
}

} // namespace ra::store
