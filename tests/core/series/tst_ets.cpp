// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/series/ets.h"

#include "data.h"

#include <QTest>

using namespace ra::series;
using namespace ra::series::test;
using Error = EtsModel::Error;
using Trend = EtsModel::Trend;
using Kind = EtsModel::Season;

class TestEts : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void thereAreFifteenAdmissibleModels() {
        QCOMPARE(admissibleEtsModels(true, true).size(), std::size_t{15});
        QCOMPARE(admissibleEtsModels(false, true).size(), std::size_t{6});
        QCOMPARE(admissibleEtsModels(true, false).size(), std::size_t{6});
        QCOMPARE((EtsModel{Error::Multiplicative, Trend::Damped, Kind::Additive}.name()), std::string("ETS(M,Ad,A)"));
    }

    void luteinizingHormoneIsAsRSays() {
        // ets(lh) of R's forecast 8.20: ETS(A,N,N) with alpha 0.945 and AICc 125.27.
        const auto fit = selectEts(luteinizing, 1);
        QCOMPARE(fit->model, (EtsModel{}));
        QVERIFY(std::abs(fit->aicc - 125.273) < 0.05);
        QVERIFY(std::abs(fit->alpha - 0.945) < 0.02);
        QVERIFY(std::abs(forecastEts(*fit, 1).mean[0] - 2.9065) < 0.01);
    }

    void accidentalDeathsHaveASeason() {
        // ets(USAccDeaths) of R's forecast 8.20: ETS(A,N,A), AICc 1148.7; a lower one is a better fit.
        const auto fit = selectEts(accidents, 12);
        QCOMPARE(fit->model, (EtsModel{Error::Additive, Trend::None, Kind::Additive}));
        QVERIFY(fit->aicc < 1149.2);
        const EtsForecast ahead = forecastEts(*fit, 24);
        QVERIFY(std::abs(ahead.mean[0] - 8360) < 150);
        QVERIFY(std::abs(ahead.mean[0] - ahead.mean[12]) < 1e-9);
    }

    void varianceGrowsAsTheFormulasSay() {
        // σ² (1 + (h - 1) α²) of simple smoothing: Hyndman et al. (2008), table 6.1.
        EtsFit fit;
        fit.alpha = 0.5;
        fit.sigma2 = 4;
        fit.level = 10;
        const EtsForecast simple = forecastEts(fit, 3);
        QVERIFY(distance(simple.mean, {10, 10, 10}) == 0);
        QVERIFY(distance(simple.sd, {2, std::sqrt(5), std::sqrt(6)}) < 1e-12);
        // With a trend c_j = α + β j.
        fit.model.trend = Trend::Additive;
        fit.beta = 0.2;
        fit.slope = 1;
        const EtsForecast line = forecastEts(fit, 3);
        QVERIFY(distance(line.mean, {11, 12, 13}) < 1e-12);
        QVERIFY(distance(line.sd, {2, 2 * std::sqrt(1 + 0.49), 2 * std::sqrt(1 + 0.49 + 0.81)}) < 1e-12);
        // Damped: the slope fades.
        fit.model.trend = Trend::Damped;
        fit.phi = 0.8;
        QVERIFY(distance(forecastEts(fit, 2).mean, {10.8, 11.44}) < 1e-12);
        // Of relative errors the first is that of the level.
        fit.model = {Error::Multiplicative, Trend::None, Kind::None};
        fit.sigma2 = 0.01;
        fit.beta = 0;
        QVERIFY(std::abs(forecastEts(fit, 1).sd[0] - 1) < 1e-12);
        fit.model.season = Kind::Multiplicative;
        fit.period = 2;
        fit.seasonal = {2, 0.5};
        QVERIFY(distance(forecastEts(fit, 3).mean, {20, 5, 20}) < 1e-12);
    }

    void everyModelFollowsItsOwnKind() {
        for (const EtsModel &model : admissibleEtsModels(true, true)) {
            std::vector<double> y = cyclic(96, 6, model.trend == Trend::None ? 0 : 1, 20, 1);
            const auto fit = fitEts(y, model, 6, {.optimiseStates = false});
            QVERIFY2(fit, model.name().c_str());
            QVERIFY(fit->alpha > 0 && fit->alpha < 1 && fit->beta <= fit->alpha && fit->gamma <= 1 - fit->alpha);
            const EtsForecast ahead = forecastEts(*fit, 12);
            const std::vector<double> longer = cyclic(108, 6, model.trend == Trend::None ? 0 : 1, 20, 0);
            for (std::size_t h = 0; h < 12 && model.season != Kind::None; ++h) {
                QVERIFY2(std::abs(ahead.mean[h] - longer[96 + h]) < 12, model.name().c_str());
                QVERIFY(ahead.sd[h] > 0);
            }
        }
    }

    void aStartNearbyGivesTheSameFit() {
        const EtsModel model{Error::Additive, Trend::Damped, Kind::None};
        const auto cold = fitEts(luteinizing, model, 1);
        const auto warm = fitEts(luteinizing, model, 1, {.start = cold->at});
        QVERIFY(std::abs(cold->aicc - warm->aicc) < 0.1);
    }

    void scaleGoesThrough() {
        std::vector<double> y = cyclic(80, 4, 0.5, 10, 2);
        const auto a = selectEts(y, 4, {.optimiseStates = false});
        for (double &v : y)
            v *= 1000;
        const auto b = selectEts(y, 4, {.optimiseStates = false});
        QCOMPARE(a->model, b->model);
        QVERIFY(std::abs(forecastEts(*b, 4).mean[3] - 1000 * forecastEts(*a, 4).mean[3]) < 10);
    }

    void hostileInputsAreSurvived() {
        for (const std::vector<double> &values : hostile) {
            bool finite = true;
            for (const double v : values)
                finite = finite && std::isfinite(v);
            if (!finite)
                continue;
            const auto fit = selectEts(values, 4);
            QVERIFY(!fit || std::isfinite(fit->aicc));
        }
        QVERIFY(!fitEts(std::vector<double>{1, 2, 3}, {}, 1));
        QVERIFY(!fitEts(cyclic(20, 4, 0, 200, 0), {Error::Multiplicative, Trend::None, Kind::None}, 1));
        QVERIFY(!fitEts(std::vector<double>(30, 1.0), {}, 1));
    }
};

QTEST_GUILESS_MAIN(TestEts)
#include "tst_ets.moc"
