// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/table/jsontable.h"

#include "core/table/csv.h"

#include <QTest>
#include <cmath>

using namespace ra::table;

class TestJsonTable : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void everyShapeIsTheSameTable_data() {
        QTest::addColumn<QString>("text");
        QTest::newRow("records") << "[{\"series\":\"a\",\"value\":1,\"t\":0},{\"t\":60,\"value\":2.5},{\"t\":120,"
                                    "\"value\":null,\"x\":\"y\"}]";
        QTest::newRow("lines") << "{\"series\":\"a\",\"value\":1,\"t\":0}\n{\"t\":60,\"value\":2.5}\r\n\n{\"t\":120}\n";
        QTest::newRow("columns") << "{\"series\":[\"a\",null,null],\"value\":[1,2.5,null],\"t\":[0,60,120]}";
        QTest::newRow("csv") << "series,value,t\na,1,0\n,2.5,60\n,,120\n";
    }
    void everyShapeIsTheSameTable() {
        QFETCH(QString, text);
        const std::string given = text.toStdString();
        const auto csv = isJson(given) ? csvOfJson(given) : ra::Result<std::string>(given);
        QVERIFY2(csv.has_value(), csv ? "" : csv.error().sentence().c_str());
        const auto table = readCsv(*csv, {});
        QVERIFY2(table.has_value(), table ? "" : table.error().sentence().c_str());
        QCOMPARE(table->series.size(), std::size_t{2});
        QCOMPARE(table->series[0].name, std::string("a"));
        QCOMPARE(table->series[0].values(), std::vector<double>{1});
        QCOMPARE(table->series[1].times, (std::vector<double>{60, 120}));
        QCOMPARE(table->series[1].values()[0], 2.5);
        QVERIFY(std::isnan(table->series[1].values()[1]));
    }

    void numbersAloneAreValues() {
        QCOMPARE(csvOfJson("[1, -2e3, null]").value(), std::string("\"value\"\n1\n-2e3\n\n"));
        QCOMPARE(csvOfJson(" []\n").value(), std::string("\"value\"\n"));
        QCOMPARE(csvOfJson("{\"value\":5}").value(), std::string("\"value\"\n5\n"));
        QCOMPARE(csvOfJson("{\"value\":[]}").value(), std::string("\"value\"\n"));
    }

    void digitsAndTextsAreKept() {
        const auto csv =
            csvOfJson("[{\"value\":0.12345678901234567890123,\"message\":\"a \\\"b\\\",\\nc\",\"ok\":true}]");
        QCOMPARE(csv.value(),
                 std::string("\"value\",\"message\",\"ok\"\n0.12345678901234567890123,\"a \"\"b\"\",\nc\",true\n"));
        QCOMPARE(readCsvTexts(*csv, "message").value(), std::vector<std::string>{"a \"b\",\nc"});
    }

    void headersOfCsvAreNoJson() {
        for (const char *text : {"", "value\n1\n", "[ms]\n1\n", "[cpu],t\n1,2\n", "\"{\"\n1\n", " \n"})
            QVERIFY2(!isJson(text), text);
        for (const char *text : {"[1]", "[]", " [ null ]", "{", "[{", "[\"a\"]", "[-1]"})
            QVERIFY2(isJson(text), text);
    }

    void whatIsNoTableIsRefused_data() {
        QTest::addColumn<QString>("text");
        for (const char *text :
             {"{", "[1,", "[1]x", "[[1]]", "[{\"a\":{}}]", "[{\"a\":[1]}]", "{\"a\":[1],\"b\":[1,2]}", "{\"a\":[[1]]}",
              "{\"a\":[{}]}", "{\"a\":1,\"b\":[1]}", "{\"a\":[1],\"b\":1}", "[1,{\"a\":1}]", "[{\"a\":1},1]",
              "{\"a\":{\"b\":1}}", "{\"a\":1}\n{\"a\":\n", "{\"a\":1}\n[1]\n", "{\"a\":[1]}\n{\"a\":[2]}", "[\xff]",
              "[1e]"})
            QTest::newRow(text) << QString::fromLatin1(text);
        QTest::newRow("deep") << QString(1'000'000, QLatin1Char('['));
        QTest::newRow("deep objects") << QStringLiteral("{\"a\":").repeated(100'000);
    }
    void whatIsNoTableIsRefused() {
        QFETCH(QString, text);
        const auto csv = csvOfJson(text.toStdString());
        QVERIFY(!csv);
        QVERIFY(csv.error().sentence().size() < 300 && !csv.error().why.empty());
    }
};

QTEST_GUILESS_MAIN(TestJsonTable)
#include "tst_jsontable.moc"
