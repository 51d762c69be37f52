// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/graph/criticalpath.h"

#include "core/graph/sorting.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace ra::graph {

namespace {

/// Variants that are passed through the graph together: one pass through memory for all.
constexpr std::size_t lanes = 10;

std::vector<double> startsOf(const Order &order) {
    std::vector<double> starts(order.size(), 0.0);
    for (Task p = 0; p < order.size(); ++p) {
        const double end = starts[p] + order.durations[p];
        for (const Task child : order.childrenOf(p))
            starts[child] = std::max(starts[child], end);
    }
    return starts;
}

void pathsWith(const Order &order, std::span<const Change> changes, std::span<double> longest) {
    using Lanes = std::array<double, lanes>;
    std::vector<Lanes> starts(order.size(), Lanes{});
    // Which positions take another time in which lane.
    std::vector<std::pair<Task, std::size_t>> changed;
    for (std::size_t lane = 0; lane < changes.size(); ++lane)
        changed.emplace_back(order.positions[changes[lane].task], lane);
    std::ranges::sort(changed);
    auto next = changed.begin();
    Lanes best{};
    for (Task p = 0; p < order.size(); ++p) {
        Lanes ends = starts[p];
        for (double &end : ends)
            end += order.durations[p];
        for (; next != changed.end() && next->first == p; ++next)
            ends[next->second] = starts[p][next->second] + changes[next->second].duration;
        for (std::size_t lane = 0; lane < lanes; ++lane)
            best[lane] = std::max(best[lane], ends[lane]);
        for (const Task child : order.childrenOf(p)) {
            Lanes &start = starts[child];
            for (std::size_t lane = 0; lane < lanes; ++lane)
                start[lane] = start[lane] < ends[lane] ? ends[lane] : start[lane];
        }
    }
    std::copy_n(best.begin(), changes.size(), longest.begin());
}

} // namespace

double Timing::slack(Task position) const {
    const double slack = criticalPath - starts[position] - tails[position];
    return std::abs(slack) <= 1e-9 * std::max(criticalPath, 1.0) ? 0 : slack;
}

Timing timingOf(const Order &order) {
    Timing timing;
    timing.starts = startsOf(order);
    timing.tails.resize(order.size());
    for (Task p = static_cast<Task>(order.size()); p-- > 0;) {
        double rest = 0;
        for (const Task child : order.childrenOf(p))
            rest = std::max(rest, timing.tails[child]);
        timing.tails[p] = order.durations[p] + rest;
        timing.criticalPath = std::max(timing.criticalPath, timing.starts[p] + order.durations[p]);
    }
    return timing;
}

std::vector<Task> criticalTasks(const TaskGraph &graph, const Order &order, const Timing &timing) {
    std::vector<Task> tasks;
    for (Task p = 0; p < order.size(); ++p) {
        if (timing.isCritical(p))
            tasks.push_back(order.tasks[p]);
    }
    std::ranges::sort(tasks, [&](Task a, Task b) { return graph.id(a) < graph.id(b); });
    return tasks;
}

std::vector<Task> criticalPath(const TaskGraph &graph, const Order &order, const Timing &timing) {
    std::vector<Task> path;
    const auto isBetter = [&](Task a, Task b) {
        if (timing.tails[a] != timing.tails[b])
            return timing.tails[a] > timing.tails[b];
        return graph.id(order.tasks[a]) < graph.id(order.tasks[b]);
    };
    if (order.size() == 0)
        return path;
    Task at = 0;
    for (Task p = 1; p < order.size(); ++p) {
        if (isBetter(p, at))
            at = p;
    }
    for (;;) {
        path.push_back(order.tasks[at]);
        const auto children = order.childrenOf(at);
        if (children.empty())
            return path;
        at = *std::ranges::min_element(children, isBetter);
    }
}

std::size_t maxParallelism(const Order &order, const Timing &timing) {
    std::vector<double> starts;
    std::vector<double> ends;
    for (Task p = 0; p < order.size(); ++p) {
        if (order.durations[p] > 0) {
            starts.push_back(timing.starts[p]);
            ends.push_back(timing.starts[p] + order.durations[p]);
        }
    }
    const auto sort = [](std::vector<double> &values) {
        std::vector<double> ascending;
        ascending.reserve(values.size());
        for (const std::uint32_t i : ascendingOrder(values))
            ascending.push_back(values[i]);
        values.swap(ascending);
    };
    sort(starts);
    sort(ends);
    std::size_t most = 0;
    std::size_t ended = 0;
    for (std::size_t begun = 0; begun < starts.size(); ++begun) {
        while (ends[ended] <= starts[begun])
            ++ended;
        most = std::max(most, begun + 1 - ended);
    }
    return most;
}

std::vector<double> criticalPathsWith(const Order &order, std::span<const Change> changes) {
    std::vector<double> answer(changes.size());
    for (std::size_t from = 0; from < changes.size(); from += lanes) {
        const std::size_t count = std::min(lanes, changes.size() - from);
        pathsWith(order, changes.subspan(from, count), std::span(answer).subspan(from, count));
    }
    return answer;
}

std::vector<Bottleneck> bottlenecks(const TaskGraph &graph, const Order &order, const Timing &timing,
                                    std::size_t most) {
    std::vector<Task> tasks;
    for (Task p = 0; p < order.size(); ++p) {
        if (timing.isCritical(p))
            tasks.push_back(order.tasks[p]);
    }
    const std::size_t count = std::min(most, tasks.size());
    std::partial_sort(tasks.begin(), tasks.begin() + static_cast<std::ptrdiff_t>(count), tasks.end(),
                      [&](Task a, Task b) {
                          if (graph.duration(a) != graph.duration(b))
                              return graph.duration(a) > graph.duration(b);
                          return graph.id(a) < graph.id(b);
                      });
    std::vector<Change> changes;
    for (std::size_t i = 0; i < count; ++i)
        changes.push_back({tasks[i], 0});
    const std::vector<double> without = criticalPathsWith(order, changes);
    std::vector<Bottleneck> answer;
    for (std::size_t i = 0; i < count; ++i) {
        const double duration = graph.duration(tasks[i]);
        const double share = timing.criticalPath > 0 ? duration / timing.criticalPath : 0;
        answer.push_back({tasks[i], duration, share, timing.criticalPath - without[i]});
    }
    return answer;
}

} // namespace ra::graph
