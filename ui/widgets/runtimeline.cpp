// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/runtimeline.h"

#include "ui/models/stepsmodel.h"
#include "ui/theme/format.h"
#include "ui/theme/tokens.h"

#include <QCoreApplication>

#include <atomic>

namespace ra::ui {

using timeline::Bar;
using timeline::BarState;

namespace {

/// Where the words of this file are looked up.
struct Words {
    Q_DECLARE_TR_FUNCTIONS(Timeline)
};

std::optional<Time> endOf(const Step &step) {
    if (step.end)
        return step.end;
    if (step.start && step.duration)
        return *step.start + *step.duration;
    return std::nullopt;
}

/// The run's time 0: its start, or the earliest that any step tells (clocks that were set back put steps before it).
Time originOf(const Run &run, Time now) {
    std::optional<Time> origin = run.start;
    for (const Step &step : run.steps) {
        if (step.start)
            origin = std::min(origin.value_or(*step.start), *step.start);
    }
    return origin.value_or(run.end.value_or(now));
}

Bar barOf(Time start, Time end, Time origin, BarState state, std::uint32_t key) {
    Bar bar;
    bar.start = (start - origin).count();
    bar.end = std::max(bar.start, (end - origin).count());
    bar.state = state;
    bar.key = key;
    return bar;
}

/// Whether every attempt that the step had left its times: then each is a bar of its own.
bool knowsItsAttempts(const Step &step) {
    return !step.attempts.empty() && static_cast<int>(step.attempts.size()) >= step.attemptCount &&
           std::ranges::all_of(step.attempts, [&](const Attempt &attempt) {
               const bool last = &attempt == &step.attempts.back();
               return attempt.start && (attempt.duration || (last && step.status == StepStatus::Running));
           });
}

void addAttempts(timeline::Data &data, const Step &step, Time now) {
    for (const Attempt &attempt : step.attempts) {
        const bool last = &attempt == &step.attempts.back();
        const bool running = last && step.status == StepStatus::Running;
        BarState state = last ? barState(step.status) : BarState::Failed;
        if (attempt.success)
            state = *attempt.success ? BarState::Completed : BarState::Failed;
        const Time end = attempt.duration ? *attempt.start + *attempt.duration : std::max(now, *attempt.start);
        Bar bar = barOf(*attempt.start, end, data.origin, state, static_cast<std::uint32_t>(attempt.number));
        bar.open = running && !attempt.duration;
        bar.hatched = state == BarState::Failed;
        data.bars.push_back(bar);
    }
    const auto begin = data.bars.end() - static_cast<std::ptrdiff_t>(step.attempts.size());
    std::ranges::stable_sort(begin, data.bars.end(), {}, &Bar::start);
}

void addWhole(timeline::Data &data, const Step &step, Time now) {
    const bool running = step.status == StepStatus::Running;
    const std::optional<Time> end = running ? std::max(now, *step.start) : endOf(step);
    if (!end)
        return;
    Bar bar =
        barOf(*step.start, *end, data.origin, barState(step.status), static_cast<std::uint32_t>(step.attemptCount));
    bar.open = running;
    bar.hatched = bar.state == BarState::Failed;
    data.bars.push_back(bar);
}

QString noteOf(const Step &step, bool hasBars) {
    switch (step.status) {
    case StepStatus::Skipped:
        return Words::tr("skipped");
    case StepStatus::NotReached:
        return Words::tr("not reached");
    default:
        break;
    }
    if (step.attemptCount > 1)
        return Words::tr("%n attempts", nullptr, step.attemptCount);
    return hasBars ? QString() : Words::tr("time unknown");
}

} // namespace

BarState barState(StepStatus status) {
    switch (status) {
    case StepStatus::Running:
        return BarState::Running;
    case StepStatus::Completed:
        return BarState::Completed;
    case StepStatus::Failed:
        return BarState::Failed;
    case StepStatus::Skipped:
    case StepStatus::NotReached:
        return BarState::Skipped;
    case StepStatus::Interrupted:
        return BarState::Unknown;
    }
    return BarState::Unknown;
}

BarState barState(RunStatus status) {
    switch (status) {
    case RunStatus::Running:
        return BarState::Running;
    case RunStatus::Completed:
        return BarState::Completed;
    case RunStatus::Partial:
        return BarState::Partial;
    case RunStatus::Failed:
    case RunStatus::Timeout:
        return BarState::Failed;
    case RunStatus::Rejected:
        return BarState::Rejected;
    case RunStatus::Cancelled:
    case RunStatus::Interrupted:
    case RunStatus::Killed:
    case RunStatus::Abandoned:
        return BarState::Unknown;
    }
    return BarState::Unknown;
}

timeline::Data timelineOf(const Run &run, Time now) {
    static std::atomic<std::uint64_t> versions{0};
    timeline::Data data;
    data.version = ++versions;
    data.origin = originOf(run, now);
    data.resolution = run.resolution;
    data.rows.reserve(run.steps.size());
    std::int64_t end = run.status == RunStatus::Running ? (now - data.origin).count() : 0;
    if (run.end)
        end = std::max(end, (*run.end - data.origin).count());
    for (const Step &step : run.steps) {
        timeline::Row row;
        row.name = shownName(step).toStdString();
        row.state = barState(step.status);
        row.status = displayName(step.status);
        row.firstBar = static_cast<std::uint32_t>(data.bars.size());
        if (knowsItsAttempts(step))
            addAttempts(data, step, now);
        else if (step.start)
            addWhole(data, step, now);
        row.barCount = static_cast<std::uint32_t>(data.bars.size()) - row.firstBar;
        if (step.duration)
            row.duration = step.duration->count();
        else if (row.barCount > 0)
            row.duration = data.bars.back().end - data.bars[row.firstBar].start;
        row.note = noteOf(step, row.barCount > 0);
        for (std::uint32_t i = row.firstBar; i < data.bars.size(); ++i)
            end = std::max(end, data.bars[i].end);
        data.rows.push_back(std::move(row));
    }
    // A run of no length still has a place to be shown in.
    data.extent = {0, std::max<std::int64_t>(end, timeline::kMilli)};
    if (run.status == RunStatus::Running)
        data.now = (now - data.origin).count();
    return data;
}

} // namespace ra::ui
