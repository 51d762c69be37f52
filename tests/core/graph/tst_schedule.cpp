// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/graph/schedule.h"

#include <QTest>
#include <random>

using namespace ra::graph;

namespace {

double makespan(const TaskGraph &graph, std::uint32_t workers) {
    const Order order = orderOf(graph).order;
    const Timing timing = timingOf(order);
    return listSchedule(order, prioritiesOf(graph, order, timing), workers).makespan;
}

TaskGraph randomGraph(unsigned seed) {
    std::mt19937 random(seed);
    std::vector<std::string> ids;
    std::vector<double> durations;
    std::vector<Edge> edges;
    for (Task i = 0; i < 200; ++i) {
        ids.push_back(std::to_string(i));
        durations.push_back(random() % 5 == 0 ? 0 : random() % 100);
        for (unsigned k = 0; i > 0 && k < random() % 4; ++k)
            edges.emplace_back(random() % i, i);
    }
    return {ids, durations, edges};
}

} // namespace

class TestSchedule : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void byHand() {
        // Independent 3, 3, 2, 2, 2 on two workers, longest first: 3 3 | 2 2 | 2 ends at 7, though 6 is possible.
        const TaskGraph graph({"a", "b", "c", "d", "e"}, {3, 3, 2, 2, 2}, {});
        QCOMPARE(makespan(graph, 2), 7.0);
        QCOMPARE(makespan(graph, 1), 12.0);
        QCOMPARE(makespan(graph, 0), 12.0);
        QCOMPARE(makespan(graph, 5), 3.0);
        QCOMPARE(lowerBound(3, 12, 2), 6.0);
        QCOMPARE(lowerBound(3, 12, 10), 3.0);
        QCOMPARE(lowerBound(3, 12, 0), 12.0);
    }

    void ofEqualTasksTheSmallerIdComesFirst() {
        const TaskGraph graph({"b", "a", "B"}, {1, 1, 1}, {});
        const Order order = orderOf(graph).order;
        const Timing timing = timingOf(order);
        const auto priorities = prioritiesOf(graph, order, timing);
        const Schedule schedule = listSchedule(order, priorities, 1);
        QCOMPARE(schedule.starts[order.positions[2]], 0.0); // "B" < "a" < "b" in ASCII
        QCOMPARE(schedule.starts[order.positions[1]], 1.0);
        QCOMPARE(schedule.starts[order.positions[0]], 2.0);
    }

    void nothingTakesNoTime() { QCOMPARE(makespan(TaskGraph(), 2), 0.0); }

    void noScheduleUndercutsTheBoundsNorExceedsGrahams() {
        for (unsigned seed = 1; seed <= 20; ++seed) {
            const TaskGraph graph = randomGraph(seed);
            const Order order = orderOf(graph).order;
            const Timing timing = timingOf(order);
            const auto priorities = prioritiesOf(graph, order, timing);
            for (const std::uint32_t workers : {1U, 2U, 3U, 8U, 300U}) {
                const Schedule schedule = listSchedule(order, priorities, workers);
                const double bound = lowerBound(timing.criticalPath, graph.work(), workers);
                QVERIFY(schedule.makespan >= bound * (1 - 1e-12));
                QVERIFY(schedule.makespan <= (2 - 1.0 / workers) * bound * (1 + 1e-12));
                // Never more at once than there are workers, and nothing before what it needs.
                for (Task p = 0; p < order.size(); ++p) {
                    unsigned running = 0;
                    for (Task q = 0; q < order.size(); ++q) {
                        running += schedule.starts[q] <= schedule.starts[p] &&
                                           schedule.starts[p] < schedule.starts[q] + order.durations[q]
                                       ? 1U
                                       : 0U;
                    }
                    QVERIFY(running <= workers);
                    for (const Task child : order.childrenOf(p))
                        QVERIFY(schedule.starts[child] >= schedule.starts[p] + order.durations[p]);
                }
            }
            QCOMPARE(listSchedule(order, priorities, 300).makespan, timing.criticalPath);
        }
    }
};

QTEST_GUILESS_MAIN(TestSchedule)
#include "tst_schedule.moc"
