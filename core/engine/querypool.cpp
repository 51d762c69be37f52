// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/querypool.h"

#include <memory>

namespace ra::engine {

QueryPool::QueryPool(std::string storePath, int threads)
    : m_storePath(std::move(storePath)) {
    m_threads.reserve(static_cast<std::size_t>(threads));
    for (int i = 0; i < threads; ++i)
        m_threads.emplace_back([this] { loop(); });
}

QueryPool::~QueryPool() {
    {
        const std::lock_guard lock(m_mutex);
        m_stop = true;
    }
    m_filled.notify_all();
    for (std::thread &thread : m_threads)
        thread.join();
}

void QueryPool::post(std::function<void(query::Reader &)> job, std::function<void(const Error &)> unavailable) {
    {
        const std::lock_guard lock(m_mutex);
        m_jobs.push_back({std::move(job), std::move(unavailable)});
    }
    m_filled.notify_one();
}

void QueryPool::loop() {
    std::unique_ptr<query::Reader> reader;
    for (;;) {
        Job job;
        {
            std::unique_lock lock(m_mutex);
            m_filled.wait(lock, [this] { return !m_jobs.empty() || m_stop; });
            if (m_jobs.empty())
                return;
            job = std::move(m_jobs.front());
            m_jobs.pop_front();
        }
        if (!reader) {
            auto opened = query::Reader::open(m_storePath);
            if (!opened) {
                job.unavailable(opened.error());
                continue;
            }
            reader = std::move(*opened);
        }
        job.run(*reader);
    }
}

} // namespace ra::engine
