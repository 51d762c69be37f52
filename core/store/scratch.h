// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <SQLiteCpp/Database.h>

#include <fcntl.h>
#include <filesystem>
#include <sqlite3.h>
#include <stop_token>
#include <string>
#include <system_error>
#include <unistd.h>
#include <utility>

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

/// An empty file that only the user may read, gone with all that SQLite lays beside it when this is; what is there
/// before is of a process that was killed.
class Scratch {
public:
    explicit Scratch(std::string path)
        : m_path(std::move(path)) {
        remove();
        // Nobody else may read what comes into it, nor have it written elsewhere by a link. Where this fails, writing
        // fails, too, and says why.
        if (const int made = ::open(m_path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600); made >= 0)
            ::close(made);
    }
    ~Scratch() { remove(); }
    Scratch(const Scratch &) = delete;
    Scratch &operator=(const Scratch &) = delete;
    [[nodiscard]] const std::string &path() const { return m_path; }

private:
    void remove() const {
        for (const char *end : {"", "-wal", "-shm", "-journal", ".lock"}) {
            std::error_code ignored;
            std::filesystem::remove(m_path + end, ignored);
        }
    }
    std::string m_path;
};

} // namespace ra::store
