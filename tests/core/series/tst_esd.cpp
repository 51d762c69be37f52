// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/series/esd.h"

#include "data.h"

#include <QTest>

using namespace ra::series;
using namespace ra::series::test;

namespace {

/// B. Rosner, Technometrics 25 (1983) 165-172, as in the NIST/SEMATECH e-Handbook of Statistical Methods, section
/// 1.3.5.17.3, with its table of the test for up to 10 outliers (which cuts
/// digits off rather than rounding).
const std::vector<double> rosner = {-0.25, 0.68, 0.94, 1.15, 1.20, 1.26, 1.26, 1.34, 1.38, 1.43, 1.49, 1.49, 1.55, 1.56,
                                    1.58,  1.65, 1.69, 1.70, 1.76, 1.77, 1.81, 1.91, 1.94, 1.96, 1.99, 2.06, 2.09, 2.10,
                                    2.14,  2.15, 2.23, 2.24, 2.26, 2.35, 2.37, 2.40, 2.47, 2.54, 2.62, 2.64, 2.90, 2.92,
                                    2.92,  2.93, 3.21, 3.26, 3.30, 3.59, 3.68, 4.30, 4.64, 5.34, 5.42, 6.01};
const std::vector<double> statistics = {3.118, 2.942, 3.179, 2.810, 2.815, 2.848, 2.279, 2.310, 2.101, 2.067};
const std::vector<double> criticals = {3.158, 3.151, 3.143, 3.136, 3.128, 3.120, 3.111, 3.103, 3.094, 3.085};

} // namespace

class TestEsd : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void rosnersExampleHasThreeOutliers() {
        QCOMPARE(rosner.size(), std::size_t{54});
        const EsdTest test = generalisedEsd(rosner, 10);
        QCOMPARE(test.steps.size(), statistics.size());
        for (std::size_t i = 0; i < statistics.size(); ++i) {
            QVERIFY2(std::abs(test.steps[i].statistic - statistics[i]) < 1e-3, qPrintable(QString::number(i)));
            QVERIFY2(std::abs(test.steps[i].critical - criticals[i]) < 1e-3, qPrintable(QString::number(i)));
        }
        QCOMPARE(test.outliers, std::size_t{3});
        QCOMPARE(rosner[test.steps[0].index], 6.01);
        QCOMPARE(rosner[test.steps[2].index], 5.34);
    }

    void thePValueCrossesAlphaWhereTheStatisticCrossesItsCriticalValue() {
        for (const double alpha : {0.01, 0.05, 0.2})
            for (const EsdStep &step : generalisedEsd(rosner, 20, alpha).steps)
                QCOMPARE(step.p<alpha, step.statistic> step.critical);
    }

    void offsetsPowersAndSignsChangeNothing() {
        const EsdTest plain = generalisedEsd(rosner, 10);
        for (const auto &[factor, shift] : {std::pair{1e200, 0.0}, {1e-200, 0.0}, {-3.0, 1e6}}) {
            std::vector<double> values = rosner;
            for (double &value : values)
                value = factor * value + shift;
            const EsdTest test = generalisedEsd(values, 10);
            QCOMPARE(test.outliers, plain.outliers);
            for (std::size_t i = 0; i < plain.steps.size(); ++i)
                QVERIFY(std::abs(test.steps[i].statistic - plain.steps[i].statistic) < 1e-7);
        }
    }

    void hostileInputsAreSurvived() {
        for (const std::vector<double> &values : hostile) {
            const EsdTest test = generalisedEsd(values, 5);
            QVERIFY(test.outliers <= test.steps.size() && test.steps.size() <= 5);
            for (const EsdStep &step : test.steps)
                QVERIFY(std::isfinite(values[step.index]) && std::isfinite(step.statistic) && step.p >= 0 &&
                        step.p <= 1);
        }
        QVERIFY(generalisedEsd(std::vector<double>(50, 3.0), 5).steps.empty());
    }
};

QTEST_GUILESS_MAIN(TestEsd)
#include "tst_esd.moc"
