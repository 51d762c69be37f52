// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/series/arma.h"

#include "core/series/diffusefilter.h"
#include "data.h"

#include <Eigen/Dense>
#include <QTest>

using namespace ra::series;
using namespace ra::series::test;

namespace {

/// Log determinant and quadratic form of the covariance of n values, from 4,000 weights ψ: the definition itself.
std::pair<double, double> byDefinition(const std::vector<double> &ar, const std::vector<double> &ma,
                                       const std::vector<double> &y) {
    const std::vector<double> psi = psiWeights(ar, ma, 4000);
    const auto n = static_cast<Eigen::Index>(y.size());
    Eigen::MatrixXd covariance(n, n);
    for (Eigen::Index lag = 0; lag < n; ++lag) {
        double gamma = 0;
        for (std::size_t j = 0; j + static_cast<std::size_t>(lag) < psi.size(); ++j)
            gamma += psi[j] * psi[j + static_cast<std::size_t>(lag)];
        for (Eigen::Index i = 0; i + lag < n; ++i)
            covariance(i, i + lag) = covariance(i + lag, i) = gamma;
    }
    const Eigen::LLT<Eigen::MatrixXd> factor(covariance);
    const Eigen::VectorXd x = Eigen::Map<const Eigen::VectorXd>(y.data(), n);
    const Eigen::MatrixXd l = factor.matrixL();
    return {2 * l.diagonal().array().log().sum(), x.dot(factor.solve(x))};
}

double squares(const Innovations &innovations) {
    double sum = 0;
    for (const double v : innovations.values)
        sum += std::isnan(v) ? 0 : v * v;
    return sum;
}

} // namespace

class TestArma : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void partialsAndCoefficientsAreTwoNamesOfOneModel() {
        const std::vector<double> partials{0.5, -0.3, 0.8, -0.95};
        const auto back = partialsFromAr(arFromPartials(partials));
        QVERIFY(back && distance(*back, partials) < 1e-12);
        // By hand: φ1 = r1 (1 - r2).
        QVERIFY(distance(arFromPartials(std::vector<double>{0.5, -0.3}), {0.65, -0.3}) < 1e-15);
        QVERIFY(!partialsFromAr(std::vector<double>{1.01}));
        QVERIFY(!partialsFromAr(std::vector<double>{0.5, 0.6}));
        QVERIFY(!partialsFromAr(std::vector<double>{missing}));
    }

    void polynomialsAreMultiplied() {
        // (1 - 0.5 B)(1 - 0.4 B^3) = 1 - 0.5 B - 0.4 B^3 + 0.2 B^4
        QVERIFY(distance(multiplied(std::vector<double>{0.5}, std::vector<double>{0.4}, 3, false),
                         {0.5, 0, 0.4, -0.2}) < 1e-15);
        QVERIFY(distance(multiplied(std::vector<double>{0.5}, std::vector<double>{0.4}, 3, true), {0.5, 0, 0.4, 0.2}) <
                1e-15);
        // ψ of ARMA(1, 1): φ^(j-1) (φ + θ)
        QVERIFY(distance(psiWeights(std::vector<double>{0.5}, std::vector<double>{0.25}, 4), {1, 0.75, 0.375, 0.1875}) <
                1e-15);
    }

    void theFilterIsTheDefinition_data() {
        QTest::addColumn<QList<double>>("ar");
        QTest::addColumn<QList<double>>("ma");
        QTest::newRow("white noise") << QList<double>{} << QList<double>{};
        QTest::newRow("AR(1)") << QList<double>{0.8} << QList<double>{};
        QTest::newRow("MA(1)") << QList<double>{} << QList<double>{0.7};
        QTest::newRow("unit root in MA") << QList<double>{} << QList<double>{-1};
        QTest::newRow("ARMA(1,1)") << QList<double>{0.9} << QList<double>{-0.4};
        QTest::newRow("ARMA(2,3)") << QList<double>{0.5, -0.6} << QList<double>{0.3, 0.5, -0.2};
        QTest::newRow("AR(3)") << QList<double>{0.5, 0.2, -0.4} << QList<double>{};
        QTest::newRow("seasonal") << QList<double>{0.5, 0, 0, 0.6, -0.3} << QList<double>{0, 0, 0, -0.5};
    }
    void theFilterIsTheDefinition() {
        QFETCH(QList<double>, ar);
        QFETCH(QList<double>, ma);
        const std::vector<double> phi(ar.begin(), ar.end());
        const std::vector<double> theta(ma.begin(), ma.end());
        const std::vector<double> y = armaSample(60, 0.4, 0.2);
        const auto [determinant, form] = byDefinition(phi, theta, y);
        const auto filter = ArmaFilter::make(phi, theta);
        QVERIFY(filter);
        Innovations innovations;
        filter->run(y, y.size(), innovations);
        QVERIFY(std::abs(innovations.sumLogVariance - determinant) < 1e-9);
        QVERIFY(std::abs(squares(innovations) - form) < 1e-9 * form);
        // Without settling, and in the other filter, the same.
        std::vector<double> state;
        Innovations whole;
        filter->run(y, y.size(), whole, &state);
        QVERIFY(distance(whole.values, innovations.values) < 1e-10);
        auto general = DiffuseFilter::make(phi, theta, {});
        QVERIFY(general);
        Innovations third;
        general->run(y, y.size(), third);
        QVERIFY(distance(third.values, innovations.values) < 1e-9);
        QVERIFY(std::abs(third.sumLogVariance - determinant) < 1e-8);
        QVERIFY(distance(general->ahead(7), filter->ahead(y, 7)) < 1e-9);
    }

    void severalColumnsAreFilteredAtOnce() {
        const auto filter = ArmaFilter::make(std::vector<double>{0.6}, std::vector<double>{0.3});
        const std::vector<double> a = armaSample(30, 0.5, 0, 1);
        const std::vector<double> b = armaSample(30, 0.5, 0, 2);
        std::vector<double> both = a;
        both.insert(both.end(), b.begin(), b.end());
        Innovations of[3];
        filter->run(a, 30, of[0]);
        filter->run(b, 30, of[1]);
        filter->run(both, 30, of[2]);
        of[0].values.insert(of[0].values.end(), of[1].values.begin(), of[1].values.end());
        QVERIFY(distance(of[0].values, of[2].values) < 1e-14);
        QVERIFY(std::abs(filter->variance() - (1 + 0.9 * 0.9 / (1 - 0.36))) < 1e-12);
    }

    void aMissingValueIsIntegratedOut() {
        // An AR(1) seen every other time has variance 1 + φ² between what is seen.
        const std::vector<double> y{1, missing, 0.5, missing, 2};
        auto filter = DiffuseFilter::make(std::vector<double>{0.6}, {}, {});
        Innovations innovations;
        filter->run(y, y.size(), innovations);
        QCOMPARE(innovations.used, std::size_t{3});
        QVERIFY(std::abs(innovations.values[2] - (0.5 - 0.36) / std::sqrt(1.36)) < 1e-12);
        QVERIFY(std::isnan(innovations.values[1]));
        QVERIFY(std::abs(filter->ahead(2)[1] - 0.72) < 1e-12);
    }

    void whatIsNotStationaryIsRefused() {
        QVERIFY(!ArmaFilter::make(std::vector<double>{1.0}, {}));
        QVERIFY(!ArmaFilter::make(std::vector<double>{missing}, {}));
        QVERIFY(!DiffuseFilter::make(std::vector<double>{0.2, 0.9}, {}, {}));
        Innovations none;
        ArmaFilter::make({}, {})->run({}, 0, none);
        QVERIFY(none.values.empty());
        auto filter = DiffuseFilter::make({}, {}, {});
        filter->run({}, 0, none);
        QVERIFY(filter->ahead(0).empty());
        QCOMPARE(DiffuseFilter::make({}, {}, {})->ahead(1)[0], 0.0);
    }
};

QTEST_GUILESS_MAIN(TestArma)
#include "tst_arma.moc"
