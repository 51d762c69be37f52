// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/stats/sumsquares.h"

#include <QTest>
#include <cmath>
#include <limits>
#include <random>
#include <vector>

using namespace ra::stats;

class TestSumSquares : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void smallCasesAreExact() {
        QCOMPARE(sumOfSquares({}), (Compensated{0, 0}));
        QCOMPARE(sumOfSquares(std::vector<double>{3, -4}), (Compensated{25, 0}));
        // (2^27 + 1)^2 = 2^54 + 2^28 + 1 has 55 bits: the 1 is what rounding takes.
        QCOMPARE(sumOfSquares(std::vector<double>{0x1p27 + 1}), (Compensated{0x1p54 + 0x1p28, 1}));
    }

    void theVarianceOfLargeNearlyEqualValuesSurvives() {
        // n integers around 10^9: sums of squares near 10^21 whose difference from n mean^2 is 2/3 n. In plain doubles
        // nothing of it is left.
        std::vector<double> values(30'000);
        for (std::size_t i = 0; i < values.size(); ++i)
            values[i] = 1e9 - 1 + static_cast<double>(i % 3);
        const Compensated sum = sumOfSquares(values);
        const double expected = 30'000 * 1e18; // n mean^2, exact in double: 3 * 10^22 = 3 * 5^22 * 2^22
        QCOMPARE((sum.high - expected) + sum.low, 20'000.0);
    }

    void aSumOfPartsIsTheSumOfTheWhole() {
        std::mt19937_64 random(3);
        std::normal_distribution<double> normal(1e6, 1);
        std::vector<double> values(10'007);
        for (double &value : values)
            value = normal(random);
        const Compensated whole = sumOfSquares(values);
        const std::span<const double> all(values);
        const Compensated parts = add(sumOfSquares(all.first(1'234)), sumOfSquares(all.subspan(1'234)));
        const double difference = (whole.high - parts.high) + (whole.low - parts.low);
        QVERIFY(std::abs(difference) <= whole.high * 0x1p-95);
        QCOMPARE(parts.high, whole.high);
    }

    void whatIsNoOrdinaryNumberFollowsTheRule() {
        const double infinity = std::numeric_limits<double>::infinity();
        const double nan = std::numeric_limits<double>::quiet_NaN();
        QCOMPARE(sumOfSquares(std::vector<double>{nan, 2, nan}), (Compensated{4, 0}));
        QCOMPARE(sumOfSquares(std::vector<double>{-infinity, 2}), (Compensated{infinity, 0}));
        QCOMPARE(sumOfSquares(std::vector<double>{1e200, 2}), (Compensated{infinity, 0}));
        QCOMPARE(sumOfSquares(std::vector<double>(4, 1e154)), (Compensated{infinity, 0})); // 4e308
        QCOMPARE(add({infinity, 0}, {1, 0}), (Compensated{infinity, 0}));
        QCOMPARE(sumOfSquares(std::vector<double>{1e-200}), (Compensated{0, 0}));
    }
};

QTEST_GUILESS_MAIN(TestSumSquares)
#include "tst_sumsquares.moc"
