// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/stats/weighted.h"

#include "close.h"
#include "core/stats/circular.h"
#include "core/stats/moments.h"
#include "core/stats/quantile.h"

#include <QTest>
#include <numbers>

using namespace ra::stats;
using namespace ra::stats::test;

class TestWeighted : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void wholeWeightsAreRepetitions() {
        const std::vector<double> values = {3, 1, 4, 1.5};
        const std::vector<double> weights = {2, 0, 3, 1};
        const std::vector<double> repeated = {3, 3, 4, 4, 4, 1.5};
        Moments moments;
        moments.add(repeated);
        CLOSE(*weightedMean(values, weights), *moments.mean(), 1e-15);
        CLOSE(*weightedVariance(values, weights, WeightMeaning::Frequency), *moments.variance(), 1e-15);
        for (const double p : {0.0, 0.1, 0.5, 0.75, 1.0})
            QCOMPARE(*weightedQuantile(values, weights, p), *quantile(sorted(repeated), p, 2));
    }

    void reliabilityDoesNotDependOnTheUnitOfWeights() {
        const std::vector<double> values = {3, 1, 4};
        // Equal weights: the plain variance. By hand, 7/3 of 3 1 4.
        CLOSE(*weightedVariance(values, std::vector<double>{5, 5, 5}, WeightMeaning::Reliability), 7.0 / 3, 1e-14);
        CLOSE(*weightedVariance(values, std::vector<double>{1, 2, 3}, WeightMeaning::Reliability),
              *weightedVariance(values, std::vector<double>{10, 20, 30}, WeightMeaning::Reliability), 1e-14);
    }

    void noAnswer() {
        const std::vector<double> two = {1, 2};
        QVERIFY(!weightedMean({}, {}));
        QVERIFY(!weightedMean(two, std::vector<double>{1}));
        QVERIFY(!weightedMean(two, std::vector<double>{1, -1}));
        QVERIFY(!weightedMean(two, std::vector<double>{1, infinite}));
        QVERIFY(!weightedMean(two, std::vector<double>{0, 0}));
        QCOMPARE(*weightedMean(std::vector<double>{missing, 2}, two), 2.0);
        QVERIFY(!weightedVariance(std::vector<double>{1}, std::vector<double>{1}, WeightMeaning::Reliability));
        QVERIFY(!weightedVariance({}, {}, WeightMeaning::Frequency));
        QVERIFY(!weightedQuantile(two, two, 1.5) && !weightedQuantile({}, {}, 0.5));
    }

    void hoursComeRoundAgain() {
        const auto hours = circular(std::vector<double>{23, 1}, 24);
        QVERIFY(std::abs(std::remainder(*hours->mean, 24)) < 1e-12);
        CLOSE(hours->concentration, std::cos(std::numbers::pi / 12), 1e-14);
        QCOMPARE(*circular(std::vector<double>{-1, 25, 1}, 24, std::vector<double>{2, 1, 1})->mean,
                 *circular(std::vector<double>{23, 23, 1, 1}, 24)->mean);
        const auto same = circular(std::vector<double>{6, 6, 30}, 24);
        CLOSE(*same->mean, 6, 1e-12);
        CLOSE(same->concentration, 1, 1e-12);
        QVERIFY(*same->sd < 1e-6);
        // Rayleigh's p of three equal directions by Wilkie's formula: exp(sqrt(13) - 7)
        CLOSE(*same->rayleighP, std::exp(std::sqrt(13.0) - 7), 1e-9);
    }

    void aShiftShiftsTheMeanAndNothingElse() {
        const std::vector<double> hours = {1, 2, 5, 7.5, 20};
        std::vector<double> later;
        for (const double hour : hours)
            later.push_back(hour + 22);
        const auto a = circular(hours, 24);
        const auto b = circular(later, 24);
        CLOSE(std::fmod(*a->mean + 22, 24), *b->mean, 1e-12);
        CLOSE(a->concentration, b->concentration, 1e-12);
        CLOSE(*a->sd, *b->sd, 1e-12);
    }

    void balancedHoursHaveNoMean() {
        const auto hours = circular(std::vector<double>{0, 6, 12, 18}, 24);
        QVERIFY(!hours->mean && !hours->sd);
        CLOSE(*hours->rayleighP, 1, 1e-12);
        QVERIFY(!circular({}, 24));
        QVERIFY(!circular(std::vector<double>{1}, 0) && !circular(std::vector<double>{1}, infinite));
        QVERIFY(!circular(std::vector<double>{1}, 24, std::vector<double>{1, 2}));
        QVERIFY(!circular(std::vector<double>{1}, 24, std::vector<double>{-1}));
        QVERIFY(!circular(std::vector<double>{missing, infinite}, 24));
        QCOMPARE(*circular(std::vector<double>{-1e-20}, 24)->mean, 0.0);
    }
};

QTEST_GUILESS_MAIN(TestWeighted)
#include "tst_weighted.moc"
