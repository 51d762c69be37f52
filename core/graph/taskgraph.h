// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace ra::graph {

/// Number of a task, from 0.
using Task = std::uint32_t;

/// From a task to one that needs it.
using Edge = std::pair<Task, Task>;

/// Tasks with durations in seconds, and which must end before which begin.
class TaskGraph {
public:
    TaskGraph() = default;
    /// One id and one duration a task. Edges may repeat, count once then, and may form cycles; both ends must be tasks.
    /// A duration that is negative, infinite or NaN counts as 0. O(tasks + edges).
    TaskGraph(std::vector<std::string> ids, std::vector<double> durations, std::span<const Edge> edges);

    [[nodiscard]] std::size_t size() const { return m_ids.size(); }
    [[nodiscard]] std::size_t edgeCount() const { return m_children.size(); }
    [[nodiscard]] const std::string &id(Task task) const { return m_ids[task]; }
    [[nodiscard]] double duration(Task task) const { return m_durations[task]; }
    [[nodiscard]] std::span<const double> durations() const { return m_durations; }
    /// The tasks that need this one, ascending.
    [[nodiscard]] std::span<const Task> children(Task task) const {
        return std::span(m_children).subspan(m_offsets[task], m_offsets[task + 1] - m_offsets[task]);
    }
    /// Sum of all durations, exactly rounded.
    [[nodiscard]] double work() const;
    /// The same graph with other durations, in the order of the tasks.
    [[nodiscard]] TaskGraph with(std::vector<double> durations) const;

private:
    std::vector<std::string> m_ids;
    std::vector<double> m_durations;
    std::vector<std::uint32_t> m_offsets = {0};
    std::vector<Task> m_children;
};

} // namespace ra::graph
