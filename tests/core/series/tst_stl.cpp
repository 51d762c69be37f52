// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/series/stl.h"

#include "core/series/loess.h"
#include "core/series/partialsort.h"
#include "data.h"

#include <QTest>
#include <algorithm>

using namespace ra::series;
using namespace ra::series::test;

class TestStl : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void loessGivesBackALine() {
        std::vector<double> line(40);
        for (std::size_t i = 0; i < line.size(); ++i)
            line[i] = 3 - 0.25 * static_cast<double>(i);
        std::vector<double> smooth(line.size());
        std::vector<double> scratch;
        for (const std::size_t step : {1U, 3U, 7U, 100U}) {
            for (const std::size_t window : {5U, 11U, 39U, 41U, 99U}) {
                loessLine(line, {window, 1, step}, {}, smooth, scratch);
                QVERIFY(distance(line, smooth) < 1e-12);
            }
        }
        QVERIFY(std::abs(*loessAt(line, {11, 1, 1}, 0, 1, 11, {}, scratch) - 3.25) < 1e-12);
    }

    void loessWeighsByTricube() {
        // At 2 with window 3: distance 1 of bandwidth 1 has weight 0 beyond 0.999; the value stands alone.
        const std::vector<double> values{1, 5, 2, 8, 3};
        std::vector<double> scratch;
        QCOMPARE(*loessAt(values, {3, 0, 1}, 2, 1, 3, {}, scratch), 5.0);
        // At 1 of the points 1 to 3 with bandwidth 2: weights 1, (1 - 1/8)^3, 0.
        const double w = 0.875 * 0.875 * 0.875;
        QVERIFY(std::abs(*loessAt(values, {3, 0, 1}, 1, 1, 3, {}, scratch) - (1 + 5 * w) / (1 + w)) < 1e-15);
        QVERIFY(!loessAt(values, {3, 0, 1}, 2, 1, 3, std::vector<double>(5, 0.0), scratch));
        std::vector<double> one{7};
        loessLine(std::vector<double>{4}, {3, 1, 1}, {}, one, scratch);
        QCOMPARE(one[0], 4.0);
    }

    void aLineAndAFixedCycleAreTakenApartExactly() {
        const std::vector<double> values = cyclic(120, 12, 0.5, 10, 0);
        const Decomposition parts = stl(values, {.period = 12, .periodic = true});
        QCOMPARE(parts.seasonal.size(), std::size_t{1});
        for (std::size_t t = 0; t < values.size(); ++t) {
            if (t >= 12 && t < 108) // at the ends the line is found in more passes only
                QVERIFY(std::abs(parts.trend[t] - (100 + 0.5 * static_cast<double>(t))) < 0.1);
            QVERIFY(std::abs(values[t] - parts.trend[t] - parts.seasonal[0][t] - parts.remainder[t]) < 1e-12);
            QCOMPARE(parts.seasonal[0][t], parts.seasonal[0][t % 12]);
        }
        QVERIFY(strength(parts.seasonal[0], parts.remainder) > 0.999);
    }

    void anOutlierMovesTheRobustFitLess() {
        std::vector<double> values = cyclic(144, 12, 0.1, 5, 0.2);
        const Decomposition clean = stl(values, {.period = 12, .robust = true});
        values[70] += 100;
        const Decomposition plain = stl(values, {.period = 12});
        const Decomposition robust = stl(values, {.period = 12, .robust = true});
        QVERIFY(distance(robust.trend, clean.trend) < 0.2);
        QVERIFY(distance(plain.trend, clean.trend) > 2);
        QCOMPARE(robust.weights[70], 0.0);
        QCOMPARE(plain.weights[70], 1.0);
    }

    void scaleAndShiftGoThrough() {
        const std::vector<double> values = cyclic(100, 7, 0.3, 4, 1);
        std::vector<double> other = values;
        for (double &v : other)
            v = 2 * v + 50;
        const Decomposition a = stl(values, {.period = 7, .robust = true});
        Decomposition b = stl(other, {.period = 7, .robust = true});
        for (std::size_t t = 0; t < values.size(); ++t) {
            QVERIFY(std::abs(b.trend[t] - (2 * a.trend[t] + 50)) < 1e-9);
            QVERIFY(std::abs(b.seasonal[0][t] - 2 * a.seasonal[0][t]) < 1e-9);
        }
    }

    void severalSeasonsAreToldApart() {
        std::vector<double> values = cyclic(1000, 24, 0, 10, 0.1);
        for (std::size_t t = 0; t < values.size(); ++t)
            values[t] += (t / 24) % 7 >= 5 ? -6 : 2; // a weekend
        const Decomposition parts = mstl(values, {.periods = {24, 168}});
        QVERIFY(strength(parts.seasonal[0], parts.remainder) > 0.99);
        QVERIFY(strength(parts.seasonal[1], parts.remainder) > 0.95);
        for (std::size_t t = 0; t < values.size(); ++t)
            QVERIFY(std::abs(values[t] - parts.trend[t] - parts.seasonal[0][t] - parts.seasonal[1][t] -
                             parts.remainder[t]) < 1e-9);
        // A period without two full cycles is left out.
        const Decomposition less = mstl(std::span(values).first(300), {.periods = {24, 168}, .windows = {7, 7}});
        QCOMPARE(strength(less.seasonal[1], less.remainder), 0.0);
    }

    void withoutASeasonThereIsATrend() {
        const Decomposition parts = mstl(cyclic(50, 50, 1, 0, 0), {});
        QVERIFY(parts.seasonal.empty());
        QVERIFY(std::abs(parts.trend[20] - 120) < 1e-9);
        QVERIFY(mstl({}, {}).trend.empty());
    }

    void tooLittleDataGivesNothing() {
        QVERIFY(stl(cyclic(24, 12, 0, 1, 0), {.period = 12}).trend.empty());
        QVERIFY(stl(cyclic(24, 12, 0, 1, 0), {.period = 1}).trend.empty());
        QCOMPARE(stl(cyclic(25, 12, 0, 1, 0), {.period = 12}).trend.size(), std::size_t{25});
        QCOMPARE(strength({}, {}), 0.0);
    }

    void aConstantSeriesSurvivesRobustness() {
        const Decomposition parts = stl(std::vector<double>(40, 2.5), {.period = 4, .robust = true});
        for (std::size_t t = 0; t < 40; ++t)
            QVERIFY(std::abs(parts.trend[t] - 2.5) < 1e-12);
    }

    void theMiddleIsNearlyTheMedian() {
        std::mt19937_64 random(5);
        std::uniform_real_distribution<double> uniform;
        int exact = 0;
        for (std::size_t n = 1; n <= 400; ++n) {
            std::vector<double> values(n);
            for (double &v : values)
                v = uniform(random);
            std::vector<double> sorted = values;
            std::sort(sorted.begin(), sorted.end());
            const double sum = sumOfMiddle(values);
            const double median = sorted[n / 2] + sorted[n - n / 2 - 1];
            if (n % 2 == 1)
                QCOMPARE(sum, median);
            exact += static_cast<int>(sum == median);
            QVERIFY(std::is_permutation(values.begin(), values.end(), sorted.begin()));
        }
        QVERIFY(exact > 300);
    }
};

QTEST_GUILESS_MAIN(TestStl)
#include "tst_stl.moc"
