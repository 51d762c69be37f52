// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/query/readahead.h"

#include <sqlite3.h>

#include <utility>

namespace ra::query {

namespace {

/// As much is handed over at a time: little enough for a processor's own memory.
constexpr std::size_t bytesOfBatch = std::size_t{128} * 1024;
constexpr std::size_t mostWaiting = 16; ///< batches
constexpr std::size_t mostOfOne = 4;    ///< batches of the task that is wanted now, whatever else waits
/// Instructions of SQLite after which a stop is looked at: well below a millisecond.
constexpr int instructions = 20'000;

} // namespace

ReadAhead::ReadAhead(const SQLite::Database &db, std::vector<std::string> statements,
                     std::vector<SQLite::Database *> sides, std::stop_token stop)
    : m_db(db)
    , m_sql(std::move(statements))
    , m_sides(std::move(sides))
    , m_stop(std::move(stop))
    , m_own(m_sql.size()) {}

ReadAhead::~ReadAhead() {
    {
        const std::lock_guard lock(m_mutex);
        m_ended = true;
    }
    m_changed.notify_all();
    for (std::thread &thread : m_threads)
        thread.join();
}

store::Statement &ReadAhead::ready(Statements &statements, const SQLite::Database &db, const ReadTask &task) {
    std::optional<store::Statement> &statement = statements[task.statement];
    if (!statement)
        statement.emplace(db, m_sql[task.statement]);
    for (std::size_t i = 0; i < task.values.size(); ++i)
        statement->bindAt(static_cast<int>(i) + 1, task.values[i]);
    return *statement;
}

void ReadAhead::start(std::size_t task) {
    m_slots.resize(m_tasks.size());
    m_following = task;
    m_taking = task;
    for (SQLite::Database *side : m_sides)
        m_threads.emplace_back([this, side] { loop(*side); });
}

std::optional<RawRows> ReadAhead::next(std::size_t task) {
    std::unique_lock lock(m_mutex);
    Slot &slot = m_slots[task];
    if (m_taking != task) {
        m_taking = task;
        m_changed.notify_all();
    }
    m_changed.wait(lock, [&] { return !slot.batches.empty() || slot.isDone || m_failure; });
    if (m_failure)
        std::rethrow_exception(m_failure);
    if (slot.batches.empty())
        return {};
    RawRows batch = std::move(slot.batches.front());
    slot.batches.pop_front();
    --m_waiting;
    lock.unlock();
    m_changed.notify_all();
    return batch;
}

bool ReadAhead::hand(std::size_t task, RawRows &&batch, bool isLast) {
    {
        std::unique_lock lock(m_mutex);
        Slot &slot = m_slots[task];
        // The task that is wanted now never waits for those behind it.
        m_changed.wait(lock, [&] {
            return m_ended || m_failure || m_waiting < mostWaiting ||
                   (task == m_taking && slot.batches.size() < mostOfOne);
        });
        if (m_ended || m_failure)
            return false;
        if (batch.rows() > 0) {
            slot.batches.push_back(std::move(batch));
            ++m_waiting;
        }
        slot.isDone = isLast;
    }
    m_changed.notify_all();
    return true;
}

void ReadAhead::readOne(const SQLite::Database &db, Statements &statements, std::size_t task) {
    store::Statement &statement = ready(statements, db, m_tasks[task]);
    const store::ResetAtEnd reset(statement);
    RawRows batch;
    while (statement.step()) {
        if (batch.rows() == 0)
            batch.reserve(bytesOfBatch);
        batch.add(statement);
        if (batch.bytes() >= bytesOfBatch && !hand(task, std::exchange(batch, {}), false))
            return;
    }
    hand(task, std::move(batch), true);
}

void ReadAhead::loop(SQLite::Database &db) {
    sqlite3_progress_handler(
        db.getHandle(), instructions,
        [](void *self) { return static_cast<int>(static_cast<ReadAhead *>(self)->isOver()); }, this);
    try {
        Statements statements(m_sql.size());
        for (;;) {
            std::size_t task = 0;
            {
                const std::lock_guard lock(m_mutex);
                if (isOver() || m_failure || m_following == m_tasks.size())
                    break;
                task = m_following++;
            }
            readOne(db, statements, task);
        }
    } catch (...) {
        const std::lock_guard lock(m_mutex);
        if (!m_failure)
            m_failure = std::current_exception();
    }
    if (m_stop.stop_requested()) { // a task that was not begun never ends: whoever waits for it must not
        const std::lock_guard lock(m_mutex);
        if (!m_failure)
            m_failure = std::make_exception_ptr(SQLite::Exception("interrupted", SQLITE_INTERRUPT));
    }
    sqlite3_progress_handler(db.getHandle(), 0, nullptr, nullptr);
    m_changed.notify_all();
}

} // namespace ra::query
