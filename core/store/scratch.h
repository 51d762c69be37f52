// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <SQLiteCpp/Database.h>

#include <sqlite3.h>
#include <stop_token>
#include <string>

namespace ra::store {

/// Ends statements of a connection when asked to stop.
class StopWatch {
public:
    StopWatch(SQLite::Database &db, const std::stop_token &stop)
        : m_db(db) {
        sqlite3_progress_handler(
            db.getHandle(), 100'000,
            [](void *token) { return static_cast<const std::stop_token *>(token)->stop_requested() ? 1 : 0; },
            const_cast<std::stop_token *>(&stop));
    }
    ~StopWatch() { sqlite3_progress_handler(m_db.getHandle(), 0, nullptr, nullptr); }
    StopWatch(const StopWatch &) = delete;
    StopWatch &operator=(const StopWatch &) = delete;

private:
    SQLite::Database &m_db;
};

/// An empty file with a name of its own, which begins as told, that only the user may read; gone with all that SQLite
/// lays beside it when this is. Those of processes that were killed go, too: nobody holds them any more.
class Scratch {
public:
    /// Where no file can be made, writing to path() fails, and says why.
    explicit Scratch(const std::string &beginning);
    ~Scratch();
    Scratch(const Scratch &) = delete;
    Scratch &operator=(const Scratch &) = delete;
    [[nodiscard]] const std::string &path() const { return m_path; }

private:
    std::string m_path;
    int m_file = -1; ///< held by a lock, and closed last: SQLite's locks on a file go when a process closes it anywhere
};

} // namespace ra::store
