// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/query/segmentwork.h"

#include "core/query/readerprivate.h"

#include <algorithm>

namespace ra::query {

unsigned usefulThreads() {
    constexpr unsigned most = 8;
    return std::clamp(std::thread::hardware_concurrency(), 1U, most);
}

SegmentWork::SegmentWork(Gathering &gathering, const std::function<Result<Shape>()> &make, unsigned threads)
    : m_gathering(gathering)
    , m_onStop(gathering.options.stop, [this] { m_stop.request_stop(); }) {
    GroupLimits limits = gathering.options.limits;
    limits.maxBytes /= threads;
    for (unsigned i = 0; i < threads; ++i) {
        Result<Shape> shape = make();
        if (!shape) {
            m_error = shape.error();
            return;
        }
        m_workers.push_back(std::make_unique<Worker>(std::move(*shape), gathering.words, limits));
        m_workers.back()->stop = m_stop.get_token();
    }
    for (const auto &worker : m_workers)
        m_threads.emplace_back([this, &worker = *worker] { loop(worker); });
}

SegmentWork::~SegmentWork() {
    m_stop.request_stop();
    end();
}

void SegmentWork::end() {
    {
        const std::lock_guard lock(m_mutex);
        m_ended = true;
    }
    m_filled.notify_all();
    for (std::thread &thread : m_threads) {
        if (thread.joinable())
            thread.join();
    }
}

void SegmentWork::loop(Worker &worker) {
    unsigned looks = 0;
    for (;;) {
        Job job;
        {
            std::unique_lock lock(m_mutex);
            m_filled.wait(lock, [this] { return m_ended || !m_jobs.empty(); });
            if (m_jobs.empty())
                return;
            job = std::move(m_jobs.front());
            m_jobs.pop_front();
        }
        m_emptied.notify_one();
        if (worker.stop.stop_requested())
            continue; // what waits is dropped
        constexpr unsigned jobsBetweenLooks = 16;
        Result<void> done = job(worker);
        if (done && ++looks % jobsBetweenLooks == 0)
            done = worker.groups.checkMemory();
        if (!done) {
            const std::lock_guard lock(m_mutex);
            if (!m_error)
                m_error = done.error();
            m_stop.request_stop();
        }
    }
}

bool SegmentWork::post(Job job) {
    std::unique_lock lock(m_mutex);
    if (m_threads.empty())
        return false;
    const std::size_t most = 2 * m_threads.size();
    m_emptied.wait(lock, [&] { return m_jobs.size() < most; });
    if (m_stop.stop_requested())
        return false;
    m_jobs.push_back(std::move(job));
    lock.unlock();
    m_filled.notify_one();
    return true;
}

void SegmentWork::finish() {
    end();
    if (m_gathering.options.stop.stop_requested())
        m_error = cancelled("answer the question");
    if (m_error) {
        if (!m_gathering.error)
            m_gathering.error = m_error;
        return;
    }
    for (const auto &worker : m_workers) {
        m_gathering.explanation.decoded += worker->decoded;
        m_gathering.explanation.headers += worker->told;
        m_gathering.explanation.samples += worker->seen;
        if (!m_gathering.check(m_gathering.groups.merge(worker->groups)))
            return;
    }
}

Result<void>
decodeInPieces(SegmentWork::Worker &worker, std::string_view bytes, std::int64_t fromNs, std::int64_t toNs,
               const std::function<Result<void>(std::span<const std::int64_t>, std::span<const double>)> &take) {
    constexpr std::size_t pagesAtOnce = 32; // some 130,000 samples: a few milliseconds
    const auto header = samples::readHeader(bytes);
    if (!header)
        return fail(header.error());
    const auto &pages = header->pages;
    const auto first = std::partition_point(pages.begin(), pages.end(),
                                            [&](const samples::SegmentPage &page) { return page.lastNs < fromNs; });
    const auto end =
        std::partition_point(first, pages.end(), [&](const samples::SegmentPage &page) { return page.firstNs < toNs; });
    ++worker.decoded;
    for (auto page = first; page != end;) {
        if (worker.stop.stop_requested())
            return fail(cancelled("answer the question"));
        const auto next = end - page > static_cast<std::ptrdiff_t>(pagesAtOnce)
                              ? page + static_cast<std::ptrdiff_t>(pagesAtOnce)
                              : end;
        auto decoded = samples::decodePages(*header, bytes, static_cast<std::size_t>(page - pages.begin()),
                                            static_cast<std::size_t>(next - pages.begin()), worker.workspace,
                                            worker.times, worker.values);
        if (!decoded)
            return decoded;
        page = next;
        const auto from = std::lower_bound(worker.times.begin(), worker.times.end(), fromNs) - worker.times.begin();
        const auto to = std::lower_bound(worker.times.begin() + from, worker.times.end(), toNs) - worker.times.begin();
        const auto count = static_cast<std::size_t>(to - from);
        worker.seen += count;
        if (count == 0)
            continue;
        auto taken = take(std::span(worker.times).subspan(static_cast<std::size_t>(from), count),
                          std::span(worker.values).subspan(static_cast<std::size_t>(from), count));
        if (!taken)
            return taken;
    }
    return {};
}

} // namespace ra::query
