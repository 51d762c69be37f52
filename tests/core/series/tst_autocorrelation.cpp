// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/series/autocorrelation.h"

#include "data.h"

#include <QTest>

using namespace ra::series;
using namespace ra::series::test;

class TestAutocorrelation : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void smallCasesByHand() {
        // Deviations -1.5 -0.5 0.5 1.5: squares sum to 5, lag 1: 0.75 - 0.25 + 0.75, lag 2: -0.75 - 0.75, lag 3: -2.25.
        const std::vector<double> r = autocorrelations(std::vector<double>{1, 2, 3, 4}, 9);
        QVERIFY(distance(r, {1, 0.25, -0.3, -0.45}) < 1e-15);
        // Durbin-Levinson by hand: second partial (-0.3 - 0.0625) / (1 - 0.0625).
        const std::vector<double> partial = partialAutocorrelations(std::vector<double>{1, 2, 3, 4}, 2);
        QVERIFY(distance(partial, {0.25, -0.3625 / 0.9375}) < 1e-15);
        QVERIFY(distance(yuleWalker(std::vector<double>{1, 2, 3, 4}, 2),
                         {0.25 * (1 + 0.3625 / 0.9375), -0.3625 / 0.9375}) < 1e-15);
    }

    void luteinizingHormoneIsAsRSays() {
        // acf(lh)$acf and pacf(lh)$acf of R 4.2, printed to three digits in its manual's examples.
        const std::vector<double> r = autocorrelations(luteinizing, 4);
        const std::vector<double> expected = {1, 0.576, 0.182, -0.145, -0.175};
        QVERIFY(distance(r, expected) < 6e-4);
        QVERIFY(std::abs(partialAutocorrelations(luteinizing, 2)[1] + 0.223) < 6e-4);
    }

    void theTransformGivesTheSumsOfProducts() {
        const std::vector<double> values = armaSample(3000, 0.7, 0.3);
        const std::vector<double> many = autocorrelations(values, 500); // by Fourier transform
        const std::vector<double> few = autocorrelations(values, 100);  // by sums
        QCOMPARE(many.size(), std::size_t{501});
        QVERIFY(distance({many.begin(), many.begin() + 101}, few) < 1e-12);
    }

    void scaleAndShiftChangeNothing() {
        std::vector<double> values = armaSample(200, 0.5, 0);
        const std::vector<double> before = autocorrelations(values, 20);
        for (double &v : values)
            v = 1e6 - 37 * v;
        QVERIFY(distance(before, autocorrelations(values, 20)) < 1e-9);
        for (const double unit : {0x1p900, 0x1p-900}) {
            std::vector<double> scaled = values;
            for (double &v : scaled)
                v *= unit;
            QVERIFY(distance(before, autocorrelations(scaled, 20)) < 1e-9);
        }
    }

    void aMissingValueIsLeftOut() {
        std::vector<double> values = armaSample(2000, 0.6, 0);
        const double before = autocorrelations(values, 1)[1];
        values[100] = values[500] = missing;
        QVERIFY(std::abs(autocorrelations(values, 1)[1] - before) < 0.01);
    }

    void thePeriodogramHasItsPeakAtTheCycle() {
        const std::vector<double> power = periodogram(cyclic(240, 12, 0, 1, 0));
        QCOMPARE(power.size(), std::size_t{121});
        QCOMPARE(std::max_element(power.begin(), power.end()) - power.begin(), 20);
        // A sine of amplitude 1 has n / 4 at its frequency.
        QVERIFY(std::abs(power[20] - 60) < 1e-9);
        QCOMPARE(periodogram(std::vector<double>{1, 2, 3}, 8).size(), std::size_t{5});
        QVERIFY(periodogram({}).empty());
    }

    void quickLengthsAreNearAndQuick() {
        for (std::size_t n = 0; n < 8192; ++n)
            QCOMPARE(quickLength(n), n);
        for (const std::size_t n : {9973UL, 100'003UL, 1'000'003UL, 9'999'991UL, 33'554'393UL}) { // primes
            std::size_t length = quickLength(n);
            QVERIFY(length >= n && length - n < n / 100);
            std::size_t largest = 1;
            const std::size_t whole = length;
            for (std::size_t factor = 2; length > 1; ++factor)
                for (; length % factor == 0; length /= factor)
                    largest = factor;
            QVERIFY2(largest <= 7 || largest * whole <= std::size_t{1} << 26, qPrintable(QString::number(largest)));
        }
        QCOMPARE(quickLength(10'000'000), std::size_t{10'000'000});
    }

    void hostileInputsAreSurvived() {
        for (const std::vector<double> &values : hostile) {
            for (const double r : autocorrelations(values, 10))
                QVERIFY(std::isfinite(r) && std::abs(r) <= 1 + 1e-9);
            for (const double r : partialAutocorrelations(values, 10))
                QVERIFY(std::isfinite(r));
        }
        QVERIFY(autocorrelations({}, 3).empty());
        QVERIFY(distance(autocorrelations(std::vector<double>(5, 2.0), 2), {1, 0, 0}) == 0);
    }
};

QTEST_GUILESS_MAIN(TestAutocorrelation)
#include "tst_autocorrelation.moc"
