// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/query/gathering.h"
#include "core/query/segmentblobs.h"
#include "core/query/segmentwork.h"
#include "core/query/serieslist.h"
#include "core/store/statement.h"

#include <algorithm>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <unordered_map>
#include <vector>

namespace ra::query {

/// The time of a step, [startNs, endNs), and the group that what was measured meanwhile belongs to.
struct Window {
    std::int64_t startNs = 0;
    std::int64_t endNs = 0;
    std::size_t group = 0;
};

/// Windows by their starts. Immutable once built.
class Windows {
public:
    explicit Windows(std::vector<Window> windows);

    [[nodiscard]] bool isEmpty() const { return m_windows.empty(); }
    [[nodiscard]] std::int64_t firstNs() const { return m_windows.front().startNs; }
    [[nodiscard]] std::int64_t endNs() const { return m_latestEnd.back(); }
    /// Calls `take` for each, by their starts, that holds some of [firstNs, lastNs]. O(log n + those from the first
    /// such to the last).
    template <typename Take>
    void each(std::int64_t firstNs, std::int64_t lastNs, const Take &take) const {
        const auto begin = std::upper_bound(m_latestEnd.begin(), m_latestEnd.end(), firstNs) - m_latestEnd.begin();
        for (auto i = static_cast<std::size_t>(begin); i < m_windows.size() && m_windows[i].startNs <= lastNs; ++i) {
            if (m_windows[i].endNs > firstNs)
                take(m_windows[i]);
        }
    }

private:
    std::vector<Window> m_windows;
    std::vector<std::int64_t> m_latestEnd; ///< of all up to each, so that the first to look at can be found
};

/// Gathers what was measured while steps ran, for aggregates of metrics in questions about steps. A step is matched
/// with the series of its run's process, else with those of the machine, else with those that are of neither; and among
/// them with those whose tags name no other recipe or step. Whatever it is, the samples of [start, end) count, for each
/// step that ran then. Throws SQLite::Exception, and std::runtime_error for what is damaged.
class WindowRead {
public:
    /// Of metrics that the shape measures, with their series. `make` gives a shape of the same question.
    WindowRead(const SQLite::Database &db, Gathering &gathering,
               const std::map<std::string, std::vector<SeriesFacts>> &metrics, std::function<Result<Shape>()> make);

    /// A step that counts, and its group.
    void add(const Row &row, std::size_t group);
    /// Gathers for all steps since the last time. Looks at Gathering::error afterwards.
    void flush();

private:
    /// What the tags of a series say of steps; null where they say nothing.
    struct Tags {
        const std::string *recipe = nullptr;
        const std::string *step = nullptr;
    };
    struct Metric {
        std::size_t measure = 0;
        const std::vector<SeriesFacts> *series = nullptr;
        std::vector<Tags> tags; ///< by series
        std::unordered_map<std::int64_t, std::vector<std::size_t>> ofProcess;
        std::vector<std::size_t> ofMachine;
        std::vector<std::size_t> ofNeither;
        std::vector<std::vector<Window>> windows; ///< by series
    };
    void read(const Metric &metric, const SeriesFacts &series, const std::shared_ptr<const Windows> &windows,
              SegmentWork &work);

    Gathering &m_gathering;
    std::function<Result<Shape>()> m_make;
    std::vector<Metric> m_metrics;
    store::Statement m_tail;
    store::Statement m_segments;
    SegmentBlobs m_blobs;
    std::size_t m_start = 0; ///< slots
    std::size_t m_end = 0;
    std::size_t m_pid = 0;
    std::size_t m_recipe = 0;
    std::size_t m_step = 0;
    std::size_t m_waiting = 0; ///< windows
};

} // namespace ra::query
