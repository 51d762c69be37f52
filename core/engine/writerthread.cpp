// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/writerthread.h"

#include <chrono>
#include <iterator>
#include <span>
#include <utility>

namespace ra::engine {

namespace {

constexpr std::size_t largeBuffer = std::size_t{1024} * 1024;
constexpr std::size_t maxBuffers = 3;

/// About what a batch takes in memory. A decoded run weighs more than its lines.
std::size_t sizeOf(const ingest::Batch &batch) {
    constexpr std::size_t textsOfRun = 256; // id, path, execution, thread
    std::size_t bytes = sizeof batch + batch.checkpoint.state.capacity();
    for (const ingest::RawBytes &raw : batch.raw)
        bytes += raw.bytes.capacity();
    bytes += batch.samples.samples.capacity() * sizeof(Sample);
    for (const Series &series : batch.samples.series)
        bytes += sizeof series + series.name.capacity() + series.tags.capacity();
    for (const ingest::RunChange &change : batch.runs) {
        bytes += sizeof change + textsOfRun + change.spans.capacity() * sizeof(ingest::LineSpan) +
                 change.run.steps.capacity() * sizeof(Step);
        for (const Step &step : change.run.steps) {
            bytes += step.attempts.capacity() * sizeof(Attempt) + step.name.capacity() + step.className.capacity();
            for (const Attempt &attempt : step.attempts)
                bytes += attempt.traceback.capacity() + attempt.errorMessage.capacity();
            for (const std::string &error : step.errors)
                bytes += sizeof(std::string) + error.capacity();
        }
    }
    return bytes;
}

} // namespace

WriterThread::WriterThread(std::unique_ptr<store::Store> store, Callbacks callbacks)
    : m_store(std::move(store))
    , m_callbacks(std::move(callbacks))
    , m_thread([this] { loop(); }) {}

WriterThread::~WriterThread() {
    {
        const std::lock_guard lock(m_mutex);
        m_stop = true;
    }
    m_filled.notify_all();
    m_drained.notify_all();
    m_thread.join();
}

void WriterThread::push(ingest::Batch batch) {
    Item item;
    item.bytes = sizeOf(batch);
    item.batch = std::move(batch);
    enqueue(std::move(item));
}

void WriterThread::post(std::function<Result<store::CommitSummary>(store::Store &)> job) {
    Item item;
    item.job = [this, job = std::move(job)](store::Store &store) {
        const auto summary = job(store);
        if (summary && m_callbacks.committed)
            m_callbacks.committed(*summary);
        else if (!summary && m_callbacks.failed)
            m_callbacks.failed(summary.error());
    };
    enqueue(std::move(item));
}

void WriterThread::enqueue(Item item) {
    std::vector<ingest::Batch> spent;
    std::unique_lock lock(m_mutex);
    for (;;) {
        if (!m_spent.empty()) {
            spent.swap(m_spent);
            const std::size_t bytes = std::exchange(m_spentBytes, 0);
            for (ingest::Batch &batch : spent) {
                for (ingest::RawBytes &raw : batch.raw) {
                    if (raw.bytes.size() >= largeBuffer && m_buffers.size() < maxBuffers)
                        m_buffers.push_back(std::move(raw.bytes));
                }
            }
            lock.unlock();
            spent.clear();
            lock.lock();
            m_heldBytes -= bytes;
            continue;
        }
        if (m_heldBytes < maxHeld || m_stop)
            break;
        m_drained.wait(lock);
    }
    append(std::move(item), std::move(lock));
}

void WriterThread::append(Item item, std::unique_lock<std::mutex> lock) {
    m_heldBytes += item.bytes;
    m_queue.push_back(std::move(item));
    lock.unlock();
    m_filled.notify_one();
}

void WriterThread::run(std::function<void(store::Store &)> job) {
    Item item;
    item.job = std::move(job);
    append(std::move(item), std::unique_lock(m_mutex));
}

std::string WriterThread::spareBuffer() {
    const std::lock_guard lock(m_mutex);
    if (m_buffers.empty())
        return {};
    std::string buffer = std::move(m_buffers.back());
    m_buffers.pop_back();
    return buffer;
}

Result<void> WriterThread::flush() {
    auto held = call<Result<void>>([this](store::Store &store) -> Result<void> {
        m_gap = false;
        return putHeld(store);
    });
    const std::lock_guard lock(m_mutex);
    if (m_error)
        return fail(*std::exchange(m_error, std::nullopt));
    return held;
}

Result<void> WriterThread::putHeld(store::Store &store) {
    const auto summary = store.putHeld();
    if (!summary)
        return fail(summary.error());
    if (summary->samples > 0 && m_callbacks.committed)
        m_callbacks.committed(*summary);
    return {};
}

Result<void> WriterThread::settle() {
    if (auto held = call<Result<void>>([this](store::Store &store) { return putHeld(store); }); !held)
        return held;
    for (;;) {
        // One by one, so that batches can be committed in between.
        const auto any = call<Result<bool>>([this](store::Store &store) {
            auto more = store.tidy();
            warn();
            return more;
        });
        if (!any)
            return fail(any.error());
        if (!*any)
            return {};
    }
}

void WriterThread::setFailFast(bool on) {
    {
        const std::lock_guard lock(m_mutex);
        m_failFast = on;
    }
    m_filled.notify_all(); // a commit that is tried again and again is given up at once
}

void WriterThread::loop() {
    for (;;) {
        std::vector<ingest::Batch> batches;
        std::function<void(store::Store &)> job;
        std::size_t bytes = 0;
        {
            std::unique_lock lock(m_mutex);
            if (m_queue.empty() && !m_stop && m_untidy) {
                lock.unlock();
                tidy();
                continue;
            }
            const auto somethingComes = [this] { return !m_queue.empty() || m_stop; };
            if (const auto until = m_store->nextTidy(); !until) {
                m_filled.wait(lock, somethingComes);
            } else if (!m_filled.wait_until(lock, *until, somethingComes)) {
                m_untidy = true;
                continue;
            }
            if (m_queue.empty())
                break;
            while (!m_queue.empty() && m_queue.front().batch && bytes < maxTransaction) {
                bytes += m_queue.front().bytes;
                batches.push_back(std::move(*m_queue.front().batch));
                m_queue.pop_front();
            }
            if (batches.empty()) {
                job = std::move(m_queue.front().job);
                m_queue.pop_front();
            }
        }
        if (job) {
            job(*m_store);
            continue;
        }
        commit(batches);
        {
            const std::lock_guard lock(m_mutex);
            std::move(batches.begin(), batches.end(), std::back_inserter(m_spent));
            m_spentBytes += bytes;
        }
        m_drained.notify_all();
        tidy(); // a piece, so that what waits does not grow while there is always something to commit
    }
    if (const auto held = putHeld(*m_store); !held && m_callbacks.failed)
        m_callbacks.failed(held.error());
}

/// What fails here has changed nothing. It is told, and tried again after the next commit.
void WriterThread::tidy() {
    const auto any = m_store->tidy();
    m_untidy = any.value_or(false);
    if (!any && m_callbacks.failed)
        m_callbacks.failed(any.error());
    if (m_store->takeRunsRemoved() && m_callbacks.runsRemoved)
        m_callbacks.runsRemoved();
    warn();
}

void WriterThread::warn() {
    for (const Error &warning : m_store->takeWarnings()) {
        if (m_callbacks.failed)
            m_callbacks.failed(warning);
    }
}

void WriterThread::commit(std::vector<ingest::Batch> &batches) {
    if (m_gap)
        return;
    bool told = false;
    bool waiting = false;
    const auto goOn = [&] {
        if (waiting && m_callbacks.goesOn)
            m_callbacks.goesOn();
    };
    for (;;) {
        const auto summary = m_store->apply(batches);
        if (summary) {
            goOn();
            if (m_callbacks.committed)
                m_callbacks.committed(*summary);
            return;
        }
        std::unique_lock lock(m_mutex);
        if (!m_error)
            m_error = summary.error();
        const bool giveUp = m_failFast || m_stop;
        m_gap = giveUp;
        lock.unlock();
        if (m_callbacks.failed && !told)
            m_callbacks.failed(summary.error());
        told = true;
        if (giveUp) {
            goOn();
            return;
        }
        if (m_callbacks.waits && !waiting)
            m_callbacks.waits(summary.error());
        waiting = true;
        lock.lock();
        m_filled.wait_for(lock, std::chrono::seconds(1), [this] { return m_stop || m_failFast; });
    }
}

} // namespace ra::engine
