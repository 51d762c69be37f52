// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/simulate/execution.h"

#include <algorithm>
#include <array>
#include <charconv>

namespace ra::simulate {

namespace {

Duration fromMs(double ms) {
    return durationFromSeconds(ms / 1e3);
}

std::string hex8(std::uint64_t value) {
    constexpr std::string_view digits = "0123456789abcdef";
    std::string text;
    for (int shift = 28; shift >= 0; shift -= 4)
        text += digits[(value >> shift) & 15U];
    return text;
}

} // namespace

Execution::Execution(PlannedRun plan, Marks marks, bool debug)
    : m_plan(std::move(plan))
    , m_marks(std::move(marks))
    , m_runner("runner." + std::to_string(m_marks.runner))
    , m_suffix(m_marks.thread.empty() ? std::string() : " [" + m_marks.thread + "]")
    , m_execution(hex8(m_plan.salt))
    , m_stepAt(m_plan.recipe->steps.size(), -1) {
    m_run.recipePath = m_plan.path;
    m_run.recipe =
        m_plan.path == m_plan.recipe->path ? std::string(m_plan.recipe->name) : recipeNameFromPath(m_plan.path);
    m_run.executionId = m_runner;
    m_run.runner = m_marks.runner;
    m_run.thread = m_marks.thread;
    m_run.pid = m_marks.pid;
    compile(debug);
}

Duration Execution::nextDelay() const {
    return isDone() ? Duration::zero() : m_actions[m_next].delay;
}

Duration Execution::plannedDuration() const {
    Duration sum{};
    for (const Action &action : m_actions)
        sum += action.delay;
    return sum;
}

void Execution::stretch(double factor) {
    for (Action &action : m_actions)
        action.delay = durationFromSeconds(toSeconds(action.delay) * factor);
}

// --- what will happen, in the runner's order -----------------------------------------------------------------------

void Execution::add(Act act, double delayMs, std::size_t step, std::size_t attempt, int detail) {
    m_actions.push_back({.act = act,
                         .detail = static_cast<std::uint8_t>(detail),
                         .step = static_cast<std::uint16_t>(step),
                         .attempt = static_cast<std::uint16_t>(attempt),
                         .line = 0,
                         .delay = fromMs(delayMs)});
}

void Execution::compile(bool debug) {
    if (debug && m_marks.newRunner)
        add(Act::RunnerMade, 0.1);
    if (m_plan.ending >= Ending::MissingFile) {
        compileRefusal();
        return;
    }
    add(Act::RunStarted, 0.3);
    // Lines of DEBUG=1 by their number in writeText: 0 to 8 before the steps, 9 to 17 after them, 18 after the last
    // line.
    for (int line = 0; debug && line <= 8; ++line)
        add(Act::DebugLine, line == 0 ? 2.0 : 0.02, 0, 0, line);
    bool goesOn = true;
    for (std::size_t step = 0; goesOn && step < m_plan.steps.size(); ++step) {
        goesOn = compileStep(step, debug);
        if (m_actions.back().act == Act::Vanished)
            return;
        if (goesOn && m_plan.ending == Ending::Cancelled && m_plan.endingStep == static_cast<int>(step)) {
            add(Act::CancelSkipping, 0.1, step + 1);
            goesOn = false;
        }
    }
    for (int line = 9; debug && line <= 17; ++line)
        add(Act::DebugLine, 0.02, 0, 0, line);
    const std::size_t lastStep = m_actions.back().act == Act::DebugLine ? 0 : m_actions.back().step;
    add(Act::RunFinished, 0.2);
    if (m_plan.structured)
        add(Act::NoteEnd, 0.05, lastStep); // the step's name stays at the last value set
    if (debug)
        add(Act::DebugLine, 0.05, 0, 0, 18);
}

void Execution::compileRefusal() {
    if (m_plan.ending != Ending::MissingFile)
        add(Act::RunStarted, 0.3);
    if (m_plan.ending == Ending::NoMapping || m_plan.ending == Ending::BadYaml)
        add(Act::LoadFailed, 3.0);
    add(Act::RunRefused, 0.1);
    if (m_plan.ending == Ending::UnquotedDate)
        add(Act::GlobalError, 0.02);
}

bool Execution::compileStep(std::size_t step, bool debug) {
    const PlannedStep &planned = m_plan.steps[step];
    if (planned.filtered) {
        // Without DEBUG nothing is logged; the action itself keeps the truth.
        add(Act::DebugSkipping, 0.01, step, 0, debug ? 1 : 0);
        return true;
    }
    const std::size_t attempts = planned.attempts.size();
    for (std::size_t attempt = 0; attempt < attempts; ++attempt) {
        if (attempt > 0) {
            add(Act::RetryScheduled, 0.1, step, attempt);
            add(Act::Retrying, 0.05, step, attempt);
        }
        if (!compileAttempt(step, attempt, debug))
            return false;
    }
    if (planned.attempts.back().fault < 0) {
        add(Act::StepCompleted, 0.2, step);
        if (m_plan.structured)
            add(Act::NoteMeasure, 0.05, step);
        return true;
    }
    add(Act::StepFailed, 0.2, step);
    add(m_plan.recipe->continueOnError ? Act::Continuing : Act::Stopping, 0.05, step);
    return m_plan.recipe->continueOnError;
}

bool Execution::compileAttempt(std::size_t step, std::size_t attempt, bool debug) {
    const PlannedAttempt &planned = m_plan.steps[step].attempts[attempt];
    const bool last = attempt + 1 == m_plan.steps[step].attempts.size();
    const bool endsHere = last && m_plan.endingStep == static_cast<int>(step);
    const double pauseMs =
        attempt == 0 ? 0 : std::strtod(std::string(m_plan.recipe->retryDelay).c_str(), nullptr) * 1e3;
    const FaultKind kind =
        planned.fault < 0 ? FaultKind::Raises : faults()[static_cast<std::size_t>(planned.fault)].kind;
    if (planned.fault >= 0 && (kind == FaultKind::Import || kind == FaultKind::ClassMissing)) {
        add(Act::AttemptBroken, 3.0 + pauseMs, step, attempt);
        if (endsHere && m_plan.ending == Ending::Vanishes)
            add(Act::Vanished, 1.0, step, attempt);
        return m_actions.back().act != Act::Vanished;
    }
    if (debug)
        add(Act::DebugLine, 0.3 + pauseMs, step, attempt, 19);
    add(Act::AttemptStarted, debug ? 0.3 : 0.6 + pauseMs, step, attempt);
    if (m_plan.structured)
        add(Act::NoteStep, 0.1, step, attempt);
    const bool vanishes = endsHere && m_plan.ending == Ending::Vanishes;
    const int lines = vanishes ? planned.lines / 2 : planned.lines;
    const double pieceMs = toSeconds(planned.work) * 1e3 / (planned.lines + 1);
    for (int line = 0; line < lines; ++line) {
        add(Act::OwnLine, pieceMs, step, attempt);
        m_actions.back().line = static_cast<std::uint16_t>(line);
        if (m_plan.structured) {
            add(Act::NoteLine, 0.05, step, attempt);
            m_actions.back().line = static_cast<std::uint16_t>(line);
        }
    }
    if (vanishes) {
        add(Act::Vanished, pieceMs / 2, step, attempt);
        return false;
    }
    if (endsHere && m_plan.ending == Ending::Cancelled) {
        add(Act::CancelRequested, pieceMs / 2, step, attempt);
        add(Act::CancelWarned, 0.03, step, attempt);
    }
    if (planned.fault >= 0 && kind != FaultKind::ExitCode) {
        add(kind == FaultKind::Raises ? Act::Raised : Act::ParameterMissing, pieceMs, step, attempt);
        if (m_plan.structured && kind == FaultKind::Raises)
            add(Act::NoteError, 0.05, step, attempt);
        add(Act::AttemptFinished, 0.1, step, attempt);
    } else {
        add(Act::AttemptFinished, pieceMs, step, attempt);
        if (debug)
            add(Act::ResourceUsage, 0.05, step, attempt);
    }
    return true;
}

// --- as it happens ---------------------------------------------------------------------------------------------------

void Execution::perform(Time now, Output &out) {
    const Action action = m_actions[m_next++];
    note(action, now);
    if (action.act >= Act::NoteStep) {
        writeStructured(action, now, out);
        ++out.structuredRecords;
    } else if (action.act != Act::Vanished && (action.act != Act::DebugSkipping || action.detail != 0)) {
        writeText(action, now, out);
        ++out.textRecords;
    }
    m_last = now;
}

void Execution::vanish(Time now) {
    note({.act = Act::Vanished}, now);
    m_next = m_actions.size();
}

const StepSpec &Execution::spec(const Action &action) const {
    return m_plan.recipe->steps[action.step];
}

const PlannedAttempt &Execution::attemptOf(const Action &action) const {
    return m_plan.steps[action.step].attempts[action.attempt];
}

const Fault &Execution::faultOf(const Action &action) const {
    return faults()[static_cast<std::size_t>(attemptOf(action).fault)];
}

std::string Execution::faultMessage(const Action &action) const {
    std::string text;
    appendFilled(text, faultOf(action).message, attemptOf(action).number);
    return text;
}

std::string Execution::refusal() const {
    switch (m_plan.ending) {
    case Ending::MissingFile:
        return "Recipe file not found: " + m_plan.path;
    case Ending::NoMapping:
        return "Failed to load recipe file: Recipe file must contain a YAML dictionary, got list";
    case Ending::BadYaml:
        return "Failed to parse recipe YAML: while parsing a block collection\n  in \"" + m_plan.path +
               "\", line 2, column 3\nexpected <block end>, but found '<block mapping start>'\n  in \"" + m_plan.path +
               "\", line 4, column 4";
    default:
        return "Value for key 'recipe.metadata' is not JSON-serializable: Object of type date is not JSON serializable";
    }
}

Step &Execution::stepOf(const Action &action) {
    int &at = m_stepAt.at(action.step);
    if (at < 0) {
        at = static_cast<int>(m_run.steps.size());
        Step step;
        step.index = action.step;
        step.name = spec(action).name;
        step.className = spec(action).className;
        step.attemptCount = 0;
        m_run.steps.push_back(std::move(step));
    }
    return m_run.steps.at(static_cast<std::size_t>(at));
}

void Execution::note(const Action &action, Time now) {
    switch (action.act) {
    case Act::RunStarted:
        m_run.start = now;
        break;
    case Act::RunRefused:
        if (!m_run.start)
            m_run.start = now;
        m_run.end = now;
        m_run.status = RunStatus::Rejected;
        m_run.errors.push_back(refusal());
        break;
    case Act::DebugSkipping:
        stepOf(action).status = StepStatus::Skipped;
        ++m_run.skippedSteps;
        break;
    case Act::AttemptStarted:
    case Act::AttemptBroken: {
        Step &step = stepOf(action);
        Attempt attempt;
        attempt.number = ++step.attemptCount;
        attempt.start = action.act == Act::AttemptStarted ? now : std::max(m_last, now - std::chrono::milliseconds(3));
        if (!step.start)
            step.start = attempt.start;
        if (action.act == Act::AttemptBroken) {
            attempt.success = false;
            attempt.duration = now - *attempt.start;
            attempt.errorMessage = (faultOf(action).kind == FaultKind::Import ? "Failed to import scriptlet: "
                                                                              : "Scriptlet class/method not found: ") +
                                   faultMessage(action);
            step.errors.push_back(attempt.errorMessage);
            step.exitCode = 1;
        }
        step.attempts.push_back(std::move(attempt));
        break;
    }
    case Act::Raised: {
        Attempt &attempt = stepOf(action).attempts.back();
        attempt.errorType = faultOf(action).type;
        attempt.errorMessage = faultMessage(action);
        writeTraceback(action, attempt.traceback);
        if (!attempt.errorMessage.empty())
            stepOf(action).errors.push_back(attempt.errorMessage);
        break;
    }
    case Act::ParameterMissing:
        stepOf(action).attempts.back().errorMessage = "Parameter validation failed";
        stepOf(action).errors.emplace_back("Parameter validation failed");
        break;
    case Act::AttemptFinished: {
        Step &step = stepOf(action);
        Attempt &attempt = step.attempts.back();
        attempt.duration = std::max(now - *attempt.start, Duration(1));
        attempt.success = attemptOf(action).fault < 0;
        attempt.exitCode = *attempt.success ? 0 : faultOf(action).exitCode;
        step.exitCode = attempt.exitCode;
        break;
    }
    case Act::StepCompleted:
    case Act::StepFailed: {
        Step &step = stepOf(action);
        step.status = action.act == Act::StepCompleted ? StepStatus::Completed : StepStatus::Failed;
        step.end = now;
        step.duration = now - *step.start;
        ++(action.act == Act::StepCompleted ? m_run.completedSteps : m_run.failedSteps);
        break;
    }
    case Act::CancelRequested:
        m_cancelled = true;
        break;
    case Act::RunFinished:
    case Act::Vanished:
        finish(now);
        if (action.act == Act::Vanished) {
            m_run.status = m_marks.thread.empty() ? RunStatus::Killed : RunStatus::Abandoned;
            m_run.duration.reset();
            for (Step &step : m_run.steps) {
                if (step.status == StepStatus::Running)
                    step.status = StepStatus::Interrupted;
            }
        }
        break;
    default:
        break;
    }
}

void Execution::finish(Time now) {
    m_run.end = now;
    if (m_run.start)
        m_run.duration = now - *m_run.start;
    m_run.totalSteps = static_cast<int>(m_plan.recipe->steps.size());
    m_run.status = m_run.failedSteps == 0      ? RunStatus::Completed
                   : m_run.completedSteps == 0 ? RunStatus::Failed
                                               : RunStatus::Partial;
    if (m_cancelled && m_run.status == RunStatus::Completed)
        m_run.status = RunStatus::Cancelled;
}

std::vector<RunStatus> Execution::acceptedStatuses() const {
    switch (m_run.status) {
    case RunStatus::Cancelled:
        return {RunStatus::Cancelled, RunStatus::Completed};
    case RunStatus::Killed:
    case RunStatus::Abandoned:
        return {RunStatus::Abandoned, RunStatus::Killed, RunStatus::Interrupted};
    default:
        if (m_cancelled)
            return {m_run.status, RunStatus::Cancelled};
        return {m_run.status};
    }
}

} // namespace ra::simulate
