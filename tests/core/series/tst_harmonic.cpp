// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/series/harmonic.h"

#include "data.h"

#include <QTest>

using namespace ra::series;
using namespace ra::series::test;

namespace {

/// Two seasons of one and two harmonics, with errors that hang together.
std::vector<double> twoSeasons(std::size_t n, double noise, unsigned seed = 1) {
    std::vector<double> values = armaSample(n, 0.5, 0, seed);
    for (std::size_t t = 0; t < n; ++t) {
        const double turn = 2 * std::numbers::pi * static_cast<double>(t);
        values[t] = 50 + noise * values[t] + 6 * std::sin(turn / 8) + 4 * std::cos(turn / 20) - 3 * std::sin(turn / 10);
    }
    return values;
}

} // namespace

class TestHarmonic : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void aWaveKeepsItsDigits() {
        const Wave wave{3, 24, 2, -1};
        QVERIFY(std::abs(wave.at(0) - 2) < 1e-15);
        QVERIFY(std::abs(wave.at(2) + 1) < 1e-15); // a quarter of its eight values
        QVERIFY(std::abs(wave.at(1 + 24e9) - wave.at(1)) < 1e-12);
    }

    void theWavesOfAllSeasonsAreFound() {
        const std::vector<std::size_t> periods{20, 8};
        const auto fit = selectHarmonic(twoSeasons(400, 0.3), periods);
        QVERIFY(fit);
        QCOMPARE(fit->periods, (std::vector<std::size_t>{8, 20}));
        QVERIFY(fit->terms[0] >= 1 && fit->terms[0] <= 2); // AICc takes one too many now and then
        QVERIFY(fit->terms[1] >= 2 && fit->terms[1] <= 4);
        const auto has = [&](std::size_t cycles, std::size_t period, double cosine, double sine) {
            return std::any_of(fit->waves.begin(), fit->waves.end(), [&](const Wave &w) {
                return w.cycles == cycles && w.period == period && std::abs(w.cosine - cosine) < 0.15 &&
                       std::abs(w.sine - sine) < 0.15;
            });
        };
        QVERIFY(has(1, 8, 0, 6));
        QVERIFY(has(1, 20, 4, 0));
        QVERIFY(has(2, 20, 0, -3));
        QVERIFY(std::abs(fit->errors.sigma2 - 0.09) < 0.02);
        QVERIFY(fit->name.starts_with("harmonics {8,") && fit->name.find("ARIMA(") != std::string::npos);
        QVERIFY(fit->aicc > fit->errors.aicc); // the waves cost
    }

    void whatComesNextIsKnownUpToTheNoise() {
        const std::vector<std::size_t> periods{8, 20};
        const std::vector<double> whole = twoSeasons(440, 0);
        for (unsigned seed = 1; seed <= 5; ++seed) {
            const std::vector<double> seen = twoSeasons(400, 0.3, seed);
            const auto fit = selectHarmonic(seen, periods);
            QVERIFY(fit);
            const ArimaForecast forecast = forecastHarmonic(*fit, seen, 40);
            QCOMPARE(forecast.mean.size(), std::size_t{40});
            for (std::size_t h = 0; h < 40; ++h) {
                QVERIFY(std::abs(forecast.mean[h] - whole[400 + h]) < 0.6);
                QVERIFY(forecast.sd[h] > 0.2 && forecast.sd[h] < 0.6);
            }
        }
    }

    void aSharedWaveBelongsToTheShorterPeriod() {
        // The second harmonic of 24 is the first of 12: with both, least squares would have no answer.
        const std::vector<std::size_t> periods{12, 24};
        const auto fit = selectHarmonic(cyclic(300, 12, 0, 10, 0.5), periods);
        QVERIFY(fit);
        QVERIFY(fit->terms[0] >= 1);
        for (const Wave &wave : fit->waves)
            QVERIFY(wave.period == 12 || wave.cycles % 2 == 1);
        QVERIFY(std::abs(fit->waves[0].sine - 10) < 0.3);
    }

    void aWanderingLevelIsNoSeason() {
        std::size_t waves = 0;
        for (unsigned seed = 1; seed <= 20; ++seed) {
            std::vector<double> walk = armaSample(200, 0, 0, seed);
            for (std::size_t t = 1; t < walk.size(); ++t)
                walk[t] += walk[t - 1];
            const auto fit = selectHarmonic(walk, std::vector<std::size_t>{12});
            QVERIFY(fit);
            waves += fit->waves.size();
        }
        // By AICc one that is not there is taken in one of seven cases; of six in twenty series.
        QVERIFY2(waves <= 40, qPrintable(QString::number(waves)));
    }

    void refittedToTheSameItIsTheSame() {
        const std::vector<std::size_t> periods{8, 20};
        const std::vector<double> seen = twoSeasons(300, 0.5);
        const auto fit = selectHarmonic(seen, periods);
        const auto again = refitHarmonic(*fit, seen);
        QVERIFY(again);
        QCOMPARE(again->name, fit->name);
        QVERIFY(std::abs(again->waves[0].sine - fit->waves[0].sine) < 0.05);
        const auto shorter = refitHarmonic(*fit, std::span(seen).first(250));
        QVERIFY(shorter);
        QCOMPARE(shorter->n, std::size_t{250});
        QCOMPARE(shorter->terms, fit->terms);
        QVERIFY(!refitHarmonic(*fit, std::span(seen).first(20)));
    }

    void unitsDoNotMatter() {
        const std::vector<std::size_t> periods{8, 20};
        std::vector<double> y = twoSeasons(300, 0.5);
        const auto fit = selectHarmonic(y, periods);
        for (double &v : y)
            v = 1e6 + 1e3 * v;
        const auto other = selectHarmonic(y, periods);
        QCOMPARE(other->terms, fit->terms);
        for (std::size_t i = 0; i < fit->waves.size(); ++i)
            QVERIFY(std::abs(other->waves[i].sine / 1e3 - fit->waves[i].sine) < 1e-5);
    }

    void littleOrStrangeDataHaveNoAnswerOrAFiniteOne() {
        QVERIFY(!selectHarmonic(cyclic(300, 12, 0, 10, 1), {}));
        QVERIFY(!selectHarmonic(cyclic(30, 12, 0, 10, 1), std::vector<std::size_t>{1, 20}));
        QVERIFY(!selectHarmonic(cyclic(25, 12, 0, 10, 1), std::vector<std::size_t>{12}));
        QVERIFY(!selectHarmonic(std::vector<double>(100, 3.0), std::vector<std::size_t>{12}));
        QVERIFY(!selectHarmonic(std::vector<double>(100, missing), std::vector<std::size_t>{12}));
        for (const std::vector<double> &values : hostile) {
            const auto fit = selectHarmonic(values, std::vector<std::size_t>{4, 0, 7});
            if (fit && std::isfinite(fit->errors.sigma2))
                QCOMPARE(forecastHarmonic(*fit, values, 3).mean.size(), std::size_t{3});
        }
    }
};

QTEST_GUILESS_MAIN(TestHarmonic)
#include "tst_harmonic.moc"
