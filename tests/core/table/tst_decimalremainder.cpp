// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/table/decimal.h"

#include "core/table/csv.h"

#include <QTest>
#include <charconv>
#include <cmath>
#include <string>

using namespace ra::table;

class TestDecimal : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void whatTheDoubleLacks_data() {
        QTest::addColumn<QString>("text");
        QTest::addColumn<double>("remainder"); // by Python: Fraction(text) - Fraction(float(text))
        QTest::newRow("0.1") << "0.1" << -5.551115123125783e-18;
        QTest::newRow("-0.1") << "-0.1" << 5.551115123125783e-18;
        QTest::newRow("1e23") << "1e23" << 8388608.0;
        QTest::newRow("many digits") << "1234567890.123456789" << 7.24625244140625e-08;
        QTest::newRow("exponent") << "1.1E-3" << -6.626643678231403e-20;
        QTest::newRow("plus") << "+2.5e+1" << 0.0;
        QTest::newRow("whole") << "42" << 0.0;
        QTest::newRow("zero") << "0.000" << 0.0;
        QTest::newRow("too many digits") << "0.12345678901234567890" << 0.0;
        QTest::newRow("too far") << "1e-60" << 0.0;
        QTest::newRow("much too far") << "1e-9999999999" << 0.0;
        QTest::newRow("not finite") << "inf" << 0.0;
    }
    void whatTheDoubleLacks() {
        QFETCH(QString, text);
        QFETCH(double, remainder);
        const std::string bytes = text.startsWith(QLatin1Char('+')) ? text.mid(1).toStdString() : text.toStdString();
        double nearest = 0;
        std::from_chars(bytes.data(), bytes.data() + bytes.size(), nearest);
        const double got = decimalRemainder(text.toStdString(), nearest);
        QVERIFY2(std::abs(got - remainder) <= 1e-14 * std::abs(remainder), qPrintable(QString::number(got, 'g', 17)));
    }

    void tablesKeepThemWhereWanted() {
        Request request;
        request.remainders = true;
        const auto table = readCsv("value\n 0.1\n0.5\n\n", request);
        QCOMPARE(table->series[0].remainders.size(), 1U);
        QCOMPARE(table->series[0].remainders[0].size(), 3U);
        QVERIFY(table->series[0].remainders[0][0] < 0);
        QCOMPARE(table->series[0].remainders[0][1], 0.0);
        QVERIFY(readCsv("value\n0.1\n", {})->series[0].remainders.empty());
    }
};

QTEST_GUILESS_MAIN(TestDecimal)
#include "tst_decimalremainder.moc"
