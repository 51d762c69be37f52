// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/store/store.h"

#include "core/base/crashpoint.h"
#include "core/store/peek.h"
#include "core/store/repair.h"
#include "core/store/schema.h"
#include "core/store/storeinfo.h"
#include "core/store/storeprivate.h"

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <fcntl.h>
#include <filesystem>
#include <sys/stat.h>
#include <tuple>
#include <unistd.h>

namespace ra::store {

namespace fs = std::filesystem;

namespace {

constexpr std::int64_t nsPerDay = 86'400'000'000'000;
/// What tidy() may take: a batch that comes meanwhile waits for it.
constexpr auto pieceTakes = std::chrono::milliseconds(5);

/// Makes the file if need be, for its owner only, and gives its canonical path. SQLite itself must open it afterwards:
/// closing another descriptor of a database that this process has open would drop SQLite's locks, so an existing file
/// is not opened here. Neither is it touched: it may be another program's.
Result<std::string> prepareFile(const std::string &path) {
    const auto failure = [&](int code) {
        return fail({.what = "open the store",
                     .where = path,
                     .why = std::strerror(code),
                     .hint = "Check that you may write to its folder"});
    };
    std::error_code code;
    const fs::path folder = fs::absolute(path, code).parent_path();
    if (!fs::exists(folder, code)) {
        fs::create_directories(folder, code);
        if (code)
            return failure(code.value());
        fs::permissions(folder, fs::perms::owner_all, code);
    }
    const int descriptor = ::open(path.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (descriptor >= 0)
        ::close(descriptor);
    else if (errno != EEXIST)
        return failure(errno);
    else if (fs::is_directory(path, code))
        return failure(EISDIR);
    else if (!fs::is_regular_file(path, code)) {
        return fail({.kind = ErrorKind::Damaged,
                     .what = "open the store",
                     .where = path,
                     .why = "it is no ordinary file",
                     .hint = "Choose another file"});
    }
    const fs::path canonical = fs::canonical(path, code);
    if (code)
        return failure(code.value());
    return canonical.string();
}

/// Between checkpoints a reader may hand over batches that leave the last one standing.
bool hasCheckpoint(const ingest::Batch &batch) {
    return batch.checkpoint.offset > 0 || !batch.checkpoint.state.empty();
}

/// Before the first connection of the program, else it has no effect: SQLite then keeps no tally of its memory, which
/// nobody asks for, behind a lock of all threads.
void configureLibrary() {
    static const int once = sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
    static_cast<void>(once);
}

void configure(SQLite::Database &db) {
    db.setBusyTimeout(10'000);
    db.exec("PRAGMA page_size = 8192");
    db.exec("PRAGMA journal_mode = WAL");
    // A commit survives the program's death at once, a power cut from the next checkpoint on; the log is then read
    // again from the checkpoint that was committed with it.
    db.exec("PRAGMA synchronous = NORMAL");
    db.exec("PRAGMA wal_autocheckpoint = 4000");
    db.exec("PRAGMA journal_size_limit = 67108864");
    db.exec("PRAGMA cache_size = -65536");
    db.exec("PRAGMA temp_store = MEMORY");
    // Debian's SQLite overwrites what is deleted with zeros; that is not ours to pay for on every fold.
    db.exec("PRAGMA secure_delete = OFF");
}

} // namespace

Store::Store() = default;
Store::~Store() = default;

const std::string &Store::path() const {
    return d->path;
}

Result<std::unique_ptr<Store>> Store::open(const std::string &path) {
    auto result = guarded("open the store", path, [&]() -> Result<std::unique_ptr<Store>> {
        Result<std::string> canonical = prepareFile(path);
        if (!canonical)
            return tl::unexpected(canonical.error());
        configureLibrary();
        if (isRepairPending(*canonical)) { // it was killed when all but the last steps were done
            const Result<WriterLock> lock = WriterLock::acquire(*canonical);
            if (!lock)
                return tl::unexpected(lock.error());
            if (const Result<void> finished = finishRepair(*canonical); !finished)
                return tl::unexpected(finished.error());
        }
        if (const Result<void> ours = checkIsOurs(*canonical); !ours)
            return tl::unexpected(ours.error());
        Result<WriterLock> lock = WriterLock::acquire(*canonical);
        if (!lock)
            return tl::unexpected(lock.error());
        std::unique_ptr<Store> store(new Store);
        store->d = std::make_unique<Private>(std::move(*canonical), std::move(*lock));
        Private &opened = *store->d;
        // Once more, with what a WAL holds: it stays as it is where the file is refused.
        sqlite3_db_config(opened.db.getHandle(), SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, nullptr);
        if (const Result<int> version = versionOf(opened.db, opened.path); !version)
            return tl::unexpected(version.error());
        sqlite3_db_config(opened.db.getHandle(), SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 0, nullptr);
        // An old file of wider rights: narrowed where it is ours, else left to its owner.
        static_cast<void>(::chmod(opened.path.c_str(), 0600));
        configure(opened.db);
        if (const Result<int> schema = migrate(opened.db, opened.path); !schema)
            return tl::unexpected(schema.error());
        opened.rooms = std::make_unique<Private::Rooms>(opened.db);
        opened.heedHorizons();
        opened.heedPolicy();
        return store;
    });
    // What is declared in it may be damaged so that it is something else, which SQLite does not call damage.
    if (!result && result.error().hint.empty())
        result.error().hint = "If it was a store, run: recipe-analytics store repair --store " + path;
    return result;
}

Result<CommitSummary> Store::apply(std::span<const ingest::Batch> batches) {
    // What is old and comes now is in no archive: it must not go with what is in one.
    if (const auto removed = removeArchived(); !removed)
        return fail(removed.error());
    return d->changed(
        guarded("store what was read", d->path, [&]() -> Result<CommitSummary> { return d->apply(batches); }));
}

void Store::Private::forget() {
    rooms->blocks.finish();
    rooms->blocks.times().forget();
    rooms->sources.load();
    rooms->runs.forget();
    rooms->grouping.forget();
    rooms->samples.forget();
    rooms->stepRollups.forget();
    rooms->retention.forget();
    rooms->textSweep.forget();
    lastDay = -1;
}

CommitSummary Store::Private::apply(std::span<const ingest::Batch> batches) {
    CommitSummary summary;
    (void)rooms->samples.takeTooOld(); // of what has failed and comes again now
    rooms->blocks.begin(batches);
    SQLite::Transaction transaction(db, SQLite::TransactionBehavior::IMMEDIATE);
    if (const std::int64_t day = toNs(now()) / nsPerDay; day != lastDay) {
        noteSize(db, day);
        lastDay = day;
    }

    crashPoint("ingest.begun");
    // First the times of all sources, so that each run is put knowing who may agree with it.
    const auto isWrittenAnew = [this](const ingest::Batch &batch, std::int64_t sourceId) {
        return rooms->whole.isWrittenAnew(batch, sourceId);
    };
    std::vector<Source *> sources;
    for (const ingest::Batch &batch : batches) {
        bool isNew = false;
        Source &source = rooms->sources.obtain(batch, isNew, isWrittenAnew);
        // All of an older stretch is in the store already, unless its times are read in another zone now. A document
        // has no stretches: it says other things, however long it is.
        const bool old = !batch.whole && !isNew && hasCheckpoint(batch) && batch.zone == source.state.zone &&
                         batch.checkpoint.offset < source.state.checkpoint.offset;
        sources.push_back(old ? nullptr : &source);
        if (old)
            continue;
        for (const ingest::RunChange &change : batch.runs) {
            for (const std::optional<Time> &time : {change.run.start, change.run.end}) {
                if (!time)
                    continue;
                source.first = std::min(source.first.value_or(toNs(*time)), toNs(*time));
                source.last = std::max(source.last.value_or(toNs(*time)), toNs(*time));
            }
        }
    }
    crashPoint("ingest.sources");
    std::vector<Touched> touched;
    for (std::size_t i = 0; i < batches.size(); ++i) {
        if (sources[i])
            applyBatch(batches[i], *sources[i], touched, summary);
    }
    rooms->runs.flush();
    crashPoint("ingest.runs");
    if (!touched.empty())
        rooms->grouping.regroup(touched, summary);
    crashPoint("ingest.grouped");
    for (std::size_t i = 0; i < batches.size(); ++i) {
        if (sources[i])
            rooms->blocks.put(*sources[i], batches[i]);
    }
    rooms->blocks.finish();
    crashPoint("ingest.blocks");
    rooms->stepRollups.mark(StepRollups::Clock::now());
    crashPoint("ingest.before-commit");
    transaction.commit();
    crashPoint("ingest.committed");
    rooms->samples.committed();
    summary.samplesTooOld = rooms->samples.takeTooOld();
    return summary;
}

void Store::Private::applyBatch(const ingest::Batch &batch, Source &source, std::vector<Touched> &touched,
                                CommitSummary &summary) {
    for (const Recipe &recipe : batch.recipes)
        rooms->recipes.put(recipe);

    std::int64_t first = INT64_MAX;
    std::int64_t last = INT64_MIN;
    bool vague = false;
    for (const ingest::RunChange &change : batch.runs) {
        vague = vague || change.headless || !change.run.start;
        if (change.run.start) {
            first = std::min(first, toNs(*change.run.start));
            last = std::max(last, toNs(*change.run.start));
        }
    }
    if (!batch.runs.empty())
        rooms->grouping.focus(source.state.sourceId, first, last, vague);
    if (batch.whole) {
        rooms->runs.flush();
        const bool understood =
            batch.rejected.empty() || !batch.runs.empty() || !batch.recipes.empty() || !batch.samples.isEmpty();
        if (understood) {
            for (const ingest::RunChange &gone : rooms->whole.withdrawals(batch, source.state.sourceId))
                applyRun(source, gone, false, touched, summary);
            summary.samples += rooms->samples.putWhole(batch.samples, source.state.sourceId, batch.runs.empty());
        }
        rooms->whole.forgetRejected(batch, source.state.sourceId);
    }
    // By their beginnings: a run that begins after all that are known is new without asking, and the rows of many new
    // ones go in together. Runs are told by their ends.
    std::vector<const ingest::RunChange *> changes;
    changes.reserve(batch.runs.size());
    for (const ingest::RunChange &change : batch.runs)
        changes.push_back(&change);
    std::stable_sort(changes.begin(), changes.end(), [](const auto *a, const auto *b) {
        return std::tie(a->firstOffset, a->part) < std::tie(b->firstOffset, b->part);
    });
    for (const ingest::RunChange *each : changes) {
        const ingest::RunChange &change = *each;
        if (isGone(batch, source, change))
            continue;
        const bool surelyNew = !source.hasRuns || change.firstOffset > source.lastRunOffset;
        applyRun(source, change, surelyNew, touched, summary);
        source.lastRunOffset = surelyNew ? change.firstOffset : source.lastRunOffset;
        source.hasRuns = true;
    }

    if (!batch.whole && hasCheckpoint(batch))
        summary.samples += rooms->samples.put(batch.samples, source.state.sourceId);
    else if (!batch.whole)
        summary.samples += rooms->samples.hold(batch.samples, source.state.sourceId);
    for (const ingest::ForkRecord &fork : batch.forks)
        rooms->forks.put(source.state.sourceId, fork);
    for (const ingest::RejectedLine &line : batch.rejected) {
        rooms->reject.bind(source.state.sourceId, line.offset, line.line, line.reason, line.excerpt);
        rooms->reject.run();
        summary.rejected += static_cast<std::uint64_t>(sqlite3_changes(db.getHandle()));
    }

    const bool advances =
        batch.checkpoint.offset > source.state.checkpoint.offset ||
        (!batch.raw.empty() && batch.raw.back().offset + batch.raw.back().bytes.size() > source.blocksEnd);
    if (batch.whole)
        source.records = batch.records;
    else if (advances)
        source.records += batch.records;
    source.state.path = batch.path;
    source.state.format = batch.format;
    source.state.zone = batch.zone;
    if (hasCheckpoint(batch))
        source.state.checkpoint = batch.checkpoint;
    rooms->sources.save(source);
}

/// Whether a run has been removed by retention, and a document that is read again tells of it, or a log in which it
/// never ended, or another copy of its log.
bool Store::Private::isGone(const ingest::Batch &batch, const Source &source, const ingest::RunChange &change) {
    const std::optional<Time> end = change.run.end ? change.run.end : change.run.start;
    if (!end || toNs(*end) >= runsHorizon)
        return false;
    if (change.run.start &&
        rooms->retention.hasRemoved(runIdNumber(change.run.id).value_or(0), toNs(*change.run.start)) &&
        !rooms->runs.findSighting(source.state.sourceId, change.firstOffset, change.part))
        return true;
    const bool wasTold = batch.whole ? source.records > 0 : change.firstOffset < source.state.checkpoint.offset;
    return wasTold && !rooms->runs.findSighting(source.state.sourceId, change.firstOffset, change.part);
}

void Store::Private::heedHorizons() {
    runsHorizon = rooms->retention.horizon("runs");
    rooms->samples.setHorizon(rooms->retention.horizon("samples"));
}

void Store::Private::applyRun(const Source &source, const ingest::RunChange &change, bool surelyNew,
                              std::vector<Touched> &touched, CommitSummary &summary) {
    const std::int64_t id = source.state.sourceId;
    RunWriter &runs = rooms->runs;
    if (change.withdrawn) {
        runs.flush();
        const auto row = runs.findSighting(id, change.firstOffset, change.part);
        if (!row)
            return;
        runs.remove(*row);
        touched.push_back({*row, true, false, row->mergedInto, row->runId});
        return;
    }
    const std::int64_t runId = runIdNumber(change.run.id).value_or(0);
    const bool taken = surelyNew && runs.isNumberTaken(runId);
    const RunWriter::Outcome put = runs.putSighting(id, change, surelyNew);
    if (!put.changed)
        return;
    const RunRow &row = put.row;
    if (!put.added && put.before.runId != row.runId)
        runs.setAlias(put.before.runId, row.id);
    const bool same = put.added ? surelyNew && !taken : put.before.runId == row.runId;
    if (same && row.shown == row.has(StandsAlone) && rooms->grouping.isSurelyAlone(row)) {
        if (row.shown)
            (put.added ? summary.added : summary.updated).push_back(runIdText(row.number()));
        return;
    }
    const RunRow &before = put.added ? row : put.before;
    touched.push_back({row, false, !put.added && (before.shown || before.mergedInto), before.mergedInto, before.runId});
}

Result<std::optional<SourceState>> Store::findSource(const ingest::SourceIdentity &identity, std::string_view path) {
    return findSource(identity, path, {});
}

Result<std::optional<SourceState>> Store::findSource(const ingest::SourceIdentity &identity, std::string_view path,
                                                     const HeadHash &headHash) {
    return guarded("find a source in the store", d->path, [&]() -> Result<std::optional<SourceState>> {
        const Source *source = d->rooms->sources.find(identity, path, headHash);
        return source ? std::optional(source->state) : std::nullopt;
    });
}

Result<std::vector<SourceState>> Store::sources() {
    std::vector<SourceState> states;
    for (const Source *source : d->rooms->sources.all())
        states.push_back(source->state);
    return states;
}

Result<std::vector<StoredFork>> Store::forks() {
    return guarded("look for forked runs", d->path, [&]() -> Result<std::vector<StoredFork>> {
        std::vector<StoredFork> forks;
        for (ForkTable::Row &row : d->rooms->forks.keys()) {
            if (const Source *source = d->rooms->sources.byId(row.sourceId))
                forks.push_back({source->state, std::move(row.record)});
        }
        return forks;
    });
}

Result<std::string> Store::forkData(const StoredFork &fork) {
    return guarded("read what is kept of forked runs", d->path, [&]() -> Result<std::string> {
        return d->rooms->forks.data(fork.source.sourceId, fork.record.firstOffset);
    });
}

Result<std::vector<RunningRun>> Store::runningRuns() {
    return guarded("look for open runs", d->path, [&]() -> Result<std::vector<RunningRun>> {
        std::vector<RunningRun> runs;
        Statement select(d->db, "SELECT run_id, runner, source_id FROM runs WHERE status = 0 AND status <> 1 AND "
                                "source_id IS NOT NULL AND runner <> 0 AND shown = 1 "
                                "UNION ALL SELECT m.run_id, m.runner, m.source_id FROM runs r JOIN runs m ON "
                                "m.merged_into = r.id WHERE r.status = 0 AND r.status <> 1 AND r.shown = 1 AND "
                                "m.status = 0 AND m.runner <> 0");
        while (select.step()) {
            const Source *source = d->rooms->sources.byId(select.integer(2));
            if (source == nullptr)
                continue;
            const ingest::SourceIdentity &identity = source->state.identity;
            runs.push_back({runIdText(select.integer(0)), static_cast<std::uint64_t>(select.integer(1)),
                            identity.device, identity.inode, source->state.path});
        }
        return runs;
    });
}

Result<CommitSummary> Store::markAbandoned(std::span<const std::string> runIds) {
    return d->changed(guarded("mark runs as abandoned", d->path, [&]() -> Result<CommitSummary> {
        CommitSummary summary;
        SQLite::Transaction transaction(d->db, SQLite::TransactionBehavior::IMMEDIATE);
        RunWriter &runs = d->rooms->runs;
        const auto running = static_cast<std::int64_t>(RunStatus::Running);
        std::vector<Touched> touched;
        for (const std::string &runId : runIds) {
            const auto number = runIdNumber(runId);
            const auto shown = number ? runs.loader().byNumber(*number) : std::nullopt;
            if (!shown || shown->status != running)
                continue;
            std::vector<std::int64_t> ids = runs.loader().members(shown->id);
            if (ids.empty())
                ids.push_back(shown->id);
            for (const std::int64_t id : ids) {
                RunRow row = *runs.loader().row(id);
                if (row.status != running)
                    continue;
                runs.markAbandoned(row);
                row = *runs.loader().row(id);
                touched.push_back({row, false, true, row.mergedInto, row.runId});
            }
        }
        d->rooms->grouping.regroup(touched, summary);
        d->rooms->stepRollups.mark(StepRollups::Clock::now());
        transaction.commit();
        return summary;
    }));
}

Result<bool> Store::tidy() {
    SampleWriter &samples = d->rooms->samples;
    StepRollups &steps = d->rooms->stepRollups;
    if (const auto until = samples.heldUntil(); until && *until <= SampleWriter::Clock::now()) {
        if (const auto put = putHeld(); !put)
            return tl::unexpected(put.error());
        return true;
    }
    TextSweep &texts = d->rooms->textSweep;
    BlockTimesTable &times = d->rooms->blocks.times();
    if (!samples.maySeal() && !steps.mayRefresh() && !d->mayRetain() && !texts.isWanted() && !times.mayFill())
        return false;
    return d->changed(guarded("tidy the store", d->path, [&]() -> Result<bool> {
        SQLite::Transaction transaction(d->db, SQLite::TransactionBehavior::IMMEDIATE);
        // Several in one transaction: they share pages.
        const auto end = SampleWriter::Clock::now() + pieceTakes;
        bool any = false;
        do
            any = samples.sealSome() || steps.refreshSome(StepRollups::Clock::now()) || d->retainSome() ||
                  texts.sweepSome() || times.fillSome();
        while (any && SampleWriter::Clock::now() < end);
        crashPoint("tidy.before-commit");
        transaction.commit();
        crashPoint("tidy.committed");
        samples.committed();
        return any;
    }));
}

std::vector<Error> Store::takeWarnings() {
    std::vector<Error> warnings;
    for (const DamagedSeries &damaged : d->rooms->samples.takeDamaged()) {
        std::string name = "number " + std::to_string(damaged.series);
        static_cast<void>(guarded("name a series", d->path, [&]() -> Result<bool> {
            Statement select(d->db, "SELECT m.name FROM series s JOIN metrics m ON m.id = s.metric WHERE s.id = ?");
            select.bind(damaged.series);
            const ResetAtEnd reset(select);
            if (select.step())
                name.append(" (").append(select.text(0)).append(")");
            return true;
        }));
        warnings.push_back({.kind = ErrorKind::Damaged,
                            .what = "seal the samples of series " + name,
                            .where = d->path,
                            .why = damaged.why + "; its samples are kept as they come, and all others are sealed",
                            .hint = "Run: recipe-analytics store repair --store " + d->path});
    }
    return warnings;
}

std::optional<std::chrono::steady_clock::time_point> Store::nextTidy() const {
    const auto held = heldUntil();
    if (d->policy.isEmpty() && d->archivedBefore == INT64_MIN)
        return held;
    return std::min(held.value_or(d->nextRetention), d->nextRetention);
}

std::optional<std::chrono::steady_clock::time_point> Store::heldUntil() const {
    return d->rooms->samples.heldUntil();
}

Result<CommitSummary> Store::putHeld() {
    SampleWriter &samples = d->rooms->samples;
    if (!samples.heldUntil())
        return CommitSummary{};
    return d->changed(guarded("store samples", d->path, [&]() -> Result<CommitSummary> {
        CommitSummary summary;
        SQLite::Transaction transaction(d->db, SQLite::TransactionBehavior::IMMEDIATE);
        summary.samples = samples.putHeld();
        crashPoint("held.before-commit");
        transaction.commit();
        crashPoint("held.committed");
        samples.committed();
        return summary;
    }));
}

Result<StoreInfo> Store::info() {
    return guarded("look at the store", d->path, [&]() -> Result<StoreInfo> { return readStoreInfo(d->db, d->path); });
}

} // namespace ra::store
