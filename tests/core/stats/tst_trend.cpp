// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/stats/trend.h"

#include "close.h"
#include "core/stats/quantile.h"
#include "core/stats/slopes.h"

#include <QTest>
#include <random>

using namespace ra::stats;
using namespace ra::stats::test;

namespace {

std::vector<double> noise(std::size_t count, unsigned seed, double slope = 0, double memory = 0) {
    std::mt19937 random(seed);
    std::normal_distribution<double> normal;
    std::vector<double> values(count);
    double last = 0;
    for (std::size_t i = 0; i < count; ++i) {
        last = memory * last + normal(random);
        values[i] = last + slope * static_cast<double>(i);
    }
    return values;
}

} // namespace

class TestTrend : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void mannKendallByHand() {
        // 1 3 2 5 4: of ten pairs eight rise: S = 6; variance 5 * 4 * 15 / 18; z = 5 / sqrt(variance)
        const auto test = mannKendall(std::vector<double>{1, 3, missing, 2, 5, 4});
        QCOMPARE(test->s, 6.0);
        CLOSE(test->variance, 50.0 / 3, 1e-14);
        CLOSE(test->z, 5 / std::sqrt(50.0 / 3), 1e-14);
        CLOSE(test->tau, 0.6, 1e-14);
        // With ties 1 1 2: S = 2, variance (66 - 18) / 18, tau-b 2 / sqrt(3 * 2)
        const auto tied = mannKendall(std::vector<double>{1, 1, 2});
        QCOMPARE(tied->s, 2.0);
        CLOSE(tied->variance, 48.0 / 18, 1e-14);
        CLOSE(tied->tau, 2 / std::sqrt(6.0), 1e-14);
        const auto falling = mannKendall(std::vector<double>{4, 5, 2, 3, 1});
        CLOSE(falling->z, -test->z, 1e-14);
        QCOMPARE(mannKendall(std::vector<double>{1, 2, 1})->p, 1.0);
        QVERIFY(!mannKendall(std::vector<double>{1, 2}) && !mannKendall(std::vector<double>{1, 1, 1}));
    }

    void theCorrectedTestIsNotFooledByMemory() {
        int plain = 0;
        int corrected = 0;
        for (unsigned run = 0; run < 60; ++run) {
            const auto values = noise(100, run, 0, 0.6);
            plain += mannKendall(values)->p < 0.05 ? 1 : 0;
            corrected += correctedMannKendall(values)->p < 0.05 ? 1 : 0;
        }
        QVERIFY2(plain > 14, qPrintable(QString::number(plain)));
        QVERIFY2(3 * corrected < 2 * plain, qPrintable(QString::number(corrected)));
        QVERIFY(correctedMannKendall(noise(100, 1, 0.1, 0.3))->p < 0.001);
        const auto independent = correctedMannKendall(noise(100, 3));
        QVERIFY(independent->correction >= 1);
        QVERIFY(!correctedMannKendall(noise(9, 1)) && !correctedMannKendall(std::vector<double>(20, 1.0)));
        auto gaps = noise(100, 1, 0.1);
        gaps[5] = gaps[50] = missing;
        QVERIFY(correctedMannKendall(gaps)->p < 0.001);
    }

    void theilSenByHand() {
        // (1, 1) (2, 3) (3, 2) (4, 6): slopes 2 -1 4 0.5 1.5 5/3; median 19/12; intercept 2.5 - 19/12 * 2.5
        const auto line = theilSen(std::vector<double>{1, 3, 2, 6});
        CLOSE(line->slope, (1.5 + 5.0 / 3) / 2, 1e-14);
        CLOSE(line->intercept, 2.5 - line->slope * 2.5, 1e-14);
        QCOMPARE(line->interval, (Interval{-infinite, infinite})); // four points bound nothing at 95 %
        const auto narrow = theilSen(std::vector<double>{1, 3, 2, 6}, 0.5);
        QVERIFY(std::isfinite(narrow->interval.low) && narrow->interval.low < line->slope);
        // Missing values leave their place; equal x give no slope.
        CLOSE(theilSen(std::vector<double>{1, missing, 3})->slope, 1, 1e-14);
        CLOSE(theilSen(std::vector<double>{1, 1, 2}, std::vector<double>{0, 8, 6})->slope, 2, 1e-14);
    }

    void slopesByRankAreThoseOfAllPairs_data() {
        QTest::addColumn<int>("points");
        QTest::addColumn<int>("xs");
        QTest::addColumn<int>("ys");
        QTest::newRow("few") << 50 << 1'000'000 << 1'000'000;
        QTest::newRow("few with ties") << 50 << 10 << 4;
        QTest::newRow("many") << 2'100 << 1'000'000 << 1'000'000;
        QTest::newRow("many with ties") << 2'100 << 900 << 7;
        QTest::newRow("many of which most are equal") << 2'100 << 1'000'000 << 1;
    }
    void slopesByRankAreThoseOfAllPairs() {
        QFETCH(int, points);
        QFETCH(int, xs);
        QFETCH(int, ys);
        std::mt19937 random(4);
        std::vector<double> x;
        std::vector<double> y;
        for (int i = 0; i < points; ++i) {
            x.push_back(random() % static_cast<unsigned>(xs));
            y.push_back(random() % static_cast<unsigned>(ys));
        }
        std::vector<double> all;
        for (std::size_t i = 0; i < x.size(); ++i) {
            for (std::size_t j = 0; j < i; ++j) {
                if (x[i] != x[j])
                    all.push_back((y[i] - y[j]) / (x[i] - x[j]));
            }
        }
        Slopes slopes(x, y);
        QCOMPARE(slopes.count(), all.size());
        for (const double share : {0.0, 0.01, 0.5, 1.0}) {
            const auto rank = static_cast<std::ptrdiff_t>(share * static_cast<double>(all.size() - 1));
            const double got = slopes.select(static_cast<std::uint64_t>(rank));
            // Slopes that differ by rounding of y - slope x only may change places. Counted, since sorting millions
            // takes a minute in builds that are not optimised.
            const double fuzz = 1e-11 * std::abs(got) + 1e-13;
            std::ptrdiff_t below = 0;
            std::ptrdiff_t upTo = 0;
            for (const double slope : all) {
                below += slope < got - fuzz ? 1 : 0;
                upTo += slope <= got + fuzz ? 1 : 0;
            }
            QVERIFY2(below <= rank && rank < upTo, qPrintable(QStringLiteral("%1 at %2").arg(got).arg(share)));
        }
    }

    void theIntervalCovers() {
        int covered = 0;
        for (unsigned run = 0; run < 200; ++run) {
            const auto line = theilSen(noise(40, 1'000 + run, 0.05));
            covered += line->interval.low <= 0.05 && 0.05 <= line->interval.high ? 1 : 0;
        }
        QVERIFY2(covered > 180 && covered < 199, qPrintable(QString::number(covered)));
    }

    void aLineIsFoundWhateverItsLength() {
        for (const std::size_t n : {3U, 100U, 2'500U}) {
            std::vector<double> values;
            for (std::size_t i = 0; i < n; ++i)
                values.push_back(7 - 0.25 * static_cast<double>(i));
            CLOSE(theilSen(values)->slope, -0.25, 1e-12);
            CLOSE(theilSen(values)->intercept, 7.25, 1e-10);
        }
    }

    void hostileInputs() {
        QVERIFY(!theilSen(std::vector<double>{1, 2}, std::vector<double>{1}) && !theilSen(std::vector<double>{1}));
        QVERIFY(!theilSen(std::vector<double>{1, 1}, std::vector<double>{1, 2}) &&
                !theilSen(std::vector<double>{1, 2}, 0));
        QVERIFY(!theilSen(std::vector<double>{1, infinite}));
        for (const auto &values : hostile()) {
            const auto test = mannKendall(values);
            QVERIFY(!test || (test->p >= 0 && test->p <= 1 && std::abs(test->tau) <= 1));
            (void)theilSen(values);
            (void)correctedMannKendall(values);
        }
    }
};

QTEST_GUILESS_MAIN(TestTrend)
#include "tst_trend.moc"
