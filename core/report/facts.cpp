// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/report/facts.h"

#include <algorithm>

namespace ra::report {

namespace {

std::optional<Duration> sane(std::optional<Duration> d) {
    return d && *d >= Duration::zero() ? d : std::nullopt;
}

std::optional<Duration> between(std::optional<Time> start, std::optional<Time> end) {
    if (!start || !end)
        return std::nullopt;
    return sane(*end - *start);
}

bool deliveredNothing(RunStatus status) {
    return status == RunStatus::Failed || status == RunStatus::Timeout || status == RunStatus::Killed ||
           status == RunStatus::Abandoned;
}

bool isFailed(const Attempt &attempt) {
    return attempt.success ? !*attempt.success : !attempt.errorType.empty() || !attempt.errorMessage.empty();
}

/// The attempt that tells most about why a step failed: the last one that did.
const Attempt *lastFailed(const Step &step) {
    const auto found = std::find_if(step.attempts.rbegin(), step.attempts.rend(), isFailed);
    return found == step.attempts.rend() ? nullptr : &*found;
}

FailureFact factOf(const Run &run, const Step &step) {
    FailureFact fact{.run = &run, .step = &step, .attempts = std::max(1, step.attemptCount)};
    if (const Attempt *attempt = lastFailed(step)) {
        fact.type = attempt->errorType;
        fact.message = attempt->errorMessage;
        fact.traceback = attempt->traceback;
    }
    if (fact.message.empty() && !step.errors.empty())
        fact.message = step.errors.back();
    return fact;
}

} // namespace

Verdict verdictOf(RunStatus status) {
    switch (status) {
    case RunStatus::Completed:
        return Verdict::Success;
    case RunStatus::Partial:
    case RunStatus::Failed:
    case RunStatus::Rejected:
    case RunStatus::Timeout:
    case RunStatus::Killed:
    case RunStatus::Abandoned:
        return Verdict::Failure;
    case RunStatus::Running:
    case RunStatus::Cancelled:
    case RunStatus::Interrupted:
        return Verdict::Uncounted;
    }
    return Verdict::Uncounted;
}

std::optional<Duration> durationOf(const Run &run) {
    return run.duration ? sane(run.duration) : between(run.start, run.end);
}

std::optional<Duration> durationOf(const Step &step) {
    if (step.duration)
        return sane(step.duration);
    const bool allKnown = !step.attempts.empty() && int(step.attempts.size()) >= step.attemptCount;
    // The attempts of a failed step are known better than its begin and end, which text logs have to the second only.
    if (allKnown) {
        const Attempt &first = step.attempts.front();
        const Attempt &last = step.attempts.back();
        if (step.attempts.size() == 1 && last.duration)
            return sane(last.duration);
        if (first.start && last.start && sane(last.duration))
            return sane(*last.start + *last.duration - *first.start);
    }
    if (const auto span = between(step.start, step.end))
        return span;
    if (!allKnown)
        return std::nullopt;
    Duration sum{};
    for (const Attempt &attempt : step.attempts) {
        if (!sane(attempt.duration))
            return std::nullopt;
        sum += *attempt.duration;
    }
    return sum;
}

LostTime &LostTime::operator+=(const LostTime &other) {
    failures += other.failures;
    retries += other.retries;
    failedAttempts += other.failedAttempts;
    complete = complete && other.complete;
    return *this;
}

LostTime lostTime(const Run &run) {
    LostTime lost;
    const bool wholeRun = deliveredNothing(run.status);
    if (wholeRun) {
        const auto whole = durationOf(run);
        lost.failures = whole.value_or(Duration::zero());
        lost.complete = whole.has_value();
    }
    for (const Step &step : run.steps) {
        const bool failed = step.status == StepStatus::Failed;
        const int attempts = std::max(1, step.attemptCount);
        lost.failedAttempts += failed ? attempts : attempts - 1;
        // A run that failed as a whole is lost as a whole: its parts must not count twice.
        if (wholeRun || (!failed && attempts == 1))
            continue;
        const auto whole = durationOf(step);
        if (failed) {
            lost.failures += whole.value_or(Duration::zero());
            lost.complete = lost.complete && whole;
            continue;
        }
        const auto last = std::find_if(step.attempts.rbegin(), step.attempts.rend(),
                                       [&](const Attempt &a) { return a.number == attempts; });
        const bool known = whole && last != step.attempts.rend() && sane(last->duration) && *last->duration <= *whole;
        if (known)
            lost.retries += *whole - *last->duration;
        lost.complete = lost.complete && known;
    }
    return lost;
}

std::vector<FailureFact> failuresOf(const Run &run) {
    std::vector<FailureFact> facts;
    for (const Step &step : run.steps) {
        if (step.status == StepStatus::Failed)
            facts.push_back(factOf(run, step));
    }
    if (!facts.empty() || (verdictOf(run.status) != Verdict::Failure && run.status != RunStatus::Interrupted))
        return facts;
    FailureFact fact{.run = &run};
    if (!run.errors.empty())
        fact.message = run.errors.front();
    facts.push_back(fact);
    return facts;
}

std::string maskedMessage(std::string_view message) {
    const std::string_view line = message.substr(0, message.find('\n'));
    std::string masked;
    for (const char c : line.substr(0, 300)) {
        if (c < '0' || c > '9')
            masked += c;
        else if (masked.empty() || masked.back() != '#')
            masked += '#';
    }
    return masked;
}

std::string_view withoutType(std::string_view message, std::string_view type) {
    if (!type.empty() && message.size() > type.size() + 2 && message.starts_with(type) &&
        message.substr(type.size(), 2) == ": ")
        return message.substr(type.size() + 2);
    return message;
}

} // namespace ra::report
