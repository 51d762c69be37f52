// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/ingest/runassembler.h"

#include "core/ingest/archive.h"
#include "core/ingest/forkclusterarchive.h"
#include "core/ingest/openrunarchive.h"

#include <xxhash.h>

#include <algorithm>
#include <cstdio>
#include <iterator>
#include <span>
#include <utility>

namespace ra::ingest {

namespace {

constexpr std::uint32_t stateVersion = 4;
constexpr auto rivalAge = std::chrono::hours(6);

/// The thread name at the end of a record's last line.
std::string_view threadAtEnd(std::string_view line) {
    if (!line.empty() && line.back() == '\r')
        line.remove_suffix(1);
    if (line.empty() || line.back() != ']')
        return {};
    int depth = 0;
    for (std::size_t i = line.size(); i-- > 0 && line.size() - i <= 256;) {
        if (line[i] == ']')
            ++depth;
        else if (line[i] == '[' && --depth == 0)
            return i > 0 && line[i - 1] == ' ' ? line.substr(i + 1, line.size() - i - 2) : std::string_view();
    }
    return {};
}

/// Keeps a line that names no runner, in case the run turns out to share its runner's name with another.
void rememberOther(OpenRun &run, const Record &record, Certainty certainty) {
    if (run.kept.facts.isEmpty() || !run.factsComplete)
        return;
    auto &others = run.kept.others;
    const auto after = static_cast<std::uint32_t>(run.kept.facts.size() - 1);
    if (!others.empty()) {
        LineSpan &last = others.back().second;
        if (others.back().first == after && last.offset + last.length == record.offset && last.certainty == certainty) {
            last.length += record.length;
            return;
        }
    }
    if (others.size() < OpenRun::maxFacts)
        others.emplace_back(after, LineSpan{record.offset, record.length, certainty});
    else
        run.factsComplete = false;
}

/// Whether a line without a runner's name fits what the run is doing.
bool makesSense(const OpenRun &open, const Record &record, Time time) {
    if (record.utc) // it may name the recipe
        return !record.text.empty() && record.text == open.run.recipe;
    switch (record.kind) {
    case RecordKind::AttemptStarted:
        return !open.inAttempt;
    case RecordKind::AttemptFinished: {
        if (!open.inAttempt || currentClass(open) != record.text)
            return false;
        const Attempt &attempt = open.run.steps[static_cast<std::size_t>(open.current)].attempts.back();
        const Duration off = time - (attempt.start.value_or(time) + Duration(record.durationNs));
        return off < std::chrono::milliseconds(1'100) && off > -std::chrono::milliseconds(1'100);
    }
    case RecordKind::AttemptRaised:
        return open.inAttempt && currentClass(open) == record.text;
    default:
        return open.inAttempt && currentClass(open) == record.logger;
    }
}

/// Whether a framework record tells of a class that the run does not execute.
bool isOfAnother(const OpenRun &open, const Record &record) {
    return (record.kind == RecordKind::AttemptFinished || record.kind == RecordKind::AttemptRaised) &&
           currentClass(open) != record.text;
}

std::string hexId(std::uint64_t value) {
    char text[17];
    std::snprintf(text, sizeof text, "%016llx", static_cast<unsigned long long>(value));
    return text;
}

} // namespace

RunAssembler::RunAssembler(Zone zone, std::shared_ptr<const RecipeBook> book)
    : m_zone(std::move(zone))
    , m_book(std::move(book)) {}
RunAssembler::~RunAssembler() = default;
RunAssembler::RunAssembler(RunAssembler &&) noexcept = default;
RunAssembler &RunAssembler::operator=(RunAssembler &&) noexcept = default;

Time RunAssembler::timeOf(const Record &record) {
    if (record.timeNs == Record::kNoTime)
        return m_lastTime.value_or(Time{});
    if (record.utc)
        return fromNs(record.timeNs);
    if (record.timeNs != m_cachedLocal) {
        m_cachedTime = m_zone.toUtc(LocalTime(Duration(record.timeNs)), m_lastTime);
        m_cachedLocal = record.timeNs;
    }
    m_lastTime = m_cachedTime;
    return m_cachedTime;
}

std::string RunAssembler::idOf(const Record &record, Time time) {
    const std::int64_t start = toNs(time) / 1'000'000'000;
    m_key.assign(reinterpret_cast<const char *>(&record.runner), sizeof record.runner);
    m_key.append(reinterpret_cast<const char *>(&start), sizeof start);
    m_key.append(record.text);
    std::uint64_t key = XXH3_64bits(m_key.data(), m_key.size());
    if (m_ordinals.size() > 4'096)
        m_ordinals.clear(); // equal keys lie within a second of each other
    const std::uint32_t ordinal = m_ordinals[key]++;
    if (ordinal > 0) {
        m_key.append(reinterpret_cast<const char *>(&ordinal), sizeof ordinal);
        key = XXH3_64bits(m_key.data(), m_key.size());
    }
    return hexId(key);
}

void RunAssembler::take(const Record &record) {
    if (record.kind == RecordKind::Continuation) {
        processContinuation(record);
        return;
    }
    completePending();
    closeTraceback();
    const Time time = timeOf(record);
    if (mustWait(record)) {
        m_pending = Pending{Fact::of(record, time), std::string(record.logger), {}, {}, record.length};
        return;
    }
    process(record, time);
}

/// A record's thread name stands after its last line. While runs in threads are open, a record whose first line bears
/// no name may have one further down, so it has to be complete before it can be given to a run.
bool RunAssembler::mustWait(const Record &record) const {
    if (record.runner != 0 || !record.thread.empty() || m_byThread.empty())
        return false;
    return record.kind == RecordKind::AttemptRaised || record.kind == RecordKind::Text;
}

void RunAssembler::completePending() {
    if (!m_pending)
        return;
    Pending pending = std::move(*m_pending);
    m_pending.reset();
    Record record = pending.fact.view();
    record.logger = pending.logger;
    record.length = static_cast<std::uint32_t>(std::min<std::uint64_t>(pending.length, 0xFFFF'FFFF));
    if (record.thread.empty())
        record.thread = threadAtEnd(pending.lastLine);
    process(record, pending.fact.time);
    if (record.kind == RecordKind::AttemptRaised && m_last != nullptr && m_tracebackOpen) {
        applyContinuation(*m_last, RecordKind::AttemptRaised, pending.lines);
        closeTraceback();
    }
}

void RunAssembler::closeTraceback() {
    if (m_tracebackOpen && m_last != nullptr)
        finishTraceback(*m_last, m_last->run.thread);
    m_tracebackOpen = false;
}

void RunAssembler::processContinuation(const Record &record) {
    if (m_pending) {
        m_pending->length += record.length;
        m_pending->lastLine = record.message;
        if (m_pending->fact.record.kind == RecordKind::AttemptRaised &&
            m_pending->lines.size() + record.message.size() < OpenRun::maxTraceback)
            m_pending->lines.append(m_pending->lines.empty() ? "" : "\n").append(record.message);
        return;
    }
    if (m_last != nullptr) {
        addSpan(*m_last, record.offset, record.length, m_lastCertainty);
        rememberOther(*m_last, record, m_lastCertainty);
        if (m_lastKind == RecordKind::RunFailed || m_tracebackOpen)
            applyContinuation(*m_last, m_lastKind, record.message);
    } else if (m_lastCluster != nullptr) {
        addToCluster(record);
    }
}

/// Lines that name nobody may come in any number while the runs they may belong to are silent for ever.
void RunAssembler::addToCluster(const Record &record) {
    m_lastCluster->addOther(record.offset, record.length);
    if (m_lastCluster->isFull())
        close(*m_lastCluster);
}

void RunAssembler::process(const Record &record, Time time) {
    m_lastKind = record.kind;
    if (record.runner != 0)
        processRunner(record, time);
    else
        processOther(record, time);
}

OpenRun *RunAssembler::openByRunner(std::uint64_t runner) {
    const auto found = m_byRunner.find(runner);
    return found == m_byRunner.end() ? nullptr : found->second;
}

RunAssembler::Cluster *RunAssembler::clusterByRunner(std::uint64_t runner) {
    for (const auto &cluster : m_clusters) {
        if (cluster->runner == runner)
            return cluster.get();
    }
    return nullptr;
}

void RunAssembler::adopt(OpenRun *run, const Record &record, Time time) {
    const Certainty certainty = sharesName(*run) ? Certainty::Possible : Certainty::Certain;
    addSpan(*run, record.offset, record.length, certainty);
    if (record.kind != RecordKind::Text && record.kind != RecordKind::LoadFailed) {
        if (run->kept.facts.size() < OpenRun::maxFacts)
            run->kept.facts.add(record, time);
        else
            run->factsComplete = false;
    }
    m_last = run;
    m_lastCluster = nullptr;
    m_lastCertainty = certainty;
}

void RunAssembler::processRunner(const Record &record, Time time) {
    if (Cluster *cluster = clusterByRunner(record.runner)) {
        if (record.kind == RecordKind::RunStarted)
            cluster->ids.push_back(idOf(record, time));
        cluster->facts.push_back(Fact::of(record, time));
        cluster->dirty = true;
        m_last = nullptr;
        m_lastCluster = cluster;
        if (cluster->isOver())
            close(*cluster);
        return;
    }
    if (record.kind == RecordKind::RunStarted) {
        startRun(record, time);
        return;
    }
    OpenRun *run = openByRunner(record.runner);
    if (run == nullptr || (run->ended && record.kind != RecordKind::Text)) {
        takeHeadless(record, time);
        return;
    }
    const bool hadEnded = run->ended;
    const bool hadThread = !run->run.thread.empty();
    adopt(run, record, time);
    applyRunnerRecord(*run, record, time);
    if (run->ended && !hadEnded)
        ++m_endedOpen;
    if (hadThread && (run->ended || run->run.thread.empty()))
        forgetThread(run);
}

void RunAssembler::forgetThread(const OpenRun *run) {
    for (auto at = m_byThread.begin(); at != m_byThread.end();) {
        std::erase(at->second, run);
        at = at->second.empty() ? m_byThread.erase(at) : std::next(at);
    }
}

void RunAssembler::startRun(const Record &record, Time time) {
    dropEnded();
    m_sawStart = true;
    OpenRun *rival = openByRunner(record.runner);
    std::string id = idOf(record, time);
    if (rival != nullptr && !rival->headless && rival->factsComplete) {
        auto cluster = std::make_unique<Cluster>();
        cluster->runner = record.runner;
        const std::vector<Fact> facts = rival->kept.facts.all();
        cluster->facts.assign(facts.begin(), facts.end());
        cluster->facts.push_back(Fact::of(record, time));
        cluster->ids = {rival->run.id, std::move(id)};
        cluster->others = std::move(rival->kept.others);
        m_lastCluster = cluster.get();
        m_last = nullptr;
        m_clusters.push_back(std::move(cluster));
        if (m_clusters.size() > maxClusters)
            closeQuietest();
        m_byRunner.erase(record.runner);
        forgetThread(rival);
        std::erase_if(m_open, [&](const auto &open) { return open.get() == rival; });
        return;
    }
    auto run = std::make_unique<OpenRun>(beginRun(record, time));
    run->run.id = std::move(id);
    if (!m_spare.empty()) {
        run->kept = std::move(m_spare.back());
        m_spare.pop_back();
    }
    if (rival != nullptr) {
        noteSharedName(*rival);
        noteSharedName(*run);
    }
    m_byRunner[record.runner] = run.get();
    if (!run->run.thread.empty())
        m_byThread[run->run.thread].push_back(run.get());
    adopt(run.get(), record, time);
    m_open.push_back(std::move(run));
}

void RunAssembler::takeHeadless(const Record &record, Time time) {
    m_last = nullptr;
    m_lastCluster = nullptr;
    if (record.kind == RecordKind::Text || record.kind == RecordKind::LoadFailed ||
        record.kind == RecordKind::CancelRequested)
        return;
    OpenRun begun = beginHeadless(record, time);
    if (record.kind == RecordKind::RunFailed && begun.headless)
        return; // a refusal without a start that does not name its recipe says nothing
    const auto withheld = std::find_if(m_withheld.begin(), m_withheld.end(),
                                       [&](const auto &run) { return run->run.runner == record.runner; });
    OpenRun *run = nullptr;
    const bool isStart = m_sawStart && begun.headless; // in the middle of a source it may be text that quotes a record
    if (withheld != m_withheld.end()) {
        run = withheld->get();
        if (record.kind == RecordKind::RunFinished) {
            m_open.push_back(std::move(*withheld));
            m_withheld.erase(withheld);
        }
    } else {
        begun.run.id = idOf(record, time);
        auto owned = std::make_unique<OpenRun>(std::move(begun));
        run = owned.get();
        const bool alone = isStart && record.kind != RecordKind::RunFinished;
        if (alone && m_withheld.size() >= 64)
            m_withheld.pop_front();
        (alone ? m_withheld : m_open).push_back(std::move(owned));
        if (!alone)
            m_byRunner[record.runner] = run;
    }
    adopt(run, record, time);
    applyRunnerRecord(*run, record, time);
    const bool shown = std::any_of(m_open.begin(), m_open.end(), [&](const auto &open) { return open.get() == run; });
    if (!shown) {
        run->dirty = true;
        m_last = nullptr; // its lines go to the run around them
    } else if (run->ended) {
        ++m_endedOpen;
    } else {
        m_byRunner[record.runner] = run;
    }
}

/// Adds the runs that a line without a runner's name may belong to. True: it bears their thread's name.
bool RunAssembler::findCandidates(const Record &record) {
    if (!record.thread.empty()) {
        const auto found = m_byThread.find(record.thread);
        if (found != m_byThread.end()) {
            m_candidates.assign(found->second.begin(), found->second.end());
            return true;
        }
    }
    for (const auto &open : m_open) {
        if (!open->ended && open->run.thread.empty())
            m_candidates.push_back(open.get());
    }
    if (m_candidates.empty() && !record.thread.empty()) { // a helper thread of a run in a thread
        for (const auto &open : m_open) {
            if (!open->ended)
                m_candidates.push_back(open.get());
        }
    }
    return false;
}

OpenRun *RunAssembler::attribute(const Record &record, Time time, Certainty &certainty) {
    certainty = Certainty::Certain;
    std::vector<OpenRun *> &candidates = m_candidates;
    candidates.clear();
    // Processes give their threads the same names: a name is certain only while one run bears it.
    if (findCandidates(record) && candidates.size() == 1)
        return candidates.front();
    if (candidates.empty())
        return nullptr;
    if (candidates.size() == 1 && m_clusters.empty()) {
        // The foundation's lines come from any process; that no other run was open is all that speaks for this one.
        certainty = record.utc ? Certainty::Likely : Certainty::Certain;
        return candidates.front();
    }

    // Several runs are open: the ones for which the line makes sense now. Those that were silent for long are probably
    // dead; they count only for a line that tells of what one of them was doing, and of none of the others.
    const auto silent = std::stable_partition(candidates.begin(), candidates.end(),
                                              [&](const OpenRun *open) { return time - open->lastTime <= rivalAge; });
    const std::size_t awake =
        silent == candidates.begin() ? candidates.size() : static_cast<std::size_t>(silent - candidates.begin());
    const auto others = std::span(candidates).subspan(awake);
    const auto pool = std::span(candidates).first(awake);
    std::vector<OpenRun *> &fitting = m_fitting;
    fitting.clear();
    const auto fits = [&](const OpenRun *open) { return makesSense(*open, record, time); };
    std::copy_if(pool.begin(), pool.end(), std::back_inserter(fitting), fits);
    if (fitting.empty() && record.kind != RecordKind::AttemptStarted)
        std::copy_if(others.begin(), others.end(), std::back_inserter(fitting), fits);
    if (fitting.size() == 1 && m_clusters.empty()) {
        certainty = Certainty::Likely;
        return fitting.front();
    }
    if (fitting.empty() && pool.size() == 1 && m_clusters.empty() && !isOfAnother(*pool.front(), record)) {
        certainty = Certainty::Likely;
        return pool.front();
    }
    certainty = Certainty::Possible;
    const auto lastToSpeak = [](const auto &runs) {
        return *std::max_element(runs.begin(), runs.end(),
                                 [](const OpenRun *x, const OpenRun *y) { return x->lastTime < y->lastTime; });
    };
    return fitting.empty() ? lastToSpeak(pool) : lastToSpeak(fitting);
}

void RunAssembler::processOther(const Record &record, Time time) {
    if (record.kind == RecordKind::GlobalError && m_last != nullptr && m_last->ended) {
        addSpan(*m_last, record.offset, record.length, m_lastCertainty);
        return;
    }
    Certainty certainty{};
    OpenRun *run = attribute(record, time, certainty);
    m_lastCluster = nullptr;
    m_last = run;
    m_lastCertainty = certainty;
    if (run == nullptr) {
        if (!m_clusters.empty()) {
            m_lastCluster = m_clusters.back().get();
            addToCluster(record);
        }
        return;
    }
    addSpan(*run, record.offset, record.length, certainty);
    rememberOther(*run, record, certainty);
    if (certainty == Certainty::Possible)
        return;
    const bool attempt = record.kind == RecordKind::AttemptStarted || record.kind == RecordKind::AttemptFinished ||
                         record.kind == RecordKind::AttemptRaised;
    const bool taken = attempt && applyFrameworkRecord(*run, record, time);
    m_tracebackOpen = taken && record.kind == RecordKind::AttemptRaised;
    if (run->lastTime < time)
        run->lastTime = time;
}

/// What the cluster's runs are is decided for good, until more is known of their recipes.
void RunAssembler::close(Cluster &cluster) {
    cluster.resolve(m_book.get());
    m_forks.push_back(cluster.record());
    for (auto &run : cluster.runs) {
        endSilently(*run, RunStatus::Abandoned); // its records cannot be told from others' any more
        m_done.push_back(std::move(run));
    }
    if (m_lastCluster == &cluster)
        m_lastCluster = nullptr;
    std::erase_if(m_clusters, [&](const auto &c) { return c.get() == &cluster; });
}

/// Where processes die without a word and others get their runner names, clusters never end by themselves.
void RunAssembler::closeQuietest() {
    const auto lastFact = [](const auto &cluster) { return cluster->facts.back().record.offset; };
    const auto quietest = std::min_element(m_clusters.begin(), m_clusters.end(),
                                           [&](const auto &x, const auto &y) { return lastFact(x) < lastFact(y); });
    close(**quietest);
}

void RunAssembler::dropEnded() {
    // Those that ended are among the last that began; before them may stand thousands that never will.
    std::vector<std::size_t> &ended = m_positions;
    ended.clear();
    for (std::size_t i = m_open.size(); i-- > 0 && ended.size() < m_endedOpen;) {
        if (m_open[i]->ended)
            ended.push_back(i);
    }
    m_endedOpen = 0;
    for (auto i = ended.rbegin(); i != ended.rend(); ++i) {
        std::unique_ptr<OpenRun> &open = m_open[*i];
        if (m_last == open.get())
            m_last = nullptr;
        const auto found = m_byRunner.find(open->run.runner);
        if (found != m_byRunner.end() && found->second == open.get())
            m_byRunner.erase(found);
        keepBuffersOf(*open);
        m_done.push_back(std::move(open));
    }
    for (const std::size_t i : ended)
        m_open.erase(m_open.begin() + static_cast<std::ptrdiff_t>(i));
}

/// Runs end as often as they begin: the next ones use the memory again.
void RunAssembler::keepBuffersOf(OpenRun &ended) {
    constexpr std::size_t most = 16; // as many as run at a time; thousands of sources may be followed
    OpenRun::Buffers buffers = std::exchange(ended.kept, {}); // it may still be saved
    buffers.facts.clear();
    buffers.others.clear();
    if (m_spare.size() < most)
        m_spare.push_back(std::move(buffers));
}

void RunAssembler::finish() {
    completePending();
    closeTraceback();
}

std::vector<RunChange> RunAssembler::takeChanges() {
    std::vector<RunChange> changes;
    changes.reserve(m_done.size() + m_open.size());
    for (auto &run : m_done) {
        if (run->dirty)
            changes.push_back(takeLastChange(*run));
    }
    m_done.clear();
    for (auto &run : m_open) {
        if (run->dirty) {
            changes.push_back(takeChange(*run));
            run->resting = false;
        } else if (!run->resting) {
            rest(*run);
        }
    }
    const std::uint64_t revision = m_book == nullptr ? 0 : m_book->revision();
    for (auto &cluster : m_clusters) {
        if (cluster->dirty || revision != m_revision)
            cluster->resolve(m_book.get());
        for (auto &run : cluster->runs) {
            if (run->dirty)
                changes.push_back(takeChange(*run));
        }
    }
    m_revision = revision;
    return changes;
}

std::vector<ForkRecord> RunAssembler::takeForks(bool open) {
    std::vector<ForkRecord> forks = std::move(m_forks);
    m_forks.clear();
    if (open) {
        for (auto &cluster : m_clusters)
            forks.push_back(cluster->record());
    }
    return forks;
}

void RunAssembler::endOpenRuns(RunStatus status, const std::function<bool(const Run &)> &isGone) {
    const auto end = [&](OpenRun &open) {
        if (!open.ended && open.run.status == RunStatus::Running && isGone(open.run))
            endSilently(open, status);
    };
    for (auto &open : m_open)
        end(*open);
    for (auto &cluster : m_clusters) {
        if (cluster->dirty)
            cluster->resolve(m_book.get());
        for (auto &run : cluster->runs) {
            end(*run);
            if (!run->dirty)
                continue;
            m_done.push_back(std::make_unique<OpenRun>(*run));
            static_cast<void>(takeChange(*run)); // what m_done has is not to be said again
        }
    }
}

std::vector<const Run *> RunAssembler::openRuns() const {
    std::vector<const Run *> runs;
    for (const auto &open : m_open) {
        if (!open->ended)
            runs.push_back(&open->run);
    }
    for (const auto &cluster : m_clusters) {
        for (const auto &open : cluster->runs) {
            if (!open->ended)
                runs.push_back(&open->run);
        }
    }
    return runs;
}

/// Which run a name means is no matter of the runs that are open alone: what one that ended has taken from another is
/// not given back.
template <typename Archive>
void RunAssembler::ioNames(Archive &archive) {
    std::vector<std::uint32_t> byRunner; ///< positions in m_open
    std::vector<std::uint32_t> byThread; ///< as they began
    if constexpr (!Archive::loading) {
        for (std::uint32_t i = 0; i < m_open.size(); ++i) {
            const OpenRun *open = m_open[i].get();
            const auto runner = m_byRunner.find(open->run.runner);
            if (runner != m_byRunner.end() && runner->second == open)
                byRunner.push_back(i);
            const auto thread = m_byThread.find(open->run.thread);
            if (thread != m_byThread.end() && std::ranges::count(thread->second, open) > 0)
                byThread.push_back(i);
        }
    }
    io(archive, byRunner);
    io(archive, byThread);
    if constexpr (Archive::loading) {
        m_byRunner.clear();
        m_byThread.clear();
        const auto beyond = [&](std::uint32_t i) { return i >= m_open.size(); };
        if (std::ranges::any_of(byRunner, beyond) || std::ranges::any_of(byThread, beyond)) {
            archive.refuse();
            return;
        }
        for (const std::uint32_t i : byRunner)
            m_byRunner[m_open[i]->run.runner] = m_open[i].get();
        for (const std::uint32_t i : byThread)
            m_byThread[m_open[i]->run.thread].push_back(m_open[i].get());
    }
}

template <typename Archive>
void RunAssembler::ioState(Archive &archive) {
    const auto ioRuns = [&](auto &runs) {
        std::uint64_t size = runs.size();
        ioSize(archive, size);
        if constexpr (Archive::loading) {
            runs.clear();
            for (std::uint64_t i = 0; i < size && archive.ok(); ++i)
                runs.push_back(std::make_unique<OpenRun>());
        }
        for (auto &run : runs)
            io(archive, *run);
    };
    ioRuns(m_open);
    ioRuns(m_withheld);
    ioRuns(m_done);
    std::uint64_t clusters = m_clusters.size();
    ioSize(archive, clusters);
    if constexpr (Archive::loading) {
        m_clusters.clear();
        for (std::uint64_t i = 0; i < clusters && archive.ok(); ++i)
            m_clusters.push_back(std::make_unique<Cluster>());
    }
    for (auto &cluster : m_clusters)
        io(archive, *cluster);
    std::vector<std::uint64_t> keys;
    std::vector<std::uint32_t> counts;
    for (const auto &[key, number] : m_ordinals) {
        keys.push_back(key);
        counts.push_back(number);
    }
    io(archive, keys);
    io(archive, counts);
    if constexpr (Archive::loading) {
        m_ordinals.clear();
        for (std::size_t i = 0; i < keys.size() && i < counts.size(); ++i)
            m_ordinals[keys[i]] = counts[i];
    }
    bool pending = m_pending.has_value();
    io(archive, pending);
    if constexpr (Archive::loading)
        m_pending = pending ? std::optional<Pending>(Pending{}) : std::nullopt;
    if (m_pending) {
        io(archive, m_pending->fact);
        io(archive, m_pending->logger);
        io(archive, m_pending->lines);
        io(archive, m_pending->lastLine);
        io(archive, m_pending->length);
    }
    // Pointers travel as positions.
    std::int64_t last = -1;
    std::int64_t lastCluster = -1;
    if constexpr (!Archive::loading) {
        for (std::size_t i = 0; i < m_open.size(); ++i)
            last = m_open[i].get() == m_last ? static_cast<std::int64_t>(i) : last;
        for (std::size_t i = 0; i < m_clusters.size(); ++i)
            lastCluster = m_clusters[i].get() == m_lastCluster ? static_cast<std::int64_t>(i) : lastCluster;
    }
    io(archive, last);
    io(archive, lastCluster);
    io(archive, m_lastKind);
    io(archive, m_lastCertainty);
    io(archive, m_tracebackOpen);
    io(archive, m_sawStart);
    io(archive, m_lastTime);
    if constexpr (Archive::loading) {
        m_last = last >= 0 && static_cast<std::size_t>(last) < m_open.size()
                     ? m_open[static_cast<std::size_t>(last)].get()
                     : nullptr;
        m_lastCluster = lastCluster >= 0 && static_cast<std::size_t>(lastCluster) < m_clusters.size()
                            ? m_clusters[static_cast<std::size_t>(lastCluster)].get()
                            : nullptr;
        m_endedOpen = 0;
        for (const auto &open : m_open)
            m_endedOpen += open->ended ? 1 : 0;
        m_cachedLocal = Record::kNoTime;
    }
    ioNames(archive);
}

std::string RunAssembler::saveState() const {
    SavingArchive archive;
    std::uint32_t version = stateVersion;
    io(archive, version);
    const_cast<RunAssembler *>(this)->ioState(archive); // saving changes nothing; one function serves both directions
    return archive.take();
}

bool RunAssembler::loadState(std::string_view state) {
    LoadingArchive archive(state);
    std::uint32_t version = 0;
    io(archive, version);
    RunAssembler loaded(m_zone, m_book);
    if (version == stateVersion)
        loaded.ioState(archive);
    if (version != stateVersion || !archive.ok() || !archive.atEnd())
        return false;
    *this = std::move(loaded);
    return true;
}

} // namespace ra::ingest
