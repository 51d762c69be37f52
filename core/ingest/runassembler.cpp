// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/ingest/runassembler.h"

#include "core/ingest/attribution.h"

#include <xxhash.h>

#include <algorithm>
#include <cstdio>
#include <utility>

namespace ra::ingest {

namespace {

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
    if (record.runner != 0 || !record.thread.empty() || !m_open.hasThreads())
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

RunAssembler::Cluster *RunAssembler::clusterByRunner(std::uint64_t runner) {
    for (const auto &cluster : m_clusters) {
        if (cluster->runner == runner)
            return cluster.get();
    }
    return nullptr;
}

/// A record of the run's own runner, one of m_open or m_withheld.
void RunAssembler::adopt(OpenRun &run, const Record &record, Time time) {
    const Certainty certainty = sharesName(run) ? Certainty::Possible : Certainty::Certain;
    addSpan(run, record.offset, record.length, certainty);
    if (record.kind != RecordKind::Text && record.kind != RecordKind::LoadFailed) {
        if (run.kept.facts.size() < OpenRun::maxFacts)
            run.kept.facts.add(record, time);
        else
            run.factsComplete = false;
    }
    m_last = &run;
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
    OpenRun *run = m_open.byRunner(record.runner);
    if (run == nullptr || (run->ended && record.kind != RecordKind::Text)) {
        takeHeadless(record, time);
        return;
    }
    m_open.spoke(*run);
    takeOwn(*run, record, time);
}

/// A record of the runner of `run`, one of m_open.
void RunAssembler::takeOwn(OpenRun &run, const Record &record, Time time) {
    const bool hadEnded = run.ended;
    adopt(run, record, time);
    applyRunnerRecord(run, record, time);
    if (run.ended && !hadEnded)
        m_open.hasEnded(run);
    else if (run.run.thread.empty())
        m_open.forgetThread(run);
}

void RunAssembler::startRun(const Record &record, Time time) {
    dropEnded();
    m_sawStart = true;
    OpenRun *rival = m_open.byRunner(record.runner);
    std::string id = idOf(record, time);
    if (rival != nullptr && !rival->headless && rival->factsComplete) {
        startCluster(*rival, record, std::move(id), time);
        return;
    }
    OpenRun run = beginRun(record, time);
    run.run.id = std::move(id);
    if (!m_spare.empty()) {
        run.kept = std::move(m_spare.back());
        m_spare.pop_back();
    }
    if (rival != nullptr) {
        noteSharedName(*rival);
        noteSharedName(run);
    }
    if (m_open.isFull())
        forgetQuietest();
    OpenRun &added = m_open.add(std::move(run));
    m_open.nameThread(added);
    adopt(added, record, time);
}

/// From now on the rival and the run that starts are told apart by what all records together say.
void RunAssembler::startCluster(OpenRun &rival, const Record &record, std::string id, Time time) {
    OpenRun first = m_open.take(rival);
    auto cluster = std::make_unique<Cluster>();
    cluster->runner = record.runner;
    const std::vector<Fact> facts = first.kept.facts.all();
    cluster->facts.assign(facts.begin(), facts.end());
    cluster->facts.push_back(Fact::of(record, time));
    cluster->ids = {first.run.id, std::move(id)};
    cluster->others = std::move(first.kept.others);
    m_lastCluster = cluster.get();
    m_last = nullptr;
    m_clusters.push_back(std::move(cluster));
    if (m_clusters.size() > maxClusters)
        closeQuietest();
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
    const auto withheld =
        std::ranges::find(m_withheld, record.runner, [](const OpenRun &run) { return run.run.runner; });
    const auto withhold = [&](OpenRun &run) {
        adopt(run, record, time);
        applyRunnerRecord(run, record, time);
        run.dirty = true;
        m_last = nullptr; // its lines go to the run around them
    };
    // Without an end, in the middle of a source it may be text that quotes a record.
    const bool isQuoted = m_sawStart && begun.headless && record.kind != RecordKind::RunFinished;
    if (withheld == m_withheld.end() && isQuoted) {
        begun.run.id = idOf(record, time);
        if (m_withheld.size() >= 64)
            m_withheld.pop_front();
        withhold(m_withheld.emplace_back(std::move(begun)));
        return;
    }
    if (withheld != m_withheld.end() && record.kind != RecordKind::RunFinished) {
        withhold(*withheld);
        return;
    }
    if (m_open.isFull())
        forgetQuietest();
    if (withheld != m_withheld.end()) {
        begun = std::move(*withheld);
        m_withheld.erase(withheld);
    } else {
        begun.run.id = idOf(record, time);
    }
    takeOwn(m_open.add(std::move(begun)), record, time);
}

void RunAssembler::processOther(const Record &record, Time time) {
    if (record.kind == RecordKind::GlobalError && m_last != nullptr && m_last->ended) {
        addSpan(*m_last, record.offset, record.length, m_lastCertainty);
        return;
    }
    const auto [run, certainty] = attribute(m_open, m_candidates, record, time, !m_clusters.empty());
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
    m_open.spoke(*run);
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
        m_done.push_back(std::move(*run));
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
    m_open.takeEnded([this](OpenRun &ended) {
        if (m_last == &ended)
            m_last = nullptr;
        keepBuffersOf(ended);
        m_done.push_back(std::move(ended));
    });
}

/// Of a run that so many others have spoken after, nothing more is expected.
void RunAssembler::forgetQuietest() {
    OpenRun &quietest = m_open.quietest();
    if (m_last == &quietest)
        m_last = nullptr;
    endSilently(quietest, RunStatus::Abandoned);
    m_done.push_back(m_open.take(quietest));
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
    changes.reserve(m_done.size());
    for (OpenRun &run : m_done) {
        if (run.dirty)
            changes.push_back(takeLastChange(run));
    }
    m_done.clear();
    m_open.each([&](OpenRun &run) {
        if (run.dirty) {
            changes.push_back(takeChange(run));
            run.resting = false;
        } else if (!run.resting) {
            rest(run);
        }
    });
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
    std::ranges::stable_sort(changes, {}, &RunChange::firstOffset); // as they began
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
    m_open.each(end);
    for (auto &cluster : m_clusters) {
        if (cluster->dirty)
            cluster->resolve(m_book.get());
        for (auto &run : cluster->runs) {
            end(*run);
            if (!run->dirty)
                continue;
            m_done.push_back(*run);
            static_cast<void>(takeChange(*run)); // what m_done has is not to be said again
        }
    }
}

std::vector<const Run *> RunAssembler::openRuns() const {
    std::vector<const Run *> runs;
    m_open.each([&](const OpenRun &open) {
        if (!open.ended)
            runs.push_back(&open.run);
    });
    for (const auto &cluster : m_clusters) {
        for (const auto &open : cluster->runs) {
            if (!open->ended)
                runs.push_back(&open->run);
        }
    }
    return runs;
}

} // namespace ra::ingest
