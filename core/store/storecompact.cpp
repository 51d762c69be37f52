// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/crashpoint.h"
#include "core/store/scratch.h"
#include "core/store/storeprivate.h"

#include <algorithm>
#include <filesystem>
#include <memory>

namespace ra::store {

namespace {

/// Steps of SQLite's machine between two looks at the stop token, pages of which the copy is put back at a time: a few
/// milliseconds each.
constexpr int stepsBetweenLooks = 1'000;
constexpr int pagesAtATime = 32;
/// Of pages that are written by the way, in KiB: what is left of them at the end goes to the disk in one go.
constexpr const char *smallCache = "PRAGMA cache_size = -4096";
constexpr const char *usualCache = "PRAGMA cache_size = -65536";

std::uint64_t number(SQLite::Database &db, const char *sql) {
    return static_cast<std::uint64_t>(db.execAndGet(sql).getInt64());
}

/// How far it is, in pages: each is written into the copy, and put back.
struct Work {
    const std::stop_token &stop;
    const ProgressSink &progress;
    const std::string &copy; ///< its file
    std::uint64_t pageSize = 1;
    std::uint64_t pages = 0; ///< about, that are needed
    std::uint64_t told = 0;

    void tell(std::uint64_t done) {
        const std::uint64_t total = 2 * pages;
        const bool isNews = done == 0 || (done > told && (done >= total || done - told > total / 256));
        if (!progress || !isNews)
            return;
        told = done;
        progress({.stage = "compact", .item = "pages", .done = std::min(done, total), .total = total});
    }

    static int look(void *self) {
        auto &work = *static_cast<Work *>(self);
        std::error_code unknown;
        const std::uintmax_t written = std::filesystem::file_size(work.copy, unknown);
        if (!unknown)
            work.tell(std::min<std::uint64_t>(written / work.pageSize, work.pages));
        return work.stop.stop_requested() ? 1 : 0;
    }
};

[[noreturn]] void interrupted() {
    throw SQLite::Exception("interrupted", SQLITE_INTERRUPT);
}

/// Puts the pages of the copy in the place of the store's, as one transaction.
void putBack(SQLite::Database &db, Work &work) {
    SQLite::Database copy(work.copy, SQLite::OPEN_READONLY | SQLite::OPEN_NOMUTEX);
    struct Finish {
        void operator()(sqlite3_backup *backup) const { sqlite3_backup_finish(backup); }
    };
    std::unique_ptr<sqlite3_backup, Finish> backup(
        sqlite3_backup_init(db.getHandle(), "main", copy.getHandle(), "main"));
    if (!backup)
        throw SQLite::Exception(db.getHandle(), sqlite3_errcode(db.getHandle()));
    for (int code = SQLITE_OK; code != SQLITE_DONE;) {
        if (work.stop.stop_requested())
            interrupted(); // nothing is committed yet
        code = sqlite3_backup_step(backup.get(), pagesAtATime);
        if (code != SQLITE_OK && code != SQLITE_DONE)
            throw SQLite::Exception(db.getHandle(), code);
        const auto all = static_cast<std::uint64_t>(sqlite3_backup_pagecount(backup.get()));
        const std::uint64_t done = all - static_cast<std::uint64_t>(sqlite3_backup_remaining(backup.get()));
        work.tell(work.pages + work.pages * done / std::max<std::uint64_t>(all, 1)); // there may be fewer than thought
    }
    if (const int code = sqlite3_backup_finish(backup.release()); code != SQLITE_OK)
        throw SQLite::Exception(db.getHandle(), code);
}

} // namespace

// As VACUUM does it, which can neither be stopped while it puts its copy back nor tells how far it is.
Result<std::uint64_t> Store::compact(const std::stop_token &stop, const ProgressSink &progress) {
    if (auto held = putHeld(); !held)
        return tl::unexpected(held.error());
    return d->changed(guarded("compact the store", d->path, [&]() -> Result<std::uint64_t> {
        SQLite::Database &db = d->db;
        const std::uint64_t pageSize = number(db, "PRAGMA page_size");
        const std::uint64_t pages =
            number(db, "SELECT page_count - freelist_count FROM pragma_page_count, pragma_freelist_count");
        const std::uint64_t needed = 2 * pages * pageSize;
        std::error_code unknown;
        const std::filesystem::space_info space = std::filesystem::space(d->path, unknown);
        if (!unknown && space.available < needed) {
            return fail({.what = "compact the store",
                         .where = d->path,
                         .why = "it needs " + std::to_string(needed >> 20) +
                                " MiB for the time being, and the disk has " + std::to_string(space.available >> 20) +
                                " MiB free",
                         .hint = "Free some space on the disk, or shorten what is kept with store retain"});
        }
        if (stop.stop_requested())
            interrupted();
        const Scratch copy(d->path + ".compact");
        Work work{stop, progress, copy.path(), pageSize, pages};
        struct Restore {
            SQLite::Database &db;
            ~Restore() {
                sqlite3_progress_handler(db.getHandle(), 0, nullptr, nullptr);
                sqlite3_exec(db.getHandle(), usualCache, nullptr, nullptr, nullptr);
            }
        } const restore{db};
        work.tell(0);
        db.exec(smallCache);
        sqlite3_progress_handler(db.getHandle(), stepsBetweenLooks, Work::look, &work);
        {
            Statement write(db, "VACUUM INTO ?");
            write.bind(copy.path());
            write.run();
        }
        crashPoint("compact.copied");
        sqlite3_progress_handler(db.getHandle(), 0, nullptr, nullptr);
        putBack(db, work);
        crashPoint("compact.vacuumed");
        db.exec("PRAGMA wal_checkpoint(TRUNCATE)");
        return number(db, "SELECT page_count * page_size FROM pragma_page_count, pragma_page_size");
    }));
}

} // namespace ra::store
