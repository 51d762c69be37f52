// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/series/rarecounts.h"

#include <QTest>
#include <cmath>
#include <limits>
#include <vector>

using namespace ra::series;

namespace {

/// 1 - the sum of the probabilities below, by their recursions.
double poissonTail(double mean, int count) {
    double term = std::exp(-mean);
    double below = 0;
    for (int k = 0; k < count; ++k, term *= mean / k)
        below += term;
    return 1 - below;
}
double negativeBinomialTail(double mean, double variance, int count) {
    const double r = mean * mean / (variance - mean);
    const double p = mean / variance;
    double term = std::pow(p, r);
    double below = 0;
    for (int k = 0; k < count; ++k, term *= (1 - p) * (r + k - 1) / k)
        below += term;
    return 1 - below;
}

} // namespace

class TestRareCounts : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void rareIsWhatIsMostlyNotThere() {
        QVERIFY(areRareCounts(std::vector<double>{0, 0, 1}));
        QVERIFY(areRareCounts(std::vector<double>{0, 0, 0}));
        QVERIFY(!areRareCounts(std::vector<double>{0, 1}));
        QVERIFY(!areRareCounts(std::vector<double>{0, 0, 0.5}));
        QVERIFY(!areRareCounts(std::vector<double>{0, 0, -1}));
        QVERIFY(!areRareCounts({}));
    }

    void chancesAreThoseOfTheDistribution() {
        // Of 100 rows 10 have one event: the variance is below the mean, as Poisson's could be.
        std::vector<double> values(100, 0.0);
        for (std::size_t i = 0; i < values.size(); i += 10)
            values[i] = 1;
        const RareCounts even(values);
        const double mean = 10.5 / 99;
        for (const int count : {1, 2, 3}) {
            QVERIFY(std::abs(even.chance(count, 1, 0) - poissonTail(mean, count)) < 1e-12);
            QVERIFY(std::abs(even.chance(count, 9, 0) - poissonTail(9 * mean, count)) < 1e-12);
        }
        QCOMPARE(even.mean(), 0.1);
        QCOMPARE(even.usual(), 1.0);
        // Five rows have four: more than the mean.
        for (std::size_t i = 0; i < values.size(); i += 20)
            values[i] = 4;
        const RareCounts clustered(values);
        const double own = 25.5 / 99;
        const double variance = (5 * 16 + 5 + 0.5) / 99 - own * own;
        for (const int count : {1, 2, 5})
            QVERIFY(std::abs(clustered.chance(count, 1, 0) - negativeBinomialTail(own, variance, count)) < 1e-12);
    }

    void noRowMakesItselfUsual() {
        std::vector<double> values(200, 0.0);
        values[7] = 50;
        const RareCounts counts(values);
        QVERIFY(counts.chance(50, 1, 50) < 1e-20);
        QVERIFY(counts.chance(1, 1, 1) > 1.0 / 1000); // the first of its kind is rare, not impossible
    }

    void extremesAreSurvived() {
        const std::vector<double> wide = {0, 0, 0, 1e300, 0};
        const RareCounts counts(wide);
        for (const double count : {0.0, 1.0, 1e15, 1e300}) {
            const double chance = counts.chance(count, 1, 1e300);
            QVERIFY(chance >= 0 && chance <= 1);
        }
        QVERIFY(std::isfinite(counts.usual()));
        const RareCounts none({});
        QCOMPARE(none.chance(0, 1, 0), 1.0);
        QVERIFY(std::isfinite(none.usual()));
    }
};

QTEST_APPLESS_MAIN(TestRareCounts)
#include "tst_rarecounts.moc"
