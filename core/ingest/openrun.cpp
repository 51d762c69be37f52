// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/ingest/openrun.h"

#include "core/ingest/openrunsteps.h"
#include "core/ingest/pythonlist.h"

#include <algorithm>

namespace ra::ingest {

namespace {

constexpr const char *sharedName = "shares-runner-name";

/// A free text's end is a thread name only if it is this run's.
std::string_view withoutThread(const OpenRun &open, const Record &record) {
    const bool suffixed = !record.thread.empty() && record.thread == open.run.thread;
    return suffixed || record.rest.empty() ? record.text : record.rest;
}

void finishRun(OpenRun &open, const Record &record, Time time) {
    Run &run = open.run;
    leaveStep(open, StepStatus::Interrupted, time);
    run.status = runStatusFromString(record.text).value_or(RunStatus::Completed);
    if (open.cancelSeen && run.status == RunStatus::Completed)
        run.status = RunStatus::Cancelled;
    run.completedSteps = static_cast<int>(record.a);
    run.totalSteps = static_cast<int>(record.b);
    if (record.durationNs != Record::kNoDuration) {
        run.duration = Duration(record.durationNs);
        if (record.durationNs < 0)
            noteClockSetBack(run);
        const Time stated = run.start.value_or(time - *run.duration) + *run.duration;
        const bool agrees = stated - time < std::chrono::seconds(2) && time - stated < std::chrono::seconds(10);
        run.end = agrees ? std::max(stated, time) : time;
        if (!run.start)
            run.start = *run.end - *run.duration;
    } else {
        run.end = time;
    }
    open.ended = true;
    touch(open, static_cast<int>(run.steps.size()));
}

void failRun(OpenRun &open, const Record &record, Time time) {
    Run &run = open.run;
    leaveStep(open, StepStatus::Interrupted, time);
    run.status = run.steps.empty() ? RunStatus::Rejected : RunStatus::Failed;
    run.errors.assign(1, std::string(withoutThread(open, record)));
    run.end = time;
    open.ended = true;
    touch(open, static_cast<int>(run.steps.size()));
}

/// Whether the message's end is definite, so that the absence of a thread suffix means something.
bool hasDefiniteEnd(RecordKind kind) {
    return kind == RecordKind::StepCompleted || kind == RecordKind::RunFinished || kind == RecordKind::RetryScheduled ||
           kind == RecordKind::RetryStarted || kind == RecordKind::CancelSkipping;
}

void settleThread(OpenRun &open, const Record &record) {
    if (open.threadIsCertain || !hasDefiniteEnd(record.kind))
        return;
    open.threadIsCertain = true;
    if (record.thread.empty() && !open.run.thread.empty()) {
        open.run.thread.clear();
        open.run.recipePath = open.pathWithSuffix;
        open.run.recipe = recipeNameFromPath(open.run.recipePath);
        touch(open, static_cast<int>(open.run.steps.size()));
    } else if (open.headless) {
        open.run.thread = record.thread;
    }
    open.pathWithSuffix.clear();
}

} // namespace

OpenRun beginRun(const Record &record, Time time) {
    OpenRun open;
    open.firstOffset = record.offset;
    open.run.runner = record.runner;
    open.run.executionId = "runner." + std::to_string(record.runner);
    open.run.recipePath = record.text;
    open.run.recipe = recipeNameFromPath(record.text);
    open.run.thread = record.thread;
    open.run.start = time;
    open.run.resolution = Duration(record.resolutionNs);
    open.pathWithSuffix = record.rest;
    open.cursor = time;
    open.lastTime = time;
    return open;
}

OpenRun beginHeadless(const Record &record, Time time) {
    OpenRun open;
    open.firstOffset = record.offset;
    open.headless = true;
    open.run.runner = record.runner;
    open.run.executionId = "runner." + std::to_string(record.runner);
    open.run.resolution = Duration(record.resolutionNs);
    open.run.notes = {"first-line-missing"};
    open.lastTime = time;
    if (record.kind == RecordKind::RunFailed) {
        // The only refusals that come before the Starting line name the path themselves.
        for (std::string_view prefix : {"Recipe file not found: ", "Recipe path is not a regular file: "}) {
            if (record.text.starts_with(prefix)) {
                open.run.thread = record.thread;
                open.run.recipePath = record.text.substr(prefix.size());
                open.run.recipe = recipeNameFromPath(open.run.recipePath);
                open.run.start = time;
                open.headless = false;
                open.run.notes.clear();
            }
        }
    }
    return open;
}

void applyRunnerRecord(OpenRun &open, const Record &record, Time time) {
    settleThread(open, record);
    open.lastTime = time;
    Run &run = open.run;
    if (!open.ended && run.status != RunStatus::Running) {
        run.status = RunStatus::Running; // it was thought dead, and speaks
        open.dirty = true;
    }
    switch (record.kind) {
    case RecordKind::RunFinished:
        finishRun(open, record, time);
        break;
    case RecordKind::RunFailed:
        failRun(open, record, time);
        break;
    case RecordKind::StepCompleted: {
        settleNested(open, record.text, true);
        Step &step = stepNamed(open, record.text, time);
        step.duration = Duration(record.durationNs);
        if (!step.attempts.empty() && !step.attempts.back().success)
            step.attempts.back().success = true;
        endStep(open, step, StepStatus::Completed, time);
        ++run.completedSteps;
        break;
    }
    case RecordKind::StepFailed: {
        settleNested(open, record.text, false);
        Step &step = stepNamed(open, record.text, time);
        step.errors = parsePythonList(record.rest);
        endStep(open, step, StepStatus::Failed, time);
        break;
    }
    case RecordKind::StepContinuing:
    case RecordKind::StepStopping: {
        const std::string_view name = withoutThread(open, record);
        const bool known = open.current < 0 && !run.steps.empty() && run.steps.back().name == name &&
                           run.steps.back().status == StepStatus::Failed;
        if (!known) // the "failed" line is lost (ASCII locales lose lines): this one says as much
            endStep(open, stepNamed(open, name, time), StepStatus::Failed, time);
        break;
    }
    case RecordKind::RetryScheduled: {
        settleNested(open, record.text, false);
        Step &step = stepNamed(open, record.text, time);
        if (!step.attempts.empty() && !step.attempts.back().success)
            step.attempts.back().success = false;
        open.inAttempt = false;
        touch(open, step.index);
        break;
    }
    case RecordKind::RetryStarted: {
        Step &step = stepNamed(open, record.text, time);
        step.attemptCount =
            std::max(step.attemptCount, static_cast<int>(std::clamp<std::int64_t>(record.a, 1, 1'000'000)));
        open.retryPending = true;
        open.inAttempt = false;
        touch(open, step.index);
        break;
    }
    case RecordKind::AttemptBroken: {
        if (open.current < 0)
            pushStep(open, time);
        Step &step = run.steps[static_cast<std::size_t>(open.current)];
        if (step.attempts.empty() || open.retryPending || step.attempts.back().success) {
            step.attempts.emplace_back().number = step.attemptCount;
            open.retryPending = false;
        }
        step.attempts.back().success = false;
        if (step.attempts.back().errorMessage.empty())
            step.attempts.back().errorMessage = withoutThread(open, record);
        touch(open, step.index);
        break;
    }
    case RecordKind::StepUnexpected:
    case RecordKind::StepBegins:
        touch(open, stepNamed(open, record.text, time).index);
        break;
    case RecordKind::StepSkipped:
        ++run.skippedSteps;
        touch(open, static_cast<int>(run.steps.size()));
        break;
    case RecordKind::StepsValidated:
        run.totalSteps = static_cast<int>(record.a);
        touch(open, static_cast<int>(run.steps.size()));
        break;
    case RecordKind::CancelRequested:
    case RecordKind::CancelSkipping:
        open.cancelSeen = true;
        if (run.errors.empty())
            run.errors.emplace_back("Execution cancelled by request");
        touch(open, static_cast<int>(run.steps.size()));
        break;
    default:
        break;
    }
}

bool applyFrameworkRecord(OpenRun &open, const Record &record, Time time) {
    if (record.kind == RecordKind::AttemptStarted) {
        if (!leaveAttempt(open, record, time))
            return true;
        if (open.current < 0)
            pushStep(open, time);
        Step &step = open.run.steps[static_cast<std::size_t>(open.current)];
        step.className = record.text;
        const std::optional<Time> begin = step.attempts.empty() ? step.start : time;
        Attempt &attempt = step.attempts.emplace_back();
        attempt.number = step.attemptCount;
        attempt.start = begin;
        open.inAttempt = true;
        open.retryPending = false;
        touch(open, step.index);
        return true;
    }
    if (open.current < 0)
        return false;
    if (currentClass(open) != record.text)
        return takeNested(open, record) && record.kind != RecordKind::AttemptRaised; // its traceback is not the step's
    Step &step = open.run.steps[static_cast<std::size_t>(open.current)];
    if (step.attempts.empty())
        return false;
    Attempt &attempt = step.attempts.back();
    if (record.kind == RecordKind::AttemptFinished) {
        attempt.duration = Duration(record.durationNs);
        attempt.success = record.a != 0;
        attempt.exitCode = static_cast<int>(record.b);
        step.exitCode = attempt.exitCode;
        open.inAttempt = false;
    } else if (record.kind == RecordKind::AttemptRaised) {
        attempt.success = false;
        attempt.errorMessage = record.rest;
    }
    touch(open, step.index);
    return true;
}

bool endSilently(OpenRun &open, RunStatus status) {
    if (open.ended || open.run.status != RunStatus::Running)
        return false;
    open.run.status = status;
    open.run.end = std::max(open.lastTime, open.run.start.value_or(open.lastTime));
    if (open.current >= 0) {
        Step &step = open.run.steps[static_cast<std::size_t>(open.current)];
        step.status = StepStatus::Interrupted;
        open.firstDirtyStep = std::min(open.firstDirtyStep, static_cast<std::uint32_t>(open.current));
    }
    open.dirty = true;
    return true;
}

void noteSharedName(OpenRun &open) {
    noteSuspect(open.run, sharedName);
    open.dirty = true;
}

bool sharesName(const OpenRun &open) {
    return std::ranges::find(open.run.notes, sharedName) != open.run.notes.end();
}

} // namespace ra::ingest
