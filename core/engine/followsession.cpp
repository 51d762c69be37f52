// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/followsession.h"

#include "core/engine/documentbatch.h"
#include "core/engine/followedsource.h"
#include "core/engine/forks.h"
#include "core/engine/indexprogress.h"
#include "core/engine/processwatch.h"
#include "core/engine/sharedboard.h"
#include "core/ingest/follower.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <filesystem>
#include <map>
#include <set>
#include <sys/stat.h>
#include <thread>
#include <utility>

namespace ra::engine {

namespace {

using Clock = std::chrono::steady_clock;

constexpr std::size_t largestBatch = 4U << 20; ///< of raw bytes while catching up

} // namespace

struct FollowSession::Private : std::enable_shared_from_this<FollowSession::Private> {
    WriterThread &writer;
    Zone zone;
    std::shared_ptr<ingest::RecipeBook> book;
    Callbacks callbacks;

    SharedBoard board;

    std::map<std::uint64_t, FollowedSource> sources; ///< by the follower's number; follow thread only
    RunEvents events;                                ///< follow thread only
    ForkedRecipes forkedRecipes;                     ///< follow thread only
    IndexProgress progress;                          ///< follow thread only

    bool markingFailed = false; ///< the last time; writer thread only

    std::atomic<std::int64_t> lastActivity{Clock::now().time_since_epoch().count()};
    std::unique_ptr<ingest::Follower> follower;
    std::unique_ptr<ProcessWatch> processes;
    std::jthread followThread; ///< last: ends first

    Private(WriterThread &writerThread, Zone sourceZone, std::shared_ptr<ingest::RecipeBook> recipes, Callbacks given)
        : writer(writerThread)
        , zone(std::move(sourceZone))
        , book(std::move(recipes))
        , callbacks(std::move(given)) {}

    std::uint64_t opened(const ingest::FollowedFile &file);
    void bytes(const ingest::FollowedFile &file, std::uint64_t offset, std::span<const char> data);
    void caughtUp(const ingest::FollowedFile &file);
    void replaced(const ingest::FollowedFile &file);
    void gone(const ingest::FollowedFile &file);
    void document(const std::string &path, const ingest::DocumentFormat &format);
    void deliver(std::uint64_t id, FollowedSource &source, bool withCheckpoint);
    void knowForks();
    void resolveForks();
    void publishOpenRuns(std::uint64_t id, FollowedSource &source);
    void orphan(std::uint64_t id, const FollowedSource &source);
    void knowOrphans();
    void endAbandoned(const std::set<std::string> &runIds);
    void askForHistories();
    void markOrphans(const std::vector<std::string> &lost);
    void tell(const Error &error) const {
        if (callbacks.failed)
            callbacks.failed(error);
    }
    void changed() const {
        if (callbacks.changed)
            callbacks.changed();
    }
};

std::uint64_t FollowSession::Private::opened(const ingest::FollowedFile &file) {
    auto source = openSource(writer, file, zone, book);
    if (!source) {
        tell(source.error());
        return ingest::Follower::skip;
    }
    const std::uint64_t offset = source->rawOffset;
    const bool unchanged = source->packed && source->packed == file.stamp;
    struct stat info {};
    const bool sized = !file.compressed && stat(file.path.c_str(), &info) == 0;
    const std::uint64_t size = sized ? static_cast<std::uint64_t>(info.st_size) : 0;
    progress.expect(size > offset ? size - offset : 0);
    const auto [entry, added] = sources.insert_or_assign(file.id, std::move(*source));
    publishOpenRuns(file.id, entry->second);
    board.open(sources.size(), entry->second.reader.openRuns());
    changed();
    return unchanged ? ingest::Follower::unchanged : offset;
}

void FollowSession::Private::bytes(const ingest::FollowedFile &file, std::uint64_t offset, std::span<const char> data) {
    const auto found = sources.find(file.id);
    if (found == sources.end())
        return;
    FollowedSource &source = found->second;
    if (source.raw.empty())
        source.rawOffset = offset;
    source.raw.append(data.data(), data.size());
    source.reader.feed(data);
    source.unsaved = true;
    source.atEnd = false;
    lastActivity = Clock::now().time_since_epoch().count();
    progress.read(data.size(), file.path);
    if (source.raw.size() >= largestBatch) {
        deliver(file.id, source, checkpointIsDue(source));
        progress.tell(false, callbacks.progress);
    }
}

void FollowSession::Private::caughtUp(const ingest::FollowedFile &file) {
    const auto found = sources.find(file.id);
    if (found == sources.end())
        return;
    FollowedSource &source = found->second;
    source.path = file.path;
    source.identity = file.identity;
    source.atEnd = true;
    if (file.compressed)
        source.reader.finish(); // it is read once whole
    const bool whole = file.compressed && file.stamp.size >= 0;
    const bool news = whole && source.packed != file.stamp;
    if (whole)
        source.packed = file.stamp;
    const bool due = news || (source.unsaved && (file.compressed || checkpointIsDue(source)));
    if (!source.raw.empty() || due)
        deliver(file.id, source, due);
    progress.tell(true, callbacks.progress);
}

void FollowSession::Private::replaced(const ingest::FollowedFile &file) {
    const auto found = sources.find(file.id);
    if (found == sources.end())
        return;
    FollowedSource &source = found->second;
    deliver(file.id, source, true);
    orphan(file.id, source);
    beginAnew(source, file, zone, book);
}

void FollowSession::Private::gone(const ingest::FollowedFile &file) {
    const auto found = sources.find(file.id);
    if (found == sources.end())
        return;
    found->second.reader.finish(); // nobody will write the end of its last line
    deliver(file.id, found->second, true);
    orphan(file.id, found->second);
    sources.erase(found);
    board.setSources(sources.size());
}

void FollowSession::Private::document(const std::string &path, const ingest::DocumentFormat &format) {
    auto read = documentBatch(path, format, zone);
    if (!read) {
        if (read.error().kind != ErrorKind::NotFound)
            tell(read.error());
        return;
    }
    bool news = false;
    for (const Recipe &recipe : read->recipes) {
        if (book->add(recipe))
            news = news || forkedRecipes.contains(recipe.path);
    }
    lastActivity = Clock::now().time_since_epoch().count();
    writer.push(std::move(*read));
    if (news)
        resolveForks();
}

/// Runs that share a runner name, after their recipe became known: those that are being read decide anew by themselves.
void FollowSession::Private::resolveForks() {
    for (auto &[id, source] : sources)
        deliver(id, source, true);
    auto batches = resolveForksAnew(writer, *book);
    if (!batches) {
        tell(batches.error());
        return;
    }
    for (ingest::Batch &batch : *batches) {
        forkedRecipes.note(batch.forks);
        board.apply(batch);
        writer.push(std::move(batch));
    }
    changed();
}

/// What an earlier session left: it may have ended between learning a recipe and using it.
void FollowSession::Private::knowForks() {
    const auto stored = storedForks(writer);
    if (!stored) {
        tell(stored.error());
        return;
    }
    forkedRecipes.note(*stored);
    if (!stored->empty())
        resolveForks();
}

/// Hands over what was read: first to the live board, then to the store.
void FollowSession::Private::deliver(std::uint64_t id, FollowedSource &source, bool withCheckpoint) {
    ingest::Batch batch = takeBatch(source, withCheckpoint);
    forkedRecipes.note(batch.forks);
    board.take(batch, source.rawOffset, source.raw, *book, now());
    changed();
    if (callbacks.event) {
        for (const RunEvent &event : events.take(batch))
            callbacks.event(event);
    }
    if (!batch.runs.empty()) {
        // Nearly every batch only tells more of runs that are known to be open: those need no new list.
        if (std::ranges::any_of(batch.runs, [&](const ingest::RunChange &change) {
                const bool runs = change.run.status == RunStatus::Running && !change.withdrawn;
                return runs != source.openRuns.contains(change.run.id);
            }))
            publishOpenRuns(id, source);
        askForHistories();
    }
    if (!source.raw.empty())
        batch.raw.push_back({source.rawOffset, std::move(source.raw)});
    source.raw.clear();
    source.rawOffset = source.reader.offset();
    if (withCheckpoint) {
        source.checkpoint = Clock::now();
        source.checkpointSize = batch.checkpoint.state.size();
        source.unsaved = false;
    }
    source.samples = withCheckpoint ? 0 : source.samples + batch.samples.samples.size();
    writer.push(std::move(batch));
}

void FollowSession::Private::publishOpenRuns(std::uint64_t id, FollowedSource &source) {
    std::vector<OpenRun> runs = runningOf(source);
    source.openRuns.clear();
    for (const OpenRun &run : runs)
        source.openRuns.insert(run.id);
    processes->setOpen(id, std::move(runs));
}

/// Nothing will be read any more that could end the source's open runs, yet their process may live on.
void FollowSession::Private::orphan(std::uint64_t id, const FollowedSource &source) {
    processes->orphan(id, runningOf(source));
}

/// What an earlier session left open: its logs may be gone since.
void FollowSession::Private::knowOrphans() {
    using Running = Result<std::vector<store::RunningRun>>;
    const auto running = writer.call<Running>([](store::Store &store) { return store.runningRuns(); });
    if (!running) {
        tell(running.error());
        return;
    }
    std::vector<OpenRun> orphans;
    for (const store::RunningRun &run : *running) {
        const live::FileKey file{run.device, run.inode};
        orphans.push_back({run.runId, run.runner, file, live::fileOwnerOf(run.path, file)});
    }
    processes->addOrphans(orphans);
}

/// On the follow thread. What is not read to its end yet may still hold the end of its runs; they come up again.
void FollowSession::Private::endAbandoned(const std::set<std::string> &runIds) {
    for (auto &[id, source] : sources) {
        const std::vector<const Run *> runs = source.reader.openRuns();
        const bool any =
            std::any_of(runs.begin(), runs.end(), [&](const Run *run) { return runIds.contains(run->id); });
        if (!any || !source.atEnd)
            continue;
        source.reader.endOpenRuns(RunStatus::Abandoned, [&](const Run &run) { return runIds.contains(run.id); });
        deliver(id, source, true);
    }
}

void FollowSession::Private::askForHistories() {
    for (const std::string &recipe : board.recipesToAskAbout()) {
        // The answer may come when the session has ended: then nobody waits for it.
        callbacks.ask([session = weak_from_this(), recipe](query::Reader &reader) {
            auto history = reader.history(recipe);
            const auto self = session.lock();
            if (!history || !self)
                return; // an estimate is a courtesy: without it the page says that there is none
            self->board.setHistory(recipe, std::move(*history));
            self->changed();
        });
    }
}

/// Nobody reads what could tell the store so later: a run is forgotten when the store has it, and marked again at a
/// later look where that failed.
void FollowSession::Private::markOrphans(const std::vector<std::string> &lost) {
    processes->hold(lost);
    board.markAbandoned(lost);
    changed();
    // The session may have ended by then: what is not marked comes up in the next one.
    writer.post([session = weak_from_this(), lost](store::Store &store) -> Result<store::CommitSummary> {
        auto marked = store.markAbandoned(lost);
        const auto self = session.lock();
        if (!self)
            return marked;
        self->processes->settle(lost, marked.has_value());
        // The same failure at every look is told once.
        const bool told = std::exchange(self->markingFailed, !marked);
        if (!marked && told)
            return store::CommitSummary{};
        return marked;
    });
}

FollowSession::FollowSession(WriterThread &writer, Zone zone, std::shared_ptr<ingest::RecipeBook> book,
                             const std::vector<std::string> &folders, Callbacks callbacks)
    : d(std::make_shared<Private>(writer, std::move(zone), std::move(book), std::move(callbacks))) {
    ingest::Follower::Callbacks follow;
    follow.opened = [this](const ingest::FollowedFile &file) { return d->opened(file); };
    follow.bytes = [this](const ingest::FollowedFile &file, std::uint64_t offset, std::span<const char> data) {
        d->bytes(file, offset, data);
    };
    follow.atEnd = [this](const ingest::FollowedFile &file) { d->caughtUp(file); };
    follow.replaced = [this](const ingest::FollowedFile &file) { d->replaced(file); };
    follow.gone = [this](const ingest::FollowedFile &file) { d->gone(file); };
    follow.document = [this](const std::string &path, const ingest::DocumentFormat &format) {
        d->document(path, format);
    };
    follow.notice = [this](std::string notice) {
        d->board.setNotice(std::move(notice));
        d->changed();
    };
    d->follower = std::make_unique<ingest::Follower>(std::move(follow));
    d->processes = std::make_unique<ProcessWatch>(ProcessWatch::Callbacks{
        .abandoned =
            [this](const std::set<std::string> &runs) { d->follower->post([this, runs] { d->endAbandoned(runs); }); },
        .orphaned = [this](const std::vector<std::string> &runs) { d->markOrphans(runs); },
    });
    add(folders);
    d->followThread = std::jthread([this](const std::stop_token &stop) {
        d->knowForks();
        d->knowOrphans();
        d->follower->run(stop);
        for (auto &[id, source] : d->sources)
            d->deliver(id, source, true);
    });
}

FollowSession::~FollowSession() {
    d->followThread.request_stop();
    d->processes->stop();
    d->followThread.join();
}

void FollowSession::add(const std::vector<std::string> &paths) {
    for (const std::string &path : paths) {
        std::error_code ignored; // what is not there yet is expected to become a folder
        if (std::filesystem::is_regular_file(path, ignored))
            d->follower->addFile(path);
        else
            d->follower->addFolder(path);
    }
}

void FollowSession::remove(const std::string &path) {
    d->follower->remove(path);
}

std::shared_ptr<const live::LiveSnapshot> FollowSession::live() const {
    return d->board.snapshot();
}

Duration FollowSession::idleFor() const {
    return Clock::now().time_since_epoch() - Clock::duration(d->lastActivity.load());
}

} // namespace ra::engine
