// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/store/runwriter.h"

#include <algorithm>
#include <array>
#include <charconv>

namespace ra::store {

namespace {

std::optional<std::int64_t> ns(const std::optional<Time> &time) {
    return time ? std::optional(toNs(*time)) : std::nullopt;
}

std::optional<std::int64_t> ns(const std::optional<Duration> &duration) {
    return duration ? std::optional<std::int64_t>(duration->count()) : std::nullopt;
}

std::int64_t bit(RunFlag flag, bool set) {
    return set ? static_cast<std::int64_t>(flag) : 0;
}

std::string insertRuns(const char *verb) {
    std::string marks = "?";
    for (const char *c = runColumnList; *c; ++c) {
        if (*c == ',')
            marks += ", ?";
    }
    return std::string(verb) + " INTO runs(" + runColumnList + ") VALUES(" + marks + ")";
}

/// Whether a change of the row leaves alone all columns that indexes stand on.
bool keepsIndexes(const RunRow &a, const RunRow &b) {
    return a.shown == b.shown && a.runId == b.runId && a.altId == b.altId && a.recipeId == b.recipeId &&
           a.status == b.status && a.start == b.start && a.duration == b.duration && a.mergedInto == b.mergedInto &&
           a.runner == b.runner;
}

/// What a source can say of a run without saying anything new: everything that the source's words do not decide.
void keepOwnState(RunRow &row, const RunRow &before) {
    row.id = before.id;
    row.shown = before.shown;
    row.altId = before.altId;
    row.mergedInto = before.mergedInto;
    row.sourceId = before.sourceId;
    row.firstOffset = before.firstOffset;
    row.part = before.part;
    row.stepCount = before.stepCount;
    row.flags |= before.flags & (HasAttemptRows | HasStepErrors | HasRunErrors);
}

/// Whether `text` is "runner.<number>".
bool isRunnersName(std::string_view text, std::uint64_t number) {
    constexpr std::string_view prefix = "runner.";
    std::array<char, 24> digits{};
    const auto [end, error] = std::to_chars(digits.data(), digits.data() + digits.size(), number);
    return error == std::errc() && text.starts_with(prefix) &&
           text.substr(prefix.size()) == std::string_view(digits.data(), end);
}

std::string errorOf(const Step &step) {
    if (step.status != StepStatus::Failed)
        return {};
    if (!step.errors.empty())
        return step.errors.front();
    for (const Attempt &attempt : step.attempts) {
        if (!attempt.errorMessage.empty() || !attempt.errorType.empty())
            return attempt.errorMessage.empty() ? attempt.errorType : attempt.errorMessage;
    }
    return {};
}

} // namespace

RunWriter::RunWriter(SQLite::Database &db, StepRollups &rollups)
    : m_db(db)
    , m_rollups(rollups)
    , m_loader(db)
    , m_texts(db)
    , m_findSighting(db,
                     std::string("SELECT ") + runColumnList +
                         " FROM runs WHERE source_id = ? AND first_offset = ? AND part = ? AND source_id IS NOT NULL")
    , m_number(db, "SELECT 1 FROM runs WHERE run_id = ?1 UNION ALL "
                   "SELECT 1 FROM runs WHERE alt_id = ?1 AND alt_id IS NOT NULL LIMIT 1")
    , m_newRuns(db, "INSERT", "runs", runColumnList)
    , m_newSteps(
          db, "INSERT OR REPLACE", "steps",
          "id, name, class, status, start_ns, end_ns, duration_ns, attempts, exit_code, attempt_bits, attempt_ns")
    , m_replaceRun(db, insertRuns("INSERT OR REPLACE"))
    , m_updateRun(db, "UPDATE runs SET end_ns = ?, total_steps = ?, completed_steps = ?, failed_steps = ?, "
                      "skipped_steps = ?, first_error = ?, flags = ?, pid = ?, resolution_ns = ?, step_count = ?, "
                      "execution_id = ?, thread = ?, notes = ?, provenance = ? WHERE id = ?")
    , m_insertAttempt(db, "INSERT OR REPLACE INTO attempts(step_id, number, start_ns, duration_ns, success, exit_code, "
                          "type, message, traceback) VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?)")
    , m_insertStepError(db, "INSERT OR REPLACE INTO step_errors(step_id, position, message) VALUES(?, ?, ?)")
    , m_insertRunError(db, "INSERT INTO run_errors(run, position, message) VALUES(?, ?, ?)")
    , m_insertSpans(db, "INSERT OR REPLACE INTO run_spans(id, end_offset, data) VALUES(?, ?, ?)")
    , m_lastSpans(db, "SELECT id, end_offset, data FROM run_spans WHERE id BETWEEN ? AND ? ORDER BY id DESC LIMIT 1")
    , m_allSpans(db, allSpansSql)
    , m_findRecipe(db, "SELECT id FROM recipes WHERE path = ? AND name = ?")
    , m_insertRecipe(db, "INSERT INTO recipes(name, path, file) VALUES(?, ?, ?)") {
    forget();
}

void RunWriter::forget() {
    m_newRuns.clear(); // gathered for the transaction that is no more
    m_newSteps.clear();
    m_newNumbers.clear();
    m_numbers.forget();
    m_loader.forget();
    m_texts.forget();
    m_recipes.clear();
    m_lastRun = m_db.execAndGet("SELECT coalesce(max(id), 0) FROM runs").getInt64();
}

void RunWriter::flush() {
    m_newRuns.flush();
    m_newSteps.flush();
    m_newNumbers.clear();
}

bool RunWriter::isNumberTaken(std::int64_t runId) {
    if (!m_numbers.mayHold(runId, m_db, m_newNumbers))
        return false;
    if (m_newNumbers.contains(runId))
        return true;
    m_number.bind(runId);
    const ResetAtEnd reset(m_number);
    return m_number.step();
}

std::int64_t RunWriter::recipeId(const std::string &name, const std::string &path) {
    if (const auto known = m_recipes.find(std::pair<std::string_view, std::string_view>(path, name));
        known != m_recipes.end())
        return known->second;
    std::int64_t id = 0;
    m_findRecipe.bind(path, name);
    {
        const ResetAtEnd reset(m_findRecipe);
        if (m_findRecipe.step())
            id = m_findRecipe.integer(0);
    }
    if (id == 0) {
        const auto slash = path.find_last_of("/\\");
        m_insertRecipe.bind(name, path, std::string_view(path).substr(slash == std::string::npos ? 0 : slash + 1));
        m_insertRecipe.run();
        id = sqlite3_last_insert_rowid(m_db.getHandle());
    }
    constexpr std::size_t mostKnown = 50'000;
    if (m_recipes.size() >= mostKnown)
        m_recipes.clear();
    m_recipes.emplace(std::pair(path, name), id);
    return id;
}

RunRow RunWriter::rowOf(const Run &run) {
    RunRow row;
    row.runId = runIdNumber(run.id).value_or(0);
    row.recipeId = recipeId(run.recipe, run.recipePath);
    row.status = static_cast<std::int64_t>(run.status);
    row.start = ns(run.start);
    row.end = ns(run.end);
    row.duration = ns(run.duration);
    if (run.totalSteps)
        row.totalSteps = *run.totalSteps;
    row.completedSteps = run.completedSteps;
    row.failedSteps = run.failedSteps;
    row.skippedSteps = run.skippedSteps;
    row.flags = bit(Suspect, run.suspect);
    row.runner = run.runner;
    row.pid = run.pid;
    row.resolution = run.resolution.count();
    if (!isRunnersName(run.executionId, run.runner))
        row.executionId = m_texts.idFor(run.executionId);
    row.thread = m_texts.idUnlessEmpty(run.thread);
    row.notes = m_texts.idUnlessEmpty(joinRemarks(run.notes));
    row.provenance = m_texts.idUnlessEmpty(joinRemarks(run.provenance));
    return row;
}

std::optional<RunRow> RunWriter::findSighting(std::int64_t sourceId, std::uint64_t firstOffset, std::uint32_t part) {
    m_findSighting.bind(sourceId, firstOffset, part);
    const ResetAtEnd reset(m_findSighting);
    return m_findSighting.step() ? std::optional(readRunRow(m_findSighting)) : std::nullopt;
}

RunWriter::Outcome RunWriter::putSighting(std::int64_t sourceId, const ingest::RunChange &change, bool surelyNew) {
    if (!surelyNew)
        flush();
    Outcome outcome;
    outcome.row = rowOf(change.run);
    RunRow &row = outcome.row;
    row.sourceId = sourceId;
    row.firstOffset = change.firstOffset;
    row.part = change.part;
    row.flags |= bit(StandsAlone, change.standsAlone) | bit(Headless, change.headless);

    const std::optional<RunRow> before =
        surelyNew ? std::nullopt : findSighting(sourceId, change.firstOffset, change.part);
    outcome.added = !before;
    if (before) {
        outcome.before = *before;
        keepOwnState(row, *before);
    } else {
        row.id = ++m_lastRun;
        row.shown = change.standsAlone;
    }
    bool changed = putSteps(row, change.run, change.firstStep, outcome.added);
    changed |= putRunErrors(row, change.run, outcome.added);
    changed |= putSpans(row, change, outcome.added);
    row.firstError = firstErrorOf(row, change.run, change.firstStep);
    if (before && before->has(FoundAbandoned)) {
        // The process was found dead after the source had spoken last; the same words again do not wake it.
        RunRow same = row;
        same.status = before->status;
        same.flags |= FoundAbandoned;
        same.end = before->end;
        if (!changed && row.status == static_cast<std::int64_t>(RunStatus::Running) && same == *before)
            row = same;
    }
    outcome.changed = changed;
    finish(outcome);
    return outcome;
}

RunWriter::Outcome RunWriter::putMerged(std::int64_t id, const Run &run) {
    Outcome outcome;
    outcome.row = rowOf(run);
    RunRow &row = outcome.row;
    flush();
    const std::optional<RunRow> before = id ? m_loader.row(id) : std::nullopt;
    outcome.added = !before;
    if (before) {
        outcome.before = *before;
        keepOwnState(row, *before);
    } else {
        row.id = ++m_lastRun;
    }
    row.shown = true;
    row.flags |= StandsAlone;
    outcome.changed = putSteps(row, run, 0, outcome.added);
    outcome.changed |= putRunErrors(row, run, outcome.added);
    row.firstError = firstErrorOf(row, run, 0);
    finish(outcome);
    flush();
    return outcome;
}

void RunWriter::finish(Outcome &outcome) {
    const RunRow &row = outcome.row;
    if (outcome.added || outcome.changed || !(row == outcome.before)) {
        m_rollups.note(row.recipeId, row.start);
        if (!outcome.added)
            m_rollups.note(outcome.before.recipeId, outcome.before.start);
    }
    if (outcome.added) {
        addRunRow(m_newRuns, row);
        m_newNumbers.insert(row.runId);
        m_numbers.add(row.runId);
        outcome.changed = true;
        return;
    }
    m_newSteps.flush();
    if (row == outcome.before)
        return;
    outcome.changed = true;
    if (keepsIndexes(row, outcome.before)) {
        m_updateRun.bind(row.end, row.totalSteps, row.completedSteps, row.failedSteps, row.skippedSteps, row.firstError,
                         row.flags, row.pid, row.resolution, row.stepCount, row.executionId, row.thread, row.notes,
                         row.provenance, row.id);
        m_updateRun.run();
    } else {
        m_numbers.add(row.runId);
        bindRunRow(m_replaceRun, row);
        m_replaceRun.run();
    }
}

std::optional<std::int64_t> RunWriter::firstErrorOf(const RunRow &row, const Run &run, std::int64_t firstStep) {
    if (!run.errors.empty())
        return m_texts.idFor(run.errors.front());
    if (firstStep > 0 && (row.has(HasStepErrors) || row.has(HasAttemptRows))) {
        // The steps before are in the store only; they come first.
        m_newSteps.flush();
        for (const Step &step : m_loader.steps(row)) {
            if (const std::string error = errorOf(step); !error.empty())
                return m_texts.idFor(error);
        }
        return std::nullopt;
    }
    for (const Step &step : run.steps) {
        if (const std::string error = errorOf(step); !error.empty())
            return m_texts.idFor(error);
    }
    return std::nullopt;
}

bool RunWriter::putSteps(RunRow &row, const Run &run, std::int64_t firstStep, bool isNew) {
    std::vector<const Step *> steps;
    steps.reserve(run.steps.size());
    for (const Step &step : run.steps) {
        if (step.index >= firstStep && step.index < stepsPerRun)
            steps.push_back(&step);
    }
    std::size_t same = 0;
    std::int64_t kept = 0;
    if (!isNew) {
        const std::vector<Step> stored = m_loader.steps(row, firstStep);
        while (same < stored.size() && same < steps.size() && stored[same] == *steps[same])
            ++same;
        if (same == stored.size() && same == steps.size())
            return false;
        const std::int64_t from =
            same < steps.size()
                ? std::min<std::int64_t>(steps[same]->index, same < stored.size() ? stored[same].index : stepsPerRun)
                : stored[same].index;
        if (same < stored.size())
            removeSteps(row, from);
        kept = row.stepCount - static_cast<std::int64_t>(stored.size());
    }
    for (std::size_t i = same; i < steps.size(); ++i)
        insertStep(row, *steps[i]);
    row.stepCount = kept + static_cast<std::int64_t>(steps.size());
    return true;
}

void RunWriter::insertStep(RunRow &row, const Step &step) {
    StepRow r;
    r.id = stepId(row.id, step.index);
    const bool fits = fitsStepRow(step);
    r.exitCode = step.exitCode ? std::optional<std::int64_t>(*step.exitCode) : std::nullopt;
    if (fits)
        packAttempt(step, r);
    m_newSteps.add(r.id, m_texts.idFor(step.name), m_texts.idFor(step.className),
                   static_cast<std::int64_t>(step.status), ns(step.start), ns(step.end), ns(step.duration),
                   step.attemptCount, r.exitCode, r.attemptBits, r.attemptNs);
    if (!fits) {
        row.flags |= HasAttemptRows;
        for (const Attempt &attempt : step.attempts) {
            m_insertAttempt.bind(r.id, attempt.number, ns(attempt.start), ns(attempt.duration), attempt.success,
                                 attempt.exitCode, m_texts.idFor(attempt.errorType),
                                 m_texts.idFor(attempt.errorMessage), m_texts.idFor(attempt.traceback));
            m_insertAttempt.run();
        }
    }
    if (!step.errors.empty()) {
        row.flags |= HasStepErrors;
        std::int64_t position = 0;
        for (const std::string &error : step.errors) {
            m_insertStepError.bind(r.id, position++, m_texts.idFor(error));
            m_insertStepError.run();
        }
    }
}

void RunWriter::removeSteps(const RunRow &row, std::int64_t firstStep) {
    const std::string range =
        std::to_string(stepId(row.id, firstStep)) + " AND " + std::to_string(stepId(row.id, stepsPerRun - 1));
    m_db.exec("DELETE FROM steps WHERE id BETWEEN " + range);
    if (row.has(HasAttemptRows))
        m_db.exec("DELETE FROM attempts WHERE step_id BETWEEN " + range);
    if (row.has(HasStepErrors))
        m_db.exec("DELETE FROM step_errors WHERE step_id BETWEEN " + range);
}

bool RunWriter::putRunErrors(RunRow &row, const Run &run, bool isNew) {
    if (!isNew) {
        if (m_loader.runErrors(row) == run.errors)
            return false;
        m_db.exec("DELETE FROM run_errors WHERE run = " + std::to_string(row.id));
    }
    std::int64_t position = 0;
    for (const std::string &error : run.errors) {
        row.flags |= HasRunErrors;
        m_insertRunError.bind(row.id, position++, m_texts.idFor(error));
        m_insertRunError.run();
    }
    return true;
}

void RunWriter::remove(const RunRow &row) {
    m_rollups.note(row.recipeId, row.start);
    removeSteps(row, 0);
    const std::string id = std::to_string(row.id);
    m_db.exec("DELETE FROM run_errors WHERE run = " + id);
    m_db.exec("DELETE FROM run_spans WHERE id BETWEEN " + std::to_string(stepId(row.id, 0)) + " AND " +
              std::to_string(stepId(row.id, stepsPerRun - 1)));
    m_db.exec("DELETE FROM run_aliases WHERE run = " + id);
    m_db.exec("DELETE FROM runs WHERE id = " + id);
}

void RunWriter::setShown(const RunRow &row, bool shown, std::optional<std::int64_t> mergedInto) {
    if (row.shown == shown && row.mergedInto == mergedInto)
        return;
    m_rollups.note(row.recipeId, row.start);
    Statement update(m_db, "UPDATE runs SET shown = ?, merged_into = ? WHERE id = ?");
    update.bind(shown, mergedInto, row.id);
    update.run();
}

void RunWriter::setAlternative(std::int64_t row, std::optional<std::int64_t> number) {
    Statement update(m_db, "UPDATE runs SET alt_id = ? WHERE id = ?");
    if (number)
        m_numbers.add(*number);
    update.bind(number, row);
    update.run();
}

void RunWriter::setAlias(std::int64_t number, std::int64_t row) {
    Statement insert(m_db, "INSERT OR REPLACE INTO run_aliases(id, run) VALUES(?, ?)");
    insert.bind(number, row);
    insert.run();
}

void RunWriter::markAbandoned(const RunRow &row) {
    std::optional<std::int64_t> last = row.start;
    for (const Step &step : m_loader.steps(row, 0)) {
        for (const std::optional<Time> &time : {step.start, step.end}) {
            if (time)
                last = std::max(last.value_or(toNs(*time)), toNs(*time));
        }
    }
    Statement update(m_db, "UPDATE runs SET status = ?, flags = flags | ?, end_ns = coalesce(end_ns, ?) WHERE id = ?");
    update.bind(static_cast<std::int64_t>(RunStatus::Abandoned), static_cast<std::int64_t>(FoundAbandoned), last,
                row.id);
    update.run();
}

} // namespace ra::store
