// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/ingest/openrunsteps.h"

#include <algorithm>
#include <utility>

namespace ra::ingest {

void touch(OpenRun &open, int step) {
    open.dirty = true;
    open.firstDirtyStep = std::min(open.firstDirtyStep, static_cast<std::uint32_t>(std::max(step, 0)));
}

void noteSuspect(Run &run, const char *note) {
    run.suspect = true;
    if (std::find(run.notes.begin(), run.notes.end(), note) == run.notes.end())
        run.notes.emplace_back(note);
}

void noteClockSetBack(Run &run) {
    noteSuspect(run, "clock-set-back");
}

Step &pushStep(OpenRun &open, Time time) {
    if (open.run.steps.capacity() == 0)
        open.run.steps.reserve(4);
    Step &step = open.run.steps.emplace_back();
    step.index = static_cast<int>(open.run.steps.size()) - 1;
    step.start = std::max(open.cursor.value_or(time), time - std::chrono::seconds(1));
    open.current = open.run.steps.back().index;
    open.inAttempt = false;
    open.nested.reset();
    open.retryPending = false;
    return open.run.steps.back();
}

namespace {

/// Steps run one after another, so a step's end is where the last one ended plus its duration; the line's own second is
/// a lower bound for it.
void placeStep(OpenRun &open, Step &step, Time time) {
    const Time earliest = open.cursor.value_or(open.run.start.value_or(time));
    if (step.duration) {
        Time end = std::max(earliest + *step.duration, time);
        if (end - time > std::chrono::seconds(2) || *step.duration < Duration::zero()) {
            end = time; // the clock was set back during the step: only the line's own time is left to go by
            noteClockSetBack(open.run);
        }
        step.end = end;
        step.start = end - *step.duration;
    } else {
        step.end = std::max(earliest, time);
        if (*step.end - time > std::chrono::seconds(2))
            step.end = time;
        step.start = std::min(earliest, *step.end);
    }
    open.cursor = step.end;
    if (!step.attempts.empty() && (!step.attempts.front().start || step.attempts.front().start < step.start))
        step.attempts.front().start = step.start;
}

} // namespace

void endStep(OpenRun &open, Step &step, StepStatus status, Time time) {
    open.run.failedSteps += (status == StepStatus::Failed) - (step.status == StepStatus::Failed);
    step.status = status;
    placeStep(open, step, time);
    touch(open, step.index);
    open.current = -1;
    open.inAttempt = false;
    open.nested.reset();
    open.retryPending = false;
}

void leaveStep(OpenRun &open, StepStatus status, Time time) {
    if (open.current < 0)
        return;
    Step &step = open.run.steps[static_cast<std::size_t>(open.current)];
    if (!step.attempts.empty() && step.attempts.back().success.value_or(false))
        status = StepStatus::Completed;
    endStep(open, step, status, time);
}

Step &stepNamed(OpenRun &open, std::string_view name, Time time) {
    if (open.current >= 0) {
        Step &step = open.run.steps[static_cast<std::size_t>(open.current)];
        if (step.name.empty())
            step.name = name;
        if (step.name == name)
            return step;
        leaveStep(open, StepStatus::Interrupted, time); // the line that ended it is lost
    }
    Step &step = pushStep(open, time);
    step.name = name;
    return step;
}

void settleNested(OpenRun &open, std::string_view name, bool success) {
    if (!open.nested || !open.inAttempt || open.current < 0 || open.nested->attempt.success != success)
        return;
    const Step &step = open.run.steps[static_cast<std::size_t>(open.current)];
    if (step.name == name || step.attempts.empty() || step.attempts.back().success)
        return;
    OpenRun::Nested nested = std::move(*open.nested);
    leaveStep(open, StepStatus::Interrupted, nested.begin);
    noteSuspect(open.run, "lines-missing");
    Step &next = pushStep(open, nested.begin);
    next.className = std::move(nested.className);
    next.exitCode = nested.attempt.exitCode;
    nested.attempt.number = next.attemptCount;
    nested.attempt.start = next.start;
    next.attempts.push_back(std::move(nested.attempt));
}

bool takeNested(OpenRun &open, const Record &record) {
    if (!open.inAttempt || !open.nested || open.nested->className != record.text || open.nested->attempt.success)
        return false;
    if (record.kind == RecordKind::AttemptFinished) {
        open.nested->attempt.duration = Duration(record.durationNs);
        open.nested->attempt.success = record.a != 0;
        open.nested->attempt.exitCode = static_cast<int>(record.b);
    } else if (record.kind == RecordKind::AttemptRaised) {
        open.nested->attempt.errorMessage = record.rest;
    }
    return true;
}

bool leaveAttempt(OpenRun &open, const Record &record, Time time) {
    if (open.current < 0 || open.retryPending)
        return true;
    const Step &step = open.run.steps[static_cast<std::size_t>(open.current)];
    if (step.attempts.empty())
        return true;
    const bool known = step.attempts.back().success.has_value();
    if (open.inAttempt && !known && step.className != record.text) {
        if (!open.nested || open.nested->attempt.success)
            open.nested = OpenRun::Nested{std::string(record.text), time, {}};
        return false;
    }
    leaveStep(open, known ? StepStatus::Failed : StepStatus::Interrupted, time);
    if (!known)
        noteSuspect(open.run, "lines-missing");
    return true;
}

std::string_view currentClass(const OpenRun &open) {
    return open.current < 0 ? std::string_view() : open.run.steps[static_cast<std::size_t>(open.current)].className;
}

} // namespace ra::ingest
