// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/crashpoint.h"
#include "core/store/archive.h"
#include "core/store/scratch.h"
#include "core/store/storeprivate.h"

#include <filesystem>
#include <memory>

namespace ra::store {

namespace {

constexpr std::int64_t nsPerDay = 86'400'000'000'000;

Error wrongMoment(const std::string &file) {
    return {.kind = ErrorKind::Invalid,
            .what = "write the archive",
            .where = file,
            .why = "the day is none from 1970 up to today",
            .hint = "Give an earlier day"};
}

} // namespace

Result<Archived> Store::archive(const std::string &file, Time before, bool copy, const std::stop_token &stop,
                                const ProgressSink &progress) {
    const std::int64_t day = toNs(before) / nsPerDay * nsPerDay;
    if (toNs(before) < 0 || day > toNs(now()))
        return fail(wrongMoment(file));
    if (auto held = putHeld(); !held)
        return tl::unexpected(held.error());
    // What waits, the sums of what goes among it.
    const auto finish = [&]() -> Result<void> {
        for (;;) {
            if (stop.stop_requested()) {
                return fail({.kind = ErrorKind::Cancelled,
                             .what = "write the archive",
                             .where = file,
                             .why = "it was cancelled",
                             .hint = "What is in an archive goes from the store by and by"});
            }
            const auto more = tidy();
            if (!more)
                return fail(more.error());
            if (!*more)
                return {};
        }
    };
    const auto summed = d->changed(guarded("sum up what goes", d->path, [&]() -> Result<bool> {
        SQLite::Transaction transaction(d->db, SQLite::TransactionBehavior::IMMEDIATE);
        while (d->rooms->stepRollups.refreshSome(StepRollups::Clock::time_point::max())) {
        }
        // What is in the archive is what rollups that stay have counted.
        d->rooms->retention.restart();
        while (d->rooms->retention.sealTails(day)) {
        }
        transaction.commit();
        return true;
    }));
    if (!summed)
        return tl::unexpected(summed.error());
    auto written = writeArchive(d->db, file, day, stop, progress);
    if (!written || copy)
        return written;
    const auto noted = guarded("note the archive", d->path, [&]() -> Result<bool> {
        SQLite::Transaction transaction(d->db, SQLite::TransactionBehavior::IMMEDIATE);
        Statement note(d->db, "INSERT INTO archives(path, before_ns, made_ns, removed) VALUES(?, ?, ?, 0)");
        std::error_code unknown;
        const std::string path = std::filesystem::absolute(file, unknown).native();
        note.bind(std::string_view(path), day, toNs(now()));
        note.run();
        transaction.commit();
        d->heedPolicy();
        return true;
    });
    if (!noted)
        return tl::unexpected(noted.error());
    crashPoint("archive.noted");
    if (const auto finished = finish(); !finished)
        return fail(finished.error());
    return written;
}

Result<void> Store::removeArchived() {
    if (d->archivedBefore == INT64_MIN)
        return {};
    d->nextRetention = SampleWriter::Clock::now();
    for (bool more = true; more && d->archivedBefore != INT64_MIN;) {
        const auto tidied = tidy();
        if (!tidied)
            return fail(tidied.error());
        more = *tidied;
    }
    return {};
}

Result<Archived> Store::attach(const std::string &file, const std::stop_token &stop, const ProgressSink &progress) {
    const Scratch scratch(d->path + ".attach");
    if (auto held = putHeld(); !held)
        return tl::unexpected(held.error());
    if (const auto unpacked = unpackArchive(file, scratch.path(), stop, progress); !unpacked)
        return fail(unpacked.error());
    auto copied = guarded("attach the archive", file, [&]() -> Result<Archived> {
        SQLite::Database &db = d->db;
        Statement attach(db, "ATTACH DATABASE ? AS archive");
        attach.bind(scratch.path());
        attach.run();
        const auto detach = [](SQLite::Database *connection) {
            sqlite3_exec(connection->getHandle(), "DETACH DATABASE archive", nullptr, nullptr, nullptr);
        };
        const std::unique_ptr<SQLite::Database, decltype(detach)> detached(&db, detach);
        const StopWatch watch(db, stop);
        SQLite::Transaction transaction(db, SQLite::TransactionBehavior::IMMEDIATE);
        // Rollups in the archive have counted its samples; those here of the same days have to be in rollups, too.
        const std::int64_t end = db.execAndGet("SELECT coalesce(max(bucket) + 1, 0) FROM archive.sealed_rollups WHERE "
                                               "level = 2")
                                     .getInt64();
        d->rooms->retention.restart();
        while (d->rooms->retention.sealTails(end > INT64_MAX / nsPerDay ? INT64_MAX : end * nsPerDay)) {
        }
        Archived content = copyFromArchive(db);
        // What is brought back stays, also where moving it away was not finished.
        db.exec("UPDATE archives SET removed = 1");
        crashPoint("attach.copied");
        transaction.commit();
        d->heedPolicy();
        crashPoint("attach.committed");
        std::error_code unknown;
        content.bytes = std::filesystem::file_size(file, unknown);
        return content;
    });
    const auto forgotten = guarded("read the store", d->path, [&]() -> Result<int> {
        d->forget();
        return 0;
    });
    if (copied && !forgotten)
        return tl::unexpected(forgotten.error());
    return copied;
}

} // namespace ra::store
