// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/stats/distances.h"

#include "close.h"
#include "core/stats/distributions.h"

#include <QTest>
#include <random>

using namespace ra::stats;
using namespace ra::stats::test;

namespace {

std::vector<double> normal(std::size_t count, unsigned seed, double sd = 1) {
    std::mt19937 random(seed);
    std::normal_distribution<double> distribution(0, sd);
    std::vector<double> values(count);
    for (double &value : values)
        value = distribution(random);
    return values;
}

} // namespace

class TestDistances : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void kolmogorovSmirnovByCounting() {
        // Three and three, all apart: 2 of the 20 orders.
        const auto apart = kolmogorovSmirnov(std::vector<double>{1, 2, 3}, std::vector<double>{4, 5, 6});
        QCOMPARE(apart->d, 1.0);
        CLOSE(*apart->pExact, 0.1, 1e-14);
        // Two and three, 1 3 | 2 4 5: D = 2/3; of the ten paths those that are 2/3 apart somewhere: counted below.
        const auto test = kolmogorovSmirnov(std::vector<double>{1, 3}, std::vector<double>{2, 4, 5});
        CLOSE(test->d, 2.0 / 3, 1e-14);
        int extreme = 0;
        for (int i = 0; i < 5; ++i) {
            for (int j = i + 1; j < 5; ++j) {
                double a = 0;
                double b = 0;
                double d = 0;
                for (int k = 0; k < 5; ++k) {
                    (k == i || k == j ? a : b) += k == i || k == j ? 0.5 : 1.0 / 3;
                    d = std::max(d, std::abs(a - b));
                }
                extreme += d >= 2.0 / 3 - 1e-9 ? 1 : 0;
            }
        }
        CLOSE(*test->pExact, extreme / 10.0, 1e-14);
    }

    void kolmogorovSmirnovWithTies() {
        // 1 1 | 1 2: only the end of the ties counts: D = 1/2. All six choices of two of 1 1 1 2 are as far apart.
        const auto test = kolmogorovSmirnov(std::vector<double>{1, 1}, std::vector<double>{1, 2});
        QCOMPARE(test->d, 0.5);
        CLOSE(*test->pExact, 1.0, 1e-14);
        const auto same = kolmogorovSmirnov(std::vector<double>{3, 3}, std::vector<double>{3});
        QCOMPARE(same->d, 0.0);
        QCOMPARE(*same->pExact, 1.0);
        QCOMPARE(same->pAsymptotic, 1.0);
    }

    void theLimitAndTheExactAgreeForManyValues() {
        const auto test = kolmogorovSmirnov(normal(400, 1), normal(300, 2, 1.15));
        QVERIFY(std::abs(test->pAsymptotic - *test->pExact) < 0.03);
        // 2 exp(-2 x^2) far out
        const auto far = kolmogorovSmirnov(std::vector<double>(40, 1.0), std::vector<double>(40, 2.0));
        CLOSE(far->pAsymptotic, 2 * std::exp(-40.0), 1e-12);
        QVERIFY(*far->pExact > 0 && *far->pExact < 1e-20); // 2 / choose(80, 40), given the ties
        QVERIFY(!kolmogorovSmirnov(normal(4'000, 3), normal(4'000, 4))->pExact);
    }

    void shapiroWilk() {
        // Weights of men of P. Royston (1995) and of the Wikipedia's example: W = 0.79, p = 0.0067 (R: 0.78881,
        // 0.006704)
        const auto test =
            ra::stats::shapiroWilk(std::vector<double>{148, 154, 158, 160, 161, 162, 166, 170, 182, 195, 236});
        CLOSE(test->w, 0.78881, 1e-5);
        CLOSE(test->p, 0.006704, 1e-3);
        // Three values by hand: W = (x3 - x1)^2 / 2 / squares; p = 6 / pi (asin sqrt W - asin sqrt 3/4)
        const auto three = ra::stats::shapiroWilk(std::vector<double>{0, 1, 3});
        CLOSE(three->w, 4.5 / (14.0 / 3), 1e-12);
        CLOSE(three->p, 6 / 3.141592653589793 * (std::asin(std::sqrt(three->w)) - 1.0471975511965976), 1e-12);
        QCOMPARE(ra::stats::shapiroWilk(std::vector<double>{0, 0, 1})->p < 1e-6, true);
    }

    void normalDataPassAndOthersDoNot() {
        int rejected = 0;
        int rejectedByDistance = 0;
        for (unsigned run = 0; run < 400; ++run) {
            const auto x = normal(50, 10 + run);
            rejected += ra::stats::shapiroWilk(x)->p < 0.05 ? 1 : 0;
            rejectedByDistance += andersonDarlingNormal(x)->p < 0.05 ? 1 : 0;
        }
        QVERIFY2(rejected > 7 && rejected < 35, qPrintable(QString::number(rejected)));
        QVERIFY2(rejectedByDistance > 7 && rejectedByDistance < 35, qPrintable(QString::number(rejectedByDistance)));
        std::vector<double> skewed;
        for (const double value : normal(80, 5))
            skewed.push_back(std::exp(value));
        QVERIFY(ra::stats::shapiroWilk(skewed)->p < 1e-6);
        QVERIFY(andersonDarlingNormal(skewed)->p < 1e-6);
        // Small samples, and every branch of the table of p.
        for (const std::size_t n : {4U, 5U, 6U, 8U, 11U, 12U})
            QVERIFY(ra::stats::shapiroWilk(normal(n, 3))->p > 0.01);
        std::vector<double> perfect;
        for (int i = 1; i < 100; ++i)
            perfect.push_back(dist::normalQuantile(i / 100.0));
        QVERIFY(andersonDarlingNormal(perfect)->p > 0.9);
        QVERIFY(ra::stats::shapiroWilk(perfect)->p > 0.9);
    }

    void shiftAndScaleChangeNeither() {
        const auto x = normal(40, 6);
        std::vector<double> other;
        for (const double value : x)
            other.push_back(1e6 - 1e-3 * value);
        CLOSE(ra::stats::shapiroWilk(other)->w, ra::stats::shapiroWilk(x)->w, 1e-6);
        CLOSE(andersonDarlingNormal(other)->a2, andersonDarlingNormal(x)->a2, 1e-5);
    }

    void andersonDarlingOfTwoSamples() {
        // 1 2 | 3 4 without ties, by equation 6: sums of (M N - n j)^2 / (j (N - j)) over j = 1, 2, 3, for both samples
        // the same: (1/N) sum = ((4 - 2)^2 / 3 + (8 - 4)^2 / 4 + (8 - 6)^2 / 3) / 4 / n with n = 2, twice.
        const auto apart = andersonDarlingTwoSample(std::vector<double>{1, 2}, std::vector<double>{3, 4}, 1, 999);
        QVERIFY(apart->a2 > 0);
        QVERIFY(std::abs(apart->p - 1.0 / 3) < 0.05); // 2 of 6 orders
        const auto same = andersonDarlingTwoSample(normal(40, 7), normal(40, 8), 1, 999);
        QVERIFY(same->p > 0.01);
        const auto spread = andersonDarlingTwoSample(normal(60, 9), normal(60, 10, 3), 1, 999);
        QCOMPARE(spread->p, 0.001);
        QCOMPARE(andersonDarlingTwoSample(normal(20, 1), normal(20, 2), 5, 99)->p,
                 andersonDarlingTwoSample(normal(20, 1), normal(20, 2), 5, 99)->p);
    }

    void hostileInputs() {
        QVERIFY(!ra::stats::shapiroWilk(std::vector<double>(6'000, 1.0)) &&
                !ra::stats::shapiroWilk(std::vector<double>{1, 2}));
        QVERIFY(!andersonDarlingNormal(normal(7, 1)) && !andersonDarlingNormal(std::vector<double>(10, 2.0)));
        for (const auto &a : hostile()) {
            const auto test = ra::stats::shapiroWilk(a);
            QVERIFY(!test || (test->p >= 0 && test->p <= 1 && test->w > 0 && test->w <= 1 + 1e-12));
            (void)andersonDarlingNormal(a);
            for (const auto &b : hostile()) {
                const auto distance = kolmogorovSmirnov(a, b);
                QVERIFY(!distance ||
                        (distance->pAsymptotic >= 0 && distance->pAsymptotic <= 1 && *distance->pExact <= 1));
                (void)andersonDarlingTwoSample(a, b, 1, 9);
            }
        }
    }
};

QTEST_GUILESS_MAIN(TestDistances)
#include "tst_distances.moc"
