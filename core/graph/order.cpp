// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/graph/order.h"

#include <algorithm>
#include <limits>

namespace ra::graph {

namespace {

constexpr std::uint32_t unseen = std::numeric_limits<std::uint32_t>::max();

/// Tarjan's algorithm with its own stack. Gives each task the number of its strongly connected component.
class Components {
public:
    explicit Components(const TaskGraph &graph)
        : m_graph(graph)
        , m_index(graph.size(), unseen)
        , m_low(graph.size(), 0)
        , component(graph.size(), unseen) {
        for (Task task = 0; task < graph.size(); ++task) {
            if (m_index[task] == unseen)
                visit(task);
        }
    }

private:
    struct Frame {
        Task task = 0;
        std::size_t next = 0; ///< child to look at
    };

    void visit(Task root) {
        std::vector<Frame> frames = {enter(root)};
        while (!frames.empty()) {
            Frame &frame = frames.back();
            const auto children = m_graph.children(frame.task);
            if (frame.next < children.size()) {
                const Task child = children[frame.next++];
                if (m_index[child] == unseen)
                    frames.push_back(enter(child));
                else if (component[child] == unseen)
                    m_low[frame.task] = std::min(m_low[frame.task], m_index[child]);
                continue;
            }
            const Task done = frame.task;
            frames.pop_back();
            if (!frames.empty())
                m_low[frames.back().task] = std::min(m_low[frames.back().task], m_low[done]);
            if (m_low[done] == m_index[done])
                close(done);
        }
    }
    Frame enter(Task task) {
        m_index[task] = m_low[task] = m_count++;
        m_open.push_back(task);
        return {task, 0};
    }
    void close(Task root) {
        for (;;) {
            const Task task = m_open.back();
            m_open.pop_back();
            component[task] = components;
            if (task == root)
                break;
        }
        ++components;
    }

    const TaskGraph &m_graph;
    std::vector<std::uint32_t> m_index;
    std::vector<std::uint32_t> m_low;
    std::vector<Task> m_open;
    std::uint32_t m_count = 0;

public:
    std::vector<std::uint32_t> component;
    std::uint32_t components = 0;
};

/// One cycle a component that has any: walks on inside the component until a task comes again.
std::vector<std::vector<Task>> cyclesOf(const TaskGraph &graph) {
    const Components found(graph);
    std::vector<std::vector<Task>> cycles;
    std::vector<bool> isDone(found.components, false);
    std::vector<std::uint32_t> step(graph.size(), unseen);
    for (Task first = 0; first < graph.size(); ++first) {
        const std::uint32_t mine = found.component[first];
        if (isDone[mine])
            continue;
        isDone[mine] = true;
        std::vector<Task> walk;
        for (Task at = first; step[at] == unseen;) {
            step[at] = static_cast<std::uint32_t>(walk.size());
            walk.push_back(at);
            const auto children = graph.children(at);
            const auto next =
                std::ranges::find_if(children, [&](Task child) { return found.component[child] == mine; });
            if (next == children.end()) { // a task by itself, without an edge to itself
                walk.clear();
                break;
            }
            at = *next;
            if (step[at] != unseen)
                walk.erase(walk.begin(), walk.begin() + step[at]);
        }
        if (!walk.empty())
            cycles.push_back(std::move(walk));
    }
    return cycles;
}

} // namespace

Ordering orderOf(const TaskGraph &graph) {
    const std::size_t n = graph.size();
    std::vector<std::uint32_t> waits(n, 0); // for how many tasks
    for (Task task = 0; task < n; ++task) {
        for (const Task child : graph.children(task))
            ++waits[child];
    }
    Ordering answer;
    Order &order = answer.order;
    order.tasks.reserve(n);
    for (Task task = 0; task < n; ++task) {
        if (waits[task] == 0)
            order.tasks.push_back(task);
    }
    for (std::size_t at = 0; at < order.tasks.size(); ++at) {
        for (const Task child : graph.children(order.tasks[at])) {
            if (--waits[child] == 0)
                order.tasks.push_back(child);
        }
    }
    if (order.tasks.size() < n) {
        answer.order = {};
        answer.cycles = cyclesOf(graph);
        return answer;
    }
    order.positions.resize(n);
    for (Task position = 0; position < n; ++position)
        order.positions[order.tasks[position]] = position;
    order.offsets.reserve(n + 1);
    order.offsets.push_back(0);
    order.children.reserve(graph.edgeCount());
    order.durations.reserve(n);
    for (const Task task : order.tasks) {
        for (const Task child : graph.children(task))
            order.children.push_back(order.positions[child]);
        order.offsets.push_back(static_cast<std::uint32_t>(order.children.size()));
        order.durations.push_back(graph.duration(task));
    }
    return answer;
}

} // namespace ra::graph
