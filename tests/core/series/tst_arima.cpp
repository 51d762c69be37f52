// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/series/arima.h"

#include "data.h"

#include <QTest>

using namespace ra::series;
using namespace ra::series::test;

class TestArima : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void luteinizingHormoneIsAsRSays() {
        // arima(lh, order = c(1, 0, 0)) in the examples of R's manual.
        const auto fit = fitArima(luteinizing, {.p = 1, .mean = true}, {.standardErrors = true});
        QVERIFY(fit);
        QVERIFY(std::abs(fit->ar[0] - 0.5739) < 1e-4);
        QVERIFY(std::abs(fit->mean - 2.4133) < 1e-4);
        QVERIFY(std::abs(fit->standardErrors[0] - 0.1161) <
                2e-4); // R's optimiser stops at 0.5739, the maximum is at 0.5738
        QVERIFY(std::abs(fit->standardErrors[1] - 0.1466) < 1e-4);
        QVERIFY(std::abs(fit->sigma2 - 0.1975) < 1e-4);
        QVERIFY(std::abs(fit->logLikelihood + 29.38) < 5e-3);
        QVERIFY(std::abs(fit->aic - 64.76) < 5e-3);
        // predict(fit, n.ahead = 3): 2.460173 2.270829 2.198597 is of order (3, 0, 0); here by hand from the last 2.9.
        const ArimaForecast ahead = forecastArima(*fit, luteinizing, 2);
        QVERIFY(std::abs(ahead.mean[0] - (fit->mean + fit->ar[0] * (2.9 - fit->mean))) < 1e-9);
        QVERIFY(std::abs(ahead.sd[1] - std::sqrt(fit->sigma2 * (1 + fit->ar[0] * fit->ar[0]))) < 1e-12);
    }

    void thirdOrderForecastsAreThoseOfTheManual() {
        // predict(arima(lh, order = c(3, 0, 0)), n.ahead = 3) in the examples of R's manual.
        const auto fit = fitArima(luteinizing, {.p = 3, .mean = true});
        QVERIFY(fit);
        const ArimaForecast ahead = forecastArima(*fit, luteinizing, 3);
        QVERIFY(distance(ahead.mean, {2.460173, 2.270829, 2.198597}) < 2e-3);
        QVERIFY(std::abs(ahead.sd[0] - 0.4226823) < 1e-4);
        QVERIFY(std::abs(ahead.sd[1] - 0.5029332) < 1e-4);
    }

    void accidentalDeathsAreAsRSays() {
        // arima(USAccDeaths, order = c(0,1,1), seasonal = list(order = c(0,1,1))) in the examples of R's manual.
        const auto fit = fitArima(accidents, {.d = 1, .q = 1, .seasonalD = 1, .seasonalQ = 1, .period = 12},
                                  {.standardErrors = true});
        QVERIFY(fit);
        QVERIFY(std::abs(fit->ma[0] + 0.4303) < 5e-4);
        QVERIFY(std::abs(fit->seasonalMa[0] + 0.5528) < 5e-4);
        QVERIFY(std::abs(fit->standardErrors[0] - 0.1228) < 2e-4);
        QVERIFY(std::abs(fit->standardErrors[1] - 0.1784) < 2e-4);
        QVERIFY(std::abs(fit->logLikelihood + 425.44) < 5e-3);
        QVERIFY(std::abs(fit->sigma2 - 99347) < 60);
        QCOMPARE(fit->used, std::size_t{59});
        const ArimaForecast ahead = forecastArima(*fit, accidents, 6);
        QVERIFY(distance(ahead.mean, {8336.061, 7531.829, 8314.644, 8616.869, 9488.916, 9859.757}) < 1);
        QVERIFY(distance(ahead.sd, {315.4481, 363.0054, 405.0164, 443.0623, 478.0897, 510.7197}) < 1);
    }

    void quickerFitsAreNearlyAsGood() {
        const std::vector<double> y = armaSample(400, 0.7, 0.4);
        const ArimaOrder order{.p = 1, .q = 1};
        const double best = fitArima(y, order)->logLikelihood;
        for (const ArimaEffort effort : {ArimaEffort::Single, ArimaEffort::Quick}) {
            const auto fit = fitArima(y, order, {.effort = effort});
            QVERIFY(fit->logLikelihood <= best + 1e-6);
            QVERIFY(fit->logLikelihood > best - 0.5);
            const auto again = fitArima(y, order, {.effort = effort, .start = fit->at});
            QVERIFY(again->logLikelihood > best - 0.5);
        }
        QVERIFY(std::abs(fitArima(y, order)->ar[0] - 0.7) < 0.12);
    }

    void shiftAndScaleGoThrough() {
        const std::vector<double> y = armaSample(150, 0.6, 0);
        std::vector<double> z = y;
        for (double &v : z)
            v = 1e5 + 1e3 * v;
        const auto a = fitArima(y, {.p = 1, .mean = true});
        const auto b = fitArima(z, {.p = 1, .mean = true});
        QVERIFY(std::abs(a->ar[0] - b->ar[0]) < 1e-5);
        QVERIFY(std::abs(b->mean - (1e5 + 1e3 * a->mean)) < 1e-1);
        QVERIFY(std::abs(a->logLikelihood - b->logLikelihood - 150 * std::log(1e3)) < 1e-6);
    }

    void aDriftIsFoundAndGoesOn() {
        std::vector<double> y = cyclic(200, 200, 2.5, 0, 1);
        for (std::size_t t = 1; t < y.size(); ++t)
            y[t] = y[t - 1] + 2.5 + (t % 3 == 0 ? 1 : -0.5);
        const auto fit = fitArima(y, {.d = 1, .mean = true});
        QVERIFY(std::abs(fit->mean - 2.5) < 0.01);
        QVERIFY(std::abs(forecastArima(*fit, y, 10).mean[9] - (y.back() + 25)) < 0.1);
        const auto seasonal = fitArima(y, {.seasonalD = 1, .period = 4, .mean = true});
        QVERIFY(std::abs(seasonal->mean - 2.5) < 0.01);
        QVERIFY(std::abs(forecastArima(*seasonal, y, 8).mean[7] - (y.back() + 20)) < 1);
    }

    void missingValuesAreFilledByTheModel() {
        std::vector<double> y = accidents;
        y[20] = y[33] = missing;
        const ArimaOrder order{.d = 1, .q = 1, .seasonalD = 1, .seasonalQ = 1, .period = 12};
        const auto fit = fitArima(y, order, {.effort = ArimaEffort::Single});
        QVERIFY(fit);
        QCOMPARE(fit->used, std::size_t{57});
        QVERIFY(std::isnan(fit->residuals[20]));
        QVERIFY(distance(forecastArima(*fit, y, 3).mean, {8336, 7532, 8315}) < 150);
        const auto drift = fitArima(y, {.p = 1, .d = 1, .mean = true}, {.effort = ArimaEffort::Quick});
        QVERIFY(drift && std::isfinite(drift->mean));
    }

    void namesAreThoseOfTheBooks() {
        QCOMPARE(ArimaOrder({.p = 1, .q = 2, .mean = true}).name(), std::string("ARIMA(1,0,2) with non-zero mean"));
        QCOMPARE(ArimaOrder({.d = 1, .q = 1, .seasonalQ = 1, .period = 12, .mean = true}).name(),
                 std::string("ARIMA(0,1,1)(0,0,1)[12] with drift"));
    }

    void tooLittleDataIsAnAnswer() {
        QVERIFY(!fitArima(std::vector<double>{1, 2, 3}, {.p = 1, .q = 1}));
        QVERIFY(!fitArima(luteinizing, {.d = 2, .mean = true}));
        QVERIFY(!fitArima(std::vector<double>(30, 1.0), {.p = 1, .mean = true}));
        QVERIFY(!fitArima(std::vector<double>(30, 1.0), {.d = 1}));
        for (const std::vector<double> &values : hostile) {
            for (const ArimaOrder &order :
                 {ArimaOrder{.p = 1, .q = 1, .mean = true}, ArimaOrder{.d = 1, .q = 2, .mean = true},
                  ArimaOrder{.p = 1, .seasonalP = 1, .seasonalD = 1, .seasonalQ = 1, .period = 4}}) {
                const auto fit = fitArima(values, order, {.standardErrors = true});
                if (fit) {
                    QVERIFY(std::isfinite(fit->logLikelihood) && fit->sigma2 > 0);
                    QCOMPARE(forecastArima(*fit, values, 3).mean.size(), std::size_t{3});
                }
            }
        }
    }

    void differencesAreTaken() {
        QVERIFY(distance(differenced(std::vector<double>{1, 4, 9, 16}, 1, 2), {2, 2}) == 0);
        QVERIFY(distance(differenced(std::vector<double>{1, 4, 9, 16}, 2, 1), {8, 12}) == 0);
        QVERIFY(differenced(std::vector<double>{1, 4}, 2, 1).empty());
    }
};

QTEST_GUILESS_MAIN(TestArima)
#include "tst_arima.moc"
