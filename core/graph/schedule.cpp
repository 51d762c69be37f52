// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/graph/schedule.h"

#include "core/graph/sorting.h"

#include <algorithm>
#include <queue>

namespace ra::graph {

double lowerBound(double criticalPath, double work, std::uint32_t workers) {
    return std::max(criticalPath, work / std::max(1U, workers));
}

std::vector<std::uint32_t> prioritiesOf(const TaskGraph &graph, const Order &order, const Timing &timing) {
    std::vector<std::uint32_t> positions = ascendingOrder(timing.tails);
    std::ranges::reverse(positions);
    for (std::size_t from = 0; from < positions.size();) {
        std::size_t to = from + 1;
        while (to < positions.size() && timing.tails[positions[to]] == timing.tails[positions[from]])
            ++to;
        if (to - from > 1) {
            std::ranges::sort(std::span(positions).subspan(from, to - from),
                              [&](Task a, Task b) { return graph.id(order.tasks[a]) < graph.id(order.tasks[b]); });
        }
        from = to;
    }
    std::vector<std::uint32_t> priorities(positions.size());
    for (std::uint32_t i = 0; i < positions.size(); ++i)
        priorities[positions[i]] = i;
    return priorities;
}

Schedule listSchedule(const Order &order, std::span<const std::uint32_t> priorities, std::uint32_t workers) {
    const auto n = static_cast<std::uint32_t>(order.size());
    std::vector<std::uint32_t> waits(n, 0);
    for (const Task child : order.children)
        ++waits[child];
    std::vector<Task> byPriority(n);
    for (Task p = 0; p < n; ++p)
        byPriority[priorities[p]] = p;
    SmallestFirst ready(n);
    using Running = std::pair<double, Task>; // when it ends
    std::priority_queue<Running, std::vector<Running>, std::greater<>> running;
    for (Task p = 0; p < n; ++p) {
        if (waits[p] == 0)
            ready.insert(priorities[p]);
    }
    Schedule schedule;
    schedule.starts.resize(n);
    std::uint32_t idle = std::max(1U, workers);
    while (!ready.isEmpty() || !running.empty()) {
        for (; !ready.isEmpty() && idle > 0; --idle) {
            const Task p = byPriority[ready.take()];
            schedule.starts[p] = schedule.makespan;
            running.emplace(schedule.makespan + order.durations[p], p);
        }
        schedule.makespan = running.top().first;
        while (!running.empty() && running.top().first == schedule.makespan) {
            const Task done = running.top().second;
            running.pop();
            ++idle;
            for (const Task child : order.childrenOf(done)) {
                if (--waits[child] == 0)
                    ready.insert(priorities[child]);
            }
        }
    }
    return schedule;
}

} // namespace ra::graph
