// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/stats/correlation.h"

#include "close.h"
#include "core/stats/inversions.h"

#include <QTest>
#include <random>

using namespace ra::stats;
using namespace ra::stats::test;

namespace {

std::vector<double> drawn(std::size_t count, unsigned seed) {
    std::mt19937 random(seed);
    std::uniform_real_distribution<double> any(0, 1);
    std::vector<double> values(count);
    for (double &value : values)
        value = any(random);
    return values;
}

} // namespace

class TestCorrelation : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void linear() {
        // SciPy's documentation of pearsonr: 0.8660254037844386, 0.011724811003954654
        const std::vector<double> a = {0, 0, 0, 1, 1, 1, 1};
        const std::vector<double> b = {0, 1, 2, 3, 4, 5, 6};
        const auto r = pearson(a, b);
        CLOSE(r->r, 0.8660254037844386, 1e-14);
        CLOSE(r->p, 0.011724811003954654, 1e-11);
        CLOSE(std::atanh(r->interval->high) - std::atanh(r->r), 1.959963984540054 / 2, 1e-12);
        QVERIFY(!pearson(std::vector<double>{1, 2, 4}, std::vector<double>{1, 3, 2})->interval);
    }

    void byRanks() {
        // SciPy's documentation of spearmanr: 0.8207826816681233, 0.08858700531354381
        const auto r = spearman(std::vector<double>{1, 2, 3, 4, 5}, std::vector<double>{5, 6, 7, 8, 7});
        CLOSE(r->r, 0.8207826816681233, 1e-13);
        CLOSE(r->p, 0.08858700531354381, 1e-11);
        // Without ties, exactly: 1 3 2 4 against 1 2 3 4, S = 2, r = 0.8; 4 of 24 orders have S <= 2.
        const auto exact = spearman(std::vector<double>{1, 2, 3, 4}, std::vector<double>{1, 3, 2, 4});
        CLOSE(exact->r, 0.8, 1e-14);
        CLOSE(exact->p, 2 * 4.0 / 24, 1e-12);
        const auto negative = spearman(std::vector<double>{1, 2, 3, 4}, std::vector<double>{4, 2, 3, 1});
        CLOSE(negative->p, 2 * 4.0 / 24, 1e-12);
        CLOSE(spearman(std::vector<double>{1, 2, 3, 4}, std::vector<double>{1, 2, 3, 4})->p, 2.0 / 24, 1e-12);
        CLOSE(spearman(std::vector<double>{1, 2, 3, 4}, std::vector<double>{4, 3, 2, 1})->p, 2.0 / 24, 1e-12);
    }

    void theSeriesOfSpearmansPIsNearTheLimit() {
        const auto a = drawn(200, 1);
        auto b = drawn(200, 2);
        for (std::size_t i = 0; i < b.size(); ++i)
            b[i] += 0.15 * a[i];
        const auto r = spearman(a, b);
        const double t = r->r * std::sqrt(198 / (1 - r->r * r->r));
        QVERIFY(std::abs(r->p - std::erfc(std::abs(t) / std::sqrt(2))) < 0.01);
        auto reversed = b;
        for (double &value : reversed)
            value = -value;
        CLOSE(spearman(a, reversed)->r, -r->r, 1e-12);
        QVERIFY(std::abs(spearman(a, reversed)->p - r->p) < 0.01);
    }

    void byPairs() {
        // SciPy's documentation of kendalltau: -0.47140452079103173, 0.2827454599327748
        const auto tau = kendall(std::vector<double>{12, 2, 1, 12, 2}, std::vector<double>{1, 4, 7, 1, 0});
        CLOSE(tau->r, -0.47140452079103173, 1e-13);
        CLOSE(tau->p, 0.2827454599327748, 1e-11);
        // Exactly: one exchange of four has 5 of 6 pairs in order; 4 of 24 orders have at least 5.
        const auto exact = kendall(std::vector<double>{1, 2, 3, 4}, std::vector<double>{1, 3, 2, 4});
        CLOSE(exact->r, 4.0 / 6, 1e-14);
        CLOSE(exact->p, 2 * 4.0 / 24, 1e-12);
        CLOSE(kendall(std::vector<double>{1, 2}, std::vector<double>{1, 2})->p, 1.0, 1e-12);
        // Many pairs, by the limit: near what counting gives.
        const auto large = kendall(drawn(60, 3), drawn(60, 4));
        QVERIFY(large->p > 0.01);
    }

    void kendallAgainstAllPairs() {
        std::mt19937 random(5);
        for (int run = 0; run < 20; ++run) {
            std::vector<double> a(30);
            std::vector<double> b(30);
            for (std::size_t i = 0; i < a.size(); ++i) {
                a[i] = random() % 8;
                b[i] = random() % 6;
            }
            double s = 0;
            double na = 0;
            double nb = 0;
            for (std::size_t i = 0; i < a.size(); ++i) {
                for (std::size_t j = 0; j < i; ++j) {
                    const double x = (a[i] > a[j]) - (a[i] < a[j]);
                    const double y = (b[i] > b[j]) - (b[i] < b[j]);
                    s += x * y;
                    na += x * x;
                    nb += y * y;
                }
            }
            CLOSE(kendall(a, b)->r, s / std::sqrt(na * nb), 1e-13);
        }
    }

    void inversionsAreCountedAsPairs() {
        std::mt19937 random(6);
        for (const std::size_t n : {0U, 1U, 2U, 17U, 200U}) {
            std::vector<double> values(n);
            for (double &value : values)
                value = random() % 20;
            std::uint64_t want = 0;
            for (std::size_t i = 0; i < n; ++i) {
                for (std::size_t j = i + 1; j < n; ++j)
                    want += values[i] > values[j] ? 1 : 0;
            }
            QCOMPARE(sortCountingInversions(values), want);
            QVERIFY(std::ranges::is_sorted(values));
        }
    }

    void scaleDoesNotMatter() {
        const auto a = drawn(20, 7);
        auto b = drawn(20, 8);
        const auto plain = pearson(a, b);
        for (double &value : b)
            value = value * 1e-200 + 1e-200;
        CLOSE(pearson(a, b)->r, plain->r, 1e-13);
        for (double &value : b)
            value *= 1e300;
        CLOSE(pearson(a, b)->p, plain->p, 1e-12);
    }

    void noAnswer() {
        const std::vector<double> three = {1, 2, 3};
        const std::vector<double> equal = {1, 1, 1};
        const std::vector<double> two = {1, 2};
        QVERIFY(!pearson(three, two) && !spearman(three, two) && !kendall(three, two));
        QVERIFY(!pearson(two, two) && !spearman(two, two) && !kendall(std::vector<double>{1}, std::vector<double>{1}));
        QVERIFY(!pearson(three, equal) && !spearman(equal, three) && !kendall(three, equal));
        QVERIFY(!pearson(three, std::vector<double>{1, 2, infinite}) && !pearson(three, three, 1));
        QVERIFY(spearman(three, std::vector<double>{1, 2, infinite}));
        QVERIFY(!pearson(std::vector<double>{1, 2, missing, 3}, std::vector<double>{1, missing, 2, 3}));
        QCOMPARE(pearson(three, three)->p, 0.0);
        for (const auto &a : hostile()) {
            for (const auto &b : hostile()) {
                for (const auto &answer : {pearson(a, b), spearman(a, b), kendall(a, b)})
                    QVERIFY(!answer || (std::abs(answer->r) <= 1 && answer->p >= 0 && answer->p <= 1));
            }
        }
    }
};

QTEST_GUILESS_MAIN(TestCorrelation)
#include "tst_correlation.moc"
