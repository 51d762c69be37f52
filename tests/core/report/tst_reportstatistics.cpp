// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/report/statistics.h"

#include <QTest>

#include <cmath>
#include <vector>

using namespace ra::report;

class TestReportStatistics : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void wilsonAgreesWithThePapersTable_data();
    void wilsonAgreesWithThePapersTable();
    void wilsonOfNothingIsNothing();
    void newcombeAgreesWithThePapersTable();
    void quantilesInterpolateBetweenOrderStatistics();
    void medianIntervalTakesTheRightOrderStatistics();
    void medianIntervalOfManyValuesStaysFinite();
};

// R. G. Newcombe, "Two-sided confidence intervals for the single proportion: comparison of seven methods", Statistics
// in Medicine 17 (1998) 857-872, table I, method 3 (score, without continuity correction), printed with four decimals.
void TestReportStatistics::wilsonAgreesWithThePapersTable_data() {
    QTest::addColumn<int>("successes");
    QTest::addColumn<int>("n");
    QTest::addColumn<double>("lower");
    QTest::addColumn<double>("upper");
    QTest::newRow("81 of 263") << 81 << 263 << 0.2553 << 0.3662;
    QTest::newRow("15 of 148") << 15 << 148 << 0.0624 << 0.1605;
    QTest::newRow("0 of 20") << 0 << 20 << 0.0 << 0.1611;
    QTest::newRow("1 of 29") << 1 << 29 << 0.0061 << 0.1718;
    // By symmetry of the formula.
    QTest::newRow("20 of 20") << 20 << 20 << 0.8389 << 1.0;
}

void TestReportStatistics::wilsonAgreesWithThePapersTable() {
    QFETCH(int, successes);
    QFETCH(int, n);
    QFETCH(double, lower);
    QFETCH(double, upper);
    const auto interval = wilson95(successes, n);
    QVERIFY(interval);
    QVERIFY2(std::abs(interval->lower - lower) < 0.00005, qPrintable(QString::number(interval->lower)));
    QVERIFY2(std::abs(interval->upper - upper) < 0.00005, qPrintable(QString::number(interval->upper)));
}

void TestReportStatistics::wilsonOfNothingIsNothing() {
    QVERIFY(!wilson95(0, 0));
    QVERIFY(!wilson95(3, 2));
    QVERIFY(!wilson95(-1, 2));
}

// R. G. Newcombe, "Interval estimation for the difference between independent proportions: comparison of eleven
// methods", Statistics in Medicine 17 (1998) 873-890, table II, method 10: 56/70 - 48/80 and 9/10 - 3/10.
void TestReportStatistics::newcombeAgreesWithThePapersTable() {
    const auto first = newcombe95(56, 70, 48, 80);
    QVERIFY(first);
    QVERIFY(std::abs(first->lower - 0.0524) < 0.00005);
    QVERIFY(std::abs(first->upper - 0.3339) < 0.00005);
    const auto second = newcombe95(9, 10, 3, 10);
    QVERIFY(second);
    QVERIFY(std::abs(second->lower - 0.1705) < 0.00005);
    QVERIFY(std::abs(second->upper - 0.8090) < 0.00005);
    QVERIFY(!newcombe95(1, 2, 0, 0));
}

void TestReportStatistics::quantilesInterpolateBetweenOrderStatistics() {
    const std::vector<double> values{1, 2, 4, 8};
    QCOMPARE(quantile(values, 0), std::optional(1.0));
    QCOMPARE(quantile(values, 0.5), std::optional(3.0)); // half way between the second and the third
    QCOMPARE(quantile(values, 1), std::optional(8.0));
    // Position 0.95 * 3 = 2.85: 4 + 0.85 * (8 - 4).
    QVERIFY(std::abs(*quantile(values, 0.95) - 7.4) < 1e-12);
    QCOMPARE(quantile(std::vector<double>{7}, 0.95), std::optional(7.0));
    QVERIFY(!quantile({}, 0.5));
}

void TestReportStatistics::medianIntervalTakesTheRightOrderStatistics() {
    // Binomial(10, 1/2): P(X <= 1) = 11/1024 = 0.0107, P(X <= 2) = 56/1024 = 0.0547 > 0.025, hence k = 2.
    const std::vector<double> ten{1, 2, 3, 4, 5, 6, 7, 8, 9, 10};
    QCOMPARE(median95(ten), std::optional(Interval{2, 9}));
    // Binomial(6, 1/2): P(X = 0) = 1/64 = 0.0156, hence k = 1; with five values 1/32 = 0.031 is too much already.
    QCOMPARE(median95(std::span(ten).first(6)), std::optional(Interval{1, 6}));
    QVERIFY(!median95(std::span(ten).first(5)));
    QVERIFY(!median95({}));
}

void TestReportStatistics::medianIntervalOfManyValuesStaysFinite() {
    std::vector<double> values(100'000);
    for (std::size_t i = 0; i < values.size(); ++i)
        values[i] = double(i);
    const auto interval = median95(values);
    QVERIFY(interval);
    // Normal approximation: n/2 -+ 1.96 sqrt(n)/2 = 50,000 -+ 309.9.
    QVERIFY(std::abs(interval->lower - 49'690) < 3);
    QVERIFY(std::abs(interval->upper - 50'309) < 3);
}

QTEST_GUILESS_MAIN(TestReportStatistics)
#include "tst_reportstatistics.moc"
