// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/stats/twosample.h"

#include "close.h"

#include <QTest>

using namespace ra::stats;
using namespace ra::stats::test;

namespace {

// Student's sleep data (A. R. Cushny, A. R. Peebles, J. Physiol. 32 (1905)), as in R's `sleep`.
const std::vector<double> drug1 = {0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0, 2};
const std::vector<double> drug2 = {1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4};

} // namespace

class TestTwoSample : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void theSleepOfStudent() {
        // R: t.test(extra ~ group, data = sleep): t = -1.8608, df = 17.776, p-value = 0.07939, -3.3654832 0.2054832
        const auto welch = welchTest(drug1, drug2);
        CLOSE(welch->t, -1.8608, 1e-5);
        CLOSE(welch->df, 17.776, 1e-4);
        CLOSE(welch->p, 0.07939, 1e-4);
        CLOSE(welch->difference.low, -3.3654832, 1e-7);
        CLOSE(welch->difference.high, 0.2054832, 1e-6);
        // R: t.test(..., var.equal = TRUE): t = -1.8608, df = 18, p-value = 0.07919
        const auto student = studentTest(drug1, drug2);
        CLOSE(student->t, -1.8608, 1e-5);
        QCOMPARE(student->df, 18.0);
        CLOSE(student->p, 0.07919, 1e-4);
    }

    void varianceRatioByHand() {
        // Variances 2.5 and 10 of five values each; F(4, 4) has P(F > f) = (3 f + 1) / (1 + f)^3.
        const std::vector<double> a = {1, 2, 3, 4, 5};
        const std::vector<double> b = {2, 4, 6, 8, 10};
        const auto ratio = varianceRatio(b, a);
        QCOMPARE(ratio->f, 4.0);
        CLOSE(ratio->p, 2 * 13.0 / 125, 1e-12);
        CLOSE(ratio->ratio.low * ratio->ratio.high, 16, 1e-12); // quantiles of F(4, 4) are each other's inverses
        const auto inverse = varianceRatio(a, b);
        CLOSE(inverse->p, ratio->p, 1e-12);
        CLOSE(inverse->ratio.low, 1 / ratio->ratio.high, 1e-12);
    }

    void standardizedDifferences() {
        // Means 3 and 4, both with variance 2.5: d = -1 / sqrt(2.5); J(8) = Gamma(4) / (2 Gamma(3.5)) = 0.9027
        const auto effect =
            standardizedDifference(std::vector<double>{1, 2, 3, 4, 5}, std::vector<double>{2, 3, 4, 5, 6});
        CLOSE(effect->d, -1 / std::sqrt(2.5), 1e-14);
        CLOSE(effect->g / effect->d, 6 / (2 * 3.3233509704478426), 1e-12);
    }

    void exchangingTheSamplesTurnsTheSign() {
        const auto ab = welchTest(drug1, drug2);
        const auto ba = welchTest(drug2, drug1);
        CLOSE(ab->t, -ba->t, 1e-15);
        CLOSE(ab->p, ba->p, 1e-15);
        CLOSE(ab->difference.low, -ba->difference.high, 1e-14);
    }

    void largeMeansLoseNothing() {
        std::vector<double> a;
        std::vector<double> b;
        for (std::size_t i = 0; i < drug1.size(); ++i) {
            a.push_back(std::round(drug1[i] * 16) / 16 + 0x1p40);
            b.push_back(std::round(drug2[i] * 16) / 16 + 0x1p40);
        }
        std::vector<double> smallA;
        std::vector<double> smallB;
        for (std::size_t i = 0; i < a.size(); ++i) {
            smallA.push_back(a[i] - 0x1p40);
            smallB.push_back(b[i] - 0x1p40);
        }
        CLOSE(welchTest(a, b)->t, welchTest(smallA, smallB)->t, 1e-14);
    }

    void noAnswer() {
        const std::vector<double> one = {1};
        const std::vector<double> equal = {2, 2};
        const std::vector<double> some = {1, 2, missing};
        QVERIFY(!welchTest(one, some) && !studentTest(some, one) && !varianceRatio(one, some));
        QVERIFY(!standardizedDifference(some, one));
        QVERIFY(!welchTest(equal, equal) && !studentTest(equal, equal) && !standardizedDifference(equal, equal));
        QVERIFY(!varianceRatio(equal, some) && !varianceRatio(some, equal));
        QVERIFY(welchTest(equal, some));
        QVERIFY(!welchTest(some, some, 0) && !varianceRatio(some, some, 2));
        for (const auto &a : hostile()) {
            for (const auto &b : hostile()) {
                const auto test = welchTest(a, b);
                QVERIFY(!test || (test->p >= 0 && test->p <= 1));
                (void)studentTest(a, b);
                (void)varianceRatio(a, b);
                (void)standardizedDifference(a, b);
            }
        }
    }
};

QTEST_GUILESS_MAIN(TestTwoSample)
#include "tst_twosample.moc"
