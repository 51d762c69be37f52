// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/samples/decimal.h"

#include "inputs.h"

#include <QTest>
#include <algorithm>
#include <memory>

using namespace ra::samples;

class TestDecimal : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void asManyDecimalsAreChosenAsMostValuesHave_data() {
        QTest::addColumn<QList<double>>("values");
        QTest::addColumn<int>("decimals"); ///< -1: none
        const double nan = std::numeric_limits<double>::quiet_NaN();
        QTest::newRow("integers") << QList<double>{1, 20, 300} << 0;
        QTest::newRow("two") << QList<double>{0.25, 1.5, 99.99} << 2;
        QTest::newRow("the finest counts") << QList<double>{1, 2, 3, 0.125} << 3;
        QTest::newRow("a true double is an exception") << QList<double>{0.1, 0.2, 0.3, 0.5, 1 / 3.0} << 1;
        QTest::newRow("a long decimal among short ones is one, too")
            << (QList<double>(40, 0.5) << 0.123456789012345 << 100000.5) << 1;
        QTest::newRow("true doubles") << QList<double>{1 / 3.0, 1 / 7.0, 0.1} << -1;
        QTest::newRow("NaN") << QList<double>{nan, nan, nan} << -1;
        QTest::newRow("too large") << QList<double>{1e17, 3e18} << -1;
    }
    void asManyDecimalsAreChosenAsMostValuesHave() {
        QFETCH(QList<double>, values);
        QFETCH(int, decimals);
        const auto chosen = chooseDecimals(std::vector<double>(values.begin(), values.end()));
        QCOMPARE(chosen ? static_cast<int>(*chosen) : -1, decimals);
    }

    void whatIsCalledExactComesBackBitForBit() {
        for (const auto &[name, maker] : inputs::values()) {
            const std::vector<double> values = inputs::make(inputs::values(), name, 500);
            for (unsigned decimals = 0; decimals <= maxDecimals; ++decimals) {
                std::vector<std::int64_t> integers(values.size());
                const auto exact = std::make_unique<bool[]>(values.size());
                const std::size_t wrong = scale(values, decimals, integers, {exact.get(), values.size()});
                QCOMPARE(std::count(exact.get(), exact.get() + values.size(), false),
                         static_cast<std::ptrdiff_t>(wrong));
                std::vector<double> back(values.size());
                unscale(integers, decimals, back.data());
                for (std::size_t i = 0; i < values.size(); ++i) {
                    if (exact[i]) {
                        QCOMPARE(std::bit_cast<quint64>(back[i]), std::bit_cast<quint64>(values[i]));
                        QVERIFY(std::abs(integers[i]) <= std::int64_t{1} << 51);
                    }
                }
            }
        }
    }

    void everyDecimalOfFifteenDigitsIsExact() {
        std::mt19937_64 random(1);
        for (int i = 0; i < 20'000; ++i) {
            const auto decimals = static_cast<unsigned>(random() % 15);
            const auto integer = static_cast<std::int64_t>(random() % 1'000'000'000'000'000);
            // As a program prints and another reads it.
            std::string text = std::to_string(integer);
            const double value = std::strtod((text + "e-" + std::to_string(decimals)).c_str(), nullptr);
            std::int64_t found = 0;
            bool exact = false;
            QCOMPARE(scale({&value, 1}, decimals, {&found, 1}, {&exact, 1}), 0U);
            QVERIFY(exact);
            QCOMPARE(found, integer);
        }
    }

    void exceptionsRepeatTheIntegerBefore() {
        const std::vector<double> values{-0.0, 1.5, std::numeric_limits<double>::infinity(), 1 / 3.0, 2.5};
        std::vector<std::int64_t> integers(5);
        bool exact[5];
        QCOMPARE(scale(values, 1, integers, exact), 3U);
        QCOMPARE(integers, (std::vector<std::int64_t>{0, 15, 15, 15, 25}));
    }
};

QTEST_GUILESS_MAIN(TestDecimal)
#include "tst_decimal.moc"
