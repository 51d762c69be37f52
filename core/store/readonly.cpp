// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/store/readonly.h"

#include "core/store/peek.h"
#include "core/store/schema.h"

#include <filesystem>
#include <sqlite3.h>

namespace ra::store {

namespace fs = std::filesystem;

namespace {

SQLite::Database connect(const std::string &path) {
    const int flags = SQLite::OPEN_READONLY | SQLite::OPEN_NOMUTEX;
    constexpr int busyMs = 10'000;
    SQLite::Database db(path, flags, busyMs);
    try {
        static_cast<void>(db.execAndGet("PRAGMA user_version").getInt());
        return db;
    } catch (const SQLite::Exception &exception) {
        const int code = exception.getErrorCode() & 0xff;
        std::error_code ignored;
        const bool pending = fs::exists(path + "-wal", ignored) && fs::file_size(path + "-wal", ignored) > 0;
        if ((code != SQLITE_CANTOPEN && code != SQLITE_READONLY) || pending)
            throw;
    }
    // A WAL database wants its index beside it. Where that cannot be made (a read-only folder or medium) and no change
    // is pending, the file alone is the whole truth.
    SQLite::Database alone = openImmutable(path, flags);
    alone.setBusyTimeout(busyMs);
    return alone;
}

} // namespace

Result<SQLite::Database> openReadOnly(const std::string &path) {
    std::error_code ignored;
    if (!fs::exists(path, ignored)) {
        return fail({.kind = ErrorKind::NotFound,
                     .what = "read the store",
                     .where = path,
                     .why = "there is no such file",
                     .hint = "Read some logs first"});
    }
    if (fs::is_directory(path, ignored)) {
        return fail({.kind = ErrorKind::Invalid,
                     .what = "read the store",
                     .where = path,
                     .why = "it is a directory",
                     .hint = "Name the store's file"});
    }
    SQLite::Database db = connect(path);
    // Only the writer may checkpoint, not the last reader that leaves.
    sqlite3_db_config(db.getHandle(), SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, nullptr);
    sqlite3_db_config(db.getHandle(), SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
    db.exec("PRAGMA cache_size = -32768");
    db.exec("PRAGMA temp_store = MEMORY");
    db.exec("PRAGMA query_only = ON");
    if (const Result<int> schema = checkSchema(db, path); !schema)
        return tl::unexpected(schema.error());
    return db;
}

} // namespace ra::store
