// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/graph/taskgraph.h"

#include "core/stats/exactsum.h"

#include <algorithm>
#include <cmath>

namespace ra::graph {

namespace {

void tidy(std::vector<double> &durations) {
    for (double &duration : durations) {
        if (!(duration >= 0) || std::isinf(duration))
            duration = 0;
    }
}

/// The second of each pair, in the order of the first; stable. `offsets` gets where each first begins.
template <typename First, typename Second>
std::vector<Task> grouped(std::span<const Edge> edges, std::size_t tasks, std::vector<std::uint32_t> &offsets,
                          First first, Second second) {
    offsets.assign(tasks + 1, 0);
    for (const Edge &edge : edges)
        ++offsets[first(edge) + 1];
    for (std::size_t i = 0; i < tasks; ++i)
        offsets[i + 1] += offsets[i];
    std::vector<std::uint32_t> at(offsets.begin(), offsets.end() - 1);
    std::vector<Task> values(edges.size());
    for (const Edge &edge : edges)
        values[at[first(edge)]++] = second(edge);
    return values;
}

} // namespace

TaskGraph::TaskGraph(std::vector<std::string> ids, std::vector<double> durations, std::span<const Edge> edges)
    : m_ids(std::move(ids))
    , m_durations(std::move(durations)) {
    tidy(m_durations);
    const auto source = [](const Edge &edge) { return edge.first; };
    const auto target = [](const Edge &edge) { return edge.second; };
    // By target, then stably by source: the children of each task ascend, so that equal ones stand together.
    std::vector<std::uint32_t> offsets;
    const std::vector<Task> sources = grouped(edges, size(), offsets, target, source);
    std::vector<Edge> byTarget;
    byTarget.reserve(edges.size());
    for (Task task = 0; task < size(); ++task) {
        for (std::uint32_t i = offsets[task]; i < offsets[task + 1]; ++i)
            byTarget.emplace_back(sources[i], task);
    }
    m_children = grouped(byTarget, size(), m_offsets, source, target);
    std::uint32_t kept = 0;
    std::uint32_t from = 0;
    for (Task task = 0; task < size(); ++task) {
        const std::uint32_t to = m_offsets[task + 1];
        const std::uint32_t begin = kept;
        for (std::uint32_t i = from; i < to; ++i) {
            if (kept == begin || m_children[kept - 1] != m_children[i])
                m_children[kept++] = m_children[i];
        }
        from = to;
        m_offsets[task + 1] = kept;
    }
    m_children.resize(kept);
}

double TaskGraph::work() const {
    stats::ExactSum sum;
    for (const double duration : m_durations)
        sum.add(duration);
    return sum.value();
}

TaskGraph TaskGraph::with(std::vector<double> durations) const {
    TaskGraph other = *this;
    other.m_durations = std::move(durations);
    tidy(other.m_durations);
    return other;
}

} // namespace ra::graph
