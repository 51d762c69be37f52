// SPDX-License-Identifier: GPL-3.0-or-later
// What a store keeps, and for how long.
#include "core/base/crashpoint.h"
#include "core/store/scratch.h"
#include "core/store/storeprivate.h"

#include <algorithm>
#include <filesystem>

namespace ra::store {

namespace {

constexpr std::int64_t nsPerDay = 86'400'000'000'000;
constexpr auto retentionEvery = std::chrono::hours(1);

std::uint64_t freeInFile(SQLite::Database &db) {
    return static_cast<std::uint64_t>(
        db.execAndGet("SELECT freelist_count * page_size FROM pragma_freelist_count, pragma_page_size").getInt64());
}

/// Of the file, without what is free in it.
std::uint64_t usedInFile(SQLite::Database &db) {
    return static_cast<std::uint64_t>(db.execAndGet("SELECT (page_count - freelist_count) * page_size FROM "
                                                    "pragma_page_count, pragma_freelist_count, pragma_page_size")
                                          .getInt64());
}

std::uint64_t staleHours(SQLite::Database &db) {
    return static_cast<std::uint64_t>(db.execAndGet("SELECT count(*) FROM stale_hours").getInt64());
}

/// On the disk, with what the file would not need.
std::uint64_t freeBytes(SQLite::Database &db, const std::string &path) {
    std::error_code code;
    const std::filesystem::space_info space = std::filesystem::space(path, code);
    return (code ? UINT64_MAX / 2 : space.available) + freeInFile(db);
}

Result<void> check(const RetentionPolicy &policy) {
    const auto wrong = [](const char *why) {
        return fail({.kind = ErrorKind::Invalid,
                     .what = "use this policy",
                     .where = {},
                     .why = why,
                     .hint = "Give rollups a period at least as long as those of samples and runs"});
    };
    for (const auto &period : {policy.samples, policy.log, policy.rollups, policy.runs}) {
        if (period && *period < Duration(std::chrono::hours(24)))
            return wrong("a period is shorter than a day");
    }
    const auto isLonger = [&](const std::optional<Duration> &period) {
        return policy.rollups && (!period || *period > *policy.rollups);
    };
    if (isLonger(policy.samples) || isLonger(policy.runs))
        return wrong("rollups would go before the samples or runs that they sum up");
    return {};
}

} // namespace

Result<RetentionPolicy> Store::retention() {
    return guarded("read the policy", d->path,
                   [&]() -> Result<RetentionPolicy> { return d->rooms->retention.policy(); });
}

Result<void> Store::setRetention(const RetentionPolicy &policy) {
    if (auto valid = check(policy); !valid)
        return valid;
    return guarded("save the policy", d->path, [&]() -> Result<void> {
        SQLite::Transaction transaction(d->db, SQLite::TransactionBehavior::IMMEDIATE);
        d->rooms->retention.setPolicy(policy);
        transaction.commit();
        d->heedPolicy();
        return {};
    });
}

void Store::Private::heedPolicy() {
    policy = rooms->retention.policy();
    Statement pending(db, "SELECT max(before_ns) FROM archives WHERE removed = 0");
    archivedBefore = pending.step() && !pending.isNull(0) ? pending.integer(0) : INT64_MIN;
    pending.reset();
    nextRetention = SampleWriter::Clock::now();
    retaining.reset();
}

bool Store::Private::mayRetain() const {
    const bool wanted = !policy.isEmpty() || archivedBefore != INT64_MIN;
    return wanted && (retaining || nextRetention <= SampleWriter::Clock::now());
}

/// A piece, in a transaction of the caller's. The disk's low-water mark is looked at when all periods have been kept.
bool Store::Private::retainSome() {
    if (!mayRetain())
        return false;
    Retention &retention = rooms->retention;
    if (!retaining) {
        // The hours of runs that go are summed up a last time, however short ago they have changed.
        if (rooms->stepRollups.refreshSome(StepRollups::Clock::time_point::max()))
            return true;
        retaining = Retention::cutoffsOf(policy, toNs(now()));
        for (std::int64_t *cutoff : {&retaining->samples, &retaining->log, &retaining->runs})
            *cutoff = std::max(*cutoff, archivedBefore);
        retention.restart();
    }
    // Should this fail, then not again and again.
    nextRetention = SampleWriter::Clock::now() + retentionEvery;
    const Retention::Cutoffs cutoffs = *std::exchange(retaining, std::nullopt);
    Retained gone;
    const bool more = retention.removeSome(cutoffs, gone);
    heedHorizons();
    if (gone.runs > 0) {
        rooms->textSweep.request();
        runsRemoved = true;
        forget();
    }
    if (more) {
        retaining = cutoffs;
        return true;
    }
    if (archivedBefore != INT64_MIN) {
        db.exec("UPDATE archives SET removed = 1");
        archivedBefore = INT64_MIN;
    }
    const std::int64_t today = toNs(now()) / nsPerDay * nsPerDay;
    for (const bool runsToo : {false, true}) {
        const std::int64_t day = std::max(retention.oldestDay(runsToo), runsToo ? cutoffs.runs : cutoffs.samples);
        if (day >= today || freeBytes(db, path) >= policy.keepFreeBytes)
            continue;
        retaining = cutoffs;
        retaining->samples = std::max(cutoffs.samples, day + nsPerDay);
        retaining->keepParts = false;
        retaining->log = std::max(cutoffs.log, day + nsPerDay);
        if (runsToo)
            retaining->runs = std::max(cutoffs.runs, day + nsPerDay);
        retention.restart();
        return true;
    }
    return false;
}

bool Store::takeRunsRemoved() {
    return !d->retaining && std::exchange(d->runsRemoved, false);
}

Result<void> Store::pin(std::span<const std::string> runIds, bool on) {
    return guarded(on ? "pin a run" : "unpin a run", d->path, [&]() -> Result<void> {
        SQLite::Transaction transaction(d->db, SQLite::TransactionBehavior::IMMEDIATE);
        Statement find(d->db, "SELECT id FROM runs WHERE coalesce(alt_id, run_id) = ? AND shown = 1");
        for (const std::string &runId : runIds) {
            find.bind(runIdNumber(runId).value_or(0));
            const ResetAtEnd reset(find);
            if (!runIdNumber(runId) || !find.step()) {
                return fail({.kind = ErrorKind::NotFound,
                             .what = on ? "pin a run" : "unpin a run",
                             .where = runId,
                             .why = "there is no such run",
                             .hint = "recipe-analytics runs lists their ids"});
            }
            d->rooms->retention.pin(find.integer(0), on);
        }
        transaction.commit();
        return {};
    });
}

Result<std::vector<std::string>> Store::pinned() {
    return guarded("read the pins", d->path, [&]() -> Result<std::vector<std::string>> {
        std::vector<std::string> ids;
        Statement select(d->db,
                         "SELECT coalesce(r.alt_id, r.run_id) FROM runs r WHERE shown = 1 AND (id IN (SELECT run "
                         "FROM pins) OR EXISTS (SELECT 1 FROM runs m JOIN pins p ON p.run = m.id WHERE "
                         "m.merged_into = r.id)) ORDER BY start_ns DESC, id");
        while (select.step())
            ids.push_back(runIdText(select.integer(0)));
        return ids;
    });
}

Result<Retained> Store::retain(const RetentionPolicy &policy, Time now, bool preview, const std::stop_token &stop,
                               const ProgressSink &progress) {
    if (auto valid = check(policy); !valid)
        return tl::unexpected(valid.error());
    if (auto held = putHeld(); !held)
        return tl::unexpected(held.error());
    Retained gone;
    if (d->retaining) { // what tidy() was at begins anew: its place is lost to what follows
        d->retaining.reset();
        d->nextRetention = SampleWriter::Clock::now();
    }
    Retention &retention = d->rooms->retention;
    // Of the stages that are over, and of the one that is not.
    std::uint64_t done = 0;
    std::uint64_t total = 0;
    std::function<std::uint64_t()> doneOfStage = [] { return std::uint64_t(0); };
    std::uint64_t told = 0;
    const auto tell = [&] {
        told = std::max(told, std::min(done + doneOfStage(), total));
        if (progress && total > 0)
            progress({.stage = "retain", .item = "parts", .done = told, .total = total});
    };
    const auto begin = [&](std::uint64_t extent, std::function<std::uint64_t()> looked) {
        done = total;
        total += extent;
        doneOfStage = std::move(looked);
    };
    std::optional<StopWatch> watch(std::in_place, d->db, stop); // also within a piece
    // Everything below is done in `piece`s; a preview is one transaction around them all.
    const auto piece = [&](const std::function<bool()> &work) -> Result<bool> {
        if (stop.stop_requested()) {
            return fail({.kind = ErrorKind::Cancelled,
                         .what = "remove what need not be kept",
                         .where = d->path,
                         .why = "it was cancelled",
                         .hint = "What has gone has gone; the next time goes on"});
        }
        auto outcome = guarded("remove what need not be kept", d->path, [&]() -> Result<bool> {
            std::optional<SQLite::Transaction> transaction;
            if (!preview)
                transaction.emplace(d->db, SQLite::TransactionBehavior::IMMEDIATE);
            const bool more = work();
            if (transaction)
                transaction->commit();
            crashPoint("retain.piece");
            return more;
        });
        if (outcome)
            tell();
        return outcome;
    };
    const auto removeAll = [&](const Retention::Cutoffs &cutoffs) -> Result<void> {
        retention.restart();
        begin(retention.extent(cutoffs), [&retention, cutoffs] { return retention.looked(cutoffs); });
        for (;;) {
            const auto more = piece([&] { return retention.removeSome(cutoffs, gone); });
            if (!more)
                return fail(more.error());
            if (!*more)
                return {};
        }
    };
    const auto all = [&]() -> Result<Retained> {
        // The hours of runs that go are summed up a last time.
        const std::uint64_t stale = staleHours(d->db);
        begin(stale, [&] { return stale - std::min(stale, staleHours(d->db)); });
        for (;;) {
            const auto more =
                piece([&] { return d->rooms->stepRollups.refreshSome(StepRollups::Clock::time_point::max()); });
            if (!more)
                return fail(more.error());
            if (!*more)
                break;
        }
        const std::uint64_t before = usedInFile(d->db); // with these sums, which were due whatever goes
        Retention::Cutoffs cutoffs = Retention::cutoffsOf(policy, toNs(now));
        if (auto removed = removeAll(cutoffs); !removed)
            return fail(removed.error());
        // Today stays whatever the disk says.
        cutoffs.keepParts = false;
        const std::int64_t today = toNs(now) / nsPerDay * nsPerDay;
        for (const bool runsToo : {false, true}) {
            std::int64_t day = retention.oldestDay(runsToo);
            while (freeBytes(d->db, d->path) < policy.keepFreeBytes && day < today) {
                day += nsPerDay;
                cutoffs.samples = std::max(cutoffs.samples, day);
                cutoffs.log = std::max(cutoffs.log, day);
                if (runsToo)
                    cutoffs.runs = std::max(cutoffs.runs, day);
                if (auto removed = removeAll(cutoffs); !removed)
                    return fail(removed.error());
            }
        }
        if (gone.runs > 0) {
            d->rooms->textSweep.request();
            for (;;) {
                const auto more = piece([&] { return d->rooms->textSweep.sweepSome(); });
                if (!more)
                    return fail(more.error());
                if (!*more)
                    break;
            }
        }
        begin(0, [] { return std::uint64_t(0); });
        tell();
        const std::uint64_t after = usedInFile(d->db);
        gone.freedBytes = before > after ? before - after : 0;
        gone.takenBytes = after > before ? after - before : 0;
        return gone;
    };
    auto outcome = guarded("remove what need not be kept", d->path, [&]() -> Result<Retained> {
        if (!preview)
            return all();
        const SQLite::Transaction transaction(d->db, SQLite::TransactionBehavior::IMMEDIATE);
        return all(); // taken back when the transaction is left
    });
    watch.reset();
    const auto forgotten = guarded("read the store", d->path, [&]() -> Result<int> {
        d->forget();
        d->heedHorizons();
        return 0;
    });
    if (outcome && !forgotten)
        return tl::unexpected(forgotten.error());
    return outcome;
}

} // namespace ra::store
