// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/stats/bootstrap.h"

#include "close.h"
#include "core/stats/quantile.h"
#include "core/stats/random.h"

#include <QTest>
#include <random>

using namespace ra::stats;
using namespace ra::stats::test;

namespace {

std::vector<double> exponential(std::size_t count, unsigned seed) {
    Random random(seed);
    std::vector<double> values(count);
    for (double &value : values)
        value = -std::log1p(-random.uniform());
    return values;
}

} // namespace

class TestBootstrap : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void randomNumbersAreThoseOfTheReference() {
        // splitmix64 of seed 0 begins with these (Vigna's splitmix64.c); xoshiro256++ of that state starts with
        // rotl(s0 + s3, 23) + s0.
        const std::uint64_t s0 = 0xe220a8397b1dcdafU;
        const std::uint64_t s3 = 0xf88bb8a8724c81ecU;
        QCOMPARE(Random(0).next(), std::rotl(s0 + s3, 23) + s0);
        Random random(7);
        for (int i = 0; i < 1'000; ++i) {
            QVERIFY(random.below(10) < 10);
            const double u = random.uniform();
            QVERIFY(u >= 0 && u < 1);
        }
    }

    void theSameSeedGivesTheSameInterval() {
        const auto x = exponential(50, 1);
        const auto a = bootstrap(x, countedMean(), {.seed = 5});
        const auto b = bootstrap(x, countedMean(), {.seed = 5});
        const auto c = bootstrap(x, countedMean(), {.seed = 6});
        QCOMPARE(a->percentile, b->percentile);
        QCOMPARE(*a->bca, *b->bca);
        QVERIFY(a->percentile != c->percentile);
    }

    void smallSamplesAgainstAllTheirResamples() {
        // 1 2 4: the 27 resamples have means 1 (1 way), 4/3 (3), 5/3 (3), 2 (4), 7/3 (6), 8/3 (3), 3 (3), 10/3 (3), 4
        // (1).
        const auto interval =
            bootstrap(std::vector<double>{1, 2, 4}, countedMean(), {.level = 0.8, .resamples = 49'999});
        CLOSE(interval->estimate, 7.0 / 3, 1e-15);
        CLOSE(interval->percentile.low, 4.0 / 3, 1e-12);   // below it 1/27, up to it 4/27
        CLOSE(interval->percentile.high, 10.0 / 3, 1e-12); // up to 3 23/27, up to 10/3 26/27
    }

    void quantilesByDrawingAndExactly() {
        for (const std::size_t n : {2U, 9U, 40U, 41U}) {
            const auto x = exponential(n, static_cast<unsigned>(n));
            for (const double q : {0.0, 0.25, 0.5, 0.95, 1.0}) {
                const auto drawn = bootstrap(x, countedQuantile(q), {.level = 0.9, .resamples = 20'000});
                const auto exact = bootstrapQuantile(x, q, {.level = 0.9});
                QVERIFY(drawn && exact);
                QCOMPARE(drawn->estimate, exact->estimate);
                // The drawn ends lie between the exact ones of a slightly narrower and a slightly wider interval.
                const auto narrow = bootstrapQuantile(x, q, {.level = 0.88});
                const auto wide = bootstrapQuantile(x, q, {.level = 0.92});
                QVERIFY(drawn->percentile.low >= wide->percentile.low - 1e-12 &&
                        drawn->percentile.low <= narrow->percentile.low + 1e-12);
                QVERIFY(drawn->percentile.high <= wide->percentile.high + 1e-12 &&
                        drawn->percentile.high >= narrow->percentile.high - 1e-12);
                QCOMPARE(drawn->bca.has_value(), exact->bca.has_value());
            }
        }
    }

    void intervalsCoverAndShiftWithTheData() {
        int covered = 0;
        for (unsigned run = 0; run < 200; ++run) {
            const auto interval = bootstrap(exponential(60, 100 + run), countedSd(), {.resamples = 999});
            covered += interval->bca->low <= 1 && 1 <= interval->bca->high ? 1 : 0;
        }
        QVERIFY(covered > 160 && covered < 200); // of an exponential's sd BCa covers some 88 to 92 % at n = 60
        const auto x = exponential(30, 3);
        std::vector<double> shifted;
        for (const double value : x)
            shifted.push_back(8 * value + 1024);
        const auto a = bootstrap(x, countedMean());
        const auto b = bootstrap(shifted, countedMean());
        CLOSE(b->bca->low, 8 * a->bca->low + 1024, 1e-10);
        CLOSE(b->percentile.high, 8 * a->percentile.high + 1024, 1e-10);
    }

    void ratiosOfMedians() {
        const auto slow = exponential(80, 4);
        std::vector<double> fast;
        for (const double value : exponential(80, 5))
            fast.push_back(value / 2);
        const auto ratio = bootstrapMedianRatio(slow, fast);
        QVERIFY(ratio->bca->low < 2 && 2 < ratio->bca->high);
        QVERIFY(ratio->percentile.low < ratio->estimate && ratio->estimate < ratio->percentile.high);
        std::vector<double> eightfold;
        for (const double value : slow)
            eightfold.push_back(8 * value);
        const auto scaled = bootstrapMedianRatio(eightfold, fast);
        CLOSE(scaled->bca->low, 8 * ratio->bca->low, 1e-12);
        CLOSE(scaled->percentile.high, 8 * ratio->percentile.high, 1e-12);
        QVERIFY(!bootstrapMedianRatio(slow, std::vector<double>{-1, -2, -3}));
        QVERIFY(!bootstrapMedianRatio(slow, std::vector<double>{1}));
        QVERIFY(!bootstrapMedianRatio(std::vector<double>{}, slow));
        // Half of the resamples have no positive divisor: too many to leave out.
        QVERIFY(!bootstrapMedianRatio(slow, std::vector<double>{-1, -1, 1, 2, 3}));
    }

    void ratiosAreThoseOfMediansThatAreDrawn() {
        const auto a = exponential(40, 6);
        const auto b = exponential(25, 7);
        std::mt19937 random(3);
        const auto drawnMedian = [&](const std::vector<double> &values) {
            std::vector<double> resample;
            for (std::size_t i = 0; i < values.size(); ++i)
                resample.push_back(values[random() % values.size()]);
            std::ranges::sort(resample);
            return *median(resample);
        };
        std::vector<double> ratios;
        for (int i = 0; i < 20'000; ++i) {
            const double dividend = drawnMedian(a);
            ratios.push_back(dividend / drawnMedian(b));
        }
        std::ranges::sort(ratios);
        const auto interval = bootstrapMedianRatio(a, b)->percentile;
        // Shares of the brute force below the ends, right to three standard errors of 9,999 and 20,000 draws.
        for (const auto &[end, share] : {std::pair{interval.low, 0.025}, {interval.high, 0.975}}) {
            const double below = static_cast<double>(std::ranges::lower_bound(ratios, end) - ratios.begin()) / 20'000;
            QVERIFY2(std::abs(below - share) < 0.008, qPrintable(QString::number(below)));
        }
    }

    void ratiosOfTiedValuesHoldTheirEstimate() {
        std::vector<double> seconds;
        for (int i = 0; i < 20; ++i)
            seconds.insert(seconds.end(), {3, 3, 2, 4, 5});
        const auto same = bootstrapMedianRatio(seconds, seconds);
        QVERIFY(same->bca->low <= 1 && 1 <= same->bca->high);
        int covered = 0;
        for (unsigned seed = 0; seed < 100; ++seed) {
            std::mt19937 random(seed);
            std::poisson_distribution<int> counts(3);
            std::vector<double> a(300);
            std::vector<double> b(300);
            for (std::size_t i = 0; i < a.size(); ++i) {
                a[i] = counts(random) + 1;
                b[i] = counts(random) + 1;
            }
            const auto ratio = bootstrapMedianRatio(a, b, {.resamples = 999});
            const Interval interval = ratio->bca.value_or(ratio->percentile);
            QVERIFY(interval.low <= ratio->estimate && ratio->estimate <= interval.high);
            covered += interval.low <= 1 && 1 <= interval.high ? 1 : 0;
        }
        QVERIFY2(covered >= 88, qPrintable(QString::number(covered)));
    }

    void whatCannotBeDrawnHasNoAnswer() {
        const std::vector<double> two = {1, 2};
        QVERIFY(!bootstrap({}, countedMean()) && !bootstrap(std::vector<double>{1, missing}, countedMean()));
        QVERIFY(!bootstrap(two, countedMean(), {.level = 1}) && !bootstrap(two, countedMean(), {.resamples = 10}));
        QVERIFY(!bootstrap(std::vector<double>{1, infinite}, countedMean()));
        QVERIFY(!bootstrap(two, countedQuantile(2)));
        QVERIFY(!bootstrapQuantile(two, 2) && !bootstrapQuantile(std::vector<double>{1}, 0.5));
        QVERIFY(!bootstrapQuantile(std::vector<double>{1, infinite}, 0.5) &&
                !bootstrapQuantile(two, 0.5, {.level = 0}));
        // Nothing varies: the estimate is certain, and there is no bias to correct.
        const auto equal = bootstrap(std::vector<double>{3, 3, 3}, countedMean());
        QCOMPARE(equal->percentile, (Interval{3, 3}));
        QVERIFY(!equal->bca);
        QVERIFY(!bootstrapQuantile(std::vector<double>{3, 3, 3}, 0.5)->bca);
        for (const auto &values : hostile()) {
            (void)bootstrap(values, countedSd(), {.resamples = 99});
            (void)bootstrapQuantile(values, 0.95);
        }
    }
};

QTEST_GUILESS_MAIN(TestBootstrap)
#include "tst_bootstrap.moc"
