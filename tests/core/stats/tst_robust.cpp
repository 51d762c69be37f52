// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/stats/robust.h"

#include "close.h"

#include <QTest>
#include <random>

using namespace ra::stats;
using namespace ra::stats::test;

namespace {

// K. A. Brownlee's stack loss (1960): air flow, water temperature, acid concentration; loss. As in R's `stackloss`.
const std::vector<std::vector<double>> plant = {
    {80, 80, 75, 62, 62, 62, 62, 62, 58, 58, 58, 58, 58, 58, 50, 50, 50, 50, 50, 56, 70},
    {27, 27, 25, 24, 22, 23, 24, 24, 23, 18, 18, 17, 18, 19, 18, 18, 19, 19, 20, 20, 20},
    {89, 88, 90, 87, 87, 87, 93, 93, 87, 80, 89, 88, 82, 93, 89, 86, 72, 79, 80, 82, 91}};
const std::vector<double> loss = {42, 37, 37, 28, 18, 18, 19, 20, 15, 14, 14, 13, 11, 12, 8, 7, 8, 8, 9, 15, 15};

} // namespace

class TestRobust : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void huberOfStackLoss() {
        // R: MASS::rlm(stack.loss ~ ., stackloss): -41.0265 0.8294 0.9261 -0.1278, scale 2.441
        const auto fit = huberRegression(Design::of(plant, loss));
        CLOSE(fit->coefficients[0], -41.0265, 1e-4);
        CLOSE(fit->coefficients[1], 0.8294, 1e-4);
        CLOSE(fit->coefficients[2], 0.9261, 2e-4);
        CLOSE(fit->coefficients[3], -0.1278, 1e-3);
        CLOSE(fit->scale, 2.441, 1e-3);
        QCOMPARE(fit->standardErrors.size(), 4U);
        CLOSE(fit->standardErrors[0], 9.8073, 1e-2); // R: summary(rlm(...)) 9.8073 0.1112 0.3034 0.1289
        CLOSE(fit->standardErrors[1], 0.1112, 1e-2);
    }

    void mediansOfStackLoss() {
        // R: quantreg::rq(stack.loss ~ ., data = stackloss): -39.68985507 0.83188406 0.57391304 -0.06086957
        const auto fit = quantileRegression(Design::of(plant, loss), 0.5);
        CLOSE(fit->coefficients[0], -39.68985507, 1e-8);
        CLOSE(fit->coefficients[1], 0.83188406, 1e-8);
        CLOSE(fit->coefficients[2], 0.57391304, 1e-8);
        CLOSE(fit->coefficients[3], -0.06086957, 1e-7);
    }

    void errorsOfMediansAsQuantregHasThem() {
        // R: summary(rq(stack.loss ~ ., data = stackloss), se = "nid") of quantreg 5.94.
        const auto fit = quantileRegression(Design::of(plant, loss), 0.5);
        CLOSE(fit->standardErrors[0], 7.1416267869283, 1e-5);
        CLOSE(fit->standardErrors[1], 0.1269327153146, 1e-5);
        CLOSE(fit->standardErrors[2], 0.3417930015301, 1e-5);
        CLOSE(fit->standardErrors[3], 0.0604123313417, 1e-5);
        // By R: coefficient -+ qt(0.975, 17) errors.
        const Interval interval = fit->coefficientInterval(1);
        CLOSE(interval.low, 0.831884057971 - 2.10981557783 * 0.1269327153146, 1e-5);
        CLOSE(interval.high, 0.831884057971 + 2.10981557783 * 0.1269327153146, 1e-5);
    }

    void intervalsCoverTheTruth_data() {
        QTest::addColumn<double>("q");
        QTest::addColumn<bool>("widening");
        QTest::addRow("median") << 0.5 << false;
        QTest::addRow("upper quartile") << 0.75 << false;
        QTest::addRow("median of a fan") << 0.5 << true;
        QTest::addRow("Huber") << 0.0 << false;
    }

    void intervalsCoverTheTruth() {
        QFETCH(double, q);
        QFETCH(bool, widening);
        std::mt19937 random(7);
        std::uniform_real_distribution<double> place(0, 1);
        std::student_t_distribution<double> noise(3);
        int covered = 0;
        constexpr int times = 300;
        for (int repeat = 0; repeat < times; ++repeat) {
            std::vector<std::vector<double>> x(1);
            std::vector<double> y;
            for (int i = 0; i < 200; ++i) {
                x[0].push_back(place(random));
                y.push_back(1 + 2 * x[0].back() + (widening ? 0.5 + x[0].back() : 1) * noise(random));
            }
            const Design design = Design::of(x, y);
            const auto fit = q > 0 ? quantileRegression(design, q) : huberRegression(design);
            const Interval interval = fit->coefficientInterval(1);
            covered += interval.low <= 2 && 2 <= interval.high ? 1 : 0;
        }
        // 95 % nominal; four standard errors of 300 draws are 5 %.
        QVERIFY2(covered >= 0.90 * times && covered <= 0.995 * times, qPrintable(QString::number(covered)));
    }

    void anOriginFarAwayDoesNotMatter_data() {
        QTest::addColumn<double>("origin");
        QTest::addRow("seconds since 1970") << 1.7e9;
        QTest::addRow("milliseconds since 1970") << 1.7e12;
    }

    void anOriginFarAwayDoesNotMatter() {
        QFETCH(double, origin);
        std::mt19937 random(11);
        std::normal_distribution<double> noise(0, 1);
        std::vector<std::vector<double>> near(1);
        std::vector<std::vector<double>> far(1);
        std::vector<double> y;
        std::vector<double> isHigh;
        for (int i = 0; i < 64; ++i) {
            near[0].push_back(i / 8.0);
            far[0].push_back(origin + i / 8.0);
            y.push_back(1 + 2 * near[0].back() + noise(random));
            isHigh.push_back(y.back() > 8 ? 1 : 0);
        }
        for (const double q : {0.0, 0.25, 0.5}) {
            const auto fitted = [&](const std::vector<std::vector<double>> &x) {
                const Design design = Design::of(x, y);
                return q > 0 ? quantileRegression(design, q) : huberRegression(design);
            };
            const auto here = fitted(near);
            const auto there = fitted(far);
            CLOSE(there->coefficients[1], here->coefficients[1], 1e-7);
            CLOSE(there->standardErrors[1], here->standardErrors[1], 1e-5);
            CLOSE(there->scale, here->scale, 1e-7);
        }
        CLOSE(logisticRegression(Design::of(far, isHigh))->standardErrors[1],
              logisticRegression(Design::of(near, isHigh))->standardErrors[1], 1e-5);
    }

    void farOutQuantilesHaveNoInterval() {
        std::vector<std::vector<double>> x(1);
        std::vector<double> y;
        std::mt19937 random(5);
        for (int i = 0; i < 60; ++i) {
            x[0].push_back(i);
            y.push_back(static_cast<double>(random() % 1000));
        }
        QVERIFY(std::isfinite(quantileRegression(Design::of(x, y), 0.9)->coefficientInterval(1).low));
        QVERIFY(std::isnan(quantileRegression(Design::of(x, y), 0.95)->coefficientInterval(1).low));
    }

    void whereRowsDoNotTellThereIsNoInterval() {
        const std::vector<std::vector<double>> two = {{1, 2}};
        const Design through = Design::of(two, std::vector<double>{1, 5});
        QVERIFY(std::isnan(huberRegression(through)->coefficientInterval(0).high));
        QVERIFY(std::isnan(quantileRegression(through, 0.5)->coefficientInterval(1).low));
    }

    void aConstantIsAQuantile() {
        std::vector<double> values;
        for (int i = 1; i <= 99; ++i)
            values.push_back(i * i);
        Design design = Design::of({}, values);
        CLOSE(quantileRegression(design, 0.5)->coefficients[0], 50 * 50, 1e-9);
        CLOSE(quantileRegression(design, 0.9)->coefficients[0], 90 * 90, 1e-9);
        CLOSE(quantileRegression(design, 0.05)->coefficients[0], 25, 1e-9);
        QVERIFY(!quantileRegression(design, 0) && !quantileRegression(design, 1));
    }

    void wildValuesDoNotMoveTheLine() {
        std::mt19937 random(1);
        std::normal_distribution<double> normal;
        std::vector<std::vector<double>> x(1);
        std::vector<double> y;
        for (int i = 0; i < 200; ++i) {
            x[0].push_back(i);
            y.push_back(5 + 0.5 * i + normal(random) + (i % 10 == 0 ? 1'000 : 0));
        }
        const Design design = Design::of(x, y);
        QVERIFY(std::abs(leastSquares(design)->coefficients[0] - 5) > 50);
        QVERIFY(std::abs(huberRegression(design)->coefficients[1] - 0.5) < 0.01);
        QVERIFY(std::abs(quantileRegression(design, 0.5)->coefficients[1] - 0.5) < 0.01);
        // As many residuals below as the quantile says.
        const auto upper = quantileRegression(design, 0.8);
        int below = 0;
        for (int i = 0; i < 200; ++i)
            below +=
                y[static_cast<std::size_t>(i)] < upper->coefficients[0] + upper->coefficients[1] * i - 1e-9 ? 1 : 0;
        QVERIFY(below >= 158 && below <= 160);
    }

    void anExactFitEndsAtOnce() {
        std::vector<std::vector<double>> x = {{1, 2, 3, 4, 5, 6, 7}};
        std::vector<double> y = {2, 4, 6, 8, 10, 12, 50};
        const auto fit = huberRegression(Design::of(x, y));
        CLOSE(fit->coefficients[1], 2, 1e-6);
        const auto median = quantileRegression(Design::of(x, y), 0.5);
        CLOSE(median->coefficients[1], 2, 1e-9);
    }

    void logisticOfAFourfoldTable() {
        // 30 of 40 and 12 of 50: the logarithm of the odds 12/38 and of the odds ratio; errors by sums of inverse
        // counts.
        std::vector<std::vector<double>> x(1);
        std::vector<double> y;
        for (int i = 0; i < 90; ++i) {
            x[0].push_back(i < 40 ? 1 : 0);
            y.push_back(i < 30 || (i >= 40 && i < 52) ? 1 : 0);
        }
        const auto fit = logisticRegression(Design::of(x, y));
        CLOSE(fit->coefficients[0], std::log(12.0 / 38), 1e-9);
        CLOSE(fit->coefficients[1], std::log(3 * 38.0 / 12), 1e-9);
        CLOSE(fit->standardErrors[0], std::sqrt(1 / 12.0 + 1 / 38.0), 1e-8);
        CLOSE(fit->standardErrors[1], std::sqrt(1 / 12.0 + 1 / 38.0 + 1 / 30.0 + 0.1), 1e-8);
        CLOSE(fit->logLikelihood, 30 * std::log(0.75) + 10 * std::log(0.25) + 12 * std::log(0.24) + 38 * std::log(0.76),
              1e-12);
        CLOSE(fit->nullLogLikelihood, 42 * std::log(42.0 / 90) + 48 * std::log(48.0 / 90), 1e-12);
        CLOSE(fit->intervals[1].high - fit->coefficients[1], 1.959963984540054 * fit->standardErrors[1], 1e-12);
        QVERIFY(fit->p[1] < 1e-4);
        QCOMPARE(fit->rows, 90U);
    }

    void whatIsToldApartHasNoMaximum() {
        const std::vector<std::vector<double>> x = {{1, 2, 3, 4, 5, 6}};
        QVERIFY(logisticRegression(Design::of(x, std::vector<double>{0, 0, 0, 1, 1, 1})).error() ==
                NoRegression::Separated);
        QVERIFY(logisticRegression(Design::of(x, std::vector<double>{1, 1, 1, 1, 1, 1})).error() ==
                NoRegression::Separated);
        QVERIFY(logisticRegression(Design::of(x, std::vector<double>{0, 0, 1, 0, 1, 2})).error() ==
                NoRegression::NotFinite);
        // Told apart in part: where the second is 1, all are ones.
        const std::vector<std::vector<double>> part = {{1, 2, 3, 4, 5, 6, 7, 8}, {0, 0, 0, 0, 0, 1, 1, 1}};
        QVERIFY(logisticRegression(Design::of(part, std::vector<double>{0, 1, 0, 1, 0, 1, 1, 1})).error() ==
                NoRegression::Separated);
    }

    void noAnswer() {
        const std::vector<std::vector<double>> same = {{1, 2, 3, 4}, {2, 4, 6, 8}};
        const std::vector<std::vector<double>> zero = {{0, 0, 0, 0}};
        const std::vector<std::vector<double>> line = {{1, 2, 3, 4}};
        const std::vector<double> y = {1, 0, 1, 1};
        const auto all = [&](const Design &design, NoRegression why) {
            return huberRegression(design).error() == why && quantileRegression(design, 0.5).error() == why &&
                   logisticRegression(design).error() == why;
        };
        QVERIFY(all(Design::of(same, y), NoRegression::Collinear));
        QVERIFY(all(Design::of(zero, y, false), NoRegression::Collinear));
        QVERIFY(all(Design::of(line, std::vector<double>{1, 0}), NoRegression::NotFinite));
        QVERIFY(all(Design::of(line, std::vector<double>{1, 0, 1, infinite}), NoRegression::NotFinite));
        QVERIFY(all(Design::of(line, std::vector<double>{missing, missing, missing, 1}), NoRegression::TooFewRows));
        const auto constant = huberRegression(Design::of(line, std::vector<double>{3, 3, 3, 3}));
        CLOSE(constant->coefficients[0], 3, 1e-9);
    }
};

QTEST_GUILESS_MAIN(TestRobust)
#include "tst_robust.moc"
