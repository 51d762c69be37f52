// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/graph/criticalpath.h"

#include <cstdint>
#include <vector>

namespace ra::graph {

/// What no schedule on that many equal workers can undercut: the critical path, or the work evenly shared. 0 workers
/// count as one.
[[nodiscard]] double lowerBound(double criticalPath, double work, std::uint32_t workers);

/// The order in which a scheduler takes tasks that are ready, by position: 0 for the one with the heaviest path to an
/// end (its own duration included), of equal ones the one with the smaller id (ASCII). O(tasks), and sorting of equal
/// ones.
[[nodiscard]] std::vector<std::uint32_t> prioritiesOf(const TaskGraph &graph, const Order &order, const Timing &timing);

struct Schedule {
    std::vector<double> starts; ///< by position in the order
    double makespan = 0;
};
/// Greedy list scheduling: a worker that is free takes the ready task of the first priority; what ends at one moment is
/// handled before anything begins. At most 2 - 1 / workers times the optimum. 0 workers count as one. O(tasks log
/// workers + edges). Source: R. L. Graham, SIAM J. Appl. Math. 17 (1969) 416-429; priorities of T. C. Hu.
[[nodiscard]] Schedule listSchedule(const Order &order, std::span<const std::uint32_t> priorities,
                                    std::uint32_t workers);

} // namespace ra::graph
