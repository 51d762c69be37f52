// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/stats/ranktests.h"

#include "close.h"
#include "core/stats/quantile.h"

#include <QTest>
#include <random>

using namespace ra::stats;
using namespace ra::stats::test;

namespace {

std::vector<double> drawn(std::size_t count, unsigned seed, int different, double shift = 0) {
    std::mt19937 random(seed);
    std::vector<double> values(count);
    for (double &value : values)
        value = static_cast<double>(random() % static_cast<unsigned>(different)) + shift;
    return values;
}

std::vector<double> differences(const std::vector<double> &a, const std::vector<double> &b) {
    std::vector<double> all;
    for (const double x : a) {
        for (const double y : b)
            all.push_back(x - y);
    }
    std::ranges::sort(all);
    return all;
}

} // namespace

class TestRankTests : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void equalValuesShareTheirRank() {
        QCOMPARE(midRanks(std::vector<double>{3, 1, 3, 2}), (std::vector<double>{3.5, 1, 3.5, 2}));
        QVERIFY(midRanks({}).empty());
    }

    void smallSamplesExactly() {
        // SciPy's documentation of mannwhitneyu: U = 17, exact p = 0.1111111; asymptotic with continuity 0.11134688653
        const auto test = mannWhitney(std::vector<double>{19, 22, 16, 29, 24}, std::vector<double>{20, 11, 17, 12});
        QCOMPARE(test->u, 17.0);
        QVERIFY(test->isExact);
        CLOSE(test->pExact, 14.0 / 126, 1e-12);
        CLOSE(test->pCorrected, 0.11134688653314041, 1e-12);
        QVERIFY(test->pNormal < test->pCorrected);
    }

    void exactWithTiesByCounting() {
        // 1 1 2 | 1 3: midranks 2 2 4 2 5. Sums of three of them: 4 times each of 6?.. counted: all ten choices.
        const std::vector<double> a = {1, 1, 2};
        const std::vector<double> b = {1, 3};
        const std::vector<double> ranks = {2, 2, 4, 2, 5};
        double extreme = 0;
        double all = 0;
        for (int i = 0; i < 5; ++i) {
            for (int j = i + 1; j < 5; ++j) {
                for (int k = j + 1; k < 5; ++k) {
                    const auto at = [&](int m) { return ranks[static_cast<std::size_t>(m)]; };
                    ++all;
                    extreme += std::abs(at(i) + at(j) + at(k) - 9) >= std::abs(8 - 9) - 1e-9 ? 1 : 0;
                }
            }
        }
        CLOSE(mannWhitney(a, b)->pExact, extreme / all, 1e-12);
    }

    void largeSamplesByTheNormalLimit() {
        const auto a = drawn(60, 1, 40);
        const auto b = drawn(45, 2, 40, 3);
        const auto test = mannWhitney(a, b);
        QVERIFY(!test->isExact);
        QCOMPARE(test->pExact, test->pNormal);
        // Just below the limit both agree.
        const auto near = mannWhitney(std::span(a).first(49), b);
        QVERIFY(near->isExact);
        QVERIFY(std::abs(near->pExact - near->pNormal) < 0.005);
        CLOSE(mannWhitney(b, a)->pNormal, test->pNormal, 1e-12);
        CLOSE(mannWhitney(b, a)->u + test->u, 60 * 45, 1e-12);
    }

    void aSmallSampleOfEqualValuesIsNoEvidence() {
        // One of 90 differs: it lies in the sample of ten by chance in 10 / 90 of all cases.
        const std::vector<double> a(80, 0.0);
        std::vector<double> b(10, 0.0);
        b[4] = 1;
        const auto test = mannWhitney(a, b);
        QVERIFY(test->isExact);
        CLOSE(test->pExact, 10.0 / 90, 1e-12);
        CLOSE(mannWhitney(b, a)->pExact, 10.0 / 90, 1e-12);
        QVERIFY(test->pNormal < 0.005); // which the limit takes for certain
        QVERIFY(!mannWhitney(std::vector<double>(100'000, 0.0), b)->isExact);
    }

    void cliffsDeltaCountsPairs() {
        QCOMPARE(*cliffsDelta(std::vector<double>{1, 2}, std::vector<double>{3, 4}), -1.0);
        QCOMPARE(*cliffsDelta(std::vector<double>{1, 3}, std::vector<double>{1, 2}), 0.25); // of four: 2 above, 1 below
        QCOMPARE(*cliffsDelta(std::vector<double>{5}, std::vector<double>{5}), 0.0);
        const auto a = drawn(30, 3, 20);
        const auto b = drawn(40, 4, 20, 4);
        const auto interval = cliffsDeltaInterval(a, b);
        QVERIFY(-1 <= interval->low && interval->low < *cliffsDelta(a, b) && *cliffsDelta(a, b) < interval->high);
        const auto mirrored = cliffsDeltaInterval(b, a);
        CLOSE(mirrored->low, -interval->high, 1e-9);
        // All apart: certain only as far as two samples of that size can tell.
        const auto apart = cliffsDeltaInterval(std::vector<double>{1, 2, 3}, std::vector<double>{7, 8, 9});
        QCOMPARE(apart->low, -1.0);
        QVERIFY(apart->high > -1 && apart->high < 1);
        QCOMPARE(cliffsDeltaInterval(std::vector<double>{7, 8, 9}, std::vector<double>{1, 2, 3})->high, 1.0);
    }

    void cliffsIntervalCovers() {
        std::mt19937 random(9);
        std::normal_distribution<double> normal;
        int covered = 0;
        for (int run = 0; run < 1'000; ++run) {
            std::vector<double> a(25);
            std::vector<double> b(35);
            for (double &value : a)
                value = normal(random) + 0.7;
            for (double &value : b)
                value = normal(random);
            const auto interval = cliffsDeltaInterval(a, b);
            const double truth = std::erf(0.7 / 2); // 2 Phi(0.7 / sqrt 2) - 1
            covered += interval->low <= truth && truth <= interval->high ? 1 : 0;
        }
        QVERIFY2(covered > 930 && covered < 975, qPrintable(QString::number(covered)));
    }

    void theShiftIsTheMedianDifference_data() {
        QTest::addColumn<int>("na");
        QTest::addColumn<int>("nb");
        QTest::addColumn<int>("different");
        for (const auto &[na, nb] : {std::pair{1, 1}, {3, 4}, {20, 30}, {60, 55}, {200, 150}}) {
            for (const int different : {3, 1'000'000})
                QTest::addRow("%d x %d of %d", na, nb, different) << na << nb << different;
        }
    }
    void theShiftIsTheMedianDifference() {
        QFETCH(int, na);
        QFETCH(int, nb);
        QFETCH(int, different);
        const auto a = drawn(static_cast<std::size_t>(na), 5, different, 2);
        const auto b = drawn(static_cast<std::size_t>(nb), 6, different);
        const auto all = differences(a, b);
        const auto shift = hodgesLehmann(a, b);
        CLOSE(shift->estimate, *median(all), 1e-15);
        QVERIFY(shift->interval.low <= shift->estimate && shift->estimate <= shift->interval.high);
        if (std::isfinite(shift->interval.low)) {
            QVERIFY(std::ranges::binary_search(all, shift->interval.low));
            QVERIFY(std::ranges::binary_search(all, shift->interval.high));
        }
    }

    void theShiftsExactInterval() {
        // Five and five without ties: P(U <= 2) = 4/252 <= 0.025 < P(U <= 3) = 7/252, so three lie outside at either
        // end.
        const std::vector<double> a = {1.1, 2.3, 3.7, 5.2, 8.6};
        const std::vector<double> b = {0.2, 1.4, 2.9, 4.1, 6.5};
        const auto all = differences(a, b);
        const auto shift = hodgesLehmann(a, b);
        QCOMPARE(shift->interval, (Interval{all[2], all[22]}));
        QCOMPARE(hodgesLehmann(std::vector<double>{1}, std::vector<double>{2})->interval,
                 (Interval{-infinite, infinite}));
    }

    void theRankShiftIsNearTheMedianDifference() {
        const auto a = drawn(40, 7, 1'000'000, 300'000);
        const auto b = drawn(50, 8, 1'000'000);
        const double exact = hodgesLehmann(a, b)->estimate;
        QVERIFY(std::abs(*rankShift(a, b) - exact) < 200); // steps of some 500 lie around the median
        QCOMPARE(*rankShift(std::vector<double>{4}, std::vector<double>{1}), 3.0);
        QVERIFY(!rankShift(std::vector<double>{infinite}, std::vector<double>{1}));
    }

    void spreadByMood() {
        const std::vector<double> narrow = {4.9, 5, 5.1, 5.2, 4.8};
        const std::vector<double> wide = {1, 9, 3, 8, 2};
        // Ranks 6 5 ... : the wide ones take 1 2 3 9 10... by hand: narrow ranks 4 to 8, wide 1 2 3 9 10.
        // T(wide) = 4.5^2 + 3.5^2 + 2.5^2 + 3.5^2 + 4.5^2 = 71.25; E = 5 * 99 / 12 = 41.25; V = 25 * 11 * 12 * 8 / 180
        const auto test = moodTest(wide, narrow);
        CLOSE(test->z, 30 / std::sqrt(25.0 * 11 * 12 * 8 / 180), 1e-12);
        CLOSE(moodTest(narrow, wide)->z, -test->z, 1e-12);
        QCOMPARE(moodTest(std::vector<double>{2, 2}, std::vector<double>{2, 2})->p, 1.0);
        QVERIFY(!moodTest(std::vector<double>{1}, std::vector<double>{2}));
    }

    void monotonicTransformationsChangeNoRankTest() {
        const auto a = drawn(20, 10, 15);
        const auto b = drawn(25, 11, 15, 2);
        const auto exponential = [](std::vector<double> values) {
            for (double &value : values)
                value = std::exp(value);
            return values;
        };
        CLOSE(mannWhitney(a, b)->pExact, mannWhitney(exponential(a), exponential(b))->pExact, 1e-15);
        QCOMPARE(*cliffsDelta(a, b), *cliffsDelta(exponential(a), exponential(b)));
    }

    void hostileInputs() {
        QVERIFY(!mannWhitney({}, std::vector<double>{1}) &&
                !cliffsDelta(std::vector<double>{missing}, std::vector<double>{1}));
        QVERIFY(!hodgesLehmann({}, std::vector<double>{1}) &&
                !cliffsDeltaInterval(std::vector<double>{1}, drawn(5, 1, 9)));
        QVERIFY(!hodgesLehmann(drawn(5, 1, 9), drawn(5, 1, 9), 1) &&
                !cliffsDeltaInterval(drawn(5, 1, 9), drawn(5, 1, 9), 0));
        for (const auto &a : hostile()) {
            for (const auto &b : hostile()) {
                const auto test = mannWhitney(a, b);
                QVERIFY(!test ||
                        (test->pExact >= 0 && test->pExact <= 1 && test->pNormal <= 1 && test->pCorrected <= 1));
                const auto delta = cliffsDelta(a, b);
                QVERIFY(!delta || std::abs(*delta) <= 1);
                const auto interval = cliffsDeltaInterval(a, b);
                QVERIFY(!interval || (interval->low >= -1 && interval->high <= 1));
                (void)hodgesLehmann(a, b);
                (void)rankShift(a, b);
                (void)moodTest(a, b);
            }
        }
    }
};

QTEST_GUILESS_MAIN(TestRankTests)
#include "tst_ranktests.moc"
