// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/series/unitroot.h"

#include "data.h"

#include <QTest>

using namespace ra::series;
using namespace ra::series::test;

namespace {

std::vector<double> walk(std::size_t n, unsigned seed) {
    std::vector<double> values = armaSample(n, 0, 0, seed);
    for (std::size_t t = 1; t < n; ++t)
        values[t] += values[t - 1];
    return values;
}

} // namespace

class TestUnitRoot : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void kpssByHand() {
        // 1 2 3 4 5: deviations -2 -1 0 1 2, partial sums -2 -3 -3 -2 0, their squares 26; s² without lags 2.
        const auto level = kpssTest(std::vector<double>{1, 2, 3, 4, 5}, Deterministic::Level, 0);
        QVERIFY(std::abs(level->statistic - 26.0 / 25 / 2) < 1e-14);
        // One lag: autocovariance (2 + 0 + 0 + 2) / 5 with weight 1/2, twice.
        const auto lagged = kpssTest(std::vector<double>{1, 2, 3, 4, 5}, Deterministic::Level, 1);
        QVERIFY(std::abs(lagged->statistic - 26.0 / 25 / 2.8) < 1e-14);
        // 0.3714 lies between 0.347 (p = 0.10) and 0.463 (p = 0.05).
        QVERIFY(std::abs(lagged->p - (0.10 - 0.05 * (26.0 / 70 - 0.347) / 0.116)) < 1e-12);
        QVERIFY(!lagged->bounded);
        // Beside a line nothing is left: no test.
        const auto trend = kpssTest(std::vector<double>{1, 2, 3, 4, 5.5, 6}, Deterministic::Trend, 0);
        QVERIFY(trend && trend->statistic > 0);
    }

    void walksAreToldFromNoise() {
        int walks = 0;
        int noises = 0;
        for (unsigned seed = 1; seed <= 40; ++seed) {
            walks += static_cast<int>(kpssTest(walk(300, seed), Deterministic::Level, 4)->p < 0.05);
            noises += static_cast<int>(kpssTest(armaSample(300, 0, 0, seed), Deterministic::Level, 4)->p < 0.05);
            QVERIFY(adfTest(armaSample(300, 0.5, 0, seed), Deterministic::Level, 4)->p < 0.05);
            walks += static_cast<int>(adfTest(walk(300, seed), Deterministic::Trend, 4)->p > 0.05);
        }
        QVERIFY(walks > 70);
        QVERIFY(noises < 8);
    }

    void unitAndOriginDoNotMatterToAdf() {
        const std::vector<double> values = walk(60, 3);
        const auto plain = adfTest(values, Deterministic::Trend, 2);
        for (const double unit : {0x1p50, 0x1p-600, 0x1p900}) {
            std::vector<double> scaled = values;
            for (double &value : scaled)
                value = (value + 1000) * unit;
            const auto test = adfTest(scaled, Deterministic::Trend, 2);
            QVERIFY(test && std::abs(test->statistic - plain->statistic) < 1e-8);
        }
    }

    void adfIsARegression() {
        // Without lags and noise y_t - y_(t-1) = -0.5 y_(t-1) + 1 + small: the coefficient's t by the formulas of one
        // regressor.
        const std::vector<double> y = armaSample(60, 0.4, 0);
        const auto test = adfTest(y, Deterministic::Level, 0);
        double sx = 0, sy = 0, sxx = 0, sxy = 0, syy = 0;
        const double n = 59;
        for (std::size_t t = 1; t < 60; ++t) {
            const double x = y[t - 1];
            const double d = y[t] - y[t - 1];
            sx += x, sy += d, sxx += x * x, sxy += x * d, syy += d * d;
        }
        const double cxx = sxx - sx * sx / n;
        const double cxy = sxy - sx * sy / n;
        const double b = cxy / cxx;
        const double s2 = (syy - sy * sy / n - b * cxy) / (n - 2);
        QVERIFY(std::abs(test->statistic - b / std::sqrt(s2 / cxx)) < 1e-9);
    }

    void differencesAreCounted() {
        QCOMPARE(differencesNeeded(armaSample(300, 0.3, 0)), std::size_t{0});
        const std::vector<double> once = walk(300, 3);
        QCOMPARE(differencesNeeded(once), std::size_t{1});
        std::vector<double> twice = once;
        for (std::size_t t = 1; t < twice.size(); ++t)
            twice[t] += twice[t - 1];
        QCOMPARE(differencesNeeded(twice), std::size_t{2});
        QCOMPARE(differencesNeeded({}), std::size_t{0});
    }

    void hostileInputsAreSurvived() {
        for (const std::vector<double> &values : hostile) {
            for (const Deterministic with : {Deterministic::Level, Deterministic::Trend}) {
                const auto kpss = kpssTest(values, with, 2);
                QVERIFY(!kpss || (std::isfinite(kpss->statistic) && kpss->p >= 0.01 && kpss->p <= 0.10));
                const auto adf = adfTest(values, with, 1);
                QVERIFY(!adf || (std::isfinite(adf->statistic) && adf->p >= 0.01 && adf->p <= 0.99));
            }
        }
        QVERIFY(!kpssTest(std::vector<double>(20, 1.0), Deterministic::Level, 1));
        QVERIFY(!adfTest(std::vector<double>{1, 2, 3}, Deterministic::Level, 1));
    }
};

QTEST_GUILESS_MAIN(TestUnitRoot)
#include "tst_unitroot.moc"
