// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/series/forecast.h"

#include "data.h"

#include <QTest>

using namespace ra::series;
using namespace ra::series::test;

class TestForecast : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void aCycleOnALineGoesOn() {
        const std::vector<double> whole = cyclic(252, 12, 0.2, 10, 0.5);
        const std::vector<double> y(whole.begin(), whole.begin() + 240);
        const auto forecast = forecastSeries(y, {.horizon = 12, .periods = {12}});
        QVERIFY(forecast);
        QCOMPARE(forecast->method, std::string("combination"));
        for (std::size_t h = 0; h < 12; ++h) {
            QVERIFY(std::abs(forecast->mean[h] - whole[240 + h]) < 3);
            QVERIFY(forecast->lower[1][h] < forecast->lower[0][h]);
            QVERIFY(forecast->lower[0][h] < forecast->mean[h]);
            QVERIFY(forecast->upper[1][h] > forecast->upper[0][h]);
        }
        QCOMPARE(forecast->backtest.origins, std::size_t{4});
        QCOMPARE(forecast->backtest.points, std::size_t{48});
        QVERIFY(forecast->backtest.mae <= forecast->backtest.naiveMae + 1e-12);
        double total = 0;
        for (const ForecastWeight &weight : forecast->weights)
            total += weight.weight;
        QVERIFY(std::abs(total - 1) < 1e-12);
        QCOMPARE(forecast->periods, std::vector<std::size_t>{12});
    }

    void neverWorseThanSeasonalNaiveInTheBackTest() {
        for (unsigned seed = 1; seed <= 15; ++seed) {
            std::vector<double> walk = armaSample(150, 0, 0, seed);
            for (std::size_t t = 1; t < walk.size(); ++t)
                walk[t] += walk[t - 1];
            const auto forecast = forecastSeries(walk, {.horizon = 8});
            QVERIFY(forecast->backtest.mae <= forecast->backtest.naiveMae * (1 + 1e-9));
        }
    }

    void neverWorseThanSeasonalNaiveWhateverTheSeries_data() {
        QTest::addColumn<std::vector<double>>("values");
        for (unsigned seed = 1; seed <= 6; ++seed) {
            const auto row = [&](const char *kind, const std::vector<double> &values) {
                QTest::addRow("%s %u", kind, seed) << values;
            };
            row("season", cyclic(160, 12, 0.1, 10, 2, seed));
            row("mostly noise", cyclic(160, 12, 0, 1, 4, seed));
            row("memory", armaSample(160, 0.8, 0.3, seed));
            std::vector<double> broken = cyclic(160, 12, 0, 5, 1, seed);
            std::vector<double> spiky = broken;
            std::vector<double> copied = broken;
            for (std::size_t t = 0; t < broken.size(); ++t) {
                broken[t] += t > 100 + 5 * seed ? 40 : 0;
                spiky[t] *= t % (11 + seed) == 0 ? 9 : 1;
                copied[t] = t >= 12 ? copied[t - 12] : copied[t]; // what seasonal naive knows exactly
            }
            row("a changed level", broken);
            row("outliers", spiky);
            row("one cycle over and over", copied);
        }
    }
    void neverWorseThanSeasonalNaiveWhateverTheSeries() {
        QFETCH(std::vector<double>, values);
        const std::size_t horizon = 10;
        const auto forecast = forecastSeries(values, {.horizon = horizon, .periods = {12}});
        QVERIFY(forecast);
        QCOMPARE(forecast->backtest.origins, std::size_t{4});
        double seasonal = 0; // from the same four moments, reckoned here
        for (std::size_t t = values.size() - 4 * horizon; t < values.size(); ++t) {
            const std::size_t ahead = (t - (values.size() - 4 * horizon)) % horizon;
            seasonal += std::abs(values[t] - values[t - ahead - 12 + ahead % 12]) / 40;
        }
        const double slack = 1e-9 * (1 + seasonal);
        QVERIFY(forecast->backtest.mae <= forecast->backtest.naiveMae + slack);
        QVERIFY2(forecast->backtest.mae <= seasonal + slack,
                 qPrintable(QStringLiteral("%1, naive %2").arg(forecast->backtest.mae).arg(seasonal)));
    }

    void intervalsCoverWhatTheyPromise() {
        double inside = 0;
        double all = 0;
        for (unsigned seed = 1; seed <= 60; ++seed) {
            const std::vector<double> whole = armaSample(210, 0.7, 0.2, seed);
            const auto forecast = forecastSeries(std::span(whole).first(200), {.horizon = 10, .levels = {0.9}});
            for (std::size_t h = 0; h < 10; ++h, ++all)
                inside += whole[200 + h] >= forecast->lower[0][h] && whole[200 + h] <= forecast->upper[0][h] ? 1 : 0;
        }
        QVERIFY2(inside / all > 0.87 && inside / all < 0.965, qPrintable(QString::number(inside / all)));
    }

    void eachMethodAnswersByItself_data() {
        QTest::addColumn<int>("method");
        QTest::addColumn<QString>("name");
        QTest::newRow("arima") << static_cast<int>(ForecastMethod::Arima) << QStringLiteral("arima");
        QTest::newRow("ets") << static_cast<int>(ForecastMethod::Ets) << QStringLiteral("ets");
        QTest::newRow("theta") << static_cast<int>(ForecastMethod::Theta) << QStringLiteral("stl+theta");
        QTest::newRow("lags") << static_cast<int>(ForecastMethod::Lags) << QStringLiteral("lags");
        QTest::newRow("harmonic") << static_cast<int>(ForecastMethod::Harmonic) << QStringLiteral("harmonic");
        QTest::newRow("naive") << static_cast<int>(ForecastMethod::Naive) << QStringLiteral("naive");
    }
    void eachMethodAnswersByItself() {
        QFETCH(int, method);
        QFETCH(QString, name);
        const auto forecast =
            forecastSeries(accidents, {.horizon = 6, .periods = {12}, .method = static_cast<ForecastMethod>(method)});
        QVERIFY(forecast);
        QCOMPARE(QString::fromStdString(forecast->method), name);
        QCOMPARE(forecast->weights.front().weight, 1.0);
        for (const double v : forecast->mean)
            QVERIFY(v > 5000 && v < 12000);
    }

    void shiftAndScaleGoThrough() {
        const std::vector<double> y = cyclic(150, 7, 0, 10, 3);
        std::vector<double> z = y;
        for (double &v : z)
            v = 1000 * v + 1e6;
        const auto a = forecastSeries(y, {.horizon = 7, .periods = {7}});
        const auto b = forecastSeries(z, {.horizon = 7, .periods = {7}});
        for (std::size_t h = 0; h < 7; ++h)
            QVERIFY(std::abs((b->mean[h] - 1e6) / 1000 - a->mean[h]) < 1.5);
    }

    void whatWasNeverNegativeIsNotExpectedToBe() {
        std::vector<double> y = cyclic(80, 80, -1.2, 0, 0.3);
        for (double &v : y)
            v = std::max(v, 0.0);
        const auto forecast = forecastSeries(y, {.horizon = 30});
        for (std::size_t h = 0; h < 30; ++h)
            QVERIFY(forecast->mean[h] >= 0 && forecast->lower[1][h] >= 0);
    }

    void gapsAreFilled() {
        std::vector<double> y = cyclic(120, 12, 0, 10, 0.2);
        for (std::size_t t = 40; t < 47; ++t)
            y[t] = missing;
        y.back() = infinity;
        const auto forecast = forecastSeries(y, {.horizon = 12, .periods = {12}});
        const std::vector<double> whole = cyclic(132, 12, 0, 10, 0);
        for (std::size_t h = 0; h < 12; ++h)
            QVERIFY(std::abs(forecast->mean[h] - whole[120 + h]) < 2);
    }

    void littleDataStillHasAnAnswer() {
        QVERIFY(!forecastSeries(std::vector<double>{1, 2, 3}, {.horizon = 2}));
        QVERIFY(!forecastSeries(accidents, {.horizon = 0}));
        const auto four = forecastSeries(std::vector<double>{1, 2, 3, 5}, {.horizon = 2});
        QVERIFY(four);
        QCOMPARE(four->backtest.origins, std::size_t{0});
        QVERIFY(std::isnan(four->backtest.mae));
        const auto constant = forecastSeries(std::vector<double>(20, 4.0), {.horizon = 2});
        QVERIFY(distance(constant->mean, {4, 4}) == 0);
        QVERIFY(distance(constant->upper[1], {4, 4}) == 0);
    }

    void whatIsFarPastCountsNoMore_data() {
        QTest::addColumn<std::size_t>("period");
        QTest::addColumn<std::size_t>("horizon");
        QTest::addColumn<std::size_t>("counts");
        QTest::newRow("no season") << std::size_t{0} << std::size_t{12} << std::size_t{10'000};
        QTest::newRow("a short season") << std::size_t{24} << std::size_t{12} << std::size_t{10'000};
        QTest::newRow("a long season") << std::size_t{1000} << std::size_t{12} << std::size_t{12'000};
        QTest::newRow("far ahead") << std::size_t{0} << std::size_t{900} << std::size_t{10'800};
    }
    void whatIsFarPastCountsNoMore() {
        QFETCH(std::size_t, period);
        QFETCH(std::size_t, horizon);
        QFETCH(std::size_t, counts);
        const std::vector<double> last = cyclic(counts, std::max<std::size_t>(period, 2), 0, 5, 1);
        std::vector<double> whole = cyclic(5000, 7, 0, 40, 9, 2);
        whole.insert(whole.end(), last.begin(), last.end());
        const ForecastOptions options{.horizon = horizon, .periods = {period}};
        const auto a = forecastSeries(last, options);
        const auto b = forecastSeries(whole, options);
        QVERIFY(a && b);
        QCOMPARE(b->mean, a->mean);
        QCOMPARE(b->lower, a->lower);
        QCOMPARE(b->upper, a->upper);
        QCOMPARE(b->backtest.mae, a->backtest.mae);
    }

    void whatWasNegativeLongAgoMayBeAgain() {
        std::vector<double> y = cyclic(15'000, 2, 0, 0, 1);
        for (std::size_t t = 0; t < y.size(); ++t)
            y[t] = t < 100 ? -5 : std::abs(y[t] - 100) / 10;
        const auto forecast = forecastSeries(y, {.horizon = 3});
        QVERIFY(forecast->lower[1][0] < 0);
    }

    void valuesOfAnySizeAreForecast_data() {
        QTest::addColumn<int>("power");
        QTest::newRow("squares are numbers") << 490;
        QTest::newRow("squares are none") << 600;
        QTest::newRow("the largest") << 1016; // 140 · 2^1016
    }
    void valuesOfAnySizeAreForecast() {
        QFETCH(int, power);
        const std::vector<double> y = cyclic(120, 12, 0.1, 10, 1);
        std::vector<double> large = y;
        for (double &v : large)
            v = std::ldexp(v, power);
        const ForecastOptions options{.horizon = 12, .periods = {12}};
        const auto small = forecastSeries(y, options);
        const auto forecast = forecastSeries(large, options);
        QVERIFY(forecast);
        for (std::size_t h = 0; h < 12; ++h) {
            QVERIFY(std::abs(std::ldexp(forecast->mean[h], -power) - small->mean[h]) < 1);
            QVERIFY(forecast->lower[1][h] < forecast->mean[h] && forecast->mean[h] < forecast->upper[1][h]);
        }
        QVERIFY(std::abs(std::ldexp(forecast->backtest.naiveMae, -power) / small->backtest.naiveMae - 1) < 1e-6);
    }

    void hostileInputsAreSurvived() {
        for (const std::vector<double> &values : hostile) {
            const auto forecast = forecastSeries(values, {.horizon = 3, .periods = {4, 0, 7}});
            if (forecast) {
                for (std::size_t h = 0; h < 3; ++h)
                    QVERIFY(std::isfinite(forecast->mean[h]) && forecast->lower[1][h] <= forecast->upper[1][h]);
            }
        }
    }
};

QTEST_GUILESS_MAIN(TestForecast)
#include "tst_forecast.moc"
