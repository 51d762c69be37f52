// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/graph/order.h"

#include <cstddef>
#include <span>
#include <vector>

namespace ra::graph {

/// When tasks could run if there were a worker for each. All in seconds; arrays are by position in the order.
struct Timing {
    std::vector<double> starts; ///< the earliest
    std::vector<double> tails;  ///< the heaviest path from the task to an end, its own duration included
    double criticalPath = 0;    ///< the heaviest path of all

    /// By how much a task may be late before the whole is; 0 within 1e-9 of the critical path (at least 1 s).
    [[nodiscard]] double slack(Task position) const;
    [[nodiscard]] bool isCritical(Task position) const { return slack(position) == 0; }
};

/// O(tasks + edges).
[[nodiscard]] Timing timingOf(const Order &order);

/// The tasks without slack, by id (ASCII).
[[nodiscard]] std::vector<Task> criticalTasks(const TaskGraph &graph, const Order &order, const Timing &timing);

/// One heaviest path, from its beginning to its end; where several are as heavy, by the smallest ids. Empty for no
/// tasks.
[[nodiscard]] std::vector<Task> criticalPath(const TaskGraph &graph, const Order &order, const Timing &timing);

/// The most tasks that run at once where each starts as early as it can. Intervals are half open; tasks of duration 0
/// do not count. O(tasks).
[[nodiscard]] std::size_t maxParallelism(const Order &order, const Timing &timing);

/// The critical path if one task took another time, for each task and time at once. O(changes (tasks + edges)).
struct Change {
    Task task = 0;
    double duration = 0;
};
[[nodiscard]] std::vector<double> criticalPathsWith(const Order &order, std::span<const Change> changes);

/// A critical task and what making it take no time would gain.
struct Bottleneck {
    Task task = 0;
    double duration = 0;
    double share = 0; ///< of the critical path; 0 where that is 0
    double gain = 0;  ///< by how much the critical path would be shorter without it
};
/// The longest critical tasks, longest first, of equal ones by id.
[[nodiscard]] std::vector<Bottleneck> bottlenecks(const TaskGraph &graph, const Order &order, const Timing &timing,
                                                  std::size_t most = 10);

} // namespace ra::graph
