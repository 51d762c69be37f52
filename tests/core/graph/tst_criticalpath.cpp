// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/graph/criticalpath.h"

#include <QTest>
#include <random>

using namespace ra::graph;

namespace {

/// a(2) > b(3) > d(1), a > c(1) > d, e(4) by itself. By hand: a 0-2, b 2-5, c 2-3, d 5-6, e 0-4; critical a b d.
const TaskGraph diamond({"a", "b", "c", "d", "e"}, {2, 3, 1, 1, 4}, std::vector<Edge>{{0, 1}, {0, 2}, {1, 3}, {2, 3}});

} // namespace

class TestCriticalPath : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void timesAndSlackOfADiamond() {
        const Order order = orderOf(diamond).order;
        const Timing timing = timingOf(order);
        QCOMPARE(timing.criticalPath, 6.0);
        const auto start = [&](Task task) { return timing.starts[order.positions[task]]; };
        const auto slack = [&](Task task) { return timing.slack(order.positions[task]); };
        QCOMPARE(start(0), 0.0);
        QCOMPARE(start(1), 2.0);
        QCOMPARE(start(2), 2.0);
        QCOMPARE(start(3), 5.0);
        QCOMPARE(slack(0), 0.0);
        QCOMPARE(slack(2), 2.0);
        QCOMPARE(slack(4), 2.0);
        QCOMPARE(criticalTasks(diamond, order, timing), (std::vector<Task>{0, 1, 3}));
        QCOMPARE(criticalPath(diamond, order, timing), (std::vector<Task>{0, 1, 3}));
        QCOMPARE(maxParallelism(order, timing), 3U); // b, c and e from 2 to 3
    }

    void aBottleneckGainsWhatTheNextPathLeaves() {
        const Order order = orderOf(diamond).order;
        const auto found = bottlenecks(diamond, order, timingOf(order), 2);
        QCOMPARE(found.size(), 2U);
        QCOMPARE(found[0].task, 1U);
        QCOMPARE(found[0].duration, 3.0);
        QCOMPARE(found[0].share, 0.5);
        QCOMPARE(found[0].gain, 2.0); // then a c d takes 4, and so does e
        QCOMPARE(found[1].task, 0U);
        QCOMPARE(found[1].gain, 2.0);
    }

    void manyChangesAreTriedAtOnce() {
        const Order order = orderOf(diamond).order;
        std::vector<Change> changes;
        for (int i = 0; i < 25; ++i)
            changes.push_back({static_cast<Task>(i % 5), static_cast<double>(i)});
        const std::vector<double> paths = criticalPathsWith(order, changes);
        for (std::size_t i = 0; i < changes.size(); ++i) {
            std::vector<double> durations(diamond.durations().begin(), diamond.durations().end());
            durations[changes[i].task] = changes[i].duration;
            QCOMPARE(paths[i], timingOf(orderOf(diamond.with(durations)).order).criticalPath);
        }
    }

    void intervalsAreHalfOpenAndNothingTakesNoWorker() {
        // a and b follow each other, c takes no time.
        const TaskGraph graph({"a", "b", "c"}, {1, 1, 0}, std::vector<Edge>{{0, 1}});
        const Order order = orderOf(graph).order;
        QCOMPARE(maxParallelism(order, timingOf(order)), 1U);
    }

    void nothingAndTasksWithoutDurations() {
        const Order none = orderOf(TaskGraph()).order;
        const Timing nothing = timingOf(none);
        QCOMPARE(nothing.criticalPath, 0.0);
        QVERIFY(criticalPath(TaskGraph(), none, nothing).empty());
        QCOMPARE(maxParallelism(none, nothing), 0U);
        QVERIFY(bottlenecks(TaskGraph(), none, nothing).empty());
        const TaskGraph idle({"b", "a"}, {0, 0}, {});
        const Order order = orderOf(idle).order;
        const Timing timing = timingOf(order);
        QCOMPARE(criticalTasks(idle, order, timing), (std::vector<Task>{1, 0}));
        QCOMPARE(criticalPath(idle, order, timing), (std::vector<Task>{1}));
        QCOMPARE(bottlenecks(idle, order, timing)[0].share, 0.0);
        QCOMPARE(maxParallelism(order, timing), 0U);
    }

    void scalingDurationsScalesEverything() {
        std::mt19937 random(3);
        std::vector<std::string> ids;
        std::vector<double> durations;
        std::vector<double> doubled;
        std::vector<Edge> edges;
        for (Task i = 0; i < 300; ++i) {
            ids.push_back(std::to_string(i));
            durations.push_back(random() % 1000);
            doubled.push_back(2 * durations.back());
            if (i > 0)
                edges.emplace_back(random() % i, i);
        }
        const TaskGraph graph(ids, durations, edges);
        const TaskGraph slower = graph.with(doubled);
        const Order order = orderOf(graph).order;
        const Order slowerOrder = orderOf(slower).order;
        const Timing timing = timingOf(order);
        const Timing slowerTiming = timingOf(slowerOrder);
        QCOMPARE(slowerTiming.criticalPath, 2 * timing.criticalPath);
        QCOMPARE(criticalTasks(slower, slowerOrder, slowerTiming), criticalTasks(graph, order, timing));
        // The path is as long as it says, and every task on it is critical.
        double length = 0;
        for (const Task task : criticalPath(graph, order, timing)) {
            length += graph.duration(task);
            QVERIFY(timing.isCritical(order.positions[task]));
        }
        QCOMPARE(length, timing.criticalPath);
    }
};

QTEST_GUILESS_MAIN(TestCriticalPath)
#include "tst_criticalpath.moc"
