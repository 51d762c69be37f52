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
    }

    void anEdgeIsNotCrossed() {
        const Objective edge = [](std::span<const double> x) { return x[0] < 0.5 ? infinity : x[0] * x[0]; };
        QVERIFY(minimiseBfgs(edge, {2}).at[0] >= 0.5);
        QVERIFY(std::isfinite(minimiseBfgs([](std::span<const double>) { return missing; }, {1}).value));
    }

    void nothingToVaryIsAnAnswer() {
        const Objective five = [](std::span<const double>) { return 5.0; };
        QCOMPARE(minimiseBfgs(five, {}).value, 5.0);
        QCOMPARE(minimiseBfgs(five, {1, 2}).at, (std::vector<double>{1, 2}));
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
