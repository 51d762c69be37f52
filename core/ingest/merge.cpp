// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/ingest/merge.h"

#include "core/ingest/stepalign.h"

#include <algorithm>
#include <numeric>
#include <string>
#include <utility>

namespace ra::ingest {

namespace {

/// How much is known of a run's steps, and then what: sightings that are alike in everything else differ in which
/// attempts could be given to them.
auto knowledge(const Run &run) {
    std::size_t known = 0;
    std::string said;
    for (const Step &step : run.steps) {
        known += !step.name.empty() + !step.className.empty() + step.duration.has_value() + step.errors.size();
        said.append(step.name).append(1, '\0').append(step.className).append(1, '\0');
        for (const Attempt &attempt : step.attempts) {
            known += 1 + attempt.start.has_value() + attempt.duration.has_value() + attempt.success.has_value() +
                     attempt.exitCode.has_value() + !attempt.errorMessage.empty() + !attempt.traceback.empty();
            said.append(std::to_string(attempt.duration.value_or(Duration(-1)).count())).append(attempt.errorMessage);
        }
    }
    return std::pair(known, std::move(said));
}

/// Order that depends on what a sighting says, not on when it was read.
bool before(const Sighting &x, const Sighting &y) {
    if (x.headless != y.headless)
        return !x.headless;
    if (isText(x) != isText(y))
        return isText(x);
    if (x.run.steps.size() != y.run.steps.size())
        return x.run.steps.size() > y.run.steps.size();
    if (x.run.start != y.run.start)
        return x.run.start < y.run.start;
    if (x.run.end != y.run.end)
        return x.run.end < y.run.end;
    if (x.run.id != y.run.id)
        return x.run.id < y.run.id;
    const auto knownOfX = knowledge(x.run);
    const auto knownOfY = knowledge(y.run);
    if (knownOfX.first != knownOfY.first)
        return knownOfX.first > knownOfY.first;
    if (knownOfX.second != knownOfY.second)
        return knownOfX.second < knownOfY.second;
    if (x.firstOffset != y.firstOffset)
        return x.firstOffset < y.firstOffset;
    if (x.part != y.part)
        return x.part < y.part;
    return x.sourceId < y.sourceId;
}

template <typename T>
void fillIn(T &target, const T &other) {
    if (!target)
        target = other;
}

void mergeAttempt(Attempt &into, const Attempt &other) {
    fillIn(into.start, other.start);
    fillIn(into.duration, other.duration);
    fillIn(into.success, other.success);
    fillIn(into.exitCode, other.exitCode);
    if (into.errorMessage.empty() && into.traceback.empty() && into.success == other.success) {
        into.errorType = other.errorType;
        into.errorMessage = other.errorMessage;
        into.traceback = other.traceback;
    }
}

void mergeStep(Step &into, const Step &other, bool precise) {
    if (into.name.empty() || (escaped(into.name) == other.name && into.name == other.name) ||
        escaped(other.name) == into.name)
        into.name = other.name; // the unescaped spelling
    if (into.className.empty())
        into.className = other.className;
    if (into.status == StepStatus::Running || into.status == StepStatus::Interrupted) {
        into.status = other.status;
        into.end = other.end;
    }
    if (precise) {
        if (other.start)
            into.start = other.start;
        if (other.end)
            into.end = other.end;
        if (other.duration)
            into.duration = other.duration;
    }
    fillIn(into.start, other.start);
    fillIn(into.end, other.end);
    fillIn(into.duration, other.duration);
    fillIn(into.exitCode, other.exitCode);
    into.attemptCount = std::max(into.attemptCount, other.attemptCount);
    if (other.attempts.size() > into.attempts.size()) {
        into.attempts = other.attempts;
    } else if (other.attempts.size() == into.attempts.size()) {
        for (std::size_t i = 0; i < into.attempts.size(); ++i)
            mergeAttempt(into.attempts[i], other.attempts[i]);
    }
    if (other.errors.size() > into.errors.size())
        into.errors = other.errors;
}

void mergeSteps(std::vector<Step> &into, const std::vector<Step> &other, bool precise) {
    const std::vector<int> match = alignSteps(into, other);
    std::vector<Step> result;
    std::size_t taken = 0;
    for (std::size_t j = 0; j < other.size(); ++j) {
        if (match[j] < 0) {
            // A nameless step in this place (its own lines were lost) is what the other source knows by name.
            const bool fills = taken < into.size() && into[taken].name.empty() && !other[j].name.empty() &&
                               (into[taken].className.empty() || other[j].className.empty() ||
                                into[taken].className == other[j].className);
            if (!fills) { // before it stands what ended before it
                const auto next = std::find_if(match.begin() + static_cast<std::ptrdiff_t>(j), match.end(),
                                               [](int m) { return m >= 0; });
                const std::size_t limit = next == match.end() ? into.size() : static_cast<std::size_t>(*next);
                while (taken < limit && into[taken].end && other[j].end && *into[taken].end <= *other[j].end)
                    result.push_back(std::move(into[taken++]));
            }
            if (fills) {
                mergeStep(into[taken], other[j], precise);
                result.push_back(std::move(into[taken++]));
            } else {
                result.push_back(other[j]);
            }
            continue;
        }
        for (; taken < static_cast<std::size_t>(match[j]); ++taken)
            result.push_back(std::move(into[taken]));
        mergeStep(into[taken], other[j], precise);
        result.push_back(std::move(into[taken++]));
    }
    for (; taken < into.size(); ++taken)
        result.push_back(std::move(into[taken]));
    for (std::size_t i = 0; i < result.size(); ++i)
        result[i].index = static_cast<int>(i);
    into = std::move(result);
}

/// How much a status says: the runner's own word before what was inferred.
int weight(RunStatus status) {
    switch (status) {
    case RunStatus::Running:
        return 0;
    case RunStatus::Abandoned:
        return 1;
    case RunStatus::Interrupted:
    case RunStatus::Killed:
        return 2;
    case RunStatus::Cancelled:
        return 4;
    default:
        return 3;
    }
}

void mergeRun(Run &into, const Sighting &sighting) {
    const Run &other = sighting.run;
    const bool precise = other.resolution < into.resolution && other.start.has_value();
    const std::string kind = isText(sighting) ? "text" : "document";
    if (into.recipePath.empty()) {
        into.recipePath = other.recipePath;
        into.recipe = other.recipe;
        into.start = other.start;
    }
    if (precise) {
        into.start = other.start;
        into.resolution = other.resolution;
        if (other.end)
            into.end = other.end;
        if (other.duration)
            into.duration = other.duration;
        into.provenance.push_back("times=" + kind);
    }
    if (weight(other.status) > weight(into.status)) {
        into.status = other.status;
        if (!precise && other.end)
            into.end = other.end;
        into.completedSteps = other.completedSteps;
        into.failedSteps = other.failedSteps;
        into.provenance.push_back("status=" + kind);
    }
    fillIn(into.start, other.start);
    fillIn(into.end, other.end);
    fillIn(into.duration, other.duration);
    fillIn(into.totalSteps, other.totalSteps);
    into.completedSteps = std::max(into.completedSteps, other.completedSteps);
    into.skippedSteps = std::max(into.skippedSteps, other.skippedSteps);
    if (into.pid == 0)
        into.pid = other.pid;
    if (into.runner == 0) {
        into.runner = other.runner;
        into.executionId = other.executionId;
    }
    if (into.thread.empty())
        into.thread = other.thread;
    if (into.errors.empty())
        into.errors = other.errors;
    mergeSteps(into.steps, other.steps, precise);
    into.failedSteps = static_cast<int>(std::count_if(into.steps.begin(), into.steps.end(),
                                                      [](const Step &s) { return s.status == StepStatus::Failed; }));
    into.failedSteps = std::max(into.failedSteps, other.failedSteps);
    into.suspect = into.suspect || other.suspect;
    for (const std::string &note : other.notes) {
        const bool stillTrue = note != "first-line-missing" || into.recipePath.empty();
        if (stillTrue && std::find(into.notes.begin(), into.notes.end(), note) == into.notes.end())
            into.notes.push_back(note);
    }
}

} // namespace

std::vector<std::vector<std::size_t>> groupSightings(std::span<const Sighting> sightings) {
    std::vector<std::size_t> order(sightings.size());
    std::iota(order.begin(), order.end(), 0U);
    std::sort(order.begin(), order.end(),
              [&](std::size_t x, std::size_t y) { return before(sightings[x], sightings[y]); });

    struct Pair {
        int score;
        std::size_t x, y; ///< positions in `order`
    };
    std::vector<Pair> pairs;
    for (std::size_t i = 0; i < order.size(); ++i) {
        for (std::size_t j = i + 1; j < order.size(); ++j) {
            if (const int score = agreement(sightings[order[i]], sightings[order[j]]); score > 0)
                pairs.push_back({score, i, j});
        }
    }
    std::stable_sort(pairs.begin(), pairs.end(), [](const Pair &a, const Pair &b) { return a.score > b.score; });

    std::vector<std::vector<std::size_t>> groups(order.size());
    std::vector<std::size_t> groupOf(order.size());
    for (std::size_t i = 0; i < order.size(); ++i) {
        groups[i] = {i};
        groupOf[i] = i;
    }
    for (const Pair &pair : pairs) {
        const std::size_t to = std::min(groupOf[pair.x], groupOf[pair.y]);
        const std::size_t from = std::max(groupOf[pair.x], groupOf[pair.y]);
        if (to == from)
            continue;
        const bool agree = std::all_of(groups[to].begin(), groups[to].end(), [&](std::size_t i) {
            return std::all_of(groups[from].begin(), groups[from].end(),
                               [&](std::size_t j) { return agreement(sightings[order[i]], sightings[order[j]]) > 0; });
        });
        if (!agree)
            continue;
        for (std::size_t member : groups[from])
            groupOf[member] = to;
        groups[to].insert(groups[to].end(), groups[from].begin(), groups[from].end());
        groups[from].clear();
    }
    std::vector<std::vector<std::size_t>> result;
    for (auto &group : groups) {
        if (group.empty())
            continue;
        std::sort(group.begin(), group.end());
        for (std::size_t &member : group)
            member = order[member];
        result.push_back(std::move(group));
    }
    return result;
}

Run mergeSightings(std::span<const Sighting> sightings) {
    std::vector<const Sighting *> order;
    for (const Sighting &sighting : sightings)
        order.push_back(&sighting);
    std::sort(order.begin(), order.end(), [](const Sighting *x, const Sighting *y) { return before(*x, *y); });
    Run run = order.front()->run;
    for (std::size_t i = 1; i < order.size(); ++i)
        mergeRun(run, *order[i]);
    return run;
}

} // namespace ra::ingest
