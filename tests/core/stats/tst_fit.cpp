// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/stats/fit.h"

#include "close.h"
#include "core/stats/distributions.h"

#include <QTest>
#include <numeric>
#include <random>

using namespace ra::stats;
using namespace ra::stats::test;

namespace {

double sumOf(const std::vector<double> &x, const auto &logDensity) {
    return std::accumulate(x.begin(), x.end(), 0.0, [&](double sum, double value) { return sum + logDensity(value); });
}
double gammaLogLikelihood(const std::vector<double> &x, double shape, double rate) {
    return sumOf(x, [&](double v) {
        return shape * std::log(rate) - dist::logGamma(shape) + (shape - 1) * std::log(v) - rate * v;
    });
}
double weibullLogLikelihood(const std::vector<double> &x, double shape, double scale) {
    return sumOf(x, [&](double v) {
        return std::log(shape / scale) + (shape - 1) * std::log(v / scale) - std::pow(v / scale, shape);
    });
}
double lognormalLogLikelihood(const std::vector<double> &x, double mean, double sd) {
    return sumOf(x, [&](double v) {
        const double z = (std::log(v) - mean) / sd;
        return -std::log(v * sd) - 0.5 * std::log(2 * 3.141592653589793) - z * z / 2;
    });
}

const std::vector<double> durations = {1.2, 0.7, 3.1, 2.2, 0.4, 5.9, 1.1, 1.9, 2.7, 0.9};

} // namespace

class TestFit : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void likelihoodsAreTheirSumsAndMaxima() {
        const auto lognormal = fitLognormal(durations);
        CLOSE(lognormal->logLikelihood, lognormalLogLikelihood(durations, lognormal->meanLog, lognormal->sdLog), 1e-12);
        const auto gamma = fitGamma(durations);
        CLOSE(gamma->logLikelihood, gammaLogLikelihood(durations, gamma->shape, gamma->rate), 1e-12);
        const auto weibull = fitWeibull(durations);
        CLOSE(weibull->logLikelihood, weibullLogLikelihood(durations, weibull->shape, weibull->scale), 1e-12);
        const auto exponential = fitExponential(durations);
        CLOSE(exponential->rate, 10 / 20.1, 1e-14);
        CLOSE(exponential->logLikelihood, weibullLogLikelihood(durations, 1, 1 / exponential->rate), 1e-12);
        for (const double a : {0.99, 1.0, 1.01}) {
            for (const double b : {0.99, 1.0, 1.01}) {
                if (a == 1 && b == 1)
                    continue;
                QVERIFY(lognormalLogLikelihood(durations, lognormal->meanLog * a, lognormal->sdLog * b) <
                        lognormal->logLikelihood);
                QVERIFY(gammaLogLikelihood(durations, gamma->shape * a, gamma->rate * b) < gamma->logLikelihood);
                QVERIFY(weibullLogLikelihood(durations, weibull->shape * a, weibull->scale * b) <
                        weibull->logLikelihood);
            }
        }
    }

    void parametersComeBack() {
        std::mt19937 random(1);
        std::vector<double> gamma(20'000);
        std::vector<double> weibull(20'000);
        std::gamma_distribution<double> gammas(2.5, 2);
        std::weibull_distribution<double> weibulls(1.7, 3);
        for (std::size_t i = 0; i < gamma.size(); ++i) {
            gamma[i] = gammas(random);
            weibull[i] = weibulls(random);
        }
        CLOSE(fitGamma(gamma)->shape, 2.5, 0.03);
        CLOSE(fitGamma(gamma)->rate, 0.5, 0.03);
        CLOSE(fitWeibull(weibull)->shape, 1.7, 0.03);
        CLOSE(fitWeibull(weibull)->scale, 3, 0.03);
    }

    void theUnitDoesNotMatter() {
        std::vector<double> other;
        for (const double value : durations)
            other.push_back(1e-3 * value);
        CLOSE(fitGamma(other)->shape, fitGamma(durations)->shape, 1e-12);
        CLOSE(fitWeibull(other)->shape, fitWeibull(durations)->shape, 1e-12);
        CLOSE(fitLognormal(other)->sdLog, fitLognormal(durations)->sdLog, 1e-12);
    }

    void aSpreadOfABillionthIsSeen() {
        std::vector<double> narrow;
        for (const double value : durations)
            narrow.push_back(0x1p30 + std::round(value * 64) / 64);
        const auto lognormal = fitLognormal(narrow);
        QVERIFY(lognormal->sdLog > 1e-9 && lognormal->sdLog < 2e-9);
        const auto gamma = fitGamma(narrow);
        CLOSE(gamma->shape, 1 / (lognormal->sdLog * lognormal->sdLog), 1e-6);
        const auto weibull = fitWeibull(narrow);
        QVERIFY(weibull->shape > 1e8 && weibull->scale > 0x1p30 && weibull->scale < narrow[0] + 10);
    }

    void noAnswer() {
        for (const auto &values : std::vector<std::vector<double>>{
                 {}, {1}, {1, 0}, {1, -1}, {1, infinite}, {missing, 2}, {5e-324, missing}}) {
            QVERIFY(!fitLognormal(values) && !fitGamma(values) && !fitWeibull(values) && !fitExponential(values));
        }
        const std::vector<double> equal = {2, 2, 2};
        QVERIFY(!fitLognormal(equal) && !fitGamma(equal) && !fitWeibull(equal));
        CLOSE(fitExponential(equal)->rate, 0.5, 1e-15);
        for (const auto &values : hostile()) {
            (void)fitGamma(values);
            (void)fitWeibull(values);
        }
        QVERIFY(fitWeibull(std::vector<double>{1e-300, 1e300}));
        QVERIFY(fitGamma(std::vector<double>{1e-300, 1e300}));
    }
};

QTEST_GUILESS_MAIN(TestFit)
#include "tst_fit.moc"
