// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/graph/taskgraph.h"

#include <vector>

namespace ra::graph {

/// A graph without cycles, its tasks renumbered by position: every edge goes from a lower to a higher one.
struct Order {
    std::vector<Task> tasks;            ///< the task at each position
    std::vector<Task> positions;        ///< the position of each task
    std::vector<std::uint32_t> offsets; ///< children of position p: children[offsets[p]] up to children[offsets[p + 1]]
    std::vector<Task> children;         ///< positions
    std::vector<double> durations;      ///< of the task at each position

    [[nodiscard]] std::size_t size() const { return tasks.size(); }
    [[nodiscard]] std::span<const Task> childrenOf(Task position) const {
        return std::span(children).subspan(offsets[position], offsets[position + 1] - offsets[position]);
    }
};

/// The order, or cycles where there is none.
struct Ordering {
    Order order;
    /// One for each knot of tasks that need each other in a ring: each task needs the one before it, the first the
    /// last. Empty where there is an order.
    std::vector<std::vector<Task>> cycles;
};

/// O(tasks + edges), without recursion. Sources: A. B. Kahn, Commun. ACM 5 (1962) 558-562; knots as strongly connected
/// components by R. Tarjan, SIAM J. Comput. 1 (1972) 146-160.
[[nodiscard]] Ordering orderOf(const TaskGraph &graph);

} // namespace ra::graph
