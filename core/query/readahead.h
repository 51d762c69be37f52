// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/query/rawrows.h"
#include "core/store/statement.h"

#include <array>
#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <exception>
#include <mutex>
#include <optional>
#include <span>
#include <stop_token>
#include <string>
#include <thread>
#include <vector>

namespace ra::query {

/// A statement to be run with these values.
struct ReadTask {
    std::size_t statement = 0;
    std::vector<std::int64_t> values = {};
};

/// Gives the rows of several runs of statements one after the other. Once there are many, other connections read ahead
/// on threads of their own, some rows at a time; what waits is bounded. The rows and their order are the same either
/// way. Throws what SQLite throws in any of them.
class ReadAhead {
public:
    /// Rows after which others help: fewer are there before they were.
    static constexpr std::uint64_t many = 2'048;

    /// `sides` see the same state of the store as `db`, and nobody else uses them. All must outlive it.
    ReadAhead(const SQLite::Database &db, std::vector<std::string> statements, std::vector<SQLite::Database *> sides,
              std::stop_token stop);
    /// Ends what is at work.
    ~ReadAhead();
    ReadAhead(const ReadAhead &) = delete;
    ReadAhead &operator=(const ReadAhead &) = delete;

    /// To be told before the first rows are taken.
    void setTasks(std::vector<ReadTask> tasks) { m_tasks = std::move(tasks); }

    /// The rows of a task, each as something to read like a Statement, until `take` gives false; then nothing more is
    /// to be asked for. Each task once, in their order.
    template <typename Take>
    void each(std::size_t task, const Take &take) {
        if (m_threads.empty() && m_rows >= many && !m_sides.empty() && task + 1 < m_tasks.size())
            start(task);
        if (!m_threads.empty()) {
            while (const std::optional<RawRows> batch = next(task)) {
                for (std::size_t i = 0; i < batch->rows(); ++i) {
                    if (!take(batch->row(i)))
                        return;
                }
            }
            return;
        }
        store::Statement &statement = ready(m_own, m_db, m_tasks[task]);
        const store::ResetAtEnd reset(statement);
        while (statement.step()) {
            ++m_rows;
            if (!take(statement))
                return;
        }
    }

    /// Connections that have read ahead; 0 where it was not worth it.
    [[nodiscard]] std::size_t helpers() const { return m_threads.size(); }

private:
    using Statements = std::vector<std::optional<store::Statement>>;
    struct Slot {
        std::deque<RawRows> batches;
        bool isDone = false; ///< no more will come
    };
    /// The statement of a task, prepared and bound.
    store::Statement &ready(Statements &statements, const SQLite::Database &db, const ReadTask &task);
    void start(std::size_t task);
    /// Some more rows of a task; nothing at its end.
    std::optional<RawRows> next(std::size_t task);
    void loop(SQLite::Database &db);
    void readOne(const SQLite::Database &db, Statements &statements, std::size_t task);
    /// False: nothing more is wanted.
    bool hand(std::size_t task, RawRows &&batch, bool isLast);
    [[nodiscard]] bool isOver() const { return m_ended || m_stop.stop_requested(); }

    const SQLite::Database &m_db;
    std::vector<std::string> m_sql;
    std::vector<SQLite::Database *> m_sides;
    std::stop_token m_stop;
    std::vector<ReadTask> m_tasks;
    Statements m_own;
    std::uint64_t m_rows = 0; ///< read on the caller's thread
    std::mutex m_mutex;
    std::condition_variable m_changed;
    std::atomic<bool> m_ended = false;
    std::size_t m_following = 0; ///< the next task that nobody reads yet
    std::size_t m_taking = 0;    ///< the task whose rows are wanted now
    std::size_t m_waiting = 0;   ///< batches
    std::vector<Slot> m_slots;   ///< by task
    std::exception_ptr m_failure;
    std::vector<std::thread> m_threads;
};

} // namespace ra::query
