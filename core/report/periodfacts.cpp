// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/report/periodfacts.h"

#include <algorithm>
#include <tuple>

namespace ra::report {

namespace {

void count(Tally &tally, const Run &run) {
    tally.runs.push_back(&run);
    tally.running += run.status == RunStatus::Running ? 1 : 0;
    tally.stopped += run.status == RunStatus::Cancelled || run.status == RunStatus::Interrupted ? 1 : 0;
    const Verdict verdict = verdictOf(run.status);
    tally.counted += verdict != Verdict::Uncounted ? 1 : 0;
    tally.succeeded += verdict == Verdict::Success ? 1 : 0;
    if (const auto duration = durationOf(run); duration && verdict == Verdict::Success)
        tally.durations.push_back(double(duration->count()));
    tally.lost += lostTime(run);
}

void finish(Tally &tally) {
    // The id settles runs that start in the same second, so that the order of the input does not show.
    std::sort(tally.runs.begin(), tally.runs.end(),
              [](const Run *a, const Run *b) { return std::tie(*b->start, b->id) < std::tie(*a->start, a->id); });
    std::sort(tally.durations.begin(), tally.durations.end());
}

} // namespace

Tally tallyOf(std::span<const Run> runs, Time begin, Time end) {
    Tally tally;
    for (const Run &run : runs) {
        if (run.start && *run.start >= begin && *run.start < end)
            count(tally, run);
    }
    finish(tally);
    return tally;
}

std::map<std::string_view, Tally> byRecipe(const Tally &all) {
    std::map<std::string_view, Tally> tallies;
    for (const Run *run : all.runs)
        count(tallies[run->recipe], *run);
    for (auto &[name, tally] : tallies)
        finish(tally);
    return tallies;
}

std::vector<StepTally> costliestSteps(const Tally &all, std::size_t limit) {
    std::map<std::pair<std::string_view, std::string_view>, StepTally> tallies;
    for (const Run *run : all.runs) {
        for (const Step &step : run->steps) {
            const auto duration = durationOf(step);
            if (!duration)
                continue;
            StepTally &tally = tallies[{run->recipe, step.name}];
            tally.recipe = run->recipe;
            tally.step = step.name;
            tally.durations.push_back(double(duration->count()));
            tally.total += *duration;
        }
    }
    std::vector<StepTally> steps;
    steps.reserve(tallies.size());
    for (auto &[key, tally] : tallies)
        steps.push_back(std::move(tally));
    std::stable_sort(steps.begin(), steps.end(),
                     [](const StepTally &a, const StepTally &b) { return a.total > b.total; });
    if (steps.size() > limit)
        steps.resize(limit);
    for (StepTally &step : steps)
        std::sort(step.durations.begin(), step.durations.end());
    return steps;
}

Duration timeInSteps(const Tally &all) {
    Duration sum{};
    for (const Run *run : all.runs) {
        for (const Step &step : run->steps)
            sum += durationOf(step).value_or(Duration::zero());
    }
    return sum;
}

std::vector<FailureKind> failureKinds(const Tally &all) {
    using Key = std::tuple<std::string_view, std::string_view, std::string_view, std::string>;
    std::map<Key, FailureKind> kinds;
    for (const Run *run : all.runs) { // newest first: the first of a kind is its example
        for (const FailureFact &fact : failuresOf(*run)) {
            if (verdictOf(run->status) == Verdict::Uncounted && !fact.step)
                continue; // a person stopped it: no failure of the recipe
            const Key key{run->recipe, fact.step ? std::string_view(fact.step->name) : std::string_view(), fact.type,
                          maskedMessage(withoutType(fact.message, fact.type)) +
                              (fact.step ? std::string() : std::string(toString(run->status)))};
            const auto [found, isNew] = kinds.try_emplace(key);
            FailureKind &kind = found->second;
            if (isNew) {
                kind.newest = fact;
                kind.last = run->start;
            }
            if (kind.counted != run)
                ++kind.runs; // a run in which it happened twice is one run
            kind.counted = run;
            kind.first = run->start;
        }
    }
    std::vector<FailureKind> sorted;
    sorted.reserve(kinds.size());
    for (auto &[key, kind] : kinds)
        sorted.push_back(kind);
    std::stable_sort(sorted.begin(), sorted.end(), [](const FailureKind &a, const FailureKind &b) {
        return a.runs != b.runs ? a.runs > b.runs : a.last > b.last;
    });
    return sorted;
}

} // namespace ra::report
