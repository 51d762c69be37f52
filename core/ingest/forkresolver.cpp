// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/ingest/forkresolver.h"

#include <algorithm>
#include <cmath>
#include <memory>
#include <string>

namespace ra::ingest {

namespace {

constexpr std::size_t beamWidth = 64;
constexpr int maxExchanges = 200;

double seconds(std::int64_t ns) {
    return static_cast<double>(ns) / 1e9;
}

/// What is known of one run while facts are handed out.
struct Track {
    std::string_view path;
    std::string_view thread;
    const Recipe *recipe = nullptr;
    std::size_t position = 0; ///< in the recipe: no step before it is expected any more
    double start = 0;
    double elapsed = 0; ///< lower bound: the sum of the steps' durations
    double last = 0;    ///< time of the last line
    double slack = 0;   ///< time that is not told by any duration (failed steps)
    int completed = 0;
    int failed = 0;
    bool ended = false;
    std::string_view retrying; ///< step of which a retry is announced
    std::string_view stopped;  ///< step whose failure awaits "Continuing" or "Stopping"
    std::vector<std::string_view> done;

    bool operator==(const Track &) const = default;
};

/// How much a step of this name contradicts the recipe at this point; moves the position past it when the step ends.
double takeStep(Track &track, std::string_view name, bool ends) {
    if (track.recipe == nullptr || track.recipe->steps.empty())
        return 0;
    const auto &steps = track.recipe->steps;
    const auto named = [name](const RecipeStep &step) { return step.name == name; };
    const auto from = steps.begin() + static_cast<std::ptrdiff_t>(std::min(track.position, steps.size()));
    const auto found = std::find_if(from, steps.end(), named);
    if (found == steps.end())
        return std::any_of(steps.begin(), from, named) ? 30 : 80;
    const auto skipped = found - from; // --only and --skip leave steps out
    if (ends)
        track.position = static_cast<std::size_t>(found - steps.begin()) + 1;
    return static_cast<double>(skipped) * 2;
}

/// How much the fact contradicts what is known of the run; updates it.
double take(Track &track, const ForkFact &fact) {
    double cost = 0;
    const double time = seconds(fact.timeNs);
    const auto late = [&](double expected) {
        // The line's second is cut, and so is the start's: up to a second of either sign says nothing.
        const double off = time - expected;
        return off > 1.05 + track.slack ? off - 1.05 - track.slack : off < -1.05 ? -off - 1.05 : 0.0;
    };
    if (track.ended)
        return 1'000;
    if (!fact.thread.empty() && fact.thread != track.thread)
        cost += 200;
    if (!track.stopped.empty() && fact.kind != RecordKind::StepContinuing && fact.kind != RecordKind::StepStopping)
        cost += 20;
    switch (fact.kind) {
    case RecordKind::StepCompleted:
    case RecordKind::StepFailed:
    case RecordKind::RetryScheduled:
    case RecordKind::RetryStarted:
        cost +=
            takeStep(track, fact.name, fact.kind == RecordKind::StepCompleted || fact.kind == RecordKind::StepFailed);
        if (!track.retrying.empty() && track.retrying != fact.name)
            cost += 40;
        if (std::find(track.done.begin(), track.done.end(), fact.name) != track.done.end())
            cost += 30;
        if (fact.kind == RecordKind::RetryStarted && fact.a > 1 && track.retrying != fact.name)
            cost += 40;
        if (fact.kind == RecordKind::RetryScheduled && track.retrying.empty() == false && track.retrying != fact.name)
            cost += 10;
        if (fact.kind == RecordKind::RetryScheduled || fact.kind == RecordKind::RetryStarted) {
            track.retrying = fact.name;
            break;
        }
        if (fact.kind == RecordKind::StepCompleted) {
            track.elapsed += seconds(fact.durationNs);
            ++track.completed;
            cost += std::min(40.0, 10 * late(track.start + track.elapsed));
        } else {
            ++track.failed;
            track.slack += std::max(0.0, time - track.last) + 1;
            track.stopped = fact.name;
        }
        track.retrying = {};
        track.done.push_back(fact.name);
        break;
    case RecordKind::StepContinuing:
    case RecordKind::StepStopping:
        if (track.stopped != fact.name)
            cost += 40;
        track.stopped = {};
        break;
    case RecordKind::RunFinished: {
        track.ended = true;
        if (!track.retrying.empty())
            cost += 40;
        cost += 20.0 * static_cast<double>(std::llabs(fact.a - track.completed));
        if (track.completed + track.failed > fact.b)
            cost += 40;
        if (track.recipe != nullptr && static_cast<std::int64_t>(track.recipe->steps.size()) != fact.b)
            cost += 30;
        if ((fact.name == "completed") != (track.failed == 0))
            cost += 40;
        const double overhead = seconds(fact.durationNs) - track.elapsed;
        if (overhead < -0.0006 * (track.completed + 1))
            cost += 40 - std::min(0.0, overhead);
        else if (track.failed == 0)
            cost += std::min(40.0, 20 * overhead); // the runner itself takes milliseconds: less is likelier
        cost += std::min(40.0, 10 * late(track.start + seconds(fact.durationNs)));
        break;
    }
    case RecordKind::RunFailed:
        track.ended = true;
        break;
    default:
        break;
    }
    track.last = time;
    return cost;
}

struct Hypothesis {
    double cost = 0;
    std::vector<Track> tracks;
    std::shared_ptr<const Hypothesis> parent; ///< keeps the assignment without copying it
    int given = -1;
};

Track begin(const ForkFact &fact, const RecipeBook *book) {
    Track track;
    track.path = fact.name;
    track.thread = fact.thread;
    track.recipe = book == nullptr ? nullptr : book->find(fact.name);
    track.start = track.last = seconds(fact.timeNs);
    return track;
}

/// The cost of a whole assignment, fact by fact in order.
double evaluate(std::span<const ForkFact> facts, const std::vector<int> &assignment, int runs, const RecipeBook *book) {
    std::vector<Track> tracks(static_cast<std::size_t>(runs));
    double cost = 0;
    int started = 0;
    for (std::size_t i = 0; i < facts.size(); ++i) {
        if (facts[i].kind == RecordKind::RunStarted) {
            tracks[static_cast<std::size_t>(started++)] = begin(facts[i], book);
        } else if (assignment[i] >= started) {
            return 1e9; // before its run began
        } else if (assignment[i] >= 0) {
            cost += take(tracks[static_cast<std::size_t>(assignment[i])], facts[i]);
        }
    }
    return cost;
}

/// Exchanges the runs of two facts of the same kind and name where that lowers the cost: what the beam had to decide
/// before the runs' final lines told more.
void improve(std::span<const ForkFact> facts, std::vector<int> &assignment, int runs, const RecipeBook *book) {
    double best = evaluate(facts, assignment, runs, book);
    for (int round = 0; round < maxExchanges; ++round) {
        bool better = false;
        for (std::size_t i = 0; i < facts.size(); ++i) {
            if (facts[i].kind == RecordKind::RunStarted)
                continue;
            for (std::size_t j = i + 1; j < facts.size(); ++j) {
                if (assignment[i] == assignment[j] || facts[i].kind != facts[j].kind || facts[i].name != facts[j].name)
                    continue;
                std::swap(assignment[i], assignment[j]);
                const double cost = evaluate(facts, assignment, runs, book);
                if (cost < best - 1e-12) {
                    best = cost;
                    better = true;
                } else {
                    std::swap(assignment[i], assignment[j]);
                }
            }
        }
        if (!better)
            return;
    }
}

} // namespace

std::vector<int> resolveForks(std::span<const ForkFact> facts, const RecipeBook *book) {
    auto root = std::make_shared<Hypothesis>();
    std::vector<std::shared_ptr<const Hypothesis>> beam{root};
    int runs = 0;
    for (const ForkFact &fact : facts) {
        std::vector<std::shared_ptr<const Hypothesis>> next;
        for (const auto &hypothesis : beam) {
            const auto extend = [&](int to, auto &&change) {
                auto child = std::make_shared<Hypothesis>();
                child->cost = hypothesis->cost;
                child->tracks = hypothesis->tracks;
                child->parent = hypothesis;
                child->given = to;
                change(*child);
                next.push_back(std::move(child));
            };
            if (fact.kind == RecordKind::RunStarted) {
                extend(runs, [&](Hypothesis &child) { child.tracks.push_back(begin(fact, book)); });
                continue;
            }
            bool any = false;
            for (std::size_t t = 0; t < hypothesis->tracks.size(); ++t) {
                const Track &track = hypothesis->tracks[t];
                if (track.ended)
                    continue;
                const bool twin =
                    std::any_of(hypothesis->tracks.begin(), hypothesis->tracks.begin() + static_cast<std::ptrdiff_t>(t),
                                [&](const Track &other) { return other == track; });
                if (twin)
                    continue;
                any = true;
                extend(static_cast<int>(t), [&](Hypothesis &child) { child.cost += take(child.tracks[t], fact); });
            }
            if (!any)
                extend(-1, [](Hypothesis &) {});
        }
        if (fact.kind == RecordKind::RunStarted)
            ++runs;
        std::stable_sort(next.begin(), next.end(), [](const auto &x, const auto &y) { return x->cost < y->cost; });
        if (next.size() > beamWidth)
            next.resize(beamWidth);
        beam = std::move(next);
    }
    std::vector<int> assignment(facts.size(), -1);
    std::size_t i = facts.size();
    for (auto at = beam.front(); at->parent; at = at->parent)
        assignment[--i] = at->given;
    if (runs > 1 && facts.size() <= 400)
        improve(facts, assignment, runs, book);
    return assignment;
}

} // namespace ra::ingest
