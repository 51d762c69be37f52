// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/crashpoint.h"
#include "core/store/storeprivate.h"

#include <filesystem>

namespace ra::store {

namespace {

/// Steps of SQLite's machine between two looks at the stop token.
constexpr int stepsBetweenLooks = 10'000;

struct Watch {
    const std::stop_token &stop;
    const ProgressSink &progress;
    std::uint64_t looks = 0;

    static int look(void *self) {
        auto &watch = *static_cast<Watch *>(self);
        if (watch.progress)
            watch.progress({.stage = "compact", .item = "steps", .done = ++watch.looks, .total = 0});
        return watch.stop.stop_requested() ? 1 : 0;
    }
};

std::uint64_t pages(SQLite::Database &db, const char *sql) {
    return static_cast<std::uint64_t>(db.execAndGet(sql).getInt64());
}

} // namespace

Result<std::uint64_t> Store::compact(const std::stop_token &stop, const ProgressSink &progress) {
    if (auto held = putHeld(); !held)
        return tl::unexpected(held.error());
    return d->changed(guarded("compact the store", d->path, [&]() -> Result<std::uint64_t> {
        SQLite::Database &db = d->db;
        if (stop.stop_requested())
            return fail({.kind = ErrorKind::Cancelled,
                         .what = "compact the store",
                         .where = d->path,
                         .why = "it was cancelled",
                         .hint = {}});
        const std::uint64_t needed =
            2 * pages(db, "SELECT (page_count - freelist_count) * page_size FROM pragma_page_count, "
                          "pragma_freelist_count, pragma_page_size");
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
        // Its copy on the way goes beside the store, not into memory. The name is SQLite's to free.
        const std::string folder = std::filesystem::path(d->path).parent_path().string();
        char *const before = std::exchange(sqlite3_temp_directory, sqlite3_mprintf("%s", folder.c_str()));
        db.exec("PRAGMA temp_store = FILE");
        Watch watch{stop, progress};
        sqlite3_progress_handler(db.getHandle(), stepsBetweenLooks, Watch::look, &watch);
        struct Restore {
            SQLite::Database &db;
            char *directory;
            ~Restore() {
                sqlite3_progress_handler(db.getHandle(), 0, nullptr, nullptr);
                sqlite3_exec(db.getHandle(), "PRAGMA temp_store = MEMORY", nullptr, nullptr, nullptr);
                sqlite3_free(std::exchange(sqlite3_temp_directory, directory));
            }
        } const restore{db, before};
        db.exec("VACUUM");
        crashPoint("compact.vacuumed");
        sqlite3_progress_handler(db.getHandle(), 0, nullptr, nullptr);
        db.exec("PRAGMA wal_checkpoint(TRUNCATE)");
        return pages(db, "SELECT page_count * page_size FROM pragma_page_count, pragma_page_size");
    }));
}

} // namespace ra::store
