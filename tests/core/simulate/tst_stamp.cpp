// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/simulate/random.h"
#include "core/simulate/stamp.h"

#include <QTest>
#include <cstdio>

using namespace ra;
using namespace ra::simulate;

class TestStamp : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void localTimeIsCutOffToSeconds() {
        Stamp stamp{Zone()};
        // 1795453164 is 2026-11-23 16:59:24 UTC (date -u -d @1795453164).
        QCOMPARE(stamp.local(fromNs(1795453164'999'999'999)), std::string_view("2026-11-23 16:59:24"));
        QCOMPARE(stamp.local(fromNs(1795453165'000'000'000)), std::string_view("2026-11-23 16:59:25"));
        QCOMPARE(stamp.local(fromNs(-1)), std::string_view("1969-12-31 23:59:59"));
    }

    void localTimeFollowsTheZoneOverAClockChange() {
        Stamp stamp(Zone::fromName("Europe/Berlin").value());
        // Clocks went back at 2026-10-25 01:00:00 UTC.
        QCOMPARE(stamp.local(fromNs(1792889999'000'000'000)), std::string_view("2026-10-25 02:59:59"));
        QCOMPARE(stamp.local(fromNs(1792890000'000'000'000)), std::string_view("2026-10-25 02:00:00"));
    }

    void utcHasMicrosecondsUnlessTheyAreZero() {
        Stamp stamp{Zone()};
        std::string text;
        stamp.appendUtc(text, fromNs(1795453227'450'035'999));
        QCOMPARE(text, std::string("2026-11-23T17:00:27.450035+00:00"));
        text.clear();
        stamp.appendUtc(text, fromNs(1795453227'000'000'999));
        QCOMPARE(text, std::string("2026-11-23T17:00:27+00:00"));
    }

    void fixedNumbersAgreeWithTheCLibrary() {
        Random random(7);
        for (int i = 0; i < 10'000; ++i) {
            const double number = random.logNormal(1.0, 4.0);
            std::string text;
            appendFixed(text, number, 3);
            std::array<char, 64> expected{};
            std::snprintf(expected.data(), expected.size(), "%.3f", number);
            QCOMPARE(text, std::string(expected.data()));
        }
    }

    void pythonStringsAreQuotedAsReprDoes_data() {
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<QByteArray>("repr");
        QTest::newRow("plain") << QByteArray("a") << QByteArray("'a'");
        QTest::newRow("single quote") << QByteArray("it's") << QByteArray("\"it's\"");
        QTest::newRow("both quotes") << QByteArray("it's \"so\"") << QByteArray("'it\\'s \"so\"'");
        QTest::newRow("newline, tab, backslash") << QByteArray("a\n\t\\") << QByteArray("'a\\n\\t\\\\'");
        QTest::newRow("not ASCII") << QByteArray("größe") << QByteArray("'größe'");
    }
    void pythonStringsAreQuotedAsReprDoes() {
        QFETCH(QByteArray, text);
        QFETCH(QByteArray, repr);
        std::string out;
        appendPythonString(out, text.toStdString());
        QCOMPARE(QByteArray::fromStdString(out), repr);
    }

    void shortestNumbersReadLikePython() {
        const auto text = [](double number) {
            std::string out;
            appendDouble(out, number);
            return out;
        };
        QCOMPARE(text(1200), std::string("1200.0"));
        QCOMPARE(text(50.14414100014619), std::string("50.14414100014619"));
    }

    void templatesAreFilled() {
        std::string out;
        appendFilled(out, "part {i}: {n} rows {x} {", 17, 3);
        QCOMPARE(out, std::string("part 3: 17 rows {x} {"));
    }

    void randomNumbersAreTheSameEverywhere() {
        // Worked out by an independent implementation of splitmix64 and xoshiro256** in Python.
        Random random(1, 2);
        QCOMPARE(random.bits(), std::uint64_t(8894534660930078135ULL));
        QCOMPARE(random.bits(), std::uint64_t(14316820429773341035ULL));
    }

    void logNormalHasTheGivenMedian() {
        Random random(3);
        int below = 0;
        for (int i = 0; i < 20'000; ++i)
            below += random.logNormal(12, 0.4) < 12 ? 1 : 0;
        // 20,000 fair coins: 5 standard deviations are 354.
        QVERIFY2(below > 10'000 - 354 && below < 10'000 + 354, qPrintable(QString::number(below)));
    }
};

QTEST_GUILESS_MAIN(TestStamp)
#include "tst_stamp.moc"
