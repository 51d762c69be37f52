// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/stats/doubledouble.h"

#include "close.h"

#include <QTest>
#include <random>

using namespace ra::stats;

class TestDoubleDouble : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void whatADoubleLosesStaysInTheLowPart() {
        const DoubleDouble sum = twoSum(1e16, 1);
        QCOMPARE(sum.high, 1e16);
        QCOMPARE(sum.low, 1.0);
        const DoubleDouble product = twoProduct(1 + 0x1p-30, 1 + 0x1p-30); // 1 + 2^-29 + 2^-60
        QCOMPARE(product.high, 1 + 0x1p-29);
        QCOMPARE(product.low, 0x1p-60);
    }

    void thirdsAndRootsAreRightTo31Digits() {
        const DoubleDouble third = DoubleDouble(1) / 3.0;
        const DoubleDouble one = third * 3.0;
        QVERIFY(std::abs((one - 1.0).value()) < 1e-31);
        const DoubleDouble root = sqrt(DoubleDouble(2));
        QVERIFY(std::abs((root * root - 2.0).value()) < 1e-31);
        // sqrt(2) = 1.4142135623730950488016887242096980786; the low part by subtraction in decimal
        QCOMPARE(root.high, 1.4142135623730951);
        CLOSE(root.low, -9.667293313452913e-17, 1e-14);
        QCOMPARE(sqrt(DoubleDouble(0)).value(), 0.0);
        QCOMPARE(sqrt(DoubleDouble(-1)).value(), 0.0);
    }

    void theLawsOfArithmeticHold() {
        std::mt19937_64 random(1);
        std::uniform_real_distribution<double> any(-1, 1);
        for (int i = 0; i < 1'000; ++i) {
            const DoubleDouble a = twoSum(any(random), any(random) * 1e-17);
            const DoubleDouble b = twoSum(any(random), any(random) * 1e-17);
            const DoubleDouble c = any(random);
            QVERIFY(std::abs(((a + b) - b - a).value()) < 1e-30);
            QVERIFY(std::abs((a * (b + c) - (a * b + a * c)).value()) < 1e-30);
            if (std::abs(b.high) > 0.01)
                QVERIFY(std::abs((a / b * b - a).value()) < 1e-30);
        }
    }

    void orderAndScale() {
        QVERIFY(DoubleDouble(1, 1e-20) < DoubleDouble(1, 2e-20));
        QVERIFY(DoubleDouble(1) < DoubleDouble(2));
        QVERIFY(!(DoubleDouble(2) < DoubleDouble(1)));
        QCOMPARE(ldexp(DoubleDouble(1, 1e-20), 3).low, 8e-20);
        QCOMPARE((-DoubleDouble(1, 1e-20)).low, -1e-20);
    }
};

QTEST_GUILESS_MAIN(TestDoubleDouble)
#include "tst_doubledouble.moc"
