// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/ingest/batch.h"
#include "core/store/store.h"

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <future>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

namespace ra::engine {

/// The one thread that touches the store's write connection. Takes batches through a bounded queue and commits whatever
/// has come together in one transaction. After each commit, and as long as there is nothing to commit, it lets the
/// store do what can wait, in pieces of some milliseconds.
class WriterThread {
public:
    /// Called on the writer thread. All may be empty.
    struct Callbacks {
        std::function<void(const store::CommitSummary &)> committed = {};
        std::function<void(const Error &)> failed = {};
        /// A commit failed and is tried again and again: nothing is stored.
        std::function<void(const Error &)> waits = {};
        std::function<void()> goesOn = {};      ///< that is over: it succeeded, or was given up
        std::function<void()> runsRemoved = {}; ///< the saved policy let runs go, and they have gone
    };

    static constexpr std::size_t maxHeld = std::size_t{64} * 1024 * 1024;
    static constexpr std::size_t maxTransaction = std::size_t{32} * 1024 * 1024;

    WriterThread(std::unique_ptr<store::Store> store, Callbacks callbacks);
    /// Commits what is queued, then ends.
    ~WriterThread();
    WriterThread(const WriterThread &) = delete;
    WriterThread &operator=(const WriterThread &) = delete;

    /// Queues a batch; waits while batches of more than maxHeld bytes are queued, being committed or not yet freed. A
    /// commit that fails (disk full) is tried again every second until it succeeds or the writer ends: nothing is lost,
    /// the reader is held back.
    void push(ingest::Batch batch);

    /// A large buffer that a committed batch no longer needs, as it was, or an empty one.
    [[nodiscard]] std::string spareBuffer();

    /// Runs `job` on the writer thread after everything pushed before it was committed, and gives its result.
    template <typename T>
    [[nodiscard]] T call(std::function<T(store::Store &)> job);

    /// Queues a job that commits something by itself; its summary or error is told like that of a batch.
    void post(std::function<Result<store::CommitSummary>(store::Store &)> job);

    /// Queues a job and returns at once, however much is queued: for those who may not wait. It runs after everything
    /// pushed before it was committed, and also while the writer ends.
    void run(std::function<void(store::Store &)> job);

    /// Waits until everything pushed before is committed. The first error of a commit since the last call, if any.
    [[nodiscard]] Result<void> flush();

    /// Waits until the store has done all that can wait.
    [[nodiscard]] Result<void> settle();

    /// Commits that fail are dropped instead of tried again, and with them all that is pushed until flush() tells: a
    /// later checkpoint would say that they are stored. For reading once from the command line.
    void setFailFast(bool on);

private:
    struct Item {
        std::optional<ingest::Batch> batch;
        std::function<void(store::Store &)> job;
        std::size_t bytes = 0;
    };
    void enqueue(Item item); ///< waits while too much is held
    void append(Item item, std::unique_lock<std::mutex> lock);
    void loop();
    void tidy();
    void warn(); ///< of what the store has left as it was
    [[nodiscard]] Result<void> putHeld(store::Store &store);
    void commit(std::vector<ingest::Batch> &batches);

    std::unique_ptr<store::Store> m_store;
    Callbacks m_callbacks;
    std::mutex m_mutex;
    std::condition_variable m_filled;
    std::condition_variable m_drained;
    std::deque<Item> m_queue;
    std::size_t m_heldBytes = 0;
    /// Committed. Freed by whoever pushes next: memory goes back to the thread that it came from, which is cheaper, and
    /// the writer, on whom all wait, has that much less to do.
    std::vector<ingest::Batch> m_spent;
    std::size_t m_spentBytes = 0;
    std::vector<std::string> m_buffers; ///< see spareBuffer()
    bool m_stop = false;
    bool m_failFast = false;
    std::optional<Error> m_error;
    bool m_untidy = true; ///< the store may have something to do that can wait; writer thread only
    bool m_gap = false;   ///< a batch was dropped: none after it may be stored; writer thread only
    std::thread m_thread;
};

template <typename T>
T WriterThread::call(std::function<T(store::Store &)> job) {
    auto promise = std::make_shared<std::promise<T>>();
    std::future<T> future = promise->get_future();
    Item item;
    item.job = [promise, job = std::move(job)](store::Store &store) { promise->set_value(job(store)); };
    enqueue(std::move(item));
    return future.get();
}

} // namespace ra::engine
