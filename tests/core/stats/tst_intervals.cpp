// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/stats/intervals.h"

#include "close.h"
#include "core/stats/quantile.h"

#include <QTest>
#include <random>

using namespace ra::stats;
using namespace ra::stats::test;

class TestIntervals : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void ofMeanAndSd() {
        // 1 to 5: mean 3, sd sqrt(2.5); t(0.975, 4) = 2.7764451051977934; chi-squared of 4: 0.484418557, 11.143286782
        const std::vector<double> x = {1, 2, 3, 4, 5, missing};
        const auto mean = meanInterval(x);
        CLOSE(mean->high - 3, 2.7764451051977934 * std::sqrt(0.5), 1e-12);
        CLOSE(mean->low + mean->high, 6, 1e-14);
        const auto sd = sdInterval(x);
        CLOSE(sd->low, std::sqrt(10 / 11.143286781877796), 1e-9);
        CLOSE(sd->high, std::sqrt(10 / 0.48441855708793), 1e-9);
    }

    void ofAQuantileBetweenOrderStatistics() {
        // n = 10, median: binomial(10, 1/2) has P(X <= 1) = 0.0107, P(X <= 2) = 0.0547: ranks 2 and 9, coverage 0.9785
        const std::vector<double> x = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10};
        const auto interval = quantileInterval(x, 0.5);
        QCOMPARE(interval->lowRank, 2.0);
        QCOMPARE(interval->highRank, 9.0);
        QCOMPARE(*interval->low, 2.0);
        QCOMPARE(*interval->high, 9.0);
        CLOSE(interval->coverage, 1 - 2 * 11.0 / 1024, 1e-12);
        const auto tail = quantileInterval(x, 0.95);
        QVERIFY(tail->low && !tail->high);
        const auto few = quantileInterval(std::vector<double>{1, 2}, 0.5);
        QVERIFY(!few->low && !few->high);
        CLOSE(few->coverage, 1, 1e-15);
    }

    void theyCoverAsOftenAsTheySay() {
        std::mt19937 random(1);
        std::exponential_distribution<double> distribution(1);
        int covered = 0;
        double promised = 0;
        for (int run = 0; run < 2'000; ++run) {
            std::vector<double> x(40);
            for (double &value : x)
                value = distribution(random);
            const auto interval = quantileInterval(sorted(x), 0.5);
            covered += *interval->low <= std::log(2.0) && std::log(2.0) <= *interval->high ? 1 : 0;
            promised = interval->coverage;
        }
        QVERIFY(std::abs(covered / 2'000.0 - promised) < 0.015); // three standard errors
    }

    void ofAProbability() {
        // R: binom.test(682, 925) 0.7076683 0.7654066
        const auto exact = clopperPearsonInterval(682, 925);
        CLOSE(exact->low, 0.7076683, 1e-7);
        CLOSE(exact->high, 0.7654066, 1e-7);
        // None of n: z^2 / (n + z^2); (1 - 0.025^(1/n)); all of n mirrors.
        const double z2 = 1.959963984540054 * 1.959963984540054;
        QCOMPARE(wilsonInterval(0, 10)->low, 0.0);
        CLOSE(wilsonInterval(0, 10)->high, z2 / (10 + z2), 1e-12);
        CLOSE(wilsonInterval(10, 10)->low, 10 / (10 + z2), 1e-12);
        QCOMPARE(wilsonInterval(10, 10)->high, 1.0);
        CLOSE(clopperPearsonInterval(0, 10)->high, 1 - std::pow(0.025, 0.1), 1e-12);
        QCOMPARE(clopperPearsonInterval(0, 10)->low, 0.0);
        QCOMPARE(clopperPearsonInterval(10, 10)->high, 1.0);
        const auto jeffreys = jeffreysInterval(3, 10);
        QVERIFY(jeffreys->low > clopperPearsonInterval(3, 10)->low &&
                jeffreys->high < clopperPearsonInterval(3, 10)->high);
        CLOSE(jeffreysInterval(7, 10)->low, 1 - jeffreys->high, 1e-12);
        QCOMPARE(jeffreysInterval(0, 10)->low, 0.0);
        QCOMPARE(jeffreysInterval(10, 10)->high, 1.0);
    }

    void ofARate() {
        // R: poisson.test(137, 24.19893) 4.753125 6.692709; poisson.test(10) 4.795389 18.390356
        const auto rate = poissonRateInterval(137, 24.19893);
        CLOSE(rate->low, 4.753125, 1e-6);
        CLOSE(rate->high, 6.692709, 1e-6);
        CLOSE(poissonRateInterval(10, 1)->low, 4.795389, 1e-6);
        CLOSE(poissonRateInterval(10, 1)->high, 18.390356, 1e-7);
        QCOMPARE(poissonRateInterval(0, 2)->low, 0.0);
        CLOSE(poissonRateInterval(0, 2)->high, -std::log(0.025) / 2, 1e-12);
    }

    void noAnswer() {
        const std::vector<double> two = {1, 2};
        QVERIFY(!meanInterval(std::vector<double>{1}) && !sdInterval(std::vector<double>{1}));
        QVERIFY(!meanInterval(std::vector<double>{1, infinite}) && !sdInterval(std::vector<double>{1, infinite}));
        QVERIFY(!meanInterval(1, 1.0, 1.0) && !sdInterval(1, 1.0));
        for (const double level : {0.0, 1.0, -1.0, missing}) {
            QVERIFY(!meanInterval(two, level) && !sdInterval(two, level) && !quantileInterval(two, 0.5, level));
            QVERIFY(!wilsonInterval(1, 2, level) && !clopperPearsonInterval(1, 2, level));
            QVERIFY(!jeffreysInterval(1, 2, level) && !poissonRateInterval(1, 2, level));
        }
        QVERIFY(!quantileInterval({}, 0.5) && !quantileInterval(two, 0) && !quantileInterval(two, 1));
        for (const auto &[k, n] : {std::pair{-1.0, 2.0}, {3.0, 2.0}, {0.0, 0.0}, {missing, 2.0}, {1.0, infinite}})
            QVERIFY(!wilsonInterval(k, n) && !clopperPearsonInterval(k, n) && !jeffreysInterval(k, n));
        QVERIFY(!poissonRateInterval(-1, 1) && !poissonRateInterval(1, 0) && !poissonRateInterval(infinite, 1));
    }
};

QTEST_GUILESS_MAIN(TestIntervals)
#include "tst_intervals.moc"
