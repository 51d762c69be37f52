// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/series/minimise.h"

#include "data.h"

#include <QTest>

using namespace ra::series;
using namespace ra::series::test;

namespace {

/// Minimum 0 at (1, 1): H. H. Rosenbrock, Computer Journal 3 (1960) 175-184.
double valley(std::span<const double> x) {
    return 100 * (x[1] - x[0] * x[0]) * (x[1] - x[0] * x[0]) + (1 - x[0]) * (1 - x[0]);
}

} // namespace

class TestMinimise : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void theCurvedValleyIsFollowed() {
        const Minimum smooth = descend(valley, {-1.2, 1}, {.tolerance = 1e-14});
        QVERIFY(distance(smooth.at, {1, 1}) < 1e-4);
    }

    void anEdgeIsNotCrossed() {
        const Objective edge = [](std::span<const double> x) { return x[0] < 0.5 ? infinity : x[0] * x[0]; };
        QVERIFY(descend(edge, {2}).at[0] >= 0.5);
        QVERIFY(std::isfinite(descend([](std::span<const double>) { return missing; }, {1}).value));
    }

    void nothingToVaryIsAnAnswer() {
        const Objective five = [](std::span<const double>) { return 5.0; };
        QCOMPARE(descend(five, {}).value, 5.0);
        QCOMPARE(descend(five, {1, 2}).at, (std::vector<double>{1, 2}));
    }

    void forwardDifferencesComeAsNearAsTheirStep() {
        const Objective bowl = [](std::span<const double> x) {
            return (x[0] - 3) * (x[0] - 3) + 2 * (x[1] + 1) * (x[1] + 1) + x[0] * x[1];
        };
        QVERIFY(distance(descend(bowl, {0, 0}).at, descend(bowl, {0, 0}, {.gradient = Gradient::Forward}).at) < 1e-3);
        const Minimum central = descend(valley, {-1.2, 1}, {.points = 10});
        const Minimum forward = descend(valley, {-1.2, 1}, {.points = 10, .gradient = Gradient::Forward});
        QVERIFY(forward.evaluations < central.evaluations);
    }

    void nothingWorseThanTheStartIsFound_data() {
        QTest::addColumn<double>("x");
        for (const double x : {-30.0, -1.0, 0.0, 0.3, 2.0, 1e6})
            QTest::addRow("%g", x) << x;
    }

    void nothingWorseThanTheStartIsFound() {
        QFETCH(double, x);
        const Objective wild = [](std::span<const double> at) {
            return at[0] > 3 ? missing : std::sin(20 * at[0]) + std::floor(at[1]) + std::abs(at[0] - at[1]);
        };
        const std::vector<double> start{x, x};
        const double before = wild(start);
        for (const Minimum &found : {descend(wild, start), survey(wild, start, 0.5)}) {
            QVERIFY(std::isfinite(found.value));
            QVERIFY(!std::isfinite(before) || found.value <= before);
            QVERIFY(!std::isfinite(wild(found.at)) || found.value == wild(found.at));
        }
    }

    void aSurveyLooksOverFolds() {
        // A bowl at (2, -1) with ripples in which descents get stuck.
        const Objective rippled = [](std::span<const double> x) {
            const double bowl = (x[0] - 2) * (x[0] - 2) + (x[1] + 1) * (x[1] + 1);
            return bowl + 0.1 * (2 - std::cos(40 * (x[0] - 2)) - std::cos(40 * (x[1] + 1)));
        };
        double descended = 0;
        double surveyed = 0;
        for (const double x : {0.0, 0.7, 1.4, 2.1, 2.8}) {
            for (const double y : {-2.0, -1.3, -0.6, 0.1, 0.8}) {
                descended += descend(rippled, {x, y}).value;
                surveyed += survey(rippled, {x, y}, 1).value;
            }
        }
        QVERIFY(surveyed < descended / 2);
    }

    void aSurveyOfOneVariableIsItsStart() {
        const Minimum found = survey([](std::span<const double> x) { return x[0] * x[0]; }, {2}, 1);
        QCOMPARE(found.at, std::vector<double>{2});
        QCOMPARE(found.value, 4.0);
    }

    void aKinkAndAnEdgeEndTheSearch() {
        const Objective kink = [](std::span<const double> x) {
            return std::abs(x[0]) + 10 * std::abs(x[1] - x[0] / 3);
        };
        const Minimum low = descend(kink, {3, -2});
        QVERIFY(low.value < kink(std::vector<double>{3, -2}) / 2);
        QCOMPARE(low.value, kink(low.at));
        // Where one side is outside there is no gradient to follow.
        const Objective edge = [](std::span<const double> x) { return x[0] < 0.5 ? infinity : x[0] * x[0]; };
        QCOMPARE(descend(edge, {0.5}).at[0], 0.5);
    }
};

QTEST_GUILESS_MAIN(TestMinimise)
#include "tst_minimise.moc"
