// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/followsession.h"

#include "core/engine/documentbatch.h"
#include "core/engine/forks.h"
#include "core/engine/processwatch.h"
#include "core/engine/sourcefinder.h"
#include "core/ingest/bytesource.h"
#include "core/ingest/follower.h"
#include "core/ingest/sourcereader.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <filesystem>
#include <map>
#include <mutex>
#include <set>
#include <sys/stat.h>
#include <thread>
#include <utility>

namespace ra::engine {

namespace {

using Clock = std::chrono::steady_clock;

constexpr std::size_t largestBatch = 4U << 20; ///< of raw bytes while catching up
constexpr std::size_t tailBytes = 16U << 10;   ///< of a batch that the live view may show
constexpr auto checkpointEvery = std::chrono::milliseconds(500);
constexpr auto checkpointByteTakes = std::chrono::microseconds(1); ///< until the next: a large one comes less often
/// Until the next where samples came: the store holds those until then, which spares it nine writes of ten.
constexpr auto checkpointOfSamplesEvery = std::chrono::seconds(2);
constexpr std::size_t manySamples = 1'000;
constexpr auto progressEvery = std::chrono::milliseconds(100);

/// A followed file while it is read.
struct Source {
    ingest::SourceReader reader;
    std::string path;
    ingest::SourceIdentity identity;
    std::uint64_t generation = 0;
    std::string raw{}; ///< read and not handed over yet
    std::uint64_t rawOffset = 0;
    Clock::time_point checkpoint{};
    std::size_t checkpointSize = 0;            ///< of the last one: it holds every run that never ended
    std::size_t samples = 0;                   ///< handed over since then
    bool unsaved = false;                      ///< something was read after the last checkpoint
    std::optional<ingest::FileStamp> packed{}; ///< of a compressed one, as it was read to its end
    bool atEnd = false;                        ///< all that the file holds was read
    std::set<std::string> openRuns{};          ///< as published for the watch over processes
    std::uint32_t fileOwner = 0; ///< the user, as the file was opened: once deleted it cannot be asked for
};

std::string fileName(std::string_view path) {
    return std::string(path.substr(path.find_last_of('/') + 1));
}

bool checkpointIsDue(const Source &source) {
    const Clock::duration pause =
        std::max<Clock::duration>(source.samples < manySamples ? checkpointEvery : checkpointOfSamplesEvery,
                                  source.checkpointSize * checkpointByteTakes);
    return Clock::now() - source.checkpoint >= pause;
}

live::FileKey keyOf(const ingest::SourceIdentity &identity) {
    return {identity.device, identity.inode};
}

/// The runs of a source of which the end may still come.
std::vector<OpenRun> runningOf(const Source &source) {
    std::vector<OpenRun> runs;
    for (const Run *run : source.reader.openRuns()) {
        if (run->status == RunStatus::Running)
            runs.push_back({run->id, run->runner, keyOf(source.identity), source.fileOwner});
    }
    return runs;
}

} // namespace

struct FollowSession::Private : std::enable_shared_from_this<FollowSession::Private> {
    WriterThread &writer;
    Zone zone;
    std::shared_ptr<ingest::RecipeBook> book;
    Callbacks callbacks;

    mutable std::mutex boardMutex;
    live::LiveBoard board; ///< guarded by boardMutex

    std::map<std::uint64_t, Source> sources; ///< by the follower's number; follow thread only
    RunEvents events;                        ///< follow thread only
    std::set<std::string> knownRecipes;      ///< follow thread only
    /// File names of recipes of runs that share a runner name; follow thread only.
    std::set<std::string, std::less<>> forkedRecipes;
    Progress progress{.stage = "index", .item = {}, .done = 0, .total = 0};
    Clock::time_point lastProgress{};

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
    void deliver(std::uint64_t id, Source &source, bool withCheckpoint);
    void knowForks();
    void resolveForks();
    void noteForks(const ingest::Batch &batch);
    void publishOpenRuns(std::uint64_t id, Source &source);
    void orphan(std::uint64_t id, const Source &source);
    void knowOrphans();
    void endAbandoned(const std::set<std::string> &runIds);
    void askForHistories();
    void tellProgress(bool atEnd);
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
    Source source{.reader = ingest::SourceReader(zone, book),
                  .path = file.path,
                  .identity = file.identity,
                  .checkpoint = Clock::now(),
                  .fileOwner = live::fileOwnerOf(file.path, keyOf(file.identity))};
    const auto known = findSource(writer, file.identity, file.path);
    if (!known) {
        tell(known.error());
        return ingest::Follower::skip;
    }
    bool resumed = false;
    if (*known) {
        source.generation = (*known)->generation;
        // Beyond the end, the follower says that it was replaced.
        resumed = (*known)->zone == zone.name() && source.reader.resume((*known)->checkpoint);
    }
    const std::uint64_t offset = source.reader.offset();
    source.rawOffset = offset;
    if (resumed)
        source.packed = (*known)->checkpoint.packed;
    const bool unchanged = source.packed && source.packed == file.stamp;
    struct stat info {};
    const bool sized = !file.compressed && stat(file.path.c_str(), &info) == 0;
    const std::uint64_t size = sized ? static_cast<std::uint64_t>(info.st_size) : 0;
    progress.total += size > offset ? size - offset : 0;
    const auto [entry, added] = sources.insert_or_assign(file.id, std::move(source));
    publishOpenRuns(file.id, entry->second);
    {
        const std::lock_guard lock(boardMutex);
        board.setSources(static_cast<int>(sources.size()));
        board.resume(entry->second.reader.openRuns(), now());
    }
    changed();
    return unchanged ? ingest::Follower::unchanged : offset;
}

void FollowSession::Private::bytes(const ingest::FollowedFile &file, std::uint64_t offset, std::span<const char> data) {
    const auto found = sources.find(file.id);
    if (found == sources.end())
        return;
    Source &source = found->second;
    if (source.raw.empty())
        source.rawOffset = offset;
    source.raw.append(data.data(), data.size());
    source.reader.feed(data);
    source.unsaved = true;
    source.atEnd = false;
    lastActivity = Clock::now().time_since_epoch().count();
    progress.done += data.size();
    progress.item = file.path;
    if (source.raw.size() >= largestBatch) {
        deliver(file.id, source, checkpointIsDue(source));
        tellProgress(false);
    }
}

void FollowSession::Private::caughtUp(const ingest::FollowedFile &file) {
    const auto found = sources.find(file.id);
    if (found == sources.end())
        return;
    Source &source = found->second;
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
    tellProgress(true);
}

void FollowSession::Private::replaced(const ingest::FollowedFile &file) {
    const auto found = sources.find(file.id);
    if (found == sources.end())
        return;
    Source &source = found->second;
    deliver(file.id, source, true);
    orphan(file.id, source);
    source.reader = ingest::SourceReader(zone, book);
    source.identity = file.identity;
    source.path = file.path;
    source.fileOwner = live::fileOwnerOf(file.path, keyOf(file.identity));
    source.packed.reset();
    source.rawOffset = 0;
    ++source.generation;
}

void FollowSession::Private::gone(const ingest::FollowedFile &file) {
    const auto found = sources.find(file.id);
    if (found == sources.end())
        return;
    found->second.reader.finish(); // nobody will write the end of its last line
    deliver(file.id, found->second, true);
    orphan(file.id, found->second);
    sources.erase(found);
    const std::lock_guard lock(boardMutex);
    board.setSources(static_cast<int>(sources.size()));
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
            news = news || forkedRecipes.contains(fileName(recipe.path));
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
        noteForks(batch);
        {
            const std::lock_guard lock(boardMutex);
            board.apply(batch, now());
        }
        writer.push(std::move(batch));
    }
    changed();
}

/// What an earlier session left: it may have ended between learning a recipe and using it.
void FollowSession::Private::knowForks() {
    using Stored = Result<std::vector<store::StoredFork>>;
    const auto stored = writer.call<Stored>([](store::Store &store) { return store.forks(); });
    if (!stored) {
        tell(stored.error());
        return;
    }
    ingest::Batch known;
    for (const store::StoredFork &fork : *stored)
        known.forks.push_back(fork.record);
    noteForks(known);
    if (!stored->empty())
        resolveForks();
}

void FollowSession::Private::noteForks(const ingest::Batch &batch) {
    for (const ingest::ForkRecord &fork : batch.forks) {
        for (const std::string &path : fork.recipePaths)
            forkedRecipes.insert(fileName(path));
    }
}

/// Hands over what was read: first to the live board, then to the store.
void FollowSession::Private::deliver(std::uint64_t id, Source &source, bool withCheckpoint) {
    ingest::Batch batch = source.reader.takeBatch(withCheckpoint);
    // The checkpoint stays before a last line without its end: that one is taken again each time.
    if (withCheckpoint && batch.checkpoint.offset == source.reader.offset())
        batch.checkpoint.packed = source.packed;
    batch.path = source.path;
    batch.identity = source.identity;
    batch.generation = source.generation;
    noteForks(batch);
    const Time arrival = now();
    {
        const std::lock_guard lock(boardMutex);
        for (const ingest::RunChange &change : batch.runs) {
            const std::string &path = change.run.recipePath;
            if (change.run.status != RunStatus::Running || knownRecipes.contains(path))
                continue;
            if (const Recipe *recipe = book->find(path); recipe != nullptr && !recipe->steps.empty()) {
                knownRecipes.insert(path);
                std::vector<std::string> names;
                for (const RecipeStep &step : recipe->steps)
                    names.push_back(step.name);
                board.setRecipe(path, std::move(names));
            }
        }
        board.apply(batch, arrival);
        board.takeLastLines(batch, source.rawOffset, source.raw);
        if (!source.raw.empty()) {
            std::string_view text = source.raw;
            if (text.size() > tailBytes) {
                text.remove_prefix(text.size() - tailBytes);
                text.remove_prefix(std::min(text.find('\n'), text.size() - 1) + 1);
            }
            board.addLines(text, arrival);
        }
    }
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

void FollowSession::Private::publishOpenRuns(std::uint64_t id, Source &source) {
    std::vector<OpenRun> runs = runningOf(source);
    source.openRuns.clear();
    for (const OpenRun &run : runs)
        source.openRuns.insert(run.id);
    processes->setOpen(id, std::move(runs));
}

/// Nothing will be read any more that could end the source's open runs, yet their process may live on.
void FollowSession::Private::orphan(std::uint64_t id, const Source &source) {
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
    std::vector<std::string> recipes;
    {
        const std::lock_guard lock(boardMutex);
        recipes = board.recipesToAskAbout(now());
    }
    for (const std::string &recipe : recipes) {
        // The answer may come when the session has ended: then nobody waits for it.
        callbacks.ask([session = weak_from_this(), recipe](query::Reader &reader) {
            auto history = reader.history(recipe);
            const auto self = session.lock();
            if (!history || !self)
                return; // an estimate is a courtesy: without it the page says that there is none
            {
                const std::lock_guard lock(self->boardMutex);
                self->board.setHistory(recipe, std::move(*history));
            }
            self->changed();
        });
    }
}

void FollowSession::Private::tellProgress(bool atEnd) {
    const auto at = Clock::now();
    const bool complete = progress.total > 0 && progress.done >= progress.total;
    if (!callbacks.progress || progress.total == 0 || (at - lastProgress < progressEvery && !(atEnd && complete)))
        return;
    lastProgress = at;
    Progress shown = progress;
    shown.done = std::min(shown.done, shown.total);
    callbacks.progress(shown);
    if (complete)
        progress = {.stage = "index", .item = {}, .done = 0, .total = 0};
}

/// Nobody reads what could tell the store so later: a run is forgotten when the store has it, and marked again at a
/// later look where that failed.
void FollowSession::Private::markOrphans(const std::vector<std::string> &lost) {
    processes->hold(lost);
    {
        const std::lock_guard lock(boardMutex);
        board.markAbandoned(lost, now());
    }
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
        {
            const std::lock_guard lock(d->boardMutex);
            d->board.setNotice(std::move(notice));
        }
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
    const std::lock_guard lock(d->boardMutex);
    return d->board.snapshot(now());
}

Duration FollowSession::idleFor() const {
    return Clock::now().time_since_epoch() - Clock::duration(d->lastActivity.load());
}

} // namespace ra::engine
