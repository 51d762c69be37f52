// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/table/jsonwriter.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QTest>
#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <random>
#include <vector>

using namespace ra::table;

class TestJsonWriter : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void aDocumentOfEverything() {
        JsonWriter out;
        out.beginObject()
            .field("n", 3)
            .field("ok", true)
            .field("no", false)
            .field("text", "a:\"b\"[")
            .key("none")
            .null();
        out.field("values", std::array<double, 3>{1, 0.1, std::nan("")});
        out.range("ci", -1e-300, std::numeric_limits<double>::infinity());
        out.key("nested").beginArray().beginObject().endObject().beginArray().endArray().value(std::string("x"));
        out.endArray().endObject();
        std::string want = "{'n':3,'ok':true,'no':false,'text':'a:^'b^'[','none':null,"
                           "'values':[1,0.1,null],'ci':[-1e-300,null],'nested':[{},[],'x']}";
        std::ranges::replace(want, '\'', '"');
        std::ranges::replace(want, '^', '\\');
        QCOMPARE(out.take(), want);
        QCOMPARE(out.take(), std::string());
    }

    void numbersReadBackAsTheSameDouble() {
        std::mt19937_64 random(1);
        for (int i = 0; i < 10'000; ++i) {
            const auto number = std::bit_cast<double>(random());
            JsonWriter out;
            out.beginArray().value(number).endArray();
            const auto read = QJsonDocument::fromJson(QByteArray::fromStdString(out.take())).array().at(0);
            if (std::isfinite(number))
                QCOMPARE(std::bit_cast<std::uint64_t>(read.toDouble()), std::bit_cast<std::uint64_t>(number));
            else
                QVERIFY(read.isNull());
        }
    }

    void textIsAlwaysValid_data() {
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<QByteArray>("json");
        QTest::newRow("controls") << QByteArray("a\n\t\x01\\\"") << QByteArray("\"a\\n\\u0009\\u0001\\\\\\\"\"");
        QTest::newRow("UTF-8") << QByteArray("\u00e9\u20ac\U0001f600") << QByteArray("\"\u00e9\u20ac\U0001f600\"");
        QTest::newRow("Latin-1") << QByteArray("caf\xe9") << QByteArray("\"caf\ufffd\"");
        QTest::newRow("cut off") << QByteArray("\xe2\x82") << QByteArray("\"\ufffd\ufffd\"");
        QTest::newRow("surrogate") << QByteArray("\xed\xa0\x80") << QByteArray("\"\ufffd\ufffd\ufffd\"");
        QTest::newRow("overlong") << QByteArray("\xc0\xaf\xe0\x80\xaf")
                                  << QByteArray("\"\ufffd\ufffd\ufffd\ufffd\ufffd\"");
        QTest::newRow("too far") << QByteArray("\xf4\x90\x80\x80") << QByteArray("\"\ufffd\ufffd\ufffd\ufffd\"");
        QTest::newRow("overlong four") << QByteArray("\xf0\x80\x80\x80") << QByteArray("\"\ufffd\ufffd\ufffd\ufffd\"");
        QTest::newRow("no first byte") << QByteArray("\xff\x80") << QByteArray("\"\ufffd\ufffd\"");
        QTest::newRow("two bytes cut off") << QByteArray("\xc3") << QByteArray("\"\ufffd\"");
    }
    void textIsAlwaysValid() {
        QFETCH(QByteArray, text);
        QFETCH(QByteArray, json);
        JsonWriter out;
        out.value(std::string_view(text.constData(), static_cast<std::size_t>(text.size())));
        QCOMPARE(QByteArray::fromStdString(out.take()), json);
    }
};

QTEST_GUILESS_MAIN(TestJsonWriter)
#include "tst_jsonwriter.moc"
