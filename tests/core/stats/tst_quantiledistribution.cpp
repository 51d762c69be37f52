// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/stats/quantiledistribution.h"

#include "close.h"
#include "core/stats/quantile.h"

#include <QTest>
#include <map>
#include <random>

using namespace ra::stats;
using namespace ra::stats::test;

class TestQuantileDistribution : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void allResamplesOfAFewValues_data() {
        QTest::addColumn<std::vector<double>>("x");
        QTest::addColumn<double>("q");
        for (const double q : {0.0, 0.25, 0.4, 0.5, 0.9, 1.0}) {
            QTest::addRow("three at %g", q) << std::vector<double>{1, 2, 10} << q;
            QTest::addRow("five with ties at %g", q) << std::vector<double>{-3, 1, 1, 4, 4} << q;
            QTest::addRow("six at %g", q) << std::vector<double>{0.5, 1, 2, 4, 8, 16} << q;
        }
    }

    /// All n^n resamples are drawn, each once.
    void allResamplesOfAFewValues() {
        QFETCH(std::vector<double>, x);
        QFETCH(double, q);
        const std::size_t n = x.size();
        std::map<double, double> counted;
        std::vector<std::size_t> places(n, 0);
        double all = 0;
        for (bool more = true; more;) {
            std::vector<double> resample;
            for (const std::size_t place : places)
                resample.push_back(x[place]);
            std::ranges::sort(resample);
            counted[*quantile(resample, q)] += 1;
            ++all;
            more = false;
            for (std::size_t &place : places) {
                if (++place < n) {
                    more = true;
                    break;
                }
                place = 0;
            }
        }
        const QuantileDistribution distribution(x, q);
        double upTo = 0;
        for (const auto &[value, count] : counted) {
            QVERIFY(std::abs(distribution.below(value - 1e-9) - upTo / all) < 1e-12);
            upTo += count;
            QVERIFY(std::abs(distribution.below(value + 1e-9) - upTo / all) < 1e-12);
            const double middle = (upTo - count / 2) / all;
            QVERIFY(std::abs(distribution.at(middle) - value) < 1e-9);
        }
        QCOMPARE(distribution.at(0), counted.begin()->first);
        QCOMPARE(distribution.at(1), counted.rbegin()->first);
    }

    void drawingIsQuickAndRightForManyValues() {
        // Of n uniform values the median is normal with standard deviation 1 / (2 sqrt n).
        std::vector<double> x;
        constexpr int n = 1'000'001;
        for (int i = 0; i < n; ++i)
            x.push_back(i / (n - 1.0));
        const QuantileDistribution distribution(x, 0.5);
        CLOSE(distribution.at(0.8413447461), 0.5 + 0.5 / std::sqrt(n), 1e-5);
        CLOSE(distribution.at(0.0227501319), 0.5 - 1.0 / std::sqrt(n), 1e-5);
    }

    void influenceIsHowTheExpectationMoves() {
        const std::vector<double> x = {1, 2, 4, 7, 11};
        const auto influence = QuantileDistribution(x, 0.5).influence();
        double sum = 0;
        for (const double value : influence)
            sum += value;
        QVERIFY(std::abs(sum) < 1e-12);
        QVERIFY(std::ranges::is_sorted(influence));
    }
};

QTEST_APPLESS_MAIN(TestQuantileDistribution)
#include "tst_quantiledistribution.moc"
