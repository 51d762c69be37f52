// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/query/reader.h"

#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace ra::engine {

/// A few threads, each with a read-only connection of its own, that answer questions in the order in which they come.
class QueryPool {
public:
    QueryPool(std::string storePath, int threads);
    /// Answers what is queued, then ends.
    ~QueryPool();
    QueryPool(const QueryPool &) = delete;
    QueryPool &operator=(const QueryPool &) = delete;

    /// Asks; `unavailable` is called instead of `job` where the store cannot be opened.
    void post(std::function<void(query::Reader &)> job, std::function<void(const Error &)> unavailable);

private:
    struct Job {
        std::function<void(query::Reader &)> run;
        std::function<void(const Error &)> unavailable;
    };
    void loop();

    std::string m_storePath;
    std::mutex m_mutex;
    std::condition_variable m_filled;
    std::deque<Job> m_jobs;
    bool m_stop = false;
    std::vector<std::thread> m_threads;
};

} // namespace ra::engine
