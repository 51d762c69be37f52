// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/query/gathering.h"
#include "core/query/samplegroups.h"
#include "core/samples/segment.h"

#include <condition_variable>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

namespace ra::query {

/// Decodes segments and gathers their samples on some threads, each into groups of its own, which become one at the
/// end. What waits is bounded: who posts waits then. No words may be added to the gathering meanwhile.
class SegmentWork {
public:
    /// What one thread has for itself.
    struct Worker {
        Worker(Shape &&s, const Words &words, GroupLimits limits)
            : shape(std::move(s))
            , groups(shape, words, limits)
            , samples(shape, groups, words) {}

        Shape shape;
        Groups groups;
        SampleGroups samples;
        samples::Workspace workspace;
        std::vector<std::int64_t> times;
        std::vector<double> values;
        std::uint64_t decoded = 0; ///< segments
        std::uint64_t told = 0;    ///< segments, by their headers
        std::uint64_t seen = 0;    ///< samples
        std::stop_token stop;      ///< of the question, or because another one failed
    };
    /// Fails to end all of the work.
    using Job = std::function<Result<void>(Worker &worker)>;

    /// `make` gives a shape of the same question.
    SegmentWork(Gathering &gathering, const std::function<Result<Shape>()> &make, unsigned threads);
    /// Ends what is at work.
    ~SegmentWork();
    SegmentWork(const SegmentWork &) = delete;
    SegmentWork &operator=(const SegmentWork &) = delete;

    /// False: the work has failed or was cancelled; nothing more is to be posted.
    bool post(Job job);
    /// Waits for all that was posted and puts it into the gathering, with the first error.
    void finish();

private:
    void loop(Worker &worker);
    void end();

    Gathering &m_gathering;
    std::stop_source m_stop;
    std::stop_callback<std::function<void()>> m_onStop;
    std::mutex m_mutex;
    std::condition_variable m_filled;
    std::condition_variable m_emptied;
    std::deque<Job> m_jobs;
    bool m_ended = false;
    std::optional<Error> m_error;
    std::vector<std::unique_ptr<Worker>> m_workers;
    std::vector<std::thread> m_threads;
};

/// Decodes a segment a few pages at a time, so that a stop is seen within milliseconds, and gives the samples of
/// [fromNs, toNs) to `take`. Cancelled: the worker is to stop.
[[nodiscard]] Result<void> decodeInPieces(
    SegmentWork::Worker &worker, std::string_view bytes, std::int64_t fromNs, std::int64_t toNs,
    const std::function<Result<void>(std::span<const std::int64_t> timesNs, std::span<const double> values)> &take);

/// Threads that are worth having here: one a processor, at most eight.
[[nodiscard]] unsigned usefulThreads();

} // namespace ra::query
