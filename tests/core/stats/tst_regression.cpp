// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/stats/regression.h"

#include "close.h"

#include <QTest>
#include <random>

using namespace ra::stats;
using namespace ra::stats::test;

namespace {

// After the manner of NIST's Filip: a polynomial of degree 10 over a short range. Answers by rational arithmetic
// (Gauss-Jordan elimination of the normal equations with Python's fractions), to 17 digits.
const std::vector<double> nanoX = {
    -8779660437, -8635006092, -8491841824, -8347585998, -8203317446, -8059949369, -7915924046, -7771138832,
    -7627438087, -7483901298, -7339616548, -7195388903, -7051939184, -6907046107, -6763467916, -6619774873,
    -6475960683, -6331909878, -6187545290, -6043561515, -5899926752, -5755747647, -5611904881, -5467422186,
    -5323554860, -5179938019, -5035132983, -4891407079, -4747870185, -4603006527, -4459765917, -4315338741,
    -4171342089, -4027388684, -3883006256, -3739935133, -3595394864, -3451386016, -3307584051, -3163948002};
const std::vector<double> tenthMilliY = {8000, 8037, 8148, 8333, 8592, 8925, 8132, 8613, 9168, 8597,
                                         8100, 8877, 8528, 8253, 8052, 9125, 9072, 9093, 9188, 8157,
                                         8400, 8717, 9108, 8373, 8912, 8325, 9012, 8573, 8208, 9117,
                                         8900, 8757, 8688, 8693, 8772, 8925, 9152, 8253, 8628, 9077};
const std::vector<double> coefficients = {2291.0009804906977,    4225.2123223432236,    3471.7760833541524,
                                          1674.0631327863837,    524.84706096473735,    111.82978414613255,
                                          16.403074764766977,    1.6355719780676177,    0.10609644177658112,
                                          0.0040426095262753731, 6.8699367790506791e-05};
const std::vector<double> errors = {4589.124798282648,     8629.2801613675838,    7200.5290115969292,
                                    3511.6230439892083,    1108.6884460681315,    236.84163361884748,
                                    34.680273749356942,    3.4382656238472147,    0.22096221731460175,
                                    0.0083152848677529242, 0.00013920365052987656};
constexpr double residualSd = 0.036961647543302015;
constexpr double rSquared = 0.29517794771869788;

std::vector<DoubleDouble> parts(const std::vector<double> &values, double divisor) {
    std::vector<DoubleDouble> answer;
    for (const double value : values)
        answer.push_back(DoubleDouble(value) / divisor);
    return answer;
}

} // namespace

class TestRegression : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void aLineByHand() {
        // y of x = 1 to 5: 2 4 5 4 5: slope 0.6, intercept 2.2, residual squares 2.4, df 3
        const std::vector<std::vector<double>> x = {{1, 2, 3, 4, 5}};
        const auto fit = leastSquares(Design::of(x, std::vector<double>{2, 4, 5, 4, 5}));
        CLOSE(fit->coefficients[0], 2.2, 1e-15);
        CLOSE(fit->coefficients[1], 0.6, 1e-15);
        CLOSE(fit->residualSd, std::sqrt(0.8), 1e-15);
        CLOSE(fit->standardErrors[1], std::sqrt(0.08), 1e-15);
        CLOSE(fit->standardErrors[0], std::sqrt(0.8 * 55 / 50), 1e-15);
        CLOSE(fit->r2, 0.6, 1e-15);
        CLOSE(fit->t[1], 0.6 / std::sqrt(0.08), 1e-15);
        CLOSE(fit->p[1], 0.12402706265755456, 1e-10); // 2 P(T(3) > 2.1213203)
        QCOMPARE(fit->df, 3U);
        QCOMPARE(fit->rows, 5U);
        const Interval interval = fit->coefficientInterval(1);
        CLOSE(interval.high - 0.6, 3.182446305284263 * std::sqrt(0.08), 1e-12);
        CLOSE(fit->inverse[3], 0.1, 1e-15);
    }

    void aPolynomialOfDegreeTenToThirteenDigits() {
        const auto fit = leastSquares(Design::polynomial(parts(nanoX, 1e9), parts(tenthMilliY, 1e4), 10));
        QVERIFY(fit.has_value());
        for (std::size_t i = 0; i < coefficients.size(); ++i) {
            CLOSE(fit->coefficients[i], coefficients[i], 1e-14);
            CLOSE(fit->standardErrors[i], errors[i], 1e-14);
        }
        CLOSE(fit->residualSd, residualSd, 1e-14);
        CLOSE(fit->r2, rSquared, 1e-14);
    }

    void wampler() {
        // NIST StRD Wampler1 and 2, by their construction: x = 0 to 20, y = sum of x^i and of (x / 10)^i for i = 0
        // to 5. Certified: all coefficients 1, or 10^-i, and nothing is left.
        std::vector<DoubleDouble> x;
        std::vector<DoubleDouble> whole;
        std::vector<DoubleDouble> tenths;
        for (int i = 0; i <= 20; ++i) {
            x.emplace_back(i);
            DoubleDouble sum = 0;
            DoubleDouble scaled = 0;
            for (int k = 5; k >= 0; --k) {
                sum = sum * static_cast<double>(i) + 1.0;
                scaled = scaled * (DoubleDouble(i) / 10.0) + 1.0;
            }
            whole.push_back(sum);
            tenths.push_back(scaled);
        }
        const auto first = leastSquares(Design::polynomial(x, whole, 5));
        const auto second = leastSquares(Design::polynomial(x, tenths, 5));
        for (std::size_t i = 0; i < 6; ++i) {
            CLOSE(first->coefficients[i], 1, 1e-15);
            CLOSE(second->coefficients[i], std::pow(10, -static_cast<double>(i)), 1e-15);
            QVERIFY(first->standardErrors[i] < 1e-15);
        }
        CLOSE(first->r2, 1, 1e-15);
    }

    void throughTheOrigin() {
        // NIST StRD NoInt1: y 130 to 140 over x 60 to 70; certified 2.07438016528926, R squared 0.999365492298663
        std::vector<std::vector<double>> x(1);
        std::vector<double> y;
        for (int i = 0; i <= 10; ++i) {
            x[0].push_back(60 + i);
            y.push_back(130 + i);
        }
        const auto fit = leastSquares(Design::of(x, y, false));
        CLOSE(fit->coefficients[0], 2.07438016528926, 1e-14);
        CLOSE(fit->r2, 0.999365492298663, 1e-14);
        CLOSE(fit->standardErrors[0], 0.165289256198347e-1, 1e-13);
    }

    void predictions() {
        const auto fit = linearTrend(std::vector<double>{2, 4, 5, 4, 5});
        const Prediction at = predictLine(*fit, 6);
        CLOSE(at.fit, 5.8, 1e-14);
        CLOSE(at.next.high - at.fit, 3.182446305284263 * std::sqrt(0.8 * (1 + 0.2 + 9.0 / 10)), 1e-12);
        // A missing value leaves out its row, not its place.
        CLOSE(linearTrend(std::vector<double>{1, missing, 3})->coefficients[1], 1, 1e-14);
        const auto exact = linearTrend(std::vector<double>{1, 3});
        QCOMPARE(exact->df, 0U);
        QVERIFY(std::isnan(exact->residualSd) && std::isnan(exact->p[0]));
        QVERIFY(std::isnan(predictLine(*exact, 3).next.low));
        CLOSE(predictLine(*exact, 3).fit, 5, 1e-14);
        QVERIFY(std::isnan(exact->coefficientInterval(0).low));
    }

    void scaleAndShift() {
        std::mt19937 random(1);
        std::normal_distribution<double> normal;
        std::vector<std::vector<double>> x(2);
        std::vector<std::vector<double>> scaled(2);
        std::vector<double> y;
        for (int i = 0; i < 50; ++i) {
            x[0].push_back(normal(random));
            x[1].push_back(normal(random));
            y.push_back(2 * x[0].back() - x[1].back() + normal(random));
            scaled[0].push_back(x[0].back() * 1e150);
            scaled[1].push_back(x[1].back() * 1e-150);
        }
        const auto a = leastSquares(Design::of(x, y));
        const auto b = leastSquares(Design::of(scaled, y));
        CLOSE(b->coefficients[1], a->coefficients[1] * 1e-150, 1e-14);
        CLOSE(b->coefficients[2], a->coefficients[2] * 1e150, 1e-14);
        CLOSE(b->p[2], a->p[2], 1e-12);
        CLOSE(b->r2, a->r2, 1e-14);
    }

    void noAnswer() {
        const auto why = [](const Design &design) { return leastSquares(design).error(); };
        const std::vector<std::vector<double>> line = {{1, 2, 3}};
        QVERIFY(why(Design::of(line, std::vector<double>{1, 2})) == NoRegression::NotFinite);
        QVERIFY(why(Design::of(line, std::vector<double>{1, 2, infinite})) == NoRegression::NotFinite);
        QVERIFY(why(Design::of(line, std::vector<double>{1, missing, missing})) == NoRegression::TooFewRows);
        QVERIFY(why(Design::of({}, {}, false)) == NoRegression::TooFewRows);
        const std::vector<std::vector<double>> same = {{1, 2, 3, 4}, {2, 4, 6, 8}};
        QVERIFY(why(Design::of(same, std::vector<double>{1, 2, 3, 5})) == NoRegression::Collinear);
        const std::vector<std::vector<double>> nearly = {
            {0.1, 0.2, 0.3, 0.5}, {0.3, 0.1, 0.7, 0.2}, {0.4, 0.1 + 0.2, 1, 0.7}};
        QVERIFY(why(Design::of(nearly, std::vector<double>{1, 2, 3, 5})) == NoRegression::Collinear);
        const std::vector<std::vector<double>> constant = {{2, 2, 2}};
        QVERIFY(why(Design::of(constant, std::vector<double>{1, 2, 3})) == NoRegression::Collinear);
        QVERIFY(std::isnan(leastSquares(Design::of(line, std::vector<double>{2, 2, 2}))->r2));
        for (const NoRegression reason : {NoRegression::TooFewRows, NoRegression::Collinear, NoRegression::NotFinite,
                                          NoRegression::Separated, NoRegression::NoProgress})
            QVERIFY(std::string(reasonText(reason)).size() > 10);
        for (const auto &values : hostile())
            (void)linearTrend(values);
    }
};

QTEST_GUILESS_MAIN(TestRegression)
#include "tst_regression.moc"
