// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/writerthread.h"

#include <chrono>
#include <span>
#include <utility>

namespace ra::engine {

namespace {

std::size_t sizeOf(const ingest::Batch &batch) {
    std::size_t bytes = 256 + batch.checkpoint.state.size() + batch.runs.size() * 512;
    for (const ingest::RawBytes &raw : batch.raw)
        bytes += raw.bytes.size();
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
    std::unique_lock lock(m_mutex);
    m_drained.wait(lock, [this] { return m_queuedBytes < maxQueued || m_stop; });
    m_queuedBytes += item.bytes;
    m_queue.push_back(std::move(item));
    lock.unlock();
    m_filled.notify_one();
}

Result<void> WriterThread::flush() {
    (void)call<bool>([this](store::Store &) { return std::exchange(m_gap, false); });
    const std::lock_guard lock(m_mutex);
    if (m_error)
        return fail(*std::exchange(m_error, std::nullopt));
    return {};
}

void WriterThread::setFailFast(bool on) {
    const std::lock_guard lock(m_mutex);
    m_failFast = on;
}

void WriterThread::loop() {
    for (;;) {
        std::vector<ingest::Batch> batches;
        std::function<void(store::Store &)> job;
        {
            std::unique_lock lock(m_mutex);
            m_filled.wait(lock, [this] { return !m_queue.empty() || m_stop; });
            if (m_queue.empty())
                return;
            std::size_t bytes = 0;
            while (!m_queue.empty() && m_queue.front().batch && bytes < maxTransaction) {
                bytes += m_queue.front().bytes;
                batches.push_back(std::move(*m_queue.front().batch));
                m_queue.pop_front();
            }
            if (batches.empty()) {
                job = std::move(m_queue.front().job);
                m_queue.pop_front();
            }
            m_queuedBytes -= bytes;
        }
        m_drained.notify_all();
        if (job)
            job(*m_store);
        else
            commit(batches);
    }
}

void WriterThread::commit(std::vector<ingest::Batch> &batches) {
    if (m_gap)
        return;
    for (bool told = false;;) {
        const auto summary = m_store->apply(batches);
        if (summary) {
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
        if (giveUp)
            return;
        lock.lock();
        m_filled.wait_for(lock, std::chrono::seconds(1), [this] { return m_stop; });
    }
}

} // namespace ra::engine
