// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/series/heavytails.h"

#include "data.h"

#include <QTest>
#include <algorithm>
#include <cmath>

using namespace ra::series;
using namespace ra::series::test;

class TestHeavyTails : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void thereAndBackAgain() {
        for (const double shape : {0.0, 0.01, 0.2, 1.0}) {
            const HeavyTail tail{.scale = 1.5, .shape = shape};
            for (const double z : {0.0, 1e-6, 0.3, 1.0, 4.0, 20.0})
                QVERIFY(std::abs(tail.normal(tail.distance(z)) - z) <= 1e-9 * (1 + z));
        }
        const HeavyTail heavy{.scale = 1, .shape = 0.2};
        QVERIFY(heavy.normal(1e300) < 100);
    }

    void normalTailsStayAndHeavyOnesAreKnown() {
        int stretched = 0;
        int known = 0;
        double shape = 0;
        for (unsigned seed = 1; seed <= 200; ++seed) {
            std::mt19937_64 random(seed);
            std::normal_distribution<double> normal;
            std::student_t_distribution<double> student(3);
            std::vector<double> plain(500);
            std::vector<double> heavy(500);
            for (std::size_t i = 0; i < plain.size(); ++i) {
                plain[i] = normal(random);
                heavy[i] = student(random);
            }
            stretched += heavyTailsOf(plain).high.shape > 0 ? 1 : 0;
            const HeavyTails tails = heavyTailsOf(heavy);
            known += tails.high.shape > 0 && tails.low.shape > 0 ? 1 : 0;
            shape += tails.high.shape / 200;
        }
        QVERIFY2(stretched <= 24, qPrintable(QString::number(stretched))); // 10 expected
        QVERIFY2(known >= 180, qPrintable(QString::number(known)));
        QVERIFY2(shape > 0.2 && shape < 0.3, qPrintable(QString::number(shape))); // 0.2, and a standard error
    }

    void oneHeavySideIsOne() {
        std::mt19937_64 random(3);
        std::normal_distribution<double> normal;
        std::vector<double> values(2000);
        for (double &v : values) {
            v = normal(random);
            v = v > 0 ? v * std::exp(0.15 * v * v) : v;
        }
        const HeavyTails tails = heavyTailsOf(values);
        QCOMPARE(tails.low.shape, 0.0);
        QVERIFY(tails.high.shape > 0.22 && tails.high.shape < 0.45); // 0.3
    }

    void aTenthOfAnomaliesHasNoSay() {
        std::vector<double> values = armaSample(1000, 0, 0, 4);
        const HeavyTails before = heavyTailsOf(values);
        QCOMPARE(before.high.shape, 0.0);
        for (std::size_t i = 0; i < values.size(); i += 25)
            values[i] = 1000; // two in twenty-five of that side
        QVERIFY(heavyTailsOf(values).high.normal(1000) > 20);
    }

    void fewAreNormal() {
        QCOMPARE(heavyTailsOf({}).low.shape, 0.0);
        QCOMPARE(heavyTailsOf(std::vector<double>(100, 0.0)).high.shape, 0.0);
        QCOMPARE(heavyTailsOf(std::vector<double>{-1, 1, 5, 100}).high.shape, 0.0);
        QCOMPARE(heavyTailsOf(std::vector<double>(100, 3.0)).high.shape, 0.0);
    }
};

QTEST_GUILESS_MAIN(TestHeavyTails)
#include "tst_heavytails.moc"
