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
        const Minimum smooth = minimiseBfgs(valley, {-1.2, 1}, {.tolerance = 1e-14, .iterations = 200});
        QVERIFY(distance(smooth.at, {1, 1}) < 1e-4);
        const std::vector<double> start{-1.2, 1};
        const std::vector<double> steps{0.5, 0.5};
        const Minimum simplex = minimiseSimplex(valley, start, steps, {.tolerance = 1e-12, .evaluations = 1000});
        QVERIFY(distance(simplex.at, {1, 1}) < 1e-3);
        QVERIFY(simplex.evaluations <= 1010);
    }

    void anEdgeIsNotCrossed() {
        const Objective edge = [](std::span<const double> x) { return x[0] < 0.5 ? infinity : x[0] * x[0]; };
        QVERIFY(minimiseBfgs(edge, {2}).at[0] >= 0.5);
        const std::vector<double> start{2};
        const std::vector<double> steps{0.3};
        QVERIFY(std::abs(minimiseSimplex(edge, start, steps).at[0] - 0.5) < 0.01);
        QVERIFY(std::isfinite(minimiseBfgs([](std::span<const double>) { return missing; }, {1}).value));
    }

    void nothingToVaryIsAnAnswer() {
        const Objective five = [](std::span<const double>) { return 5.0; };
        QCOMPARE(minimiseBfgs(five, {}).value, 5.0);
        QCOMPARE(minimiseSimplex(five, {}, {}).value, 5.0);
        QCOMPARE(minimiseBfgs(five, {1, 2}).at, (std::vector<double>{1, 2}));
    }

    void aSimplexFollowsARidge() {
        const Objective ridge = [](std::span<const double> x) {
            return std::abs(x[0]) + std::abs(x[1]) + 10 * std::abs(x[0] - x[1]);
        };
        const std::vector<double> start{3, -2};
        const std::vector<double> steps{1, 1};
        QVERIFY(minimiseSimplex(ridge, start, steps, {.evaluations = 2000}).value < 1);
    }

    void aSimplexShrinksWhereNothingElseHelps() {
        // Around a hollow all is level: neither the other side nor the way half back is better than the worst point.
        const Objective hollow = [](std::span<const double> x) { return std::abs(x[0]) > 0.3 ? 1 : x[0] * x[0]; };
        const std::vector<double> start{0.05};
        const std::vector<double> steps{1};
        QVERIFY(std::abs(minimiseSimplex(hollow, start, steps).at[0]) < 0.01);
    }

    void aKinkAndAnEdgeEndTheSearch() {
        const Objective kink = [](std::span<const double> x) {
            return std::abs(x[0]) + 10 * std::abs(x[1] - x[0] / 3);
        };
        const Minimum low = minimiseBfgs(kink, {3, -2});
        QVERIFY(low.value < kink(std::vector<double>{3, -2}) / 2);
        QCOMPARE(low.value, kink(low.at));
        // Where one side is outside there is no gradient to follow.
        const Objective edge = [](std::span<const double> x) { return x[0] < 0.5 ? infinity : x[0] * x[0]; };
        QCOMPARE(minimiseBfgs(edge, {0.5}).at[0], 0.5);
    }
};

QTEST_GUILESS_MAIN(TestMinimise)
#include "tst_minimise.moc"
