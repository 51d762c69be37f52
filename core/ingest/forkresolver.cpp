// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/ingest/forkresolver.h"

#include <algorithm>
#include <cmath>
#include <memory>
#include <string>

namespace ra::ingest {

namespace {

constexpr std::size_t beamWidth = 64;
constexpr std::size_t mostOpen = 64; ///< runs that one line may belong to
constexpr int maxExchanges = 200;
constexpr std::size_t mostExchanged = 400; ///< facts

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

Track begin(const ForkFact &fact, const RecipeBook *book) {
    Track track;
    track.path = fact.name;
    track.thread = fact.thread;
    track.recipe = book == nullptr ? nullptr : book->find(fact.name);
    track.start = track.last = seconds(fact.timeNs);
    return track;
}

/// Assigns facts to runs as a search found it, and betters it.
class Exchange {
public:
    Exchange(std::span<const ForkFact> facts, std::vector<int> &assignment, int runs, const RecipeBook *book)
        : m_facts(facts)
        , m_assignment(assignment)
        , m_runs(static_cast<std::size_t>(runs))
        , m_book(book)
        , m_cost(m_runs) {
        for (std::size_t i = 0; i < facts.size(); ++i) {
            if (facts[i].kind == RecordKind::RunStarted)
                m_first.push_back(i);
        }
        for (std::size_t run = 0; run < m_runs; ++run)
            m_cost[run] = cost(run);
    }

    /// Exchanges the runs of two facts of the same kind and name where that lowers the cost: what the search had to
    /// decide before the runs' final lines told more.
    void improve() {
        for (int round = 0; round < maxExchanges; ++round) {
            bool better = false;
            for (std::size_t i = 0; i < m_facts.size(); ++i) {
                if (m_facts[i].kind == RecordKind::RunStarted || m_assignment[i] < 0)
                    continue;
                for (std::size_t j = i + 1; j < m_facts.size(); ++j)
                    better = tryExchange(i, j) || better;
            }
            if (!better)
                return;
        }
    }

private:
    bool tryExchange(std::size_t i, std::size_t j) {
        if (m_assignment[j] < 0 || m_assignment[i] == m_assignment[j] || m_facts[i].kind != m_facts[j].kind ||
            m_facts[i].name != m_facts[j].name)
            return false;
        const auto x = static_cast<std::size_t>(m_assignment[i]);
        const auto y = static_cast<std::size_t>(m_assignment[j]);
        if (m_first[y] > i)
            return false; // before its run began
        std::swap(m_assignment[i], m_assignment[j]);
        const double ofX = cost(x);
        const double ofY = cost(y);
        if (ofX + ofY < m_cost[x] + m_cost[y] - 1e-12) {
            m_cost[x] = ofX;
            m_cost[y] = ofY;
            return true;
        }
        std::swap(m_assignment[i], m_assignment[j]);
        return false;
    }

    /// Of one run's facts, in their order: no run's cost depends on another's.
    double cost(std::size_t run) const {
        Track track = begin(m_facts[m_first[run]], m_book);
        double sum = 0;
        for (std::size_t i = m_first[run] + 1; i < m_facts.size(); ++i) {
            if (m_assignment[i] == static_cast<int>(run) && m_facts[i].kind != RecordKind::RunStarted)
                sum += take(track, m_facts[i]);
        }
        return sum;
    }

    std::span<const ForkFact> m_facts;
    std::vector<int> &m_assignment;
    std::size_t m_runs;
    const RecipeBook *m_book;
    std::vector<std::size_t> m_first; ///< by run: the fact that begins it
    std::vector<double> m_cost;       ///< by run
};

} // namespace

/// One way to give the facts so far to the runs.
struct ForkSearch::Hypothesis {
    /// What was decided last, and before: kept without copying it.
    struct Decision {
        std::shared_ptr<const Decision> before;
        int given = -1;
    };

    double cost = 0;
    std::vector<std::pair<int, std::shared_ptr<const Track>>> open; ///< runs without an end, by ordinal
    std::shared_ptr<const Decision> last;

    void give(int run) { last = std::make_shared<const Decision>(Decision{std::move(last), run}); }
};

/// A hypothesis gone on with one of its open runs, before it is made: only the best few are.
struct ForkSearch::Candidate {
    double cost = 0;
    const Hypothesis *from = nullptr;
    std::size_t position = 0; ///< in `from->open`; beyond it: the fact is nobody's
};

ForkSearch::ForkSearch(const RecipeBook *book)
    : m_book(book)
    , m_beam(1) {}
ForkSearch::~ForkSearch() = default;

/// Of so many runs most are dead, and the one that was silent longest is the likeliest to be.
void ForkSearch::begin(const ForkFact &fact) {
    const auto track = std::make_shared<const Track>(ra::ingest::begin(fact, m_book));
    for (Hypothesis &hypothesis : m_beam) {
        auto &open = hypothesis.open;
        if (open.size() >= mostOpen)
            open.erase(std::min_element(open.begin(), open.end(),
                                        [](const auto &x, const auto &y) { return x.second->last < y.second->last; }));
        open.emplace_back(m_runs, track);
        hypothesis.give(m_runs);
    }
    ++m_runs;
}

ForkSearch::Hypothesis ForkSearch::make(const Candidate &candidate, const ForkFact &fact) {
    Hypothesis child = *candidate.from;
    child.cost = candidate.cost;
    if (candidate.position >= child.open.size()) {
        child.give(-1);
        return child;
    }
    auto &[run, track] = child.open[candidate.position];
    child.give(run);
    Track changed = *track;
    ra::ingest::take(changed, fact);
    if (changed.ended)
        child.open.erase(child.open.begin() + static_cast<std::ptrdiff_t>(candidate.position));
    else
        track = std::make_shared<const Track>(std::move(changed));
    return child;
}

void ForkSearch::take(const ForkFact &fact) {
    m_facts.push_back(fact);
    if (fact.kind == RecordKind::RunStarted) {
        begin(fact);
        return;
    }
    std::vector<Candidate> candidates;
    for (const Hypothesis &hypothesis : m_beam) {
        const auto &open = hypothesis.open;
        if (open.empty())
            candidates.push_back({hypothesis.cost, &hypothesis, 0});
        for (auto at = open.begin(); at != open.end(); ++at) {
            const bool twin =
                std::any_of(open.begin(), at, [&](const auto &other) { return *other.second == *at->second; });
            if (twin)
                continue;
            Track changed = *at->second;
            candidates.push_back({hypothesis.cost + ra::ingest::take(changed, fact), &hypothesis,
                                  static_cast<std::size_t>(at - open.begin())});
        }
    }
    std::stable_sort(candidates.begin(), candidates.end(),
                     [](const Candidate &x, const Candidate &y) { return x.cost < y.cost; });
    if (candidates.size() > beamWidth)
        candidates.resize(beamWidth);
    std::vector<Hypothesis> next;
    next.reserve(candidates.size());
    for (const Candidate &candidate : candidates)
        next.push_back(make(candidate, fact));
    m_beam = std::move(next);
}

std::vector<int> ForkSearch::assignment() const {
    std::vector<int> assignment(m_facts.size(), -1);
    std::size_t i = m_facts.size();
    for (const auto *at = m_beam.front().last.get(); at != nullptr; at = at->before.get())
        assignment[--i] = at->given;
    if (m_runs > 1 && m_facts.size() <= mostExchanged)
        Exchange(m_facts, assignment, m_runs, m_book).improve();
    return assignment;
}

std::vector<int> resolveForks(std::span<const ForkFact> facts, const RecipeBook *book) {
    ForkSearch search(book);
    for (const ForkFact &fact : facts)
        search.take(fact);
    return search.assignment();
}

} // namespace ra::ingest
