// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/stats/moments.h"

#include "close.h"

#include <QTest>
#include <random>
#include <span>

using namespace ra::stats;
using namespace ra::stats::test;

namespace {

Moments of(std::span<const double> values) {
    Moments moments;
    moments.add(values);
    return moments;
}

std::vector<double> skewed(std::size_t count, unsigned seed) {
    std::mt19937 random(seed);
    std::lognormal_distribution<double> distribution(0, 1);
    std::vector<double> values(count);
    for (double &value : values)
        value = distribution(random);
    return values;
}

} // namespace

class TestMoments : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void byHand() {
        // 1 2 3 4 10: mean 4, deviations -3 -2 -1 0 6; squares 50, cubes 180, fourths 1394.
        const Moments m = of(std::vector<double>{1, 2, 3, 4, 10});
        QCOMPARE(m.count(), 5U);
        QCOMPARE(*m.min(), 1.0);
        QCOMPARE(*m.max(), 10.0);
        QCOMPARE(*m.mean(), 4.0);
        QCOMPARE(*m.squares(), 50.0);
        QCOMPARE(*m.variance(), 12.5);
        CLOSE(*m.sd(), std::sqrt(12.5), 1e-15);
        CLOSE(*m.skewness(), 36 / std::pow(10, 1.5), 1e-15); // (180 / 5) / (50 / 5)^1.5
        CLOSE(*m.kurtosis(), 278.8 / 100 - 3, 1e-14);        // (1394 / 5) / (50 / 5)^2 - 3
        CLOSE(*m.adjustedSkewness(), *m.skewness() * std::sqrt(20) / 3, 1e-15);
        CLOSE(*m.adjustedKurtosis(), (6 * *m.kurtosis() + 6) * 4 / 6, 1e-14);
    }

    void nistNumAcc() {
        // NIST StRD NumAcc1 to 4, by their construction: a value, then pairs about it. Certified mean, sd; the last two
        // are limited by what their decimals lose as doubles.
        CLOSE(*of(std::vector<double>{10000001, 10000003, 10000002}).sd(), 1.0, 1e-15);
        struct Set {
            double middle, first, second, sd, digits;
        };
        for (const Set &set : {Set{1.2, 1.1, 1.3, 0.1, 1e-14}, Set{1000000.2, 1000000.1, 1000000.3, 0.1, 1e-9},
                               Set{10000000.2, 10000000.1, 10000000.3, 0.1, 1e-8}}) {
            std::vector<double> values = {set.middle};
            for (int i = 0; i < 500; ++i) {
                values.push_back(set.first);
                values.push_back(set.second);
            }
            CLOSE(*of(values).mean(), set.middle, 1e-15);
            CLOSE(*of(values).sd(), set.sd, set.digits);
        }
    }

    void mergedPartsEqualTheWhole() {
        const std::vector<double> values = skewed(5'000, 1);
        const Moments whole = of(values);
        for (const std::size_t cut : {0U, 1U, 700U, 2'500U, 4'999U, 5'000U}) {
            Moments a = of(std::span(values).first(cut));
            Moments b = of(std::span(values).subspan(cut));
            Moments ab = a;
            ab.merge(b);
            b.merge(a);
            for (const Moments &m : {ab, b}) {
                QCOMPARE(m.count(), whole.count());
                QCOMPARE(*m.min(), *whole.min());
                QCOMPARE(*m.max(), *whole.max());
                CLOSE(*m.mean(), *whole.mean(), 3e-16);
                CLOSE(*m.variance(), *whole.variance(), 3e-16);
                CLOSE(*m.skewness(), *whole.skewness(), 1e-15);
                CLOSE(*m.kurtosis(), *whole.kurtosis(), 1e-15);
            }
        }
        Moments oneByOne;
        for (const double value : values)
            oneByOne.add(value);
        CLOSE(*oneByOne.variance(), *whole.variance(), 3e-16);
        CLOSE(*oneByOne.kurtosis(), *whole.kurtosis(), 1e-15);
    }

    void shiftAndScale() {
        const std::vector<double> values = skewed(1'000, 2);
        std::vector<double> shifted;
        std::vector<double> scaled;
        for (const double value : values) {
            shifted.push_back(std::floor(value * 1024) / 1024 + 1e9); // exact
            scaled.push_back(-3 * value);
        }
        std::vector<double> rounded;
        for (const double value : values)
            rounded.push_back(std::floor(value * 1024) / 1024);
        CLOSE(*of(shifted).variance(), *of(rounded).variance(), 1e-15);
        CLOSE(*of(shifted).skewness(), *of(rounded).skewness(), 1e-14);
        CLOSE(*of(scaled).sd(), 3 * *of(values).sd(), 1e-15);
        CLOSE(*of(scaled).skewness(), -*of(values).skewness(), 1e-14);
        CLOSE(*of(scaled).kurtosis(), *of(values).kurtosis(), 1e-14);
    }

    void hugeAndTinyValuesKeepTheirSpread() {
        CLOSE(*of(std::vector<double>{1e300, 3e300}).sd(), std::sqrt(2) * 1e300, 1e-15);
        QVERIFY(std::isinf(*of(std::vector<double>{1e300, 3e300}).variance()));
        CLOSE(*of(std::vector<double>{1e-300, 3e-300}).sd(), std::sqrt(2) * 1e-300, 1e-15);
        CLOSE(*of(std::vector<double>{1e-300, 3e-300, 8e-300}).skewness(), *of(std::vector<double>{1, 3, 8}).skewness(),
              1e-14);
        Moments mixed = of(std::vector<double>{1e-300, 2e-300});
        mixed.merge(of(std::vector<double>{1e300, 3e300}));
        CLOSE(*mixed.mean(), 1e300, 1e-15);
        Moments other = of(std::vector<double>{1e300, 3e300});
        other.merge(of(std::vector<double>{0, 0}));
        CLOSE(*other.mean(), 1e300, 1e-15);
        Moments zeros = of(std::vector<double>{0, 0});
        zeros.merge(of(std::vector<double>{1e300, 3e300}));
        CLOSE(*zeros.sd(), *other.sd(), 1e-15);
    }

    void equalValuesHaveExactlyNoSpread() {
        const Moments m = of(std::vector<double>(3'000, 0.1));
        QCOMPARE(*m.variance(), 0.0);
        QCOMPARE(*m.sd(), 0.0);
        QCOMPARE(*m.mean(), 0.1);
        QVERIFY(!m.skewness());
        QVERIFY(!m.kurtosis());
        QVERIFY(!m.adjustedSkewness());
        QVERIFY(!m.adjustedKurtosis());
    }

    void tooFewAreNoAnswer() {
        const Moments none;
        QVERIFY(!none.mean() && !none.min() && !none.max() && !none.variance() && !none.sd() && !none.squares());
        QVERIFY(!none.preciseMean());
        const Moments one = of(std::vector<double>{5});
        QCOMPARE(*one.mean(), 5.0);
        QVERIFY(!one.variance() && !one.sd());
        const Moments two = of(std::vector<double>{5, 6});
        QVERIFY(two.skewness() && !two.adjustedSkewness() && !two.adjustedKurtosis());
    }

    void missingAndInfiniteValues() {
        const Moments m = of(std::vector<double>{missing, 1, missing, 3});
        QCOMPARE(m.count(), 2U);
        QCOMPARE(m.missing(), 2U);
        QCOMPARE(*m.mean(), 2.0);
        const Moments up = of(std::vector<double>{1, infinite});
        QCOMPARE(up.count(), 2U);
        QCOMPARE(*up.mean(), infinite);
        QCOMPARE(*up.max(), infinite);
        QCOMPARE(*up.min(), 1.0);
        QVERIFY(!up.variance() && !up.sd() && !up.squares() && !up.preciseMean() && !up.skewness());
        const Moments down = of(std::vector<double>{-infinite});
        QCOMPARE(*down.mean(), -infinite);
        QCOMPARE(*down.max(), -infinite);
        const Moments both = of(std::vector<double>{-infinite, infinite});
        QVERIFY(std::isnan(*both.mean()));
        QCOMPARE(*both.min(), -infinite);
        QCOMPARE(*of(std::vector<double>{infinite}).min(), infinite);
    }
};

QTEST_GUILESS_MAIN(TestMoments)
#include "tst_moments.moc"
