// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/stats/power.h"

#include "close.h"

#include <QTest>

using namespace ra::stats;
using namespace ra::stats::test;

class TestPower : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void asR() {
        // R's documentation: power.t.test(n = 20, delta = 1) 0.8689528; power.t.test(power = .90, delta = 1) n
        // = 22.02110; power.prop.test(p1 = .50, p2 = .75, power = .90) n = 76.7
        CLOSE(*tTestPower(20, 1), 0.8689528, 1e-6);
        QCOMPARE(*tTestRuns(1, 0.9), 23U);
        QCOMPARE(*tTestRuns(0.5, 0.8), 64U); // power.t.test(delta = .5, power = .8) n = 63.76576
        QCOMPARE(*proportionRuns(0.5, 0.75, 0.9), 77U);
        // Noether (1987): (1.96 + 1.2816)^2 / (6 * 0.2^2) = 43.8
        QCOMPARE(*mannWhitneyRuns(0.7, 0.9), 44U);
        QCOMPARE(*mannWhitneyRuns(0.3, 0.9), 44U);
    }

    void moreRunsMorePower() {
        double last = 0;
        for (const double n : {2.0, 5.0, 20.0, 100.0, 1'000.0}) {
            const double power = *tTestPower(n, 0.4);
            QVERIFY(power > last && power <= 1);
            last = power;
        }
        CLOSE(*tTestPower(30, 0), 0.05, 1e-9); // a false alarm
        QCOMPARE(*tTestPower(1'000, -5), 1.0);
        QVERIFY(*tTestPower(1e8, 1e-4) > 0.1);
        QVERIFY(*tTestPower(static_cast<double>(*tTestRuns(0.01)), 0.01) >= 0.8);
        QVERIFY(*tTestPower(static_cast<double>(*tTestRuns(0.01) - 1), 0.01) < 0.8);
    }

    void howManyRunsForAMargin() {
        // t(0.975, 17) 2.10982 / sqrt(18) = 0.4973; t(0.975, 16) 2.11991 / sqrt(17) = 0.5142
        QCOMPARE(*meanRuns(1, 0.5), 18U);
        QCOMPARE(*meanRuns(0, 0.5), 2U);
        QVERIFY(!meanRuns(1, 1e-9));
    }

    void noAnswer() {
        QVERIFY(!tTestPower(1, 1) && !tTestPower(infinite, 1) && !tTestPower(5, missing) && !tTestPower(5, 1, 0));
        QVERIFY(!tTestRuns(0) && !tTestRuns(missing) && !tTestRuns(1, 1) && !tTestRuns(1, 0.01, 0.05) &&
                !tTestRuns(1e-9));
        QVERIFY(!mannWhitneyRuns(0.5) && !mannWhitneyRuns(1.5) && !mannWhitneyRuns(0.5 + 1e-9));
        QVERIFY(!proportionRuns(0.2, 0.2) && !proportionRuns(-1, 0.2) && !proportionRuns(0.2, 2) &&
                !proportionRuns(0.2, 0.3, 2));
        QVERIFY(!meanRuns(-1, 1) && !meanRuns(1, 0) && !meanRuns(1, 1, 1) && !meanRuns(infinite, 1));
        QCOMPARE(*tTestRuns(100), 2U);
    }
};

QTEST_GUILESS_MAIN(TestPower)
#include "tst_power.moc"
