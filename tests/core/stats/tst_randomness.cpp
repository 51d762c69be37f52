// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/stats/randomness.h"

#include "close.h"
#include "core/stats/distributions.h"

#include <QTest>
#include <random>

using namespace ra::stats;
using namespace ra::stats::test;

namespace {

std::vector<double> normal(std::size_t count, unsigned seed) {
    std::mt19937 random(seed);
    std::normal_distribution<double> distribution;
    std::vector<double> values(count);
    for (double &value : values)
        value = distribution(random);
    return values;
}

} // namespace

class TestRandomness : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void autocorrelations() {
        // 1 2 3 4: deviations -1.5 -0.5 0.5 1.5; lag 1 (0.75 - 0.25 + 0.75) / 5, lag 2 (-0.75 - 0.75) / 5, lag 3 -2.25
        // / 5
        const auto r = autocorrelation(std::vector<double>{1, 2, 3, 4}, 3);
        QCOMPARE(r.size(), 3U);
        CLOSE(r[0], 0.25, 1e-15);
        CLOSE(r[1], -0.3, 1e-15);
        CLOSE(r[2], -0.45, 1e-15);
        // NIST NumAcc2 and NumAcc3: alternating about a value; certified -0.999.
        std::vector<double> alternating = {1.2};
        for (int i = 0; i < 500; ++i) {
            alternating.push_back(1.1);
            alternating.push_back(1.3);
        }
        CLOSE(autocorrelation(alternating, 1)[0], -0.999, 1e-13);
    }

    void missingValuesTakeNoPart() {
        const auto r = autocorrelation(std::vector<double>{1, missing, 3, 4, missing}, 2);
        // mean 8/3: deviations -5/3, 1/3, 4/3; squares 42/9; lag 1 only 3 4, lag 2 only 1 3.
        CLOSE(r[0], (4.0 / 9) / (42.0 / 9), 1e-14);
        CLOSE(r[1], (-5.0 / 9) / (42.0 / 9), 1e-14);
        for (const auto &values : hostile()) {
            for (const double value : autocorrelation(values, 1))
                QVERIFY(std::abs(value) <= 1);
        }
        CLOSE(autocorrelation(std::vector<double>{1e308, -1e308, 1e308, -1e308}, 1)[0], -0.75, 1e-14);
        CLOSE(autocorrelation(std::vector<double>{1e-310, -1e-310, 1e-310, -1e-310}, 1)[0], -0.75, 1e-10);
    }

    void runsByCounting() {
        // Below below above above below above: 4 runs of 3 and 3. Of 20 orders those with up to 4 runs: 2 + 4 + 8 = 14;
        // from 4 on: 8 + 4 + 2 = 14.
        const auto test = runsTest(std::vector<double>{1, 2, 11, 12, 3, 13});
        QCOMPARE(test->runs, 4U);
        QCOMPARE(test->above, 3U);
        QCOMPARE(*test->pExact, 1.0);
        QCOMPARE(test->z, 0.0);
        // All below, then all above: 2 runs, twice 2/20.
        const auto sorted = runsTest(std::vector<double>{1, 2, 3, 11, 12, missing, 13});
        CLOSE(*sorted->pExact, 0.2, 1e-10);
        QVERIFY(sorted->z < 0);
        const auto alternating = runsTest(std::vector<double>{1, 11, 2, 12, 3, 13, 1, 11, 2, 12, 3, 13});
        QVERIFY(*alternating->pExact < 0.005 && alternating->z > 0);
        QVERIFY(!runsTest({}) && !runsTest(std::vector<double>{1, 1, 1}));
        QVERIFY(!runsTest(normal(1'500, 1))->pExact);
        QVERIFY(std::abs(*runsTest(normal(900, 1))->pExact - runsTest(normal(900, 1))->pNormal) < 0.06);
    }

    void ljungBoxSeesDependence() {
        const auto noise = normal(500, 2);
        QVERIFY(ljungBox(noise, 10)->p > 0.01);
        std::vector<double> chained = noise;
        for (std::size_t i = 1; i < chained.size(); ++i)
            chained[i] += 0.5 * chained[i - 1];
        QVERIFY(ljungBox(chained, 10)->p < 1e-10);
        // One lag of 1 2 3 4: n (n + 2) r^2 / (n - 1) = 24 / 16 / 3
        const auto byHand = ljungBox(std::vector<double>{1, 2, 3, 4}, 1);
        CLOSE(byHand->q, 0.5, 1e-14);
        CLOSE(byHand->p, dist::chiSquaredUpper(0.5, 1), 1e-14);
        QCOMPARE(ljungBox(noise, 10, 3)->df, 7.0);
        QVERIFY(!ljungBox(noise, 2, 2) && !ljungBox(std::vector<double>{1, 1}, 1) && !ljungBox(noise, 500));
    }

    void permutationsCounted() {
        // 1 2 | 3 4: of six choices two have sums as far from 5 as 3 is.
        const auto exact = permutationTest(std::vector<double>{1, 2}, std::vector<double>{3, 4}, 1);
        QVERIFY(exact->isExact);
        QCOMPARE(exact->difference, -2.0);
        CLOSE(exact->p, 2.0 / 6, 1e-15);
        const auto a = normal(60, 3);
        const auto b = normal(70, 4);
        const auto drawn = permutationTest(a, b, 1);
        QVERIFY(!drawn->isExact);
        QVERIFY(drawn->p > 0.001);
        QCOMPARE(permutationTest(a, b, 1)->p, drawn->p);
        std::vector<double> far = b;
        for (double &value : far)
            value += 5;
        QCOMPARE(permutationTest(a, far, 1)->p, 1e-4);
        QVERIFY(!permutationTest({}, a, 1) && !permutationTest(std::vector<double>{infinite}, a, 1));
        QCOMPARE(permutationTest(std::vector<double>{2, 2}, std::vector<double>{2}, 1)->p, 1.0);
    }
};

QTEST_GUILESS_MAIN(TestRandomness)
#include "tst_randomness.moc"
