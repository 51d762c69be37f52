// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/query/logreader.h"
#include "core/query/reader.h"
#include "core/query/sidereaders.h"
#include "core/query/textsearch.h"
#include "core/store/runloader.h"
#include "core/store/sqlerror.h"

#include <SQLiteCpp/Database.h>

#include <functional>
#include <set>

namespace ra::query {

/// A read transaction: what several statements of one call see is one state of the store. Ends with the scope.
class Snapshot {
public:
    explicit Snapshot(SQLite::Database &db)
        : m_db(db) {
        m_db.exec("BEGIN");
    }
    ~Snapshot() { m_db.tryExec("COMMIT"); }
    Snapshot(const Snapshot &) = delete;
    Snapshot &operator=(const Snapshot &) = delete;

private:
    SQLite::Database &m_db;
};

struct Reader::Private {
    Private(std::string filePath, SQLite::Database &&database);

    /// The run's row; NotFound without such a run.
    [[nodiscard]] Result<store::RunRow> rowOf(std::string_view runId);

    std::string path;
    std::function<bool()> mustStop = [] { return false; }; ///< asked by functions at work for long; set by sql()
    SQLite::Database db;
    SideReaders sides;
    std::set<std::string, std::less<>> tables; ///< names that sql() may read
    store::RunLoader loader;
    TextSearch search;
    LogReader log;
};

/// The error of a call that its stop token ended.
[[nodiscard]] inline Error cancelled(const char *what) {
    return {.kind = ErrorKind::Cancelled, .what = what, .where = {}, .why = "it was cancelled", .hint = {}};
}

/// How often long loops look at their stop token, in rows.
inline constexpr std::size_t rowsBetweenLooks = 4096;

} // namespace ra::query
