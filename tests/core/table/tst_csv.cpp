// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/table/csv.h"

#include <QTest>
#include <cmath>
#include <limits>
#include <string>

using namespace ra::table;

namespace {

constexpr double missing = std::numeric_limits<double>::quiet_NaN();
constexpr double infinite = std::numeric_limits<double>::infinity();

bool same(const std::vector<double> &a, const QList<double> &b) {
    return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                      [](double x, double y) { return x == y || (std::isnan(x) && std::isnan(y)); });
}

} // namespace

class TestCsv : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void valuesAreRead_data() {
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<QList<double>>("values");
        QTest::newRow("plain") << QByteArray("value\n1\n2.5\n-3e2\n") << QList<double>{1, 2.5, -300};
        QTest::newRow("no newline at the end") << QByteArray("t,value\n0,1\n1,2") << QList<double>{1, 2};
        QTest::newRow("windows") << QByteArray("t,value\r\n0,1\r\n1,2\r\n") << QList<double>{1, 2};
        QTest::newRow("byte order mark") << QByteArray("\xef\xbb\xbfvalue\n7\n") << QList<double>{7};
        QTest::newRow("empty cells are missing")
            << QByteArray("t,value\n0,\n1,2\n2,\n") << QList<double>{missing, 2, missing};
        QTest::newRow("an empty line of one column is a missing value")
            << QByteArray("value\n1\n\n2\n") << QList<double>{1, missing, 2};
        QTest::newRow("an empty line of more columns is no row")
            << QByteArray("t,value\n0,1\n\n1,2\n\n") << QList<double>{1, 2};
        QTest::newRow("quoted") << QByteArray("\"note\",\"value\"\n\"a, \"\"b\"\"\nc\",\"1.5\"\n")
                                << QList<double>{1.5};
        QTest::newRow("blanks and plus") << QByteArray("t, value \n0, +1 \n") << QList<double>{1};
        QTest::newRow("more cells than needed") << QByteArray("value,x\n1,a,b,c\n2\n") << QList<double>{1, 2};
        QTest::newRow("nan and infinities")
            << QByteArray("value\nnan\ninf\n-inf\n") << QList<double>{missing, infinite, -infinite};
        QTest::newRow("beyond the range of double")
            << QByteArray("value\n1e400\n-1e400\n1e-400\n1e5000\n-1e-5000\n5e-324\n")
            << QList<double>{infinite, -infinite, 0, infinite, 0, 5e-324};
        QTest::newRow("beyond the range of any number") << QByteArray("value\n0." + QByteArray(6000, '0') + "1\n" +
                                                                      QByteArray(6000, '9') + "\n1e99999\n-1e-99999\n")
                                                        << QList<double>{0, infinite, infinite, 0};
        QTest::newRow("header only") << QByteArray("value\n") << QList<double>{};
        QTest::newRow("header without newline") << QByteArray("value") << QList<double>{};
        QTest::newRow("the last cell is empty at the end of the file")
            << QByteArray("t,value\n0,") << QList<double>{missing};
    }
    void valuesAreRead() {
        QFETCH(QByteArray, text);
        QFETCH(QList<double>, values);
        const auto table = readCsv(text.toStdString(), {});
        QVERIFY2(table.has_value(), table ? "" : table.error().sentence().c_str());
        QCOMPARE(table->series.size(), 1U);
        QVERIFY(same(table->series[0].values(), values));
    }

    void whatCannotBeReadIsSaidWithItsLine_data() {
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<QString>("words");
        QTest::addColumn<bool>("isWrongUsage");
        QTest::newRow("empty") << QByteArray() << "it is empty" << false;
        QTest::newRow("no such column") << QByteArray("t,x\n0,1\n") << "Its columns are: t, x" << true;
        QTest::newRow("no number") << QByteArray("value\n1\nabc\n") << "in line 3: \"abc\"" << false;
        QTest::newRow("two signs") << QByteArray("value\n+-1\n") << "in line 2: \"+-1\"" << false;
        QTest::newRow("number with a tail") << QByteArray("value\n1x\n") << "in line 2" << false;
        QTest::newRow("lines inside quotes count") << QByteArray("n,value\n\"a\nb\",1\nc,?\n") << "in line 4" << false;
        QTest::newRow("too short") << QByteArray("a,b,value\n1,2\n") << "in line 2: it has 2 of 3" << false;
        QTest::newRow("quote never closed")
            << QByteArray("value,n\n1,a\n2,\"b\n3,c\n") << "in line 3: a quote" << false;
        QTest::newRow("quote never closed in the header")
            << QByteArray("\"value\n1\n") << "in line 1: a quote" << false;
        QTest::newRow("missing time") << QByteArray("t,value\n,1\n") << "the time is missing" << false;
        QTest::newRow("no time") << QByteArray("t,value\nyesterday,1\n") << "is no time" << false;
        QTest::newRow("text among numbers") << QByteArray("t,value\n1,1\n2026-01-01,1\n") << "in line 3" << false;
        QTest::newRow("number among dates") << QByteArray("t,value\n2026-01-01,1\n2,1\n") << "in line 3" << false;
        QTest::newRow("endless time") << QByteArray("t,value\ninf,1\n") << "in line 2" << false;
        QTest::newRow("a long cell is cut") << QByteArray("value\n" + QByteArray(100, 'x')) << "xxx...\"" << false;
    }
    void whatCannotBeReadIsSaidWithItsLine() {
        QFETCH(QByteArray, text);
        QFETCH(QString, words);
        QFETCH(bool, isWrongUsage);
        const auto table = readCsv(text.toStdString(), {});
        QVERIFY(!table.has_value());
        const QString sentence = QString::fromStdString(table.error().sentence());
        QVERIFY2(sentence.contains(words), qPrintable(sentence));
        QCOMPARE(table.error().kind == ra::ErrorKind::Invalid, isWrongUsage);
    }

    void rowsGoToTheirSeriesInTheOrderOfTheirFirstRows() {
        const auto table = readCsv("value,series,t\n1,b,10\n2,a,20\n3,b,30\n,\"a\",40\n", {});
        QVERIFY(table.has_value());
        QVERIFY(table->hasSeries);
        QVERIFY(table->hasTimes);
        QVERIFY(!table->timesAreText);
        QCOMPARE(table->series.size(), 2U);
        QCOMPARE(table->series[0].name, std::string("b"));
        QVERIFY(same(table->series[0].values(), {1, 3}));
        QVERIFY(same(table->series[0].times, {10, 30}));
        QCOMPARE(table->series[1].name, std::string("a"));
        QVERIFY(same(table->series[1].values(), {2, missing}));
    }

    void aTableWithASeriesColumnAndNoRowsHasNoSeries() {
        const auto table = readCsv("series,value\n", {});
        QVERIFY(table.has_value());
        QVERIFY(table->series.empty());
    }

    void columnsAreFoundByTheirNames() {
        Request request{.values = {"y", "x"}, .times = {"when"}, .timeRequired = true, .series = {"who"}};
        const auto table = readCsv("x,when,y,who,value\n1,2026-01-01T00:00:10,2,me,9\n", request);
        QVERIFY(table.has_value());
        QCOMPARE(table->series[0].columns.size(), 2U);
        QVERIFY(same(table->series[0].columns[0], {2}));
        QVERIFY(same(table->series[0].columns[1], {1}));
        QVERIFY(table->timesAreText);
        QCOMPARE(table->series[0].times[0], 1767225610.0);
        request.times = {"then"};
        QVERIFY(!readCsv("x,y\n", request).has_value());
        request.timeRequired = false;
        QVERIFY(readCsv("x,y\n", request).has_value());
        request.seriesRequired = true;
        QVERIFY(!readCsv("x,y\n", request).has_value());
    }

    void textsAreReadAsTheyStand() {
        const auto texts = readCsvTexts("id,message\n1,plain\n2,\"a, \"\"b\"\" and \"\"c\"\"\nd\"\n\n3,\n", "message");
        QVERIFY(texts.has_value());
        QCOMPARE(*texts, (std::vector<std::string>{"plain", "a, \"b\" and \"c\"\nd", ""}));
        QVERIFY(!readCsvTexts("", "message").has_value());
        QVERIFY(!readCsvTexts("text\na\n", "message").has_value());
        QVERIFY(!readCsvTexts("id,message\n1\n", "message").has_value());
        QVERIFY(!readCsvTexts("message\n\"a\n", "message").has_value());
        QVERIFY(!readCsvTexts("\"message\na\n", "message").has_value());
    }

    void manyDoubledQuotesInOneRowStayApart() {
        const auto texts =
            readCsvTexts("a,b,c,message\n\"\"\"1\"\"\",\"\"\"2\"\"\",\"\"\"3\"\"\",\"\"\"4\"\"\"\n", "a");
        QVERIFY(texts.has_value());
        QCOMPARE(texts->front(), std::string("\"1\""));
    }
};

QTEST_GUILESS_MAIN(TestCsv)
#include "tst_csv.moc"
