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
#include <unistd.h>

namespace ra::store {

namespace fs = std::filesystem;

namespace {

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

void Store::Private::heedHorizons() {
    runsHorizon = rooms->retention.horizon("runs");
    rooms->samples.setHorizon(rooms->retention.horizon("samples"));
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
