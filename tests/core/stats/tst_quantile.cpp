// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/stats/quantile.h"

#include "close.h"
#include "core/stats/describe.h"

#include <QTest>
#include <random>

using namespace ra::stats;
using namespace ra::stats::test;

class TestQuantile : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void theNineTypes_data() {
        QTest::addColumn<int>("type");
        QTest::addColumn<QList<double>>("want");
        // Of 1 2 4 8 16 at 0.1, 0.25, 0.5, 0.9, by the definitions of Hyndman and Fan: n p = 0.5, 1.25, 2.5, 4.5.
        QTest::newRow("1") << 1 << QList<double>{1, 2, 4, 16};
        QTest::newRow("2") << 2 << QList<double>{1, 2, 4, 16};
        QTest::newRow("3") << 3 << QList<double>{1, 1, 2, 8}; // n p - 1/2 = 0 and 4 are even: stay; 2 is even: stay
        QTest::newRow("4") << 4 << QList<double>{1, 1.25, 3, 12};
        QTest::newRow("5") << 5 << QList<double>{1, 1.75, 4, 16};
        QTest::newRow("6") << 6 << QList<double>{1, 1.5, 4, 16};
        QTest::newRow("7") << 7 << QList<double>{1.4, 2, 4, 12.8};
        QTest::newRow("8") << 8 << QList<double>{1, 1 + 2.0 / 3, 4, 16};
        QTest::newRow("9") << 9 << QList<double>{1, 1.6875, 4, 16};
    }
    void theNineTypes() {
        QFETCH(int, type);
        QFETCH(QList<double>, want);
        const std::vector<double> x = {1, 2, 4, 8, 16};
        const double ps[] = {0.1, 0.25, 0.5, 0.9};
        for (int i = 0; i < 4; ++i)
            CLOSE(*quantile(x, ps[i], type), want[i], 1e-14);
        QCOMPARE(*quantile(x, 0, type), 1.0);
        QCOMPARE(*quantile(x, 1, type), 16.0);
    }

    void boundariesThatRoundingBlurs() {
        std::vector<double> x;
        for (int i = 1; i <= 100; ++i)
            x.push_back(i);
        // 100 * 0.07 is 7.000000000000001 in doubles.
        QCOMPARE(*quantile(x, 0.07, 1), 7.0);
        QCOMPARE(*quantile(x, 0.07, 2), 7.5);
        QCOMPARE(*quantile(x, 0.29, 4), 29.0);
    }

    void noAnswer() {
        const std::vector<double> x = {1, 2};
        QVERIFY(!quantile({}, 0.5));
        QVERIFY(!quantile(x, -0.1) && !quantile(x, 1.1) && !quantile(x, missing));
        QVERIFY(!quantile(x, 0.5, 0) && !quantile(x, 0.5, 10));
        QVERIFY(!median({}) && !medianDeviation({}) && !trimmedMean({}, 0.1));
        QVERIFY(!trimmedMean(x, -0.1) && !trimmedMean(x, 0.6));
    }

    void selectionFindsWhatSortingDoes() {
        std::mt19937 random(1);
        std::vector<double> values;
        for (int i = 0; i < 3'000; ++i)
            values.push_back(i % 50 == 0 ? missing : static_cast<double>(random() % 500));
        const std::vector<double> ps = {0.999, 0, 0.5, 0.25, 1, 0.5};
        const std::vector<double> selected = selectQuantiles(values, ps);
        const std::vector<double> x = sorted(values);
        QCOMPARE(selected.size(), ps.size());
        for (std::size_t i = 0; i < ps.size(); ++i)
            QCOMPARE(selected[i], *quantile(x, ps[i]));
        QVERIFY(selectQuantiles({}, ps).empty());
        QVERIFY(selectQuantiles(values, std::vector<double>{2}).empty());
    }

    void medianDeviationIsThatOfSortedDeviations() {
        std::mt19937 random(2);
        for (int n = 1; n < 60; ++n) {
            std::vector<double> x;
            for (int i = 0; i < n; ++i)
                x.push_back(static_cast<double>(random() % 30));
            std::ranges::sort(x);
            std::vector<double> deviations;
            for (const double value : x)
                deviations.push_back(std::abs(value - *median(x)));
            QCOMPARE(*medianDeviation(x), *median(sorted(deviations)));
        }
        QCOMPARE(*medianDeviation(std::vector<double>{1, 1, 2, 2, 4, 6, 9}),
                 1.0); // known: median 2, deviations 1 1 0 0 2 4 7
    }

    void trimmedMeans() {
        const std::vector<double> x = {-100, 1, 2, 3, 4, 5, 6, 7, 8, 100};
        QCOMPARE(*trimmedMean(x, 0), 3.6);
        QCOMPARE(*trimmedMean(x, 0.1), 4.5);
        QCOMPARE(*trimmedMean(x, 0.19), 4.5);
        QCOMPARE(*trimmedMean(x, 0.5), 4.5);
        QCOMPARE(*trimmedMean(std::vector<double>{1, 2, 6}, 0.5), 2.0);
        QCOMPARE(*trimmedMean(std::vector<double>{1, 2}, 0.5), 1.5);
    }

    void descriptionOfAColumn() {
        const Description d = describe(std::vector<double>{1, 2, missing, 4, 8});
        QCOMPARE(*d.median, 3.0);
        QCOMPARE(*d.interquartileRange, 5 - 1.75);
        CLOSE(*d.geometricMean, std::pow(64, 0.25), 1e-15);
        CLOSE(*d.harmonicMean, 4 / 1.875, 1e-15);
        CLOSE(*d.variationCoefficient, *d.moments.sd() / 3.75, 1e-15);
        CLOSE(*d.standardError, *d.moments.sd() / 2, 1e-15);
        const Description zero = describe(std::vector<double>{-1, 0, 1});
        QVERIFY(!zero.geometricMean && !zero.harmonicMean && !zero.variationCoefficient);
        QVERIFY(!describe(std::vector<double>{5e-324, 1}).harmonicMean);
        for (const auto &values : hostile()) {
            const Description any = describe(values);
            QCOMPARE(any.ascending.size(), any.moments.count());
            QCOMPARE(any.median.has_value(), !any.ascending.empty());
        }
    }
};

QTEST_GUILESS_MAIN(TestQuantile)
#include "tst_quantile.moc"
