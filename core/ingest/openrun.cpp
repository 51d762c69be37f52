// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/ingest/openrun.h"

#include "core/ingest/pythonlist.h"

#include <algorithm>

namespace ra::ingest {

namespace {

constexpr const char *sharedName = "shares-runner-name";

void touch(OpenRun &open, int step) {
    open.dirty = true;
    open.firstDirtyStep = std::min(open.firstDirtyStep, static_cast<std::uint32_t>(std::max(step, 0)));
}

/// A free text's end is a thread name only if it is this run's.
std::string_view withoutThread(const OpenRun &open, const Record &record) {
    const bool suffixed = !record.thread.empty() && record.thread == open.run.thread;
    return suffixed || record.rest.empty() ? record.text : record.rest;
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

void leaveStep(OpenRun &open, StepStatus status, Time time);

/// The step that a record naming `name` speaks of: the one in progress if it is nameless or bears the name, else a new
/// one.
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

void noteSuspect(Run &run, const char *note) {
    run.suspect = true;
    if (std::find(run.notes.begin(), run.notes.end(), note) == run.notes.end())
        run.notes.emplace_back(note);
}

void noteClockSetBack(Run &run) {
    noteSuspect(run, "clock-set-back");
}

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

/// The step in progress did not end with a line of its own.
void leaveStep(OpenRun &open, StepStatus status, Time time) {
    if (open.current < 0)
        return;
    Step &step = open.run.steps[static_cast<std::size_t>(open.current)];
    if (!step.attempts.empty() && step.attempts.back().success.value_or(false))
        status = StepStatus::Completed;
    endStep(open, step, status, time);
}

/// Before a record that ends an attempt of the step `name`. An attempt in progress whose own end was not seen can only
/// be another step's if what began last has ended as the record says: then the lines between them are lost.
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

/// Takes a framework record that tells of a class other than the attempt's in progress. False: nothing is known of it.
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

/// Begins the next attempt where the one before did not end with a line of its own; or, with another class in the
/// midst of an attempt, a nested one. False: that it is.
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

void applyContinuation(OpenRun &open, RecordKind kind, std::string_view line) {
    if (kind == RecordKind::RunFailed) {
        if (open.run.errors.empty() || line.starts_with("Error: "))
            return;
        std::string &reason = open.run.errors.back();
        if (reason.size() + line.size() < OpenRun::maxTraceback)
            reason.append("\n").append(line);
        open.dirty = true;
        return;
    }
    if (kind != RecordKind::AttemptRaised || open.current < 0)
        return;
    Step &step = open.run.steps[static_cast<std::size_t>(open.current)];
    if (step.attempts.empty())
        return;
    std::string &traceback = step.attempts.back().traceback;
    if (traceback.size() + line.size() < OpenRun::maxTraceback)
        traceback.append(traceback.empty() ? "" : "\n").append(line);
    touch(open, step.index);
}

void finishTraceback(OpenRun &open, std::string_view thread) {
    if (open.current < 0)
        return;
    Step &step = open.run.steps[static_cast<std::size_t>(open.current)];
    if (step.attempts.empty() || step.attempts.back().traceback.empty())
        return;
    Attempt &attempt = step.attempts.back();
    std::string &text = attempt.traceback;
    if (!thread.empty()) {
        const std::string suffix = " [" + std::string(thread) + "]";
        if (text.ends_with(suffix))
            text.resize(text.size() - suffix.size());
    }
    // The error's message is known from the record itself, and the last "Type: message" bears it; searching for it
    // rather than taking the last line is right for messages over several lines and for notes after them.
    // Neither a long message nor one that is repeated without end may take the square of its length.
    constexpr std::size_t longestNeedle = 200;
    constexpr int mostMatches = 16;
    const std::string_view firstLine =
        std::string_view(attempt.errorMessage).substr(0, std::min(attempt.errorMessage.find('\n'), longestNeedle));
    const std::string needle = ": " + std::string(firstLine);
    std::size_t at = firstLine.empty() ? std::string::npos : text.rfind(needle);
    for (int match = 0; at != std::string::npos && match < mostMatches; ++match) {
        const std::size_t begin = text.rfind('\n', at);
        const std::string_view type = std::string_view(text).substr(begin + 1, at - begin - 1);
        const bool name = !type.empty() && type.find(' ') == std::string_view::npos;
        if (name) {
            attempt.errorType = type;
            return;
        }
        at = at == 0 ? std::string::npos : text.rfind(needle, at - 1);
    }
    const std::size_t begin = text.rfind('\n');
    const std::string_view last = std::string_view(text).substr(begin == std::string::npos ? 0 : begin + 1);
    const std::string_view type = last.substr(0, last.find(": "));
    if (!type.empty() && type.find(' ') == std::string_view::npos)
        attempt.errorType = type;
}

void addSpan(OpenRun &open, std::uint64_t offset, std::uint64_t length, Certainty certainty) {
    open.dirty = open.dirty || length > 0;
    addSpan(open.spans, offset, length, certainty);
}

void addSpan(std::vector<LineSpan> &spans, std::uint64_t offset, std::uint64_t length, Certainty certainty) {
    constexpr std::uint64_t longest = 0xFFFF'FFFF;
    if (!spans.empty()) {
        LineSpan &last = spans.back();
        if (last.certainty == certainty && last.offset + last.length == offset && last.length + length <= longest) {
            last.length += static_cast<std::uint32_t>(length);
            return;
        }
    }
    if (spans.capacity() == 0)
        spans.reserve(16);
    while (length > 0) {
        const auto part = static_cast<std::uint32_t>(std::min(length, longest));
        spans.push_back({offset, part, certainty});
        offset += part;
        length -= part;
    }
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

namespace {

/// What a change says but for the run itself.
RunChange beginChange(OpenRun &open) {
    RunChange change;
    change.firstOffset = open.firstOffset;
    change.headless = open.headless;
    change.firstStep = std::min(open.firstDirtyStep, static_cast<std::uint32_t>(open.run.steps.size()));
    change.spans = std::move(open.spans);
    change.replaceSpans = open.replaceSpans;
    return change;
}

} // namespace

RunChange takeChange(OpenRun &open) {
    RunChange change = beginChange(open);
    std::vector<Step> steps;
    steps.swap(open.run.steps);
    change.run = open.run;
    change.run.steps.assign(steps.begin() + change.firstStep, steps.end());
    open.run.steps = std::move(steps);
    open.spans.clear();
    open.replaceSpans = false;
    open.firstDirtyStep = static_cast<std::uint32_t>(open.run.steps.size());
    open.dirty = false;
    return change;
}

RunChange takeLastChange(OpenRun &ended) {
    RunChange change = beginChange(ended);
    change.run = std::move(ended.run);
    change.run.steps.erase(change.run.steps.begin(), change.run.steps.begin() + change.firstStep);
    return change;
}

void rest(OpenRun &open) {
    open.kept.facts.shrinkToFit();
    open.kept.others.shrink_to_fit();
    open.spans.shrink_to_fit();
    open.run.steps.shrink_to_fit();
    open.resting = true;
}

std::string_view currentClass(const OpenRun &open) {
    return open.current < 0 ? std::string_view() : open.run.steps[static_cast<std::size_t>(open.current)].className;
}

} // namespace ra::ingest
