// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/series/autoarima.h"
#include "core/series/lagregression.h"
#include "core/series/theta.h"

#include "data.h"

#include <QTest>

using namespace ra::series;
using namespace ra::series::test;

class TestModels : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void thetaFollowsALine() {
        const std::vector<double> y = cyclic(60, 60, 2, 0, 0);
        std::vector<double> noisy = cyclic(60, 60, 2, 0, 0.5);
        const auto fit = fitTheta(noisy);
        const ThetaForecast ahead = forecastTheta(*fit, 5);
        // A theta of two takes half of the slope.
        for (std::size_t h = 0; h < 5; ++h)
            QVERIFY(ahead.mean[h] > y.back() - 1 && ahead.mean[h] < y.back() + 2.5 * static_cast<double>(h + 1) + 1);
        QVERIFY(ahead.mean[4] > ahead.mean[0]);
        QVERIFY(ahead.sd[4] > ahead.sd[0]);
        QVERIFY(std::abs(ahead.sd[1] * ahead.sd[1] / (ahead.sd[0] * ahead.sd[0]) - 1 - fit->alpha * fit->alpha) <
                1e-12);
    }

    void thetaIsSmoothingWhereTheWeightIsZero() {
        ThetaFit fit;
        fit.theta = 1;
        fit.level = 7;
        fit.n = 20;
        QVERIFY(distance(forecastTheta(fit, 3).mean, {7, 7, 7}) < 1e-12);
    }

    void lagsFindAnAutoregression() {
        const auto fit = fitLagRegression(armaSample(3000, 0.8, 0), {});
        QCOMPARE(fit->lags, (std::vector<std::size_t>{1, 2, 3}));
        QVERIFY(std::abs(fit->coefficients[0] - 0.8) < 0.06);
        QVERIFY(std::abs(fit->sigma2 - 1) < 0.1);
        const std::vector<double> y = armaSample(3000, 0.8, 0);
        const LagForecast ahead = forecastLags(*fit, y, 200);
        QVERIFY(std::abs(ahead.mean[199]) < 0.3); // back to the mean
        QVERIFY(std::abs(ahead.sd[199] - 1 / std::sqrt(1 - 0.64)) < 0.2);
    }

    void lagsRepeatSeveralCycles() {
        std::vector<double> y = cyclic(400, 12, 0, 5, 0.01);
        for (std::size_t t = 0; t < y.size(); ++t)
            y[t] += t % 60 < 12 ? 3 : 0;
        const std::vector<std::size_t> periods{12, 60, 1, 1000};
        const auto fit = fitLagRegression(y, periods);
        QCOMPARE(fit->lags, (std::vector<std::size_t>{1, 2, 3, 11, 12, 13, 24, 59, 60, 61, 120}));
        const LagForecast ahead = forecastLags(*fit, y, 60);
        for (std::size_t h = 0; h < 60; ++h)
            QVERIFY(std::abs(ahead.mean[h] - y[340 + h]) < 0.5);
    }

    void automaticOrdersAreNearTheTruth() {
        const auto plain = selectArima(armaSample(250, 0.8, 0), 1);
        QCOMPARE(plain->order.d, std::size_t{0});
        QVERIFY(plain->order.p >= 1);
        const auto air = selectArima(accidents, 12);
        QCOMPARE(air->order.seasonalD, std::size_t{1});
        QCOMPARE(air->order.lost(), std::size_t{13});
        QVERIFY(air->logLikelihood > -428);
        // Long series: by regressions.
        std::vector<double> walk = armaSample(1500, 0.5, 0);
        for (std::size_t t = 1; t < walk.size(); ++t)
            walk[t] += walk[t - 1] + 2;
        const auto longer = selectArima(walk, 1);
        QCOMPARE(longer->order.d, std::size_t{1});
        QVERIFY(longer->order.mean);
        QVERIFY(std::abs(longer->mean - 2) < 0.3);
        QVERIFY(longer->order.p + longer->order.q >= 1);
    }

    void tooLittleIsAnAnswer() {
        QVERIFY(!fitTheta(std::vector<double>{1, 2, 3, 4}));
        QVERIFY(!fitTheta(std::vector<double>(20, 1.0)));
        QVERIFY(!fitLagRegression(std::vector<double>{1, 2, 3, 4}, {}));
        QVERIFY(!fitLagRegression(std::vector<double>(50, 1.0), {}));
        QVERIFY(!selectArima(std::vector<double>{1, 2}, 1));
        for (const std::vector<double> &values : hostile) {
            bool finite = true;
            for (const double v : values)
                finite = finite && std::isfinite(v);
            if (!finite)
                continue;
            const auto theta = fitTheta(values);
            QVERIFY(!theta || std::isfinite(theta->level));
            const auto lags = fitLagRegression(values, std::vector<std::size_t>{4});
            QVERIFY(!lags || std::isfinite(lags->sigma2));
            const auto arima = selectArima(values, 4);
            QVERIFY(!arima || std::isfinite(arima->aicc));
        }
    }
};

QTEST_GUILESS_MAIN(TestModels)
#include "tst_models.moc"
