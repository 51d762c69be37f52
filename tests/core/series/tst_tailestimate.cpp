// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/series/tailestimate.h"

#include "data.h"

#include <QTest>
#include <memory>

using namespace ra::series;
using namespace ra::series::test;

class TestTailEstimate : public QObject {
    Q_OBJECT
private Q_SLOTS:
    /// 1/u of uniform u has the tail probability 1/x.
    void rarityIsThatOfAParetoTail() {
        std::mt19937_64 random(1);
        std::uniform_real_distribution<double> uniform(1e-9, 1);
        double sum = 0;
        for (int run = 0; run < 40; ++run) {
            TailEstimate tail;
            for (int i = 0; i < 5000; ++i)
                (void)tail.rarityOfNext(1 / uniform(random));
            TailEstimate copy = tail;
            QVERIFY(std::abs(copy.rarityOfNext(10) - 1) < 0.06); // from the histogram, whose bins are 9 % wide
            copy = tail;
            sum += copy.rarityOfNext(1e6) / 40; // from the fitted tail
        }
        QVERIFY2(std::abs(sum - 6) < 0.5, qPrintable(QString::number(sum)));
    }

    void rarityGrowsWithTheMagnitude() {
        TailEstimate tail;
        for (const double value : armaSample(3000, 0, 0))
            (void)tail.rarityOfNext(std::abs(value));
        double before = 0;
        for (int i = 0; i < 27; ++i) { // up to some hundred
            TailEstimate copy = tail;
            const double rarity = copy.rarityOfNext(0.1 * std::pow(1.3, i));
            QVERIFY(rarity >= before && rarity <= TailEstimate::most);
            before = rarity;
        }
        QVERIFY(before > 5);
    }

    void nothingIsRareBeforeTwentyHaveBeenSeen() {
        TailEstimate tail;
        for (int i = 0; i < 20; ++i)
            QCOMPARE(tail.rarityOfNext(1 + i % 3), 0.0);
        QVERIFY(tail.rarityOfNext(1000) > 1);
    }

    void zerosAndWhatIsNoNumberAreCommon() {
        TailEstimate tail;
        for (int i = 0; i < 100; ++i)
            for (const double magnitude : {0.0, -1.0, missing})
                QCOMPARE(tail.rarityOfNext(magnitude), 0.0);
        QVERIFY(tail.rarityOfNext(infinity) > 2);
        QVERIFY(std::isfinite(tail.rarityOfNext(infinity)));
    }
};

QTEST_GUILESS_MAIN(TestTailEstimate)
#include "tst_tailestimate.moc"
