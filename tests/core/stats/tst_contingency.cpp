// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/stats/contingency.h"

#include "close.h"

#include <QTest>

using namespace ra::stats;
using namespace ra::stats::test;

class TestContingency : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void theLadyTastingTea() {
        // R. A. Fisher, "The Design of Experiments" (1935): 3 of 4 right; two-sided 34/70
        const auto tea = fisherTest({{{3, 1}, {1, 3}}});
        CLOSE(tea->p, 34.0 / 70, 1e-13);
        QCOMPARE(*tea->oddsRatio, 9.0);
        // SciPy's documentation of fisher_exact: whales, p = 0.034965
        CLOSE(fisherTest({{{8, 2}, {1, 5}}})->p, 0.034965034965034975, 1e-12);
    }

    void fisherIsSymmetricAndCopesWithLargeTables() {
        const FourFold table = {{{12, 5}, {7, 40}}};
        const FourFold turned = {{{12, 7}, {5, 40}}};
        const FourFold mirrored = {{{5, 12}, {40, 7}}};
        CLOSE(fisherTest(table)->p, fisherTest(turned)->p, 1e-12);
        CLOSE(fisherTest(table)->p, fisherTest(mirrored)->p, 1e-12);
        const auto large = fisherTest({{{500'000, 500'000}, {499'000, 501'000}}});
        QVERIFY(large->p > 0.15 && large->p < 0.17); // z = 1.4142: 0.157
        QCOMPARE(fisherTest({{{0, 5}, {0, 7}}})->p, 1.0);
        QVERIFY(!fisherTest({{{0, 5}, {0, 7}}})->oddsRatio);
        QVERIFY(!fisherTest({}));
        const auto most = std::uint64_t{1} << 63;
        QVERIFY(!fisherTest({{{most, most}, {most, most}}}));
        QCOMPARE(fisherTest({{{1'000'000, 0}, {0, 1'000'000}}})->p, 0.0);
    }

    void independence() {
        // SciPy's documentation of chi2_contingency: 2.7777777777777777, 0.24935220877729614
        const auto test = chiSquaredIndependence(std::vector<double>{10, 10, 20, 20, 20, 20}, 3);
        CLOSE(test->statistic, 2.7777777777777777, 1e-13);
        CLOSE(test->p, 0.24935220877729614, 1e-12);
        QCOMPARE(test->df, 2.0);
        CLOSE(test->smallestExpected, 12, 1e-13);
        // A row and a column of zeros say nothing.
        const auto padded = chiSquaredIndependence(std::vector<double>{10, 0, 10, 20, 0, 0, 0, 0, 20, 0, 20, 20}, 4);
        CLOSE(padded->statistic, test->statistic, 1e-13);
        QCOMPARE(padded->df, 2.0);
        QVERIFY(!chiSquaredIndependence(std::vector<double>{1, 2}, 2));
        QVERIFY(!chiSquaredIndependence(std::vector<double>{1, 2, 3}, 2));
        QVERIFY(!chiSquaredIndependence(std::vector<double>{1, 2, 3, 4}, 1));
        QVERIFY(!chiSquaredIndependence(std::vector<double>{1, 2, 3, -4}, 2));
        QVERIFY(!chiSquaredIndependence(std::vector<double>{1, 2, 3, missing}, 2));
    }

    void goodnessOfFit() {
        // SciPy's documentation of chisquare: 2.0, 0.84914503608460956
        const auto test = chiSquaredFit(std::vector<double>{16, 18, 16, 14, 12, 12}, std::vector<double>(6, 3.0));
        CLOSE(test->statistic, 2.0, 1e-13);
        CLOSE(test->p, 0.84914503608460956, 1e-12);
        const std::vector<double> halves = {0.5, 0.5};
        QVERIFY(!chiSquaredFit(std::vector<double>{1}, std::vector<double>{1}));
        QVERIFY(!chiSquaredFit(std::vector<double>{1, 2, 3}, halves));
        QVERIFY(!chiSquaredFit(std::vector<double>{-1, 2}, halves));
        QVERIFY(!chiSquaredFit(std::vector<double>{1, 2}, std::vector<double>{0, 1}));
        QVERIFY(!chiSquaredFit(std::vector<double>{0, 0}, halves));
        QVERIFY(!chiSquaredFit(std::vector<double>{infinite, 1}, halves));
    }
};

QTEST_GUILESS_MAIN(TestContingency)
#include "tst_contingency.moc"
