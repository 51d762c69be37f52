// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/text/slots.h"

#include <QTest>

using namespace ra::text;

namespace {

QByteArray joined(const Slots &slots) {
    QByteArray text;
    for (const std::string_view word : slots.words)
        text += '<' + QByteArray(word.data(), static_cast<qsizetype>(word.size())) + '>';
    return text;
}

} // namespace

class TestSlots : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void aLineIsCutIntoSlots_data() {
        QTest::addColumn<QByteArray>("line");
        QTest::addColumn<QByteArray>("slots_");
        QTest::newRow("nothing") << QByteArray() << QByteArray();
        QTest::newRow("words") << QByteArray("a b.c d-e") << QByteArray("<a><b.c><d-e>");
        QTest::newRow("pairs") << QByteArray("k=v, x: y") << QByteArray("<k><v><x><y>");
        QTest::newRow("nothing in brackets") << QByteArray("from x () at y") << QByteArray("<from><x><><at><y>");
        QTest::newRow("all brackets") << QByteArray("[]{}\"\"''") << QByteArray("<><><><>");
        QTest::newRow("quoted words are one")
            << QByteArray("tag=\"View Lock\" 'x y'") << QByteArray("<tag><View Lock><x y>");
        QTest::newRow("quotes around a variable are not") << QByteArray("\"a \x01\"") << QByteArray("<a><\x01>");
        QTest::newRow("an apostrophe is no quote") << QByteArray("isn't it's") << QByteArray("<isn><t><it><s>");
        QTest::newRow("a quote never closed") << QByteArray("say \"x y") << QByteArray("<say><x><y>");
    }
    void aLineIsCutIntoSlots() {
        QFETCH(QByteArray, line);
        QFETCH(QByteArray, slots_);
        const std::string text = line.toStdString();
        const Slots slots = slotsOf(text);
        QCOMPARE(joined(slots), slots_);
        QCOMPARE(textOf(slots.structure, slots.words), text);
    }

    void listsOfDifferentLengthsBecomeEqual() {
        QCOMPARE(joinLists("to \x01,\x01 x"), std::string("to \x01 x"));
        QCOMPARE(joinLists("to \x01, \x01 : \x01 x"), std::string("to \x01 x"));
        QCOMPARE(joinLists("a=\x01##\x01##\x01"), std::string("a=\x01"));
        QCOMPARE(joinLists("a=\x01, b=\x01"), std::string("a=\x01, b=\x01"));
        QCOMPARE(joinLists("\x01, "), std::string("\x01, "));
        QCOMPARE(joinLists("\x01###\x01"), std::string("\x01###\x01"));
        QCOMPARE(joinLists(""), std::string());
    }

    void namesAreToldFromWords() {
        for (const char *word : {"eth0", "com.example", "my_name", "camelCase", "a@b", "x\\y", "UTF-\x01"})
            QCOMPARE(kindOf(word), WordKind::Identifier);
        for (const char *word : {"", "word", "Word", "WORD", "end.", "_", "half-done"})
            QCOMPARE(kindOf(word), WordKind::Plain);
    }

    void numbersOfAThingAreLeftOut() {
        QCOMPARE(withoutDigits("rack12b"), std::string("rackb"));
        QCOMPARE(withoutDigits("IPv6"), std::string("IPv6"));
        QCOMPARE(withoutDigits("2024"), std::string());
    }
};

QTEST_GUILESS_MAIN(TestSlots)
#include "tst_slots.moc"
