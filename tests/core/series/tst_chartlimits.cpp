// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/series/chartlimits.h"

#include <QTest>
#include <cmath>

using namespace ra::series;

class TestChartLimits : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void cusumRunLengthsAreThePublishedOnes_data() {
        // J. M. Lucas, R. B. Crosier, Technometrics 24 (1982), as in D. C. Montgomery, "Introduction to Statistical
        // Quality Control", table of the tabular CUSUM with k = 1/2. The last digit is rounded.
        QTest::addColumn<double>("shift");
        QTest::addColumn<double>("at4");
        QTest::addColumn<double>("at5");
        const double table[][3] = {{0, 168, 465},   {0.25, 74.2, 139}, {0.5, 26.6, 38.0}, {0.75, 13.3, 17.0},
                                   {1, 8.38, 10.4}, {1.5, 4.75, 5.75}, {2, 3.34, 4.01},   {2.5, 2.62, 3.11},
                                   {3, 2.19, 2.57}, {4, 1.71, 2.01}};
        for (const auto &row : table)
            QTest::addRow("shift by %g", row[0]) << row[0] << row[1] << row[2];
    }
    void cusumRunLengthsAreThePublishedOnes() {
        QFETCH(double, shift);
        QFETCH(double, at4);
        QFETCH(double, at5);
        for (const auto &[limit, expected] : {std::pair{4.0, at4}, {5.0, at5}}) {
            const double half = expected >= 100 ? 0.5 : expected >= 10 ? 0.05 : 0.005;
            const double got = averageRunLength(CusumChart{0.5, limit}, shift);
            QVERIFY2(std::abs(got - expected) <= half * 1.01, qPrintable(QString::number(got, 'g', 8)));
            QVERIFY(std::abs(averageRunLength(CusumChart{0.5, limit}, -shift) - got) < 1e-9 * got);
        }
    }

    void ewmaRunLengthsAreThePublishedOnes_data() {
        // J. M. Lucas, M. S. Saccucci, Technometrics 32 (1990) 1-12, table of schemes with a run length of 500, as in
        // Montgomery; the limits are rounded to three digits, so that 500 is met to half a per cent.
        QTest::addColumn<double>("weight");
        QTest::addColumn<double>("limit");
        QTest::addColumn<double>("atHalf");
        QTest::addColumn<double>("atOne");
        QTest::addColumn<double>("atTwo");
        QTest::newRow("0.4") << 0.4 << 3.054 << 71.2 << 14.3 << 3.5;
        QTest::newRow("0.25") << 0.25 << 2.998 << 48.2 << 11.1 << 3.6;
        QTest::newRow("0.2") << 0.2 << 2.962 << 41.8 << 10.5 << 3.7;
        QTest::newRow("0.1") << 0.1 << 2.814 << 31.3 << 10.3 << 4.4;
        QTest::newRow("0.05") << 0.05 << 2.615 << 28.8 << 11.4 << 5.2;
    }
    void ewmaRunLengthsAreThePublishedOnes() {
        QFETCH(double, weight);
        QFETCH(double, limit);
        QFETCH(double, atHalf);
        QFETCH(double, atOne);
        QFETCH(double, atTwo);
        const EwmaChart chart{weight, limit};
        QVERIFY(std::abs(averageRunLength(chart, 0) / 500 - 1) < 0.005);
        for (const auto &[shift, expected] : {std::pair{0.5, atHalf}, {1.0, atOne}, {2.0, atTwo}}) {
            const double got = averageRunLength(chart, shift);
            QVERIFY2(std::abs(got - expected) <= (expected > 10 ? 0.1 : 0.06),
                     qPrintable(QString::number(got, 'g', 8)));
        }
    }

    void oneValueDecidesInAChartWithoutMemory() {
        // A Shewhart chart: 1 / P(|z| > 3) = 370.398.
        QVERIFY(std::abs(averageRunLength(EwmaChart{1, 3}, 0) - 370.398) < 0.001);
    }

    void limitsGiveTheRunLengthTheyAreMadeFor() {
        for (const double runLength : {20.0, 168.0, 500.0, 10'000.0, 1e6}) {
            QVERIFY(std::abs(averageRunLength(withRunLength(CusumChart{}, runLength), 0) / runLength - 1) < 1e-4);
            QVERIFY(std::abs(averageRunLength(withRunLength(EwmaChart{}, runLength), 0) / runLength - 1) < 1e-4);
        }
        QVERIFY(std::abs(withRunLength(EwmaChart{}, 500).limit - 2.814) < 0.001);
    }

    void aShortBaselineWidensTheLimit() {
        double cusum = withRunLength(CusumChart{}, 500).limit;
        double ewma = withRunLength(EwmaChart{}, 500).limit;
        const double known = cusum;
        for (const std::size_t baseline : {100'000U, 1000U, 100U, 30U}) {
            const double nextCusum = withRunLength(CusumChart{}, 500, {.values = baseline}).limit;
            const double nextEwma = withRunLength(EwmaChart{}, 500, {.values = baseline}).limit;
            QVERIFY(nextCusum > cusum);
            QVERIFY(nextEwma > ewma);
            cusum = nextCusum;
            ewma = nextEwma;
        }
        QVERIFY(std::abs(withRunLength(CusumChart{}, 500, {.values = 10'000'000}).limit - known) < 1e-3);
    }

    void runLengthsOutOfRangeAreTakenForTheNearest() {
        QCOMPARE(withRunLength(CusumChart{}, 0).limit, withRunLength(CusumChart{}, 10).limit);
        QCOMPARE(withRunLength(CusumChart{}, 1e300).limit, withRunLength(CusumChart{}, 1e6).limit);
    }
};

QTEST_GUILESS_MAIN(TestChartLimits)
#include "tst_chartlimits.moc"
