// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/graph/order.h"
#include "core/graph/sorting.h"

#include <QTest>
#include <algorithm>
#include <limits>
#include <random>
#include <set>

using namespace ra::graph;

namespace {

TaskGraph graphOf(std::size_t tasks, const std::vector<Edge> &edges) {
    std::vector<std::string> ids;
    for (std::size_t i = 0; i < tasks; ++i)
        ids.push_back(std::to_string(i));
    return {ids, std::vector<double>(tasks, 1.0), edges};
}

} // namespace

class TestTaskGraph : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void edgesThatRepeatCountOnceAndChildrenAscend() {
        const TaskGraph graph = graphOf(4, {{0, 3}, {0, 1}, {0, 3}, {2, 3}, {0, 1}});
        QCOMPARE(graph.edgeCount(), 3U);
        const auto children = graph.children(0);
        QCOMPARE(std::vector<Task>(children.begin(), children.end()), (std::vector<Task>{1, 3}));
        QVERIFY(graph.children(3).empty());
    }

    void durationsThatAreNoneCountAsNothing() {
        constexpr double infinite = std::numeric_limits<double>::infinity();
        const TaskGraph graph({"a", "b", "c", "d"}, {-1, infinite, std::numeric_limits<double>::quiet_NaN(), 2}, {});
        QCOMPARE(graph.work(), 2.0);
        QCOMPARE(graph.with({0.1, 0.2, -3, 0}).work(), 0.1 + 0.2); // exactly rounded: 0.30000000000000004
    }

    void theOrderPutsEveryTaskAfterWhatItNeeds() {
        std::mt19937 random(1);
        std::vector<Edge> edges;
        std::vector<Task> shuffled(200);
        for (Task i = 0; i < shuffled.size(); ++i)
            shuffled[i] = i;
        std::shuffle(shuffled.begin(), shuffled.end(), random);
        for (int i = 0; i < 600; ++i) {
            const Task a = random() % 200;
            const Task b = random() % 200;
            if (a != b)
                edges.emplace_back(shuffled[std::min(a, b)], shuffled[std::max(a, b)]);
        }
        const TaskGraph graph = graphOf(200, edges);
        const Ordering ordering = orderOf(graph);
        QVERIFY(ordering.cycles.empty());
        QCOMPARE(ordering.order.size(), 200U);
        for (const auto &[from, to] : edges)
            QVERIFY(ordering.order.positions[from] < ordering.order.positions[to]);
        for (Task position = 0; position < 200; ++position) {
            QCOMPARE(ordering.order.positions[ordering.order.tasks[position]], position);
            QCOMPARE(ordering.order.childrenOf(position).size(), graph.children(ordering.order.tasks[position]).size());
        }
    }

    void nothingHasAnOrder() {
        const Ordering ordering = orderOf(TaskGraph());
        QCOMPARE(ordering.order.size(), 0U);
        QVERIFY(ordering.cycles.empty());
    }

    void everyKnotIsReportedByOneCycle() {
        // 0 > 1 > 2 > 0 with a tail 2 > 3 and a head 4 > 0, a task that needs itself, and a knot of two rings.
        const TaskGraph graph =
            graphOf(9, {{0, 1}, {1, 2}, {2, 0}, {2, 3}, {4, 0}, {5, 5}, {6, 7}, {7, 6}, {7, 8}, {8, 7}});
        const Ordering ordering = orderOf(graph);
        QCOMPARE(ordering.order.size(), 0U);
        QCOMPARE(ordering.cycles.size(), 3U);
        for (const auto &cycle : ordering.cycles) {
            QCOMPARE(std::set<Task>(cycle.begin(), cycle.end()).size(), cycle.size());
            for (std::size_t i = 0; i < cycle.size(); ++i) {
                const auto children = graph.children(cycle[i]);
                QVERIFY(std::ranges::find(children, cycle[(i + 1) % cycle.size()]) != children.end());
            }
        }
        QCOMPARE(ordering.cycles[0], (std::vector<Task>{0, 1, 2}));
        QCOMPARE(ordering.cycles[1], (std::vector<Task>{5}));
    }

    void aCycleReachedByATailIsFoundWithoutTheTail() {
        // In one knot the walk from task 0 runs into the ring 1 > 2 > 1, not through task 0.
        const TaskGraph graph = graphOf(3, {{0, 1}, {1, 2}, {2, 1}, {2, 0}});
        const Ordering ordering = orderOf(graph);
        QCOMPARE(ordering.cycles.size(), 1U);
        QVERIFY(ordering.cycles[0].size() >= 2);
    }

    void aChainOfAHundredThousandNeedsNoStack() {
        std::vector<Edge> edges;
        for (Task i = 1; i < 100'000; ++i)
            edges.emplace_back(i - 1, i);
        QVERIFY(orderOf(graphOf(100'000, edges)).cycles.empty());
        edges.emplace_back(99'999, 0);
        const Ordering ordering = orderOf(graphOf(100'000, edges));
        QCOMPARE(ordering.cycles.size(), 1U);
        QCOMPARE(ordering.cycles[0].size(), 100'000U);
    }

    void radixOrdersAsComparisonDoes() {
        std::mt19937_64 random(2);
        std::vector<double> values = {0, 0.0, 1e-320, 1e308, std::numeric_limits<double>::infinity(), 3, 3, -0.0};
        for (int i = 0; i < 5'000; ++i)
            values.push_back(std::abs(std::bit_cast<double>(random() & 0x7fefffffffffffffU)));
        std::vector<std::uint32_t> want(values.size());
        for (std::uint32_t i = 0; i < want.size(); ++i)
            want[i] = i;
        std::ranges::stable_sort(want, [&](auto a, auto b) { return values[a] < values[b]; });
        QCOMPARE(ascendingOrder(values), want);
        QVERIFY(ascendingOrder({}).empty());
    }

    void theSmallestIsTakenFirst_data() {
        QTest::addColumn<unsigned>("limit");
        for (const unsigned limit : {1U, 64U, 65U, 5'000U, 300'000U})
            QTest::addRow("%u", limit) << limit;
    }
    void theSmallestIsTakenFirst() {
        QFETCH(unsigned, limit);
        std::mt19937 random(limit);
        SmallestFirst numbers(limit);
        std::set<std::uint32_t> model;
        QVERIFY(numbers.isEmpty());
        for (int i = 0; i < 2'000; ++i) {
            if (model.empty() || random() % 3 != 0) {
                const std::uint32_t number = random() % limit;
                numbers.insert(number);
                model.insert(number);
            } else {
                QCOMPARE(numbers.take(), *model.begin());
                model.erase(model.begin());
            }
            QCOMPARE(numbers.isEmpty(), model.empty());
        }
    }
};

QTEST_GUILESS_MAIN(TestTaskGraph)
#include "tst_taskgraph.moc"
