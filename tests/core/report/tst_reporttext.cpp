// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/report/text.h"

#include <QTest>

using namespace ra;
using namespace ra::report;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

class TestReportText : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void hostileTextBecomesVisible_data();
    void hostileTextBecomesVisible();
    void longTextEndsInAnEllipsis();
    void combiningMarksDoNotPileUp();
    void durationsReadLikeThoseOnTheScreen_data();
    void durationsReadLikeThoseOnTheScreen();
    void momentsFollowTheZoneAndTheResolution();
    void shortMomentsBearTheYearOnlyWhereItDiffers();
    void changesBearTheirSign();
    void countsAreGroupedByThinSpaces();
    void theTailOfATracebackBeginsWithAFrame();
    void theTailSaysWhatItLeftOut();
    void otherLocalesChangeTheDecimalPoint();
};

void TestReportText::hostileTextBecomesVisible_data() {
    QTest::addColumn<QByteArray>("raw");
    QTest::addColumn<QString>("shown");
    QTest::newRow("plain") << QByteArray("load_orders") << u"load_orders"_s;
    QTest::newRow("umlaut") << QByteArray("Größe") << u"Größe"_s;
    QTest::newRow("emoji") << QByteArray("\xF0\x9F\x9A\x80") << u"\U0001F680"_s;
    QTest::newRow("markup stays text") << QByteArray("<b>x</b>") << u"<b>x</b>"_s;
    QTest::newRow("escape sequence") << QByteArray("\x1b[31mred") << u"\\x1b[31mred"_s;
    QTest::newRow("NUL") << QByteArray("a\0b", 3) << u"a\\x00b"_s;
    QTest::newRow("newlines") << QByteArray("a\r\nb") << u"a\\r\\nb"_s;
    QTest::newRow("tab") << QByteArray("a\tb") << u"a b"_s;
    QTest::newRow("delete and C1") << QByteArray("\x7f\xC2\x85") << u"\\x7f\\x85"_s;
    QTest::newRow("right-to-left override") << QByteArray("a\xE2\x80\xAE") << u"a\\u202e"_s;
    QTest::newRow("isolate") << QByteArray("\xE2\x81\xA6") << u"\\u2066"_s;
    QTest::newRow("zero width space") << QByteArray("a\xE2\x80\x8B") << u"a\\u200b"_s;
    QTest::newRow("line separator") << QByteArray("\xE2\x80\xA8") << u"\\u2028"_s;
    QTest::newRow("tag character") << QByteArray("\xF3\xA0\x81\x81") << u"\\U000e0041"_s;
    QTest::newRow("not UTF-8") << QByteArray("a\xFFz") << u"a\uFFFDz"_s;
    QTest::newRow("empty") << QByteArray() << QString();
}

void TestReportText::hostileTextBecomesVisible() {
    QFETCH(QByteArray, raw);
    QFETCH(QString, shown);
    QCOMPARE(visible(std::string_view(raw.constData(), std::size_t(raw.size()))), shown);
}

void TestReportText::longTextEndsInAnEllipsis() {
    QCOMPARE(visible("abcdef", 3), u"abc…"_s);
    QCOMPARE(visible("abc", 3), u"abc"_s);
    const std::string huge(100'000'000, 'x');
    QCOMPARE(visible(huge, 5), u"xxxxx…"_s);
}

void TestReportText::combiningMarksDoNotPileUp() {
    std::string pile = "Z";
    for (int i = 0; i < 50; ++i)
        pile += "\xCC\x88";
    const QString shown = visible(pile + "y");
    QCOMPARE(shown, u"Z\u0308\u0308\u0308…y"_s);
}

void TestReportText::durationsReadLikeThoseOnTheScreen_data() {
    QTest::addColumn<qint64>("ns");
    QTest::addColumn<QString>("text");
    QTest::newRow("zero") << qint64(0) << u"0 s"_s;
    QTest::newRow("ns") << qint64(999) << u"999 ns"_s;
    QTest::newRow("µs") << qint64(1'500) << u"1.5 µs"_s;
    QTest::newRow("ms") << qint64(400'000) << u"0.4 ms"_s;
    QTest::newRow("ms, whole") << qint64(404'000'000) << u"404 ms"_s;
    QTest::newRow("rounds up to seconds") << qint64(999'500'000) << u"1.0 s"_s;
    QTest::newRow("seconds") << qint64(12'400'000'000) << u"12.4 s"_s;
    QTest::newRow("never 60.0 s") << qint64(59'960'000'000) << u"1 m 00.0 s"_s;
    QTest::newRow("minutes") << qint64(95'900'000'000) << u"1 m 35.9 s"_s;
    QTest::newRow("ten minutes") << qint64(845'000'000'000) << u"14 m 05 s"_s;
    QTest::newRow("hours") << qint64(7'380'000'000'000) << u"2 h 03 m"_s;
    QTest::newRow("days") << qint64(183'600'000'000'000) << u"2 d 03 h"_s;
    QTest::newRow("negative") << qint64(-2'000'000'000) << u"−2.0 s"_s;
}

void TestReportText::durationsReadLikeThoseOnTheScreen() {
    QFETCH(qint64, ns);
    QFETCH(QString, text);
    QCOMPARE(durationText(Duration(ns), {}), text);
    QCOMPARE(durationText(std::nullopt, {}), u"–"_s);
}

void TestReportText::momentsFollowTheZoneAndTheResolution() {
    const Time t = Time(1795453064s) + 250ms; // 2026-11-23 16:57:44.250 UTC
    const auto berlin = Zone::fromName("Europe/Berlin");
    QVERIFY(berlin);
    QCOMPARE(momentText(t, 1s, {}), u"23 Nov 2026 16:57:44"_s);
    QCOMPARE(momentText(t, 1s, {.zone = *berlin}), u"23 Nov 2026 17:57:44"_s);
    QCOMPARE(momentText(t, 1ms, {.zone = *berlin}), u"23 Nov 2026 17:57:44.250"_s);
    QCOMPARE(momentText(std::nullopt, 1s, {}), u"–"_s);
    QCOMPARE(dateText(t + 7h, {.zone = *berlin}), u"24 Nov 2026"_s);
}

void TestReportText::shortMomentsBearTheYearOnlyWhereItDiffers() {
    const Time t = Time(1795453064s);
    QCOMPARE(shortMomentText(t, t, {}), u"23 Nov 16:57"_s);
    QCOMPARE(shortMomentText(t, t + std::chrono::days(60), {}), u"23 Nov 2026 16:57"_s);
    QCOMPARE(shortMomentText(std::nullopt, t, {}), u"–"_s);
}

void TestReportText::changesBearTheirSign() {
    QCOMPARE(percentChangeText(0.112, {}), u"+11.2 %"_s);
    QCOMPARE(percentChangeText(-0.0271, {}), u"−2.7 %"_s);
    QCOMPARE(percentChangeText(0.0001, {}), u"0.0 %"_s);
    QCOMPARE(percentChangeText(2.471, {}), u"+247 %"_s);
}

void TestReportText::countsAreGroupedByThinSpaces() {
    QCOMPARE(countText(1572, {}), u"1\u202F572"_s);
    QCOMPARE(countText(-1234567, {}), u"−1\u202F234\u202F567"_s);
    QCOMPARE(countText(999, {}), u"999"_s);
}

void TestReportText::theTailOfATracebackBeginsWithAFrame() {
    const Tail end = tail("Traceback (most recent call last):\n"
                          "  File \"a.py\", line 1, in f\n"
                          "    g()\n"
                          "    ^^^\n"
                          "  File \"b.py\", line 2, in g\n"
                          "    raise E('x')\n"
                          "E: x\n",
                          5);
    // The last five lines would begin with the source line of a frame that is not there.
    QCOMPARE(end.lines, (std::vector<QString>{u"  File \"b.py\", line 2, in g"_s, u"    raise E('x')"_s, u"E: x"_s}));
    QCOMPARE(end.earlierLines, 4);
}

void TestReportText::theTailSaysWhatItLeftOut() {
    const Tail all = tail("one\n\n  two\r\n", 8);
    QCOMPARE(all.lines, (std::vector<QString>{u"one"_s, u"  two"_s}));
    QCOMPARE(all.earlierLines, 0);
    QVERIFY(!all.clipped);
    const Tail cut = tail("a\nb\n" + std::string(1000, 'x'), 1);
    QCOMPARE(cut.earlierLines, 2);
    QVERIFY(cut.clipped);
    QVERIFY(cut.lines.front().endsWith(u'…'));
    QVERIFY(tail("", 5).lines.empty());
    QCOMPARE(tail("a\nb", 0).earlierLines, 2);
}

void TestReportText::otherLocalesChangeTheDecimalPoint() {
    const Style german{.zone = {}, .locale = QLocale(QLocale::German, QLocale::Germany)};
    QCOMPARE(durationText(12'400ms, german), u"12,4 s"_s);
    QCOMPARE(countText(1572, german), u"1\u202F572"_s);
}

QTEST_GUILESS_MAIN(TestReportText)
#include "tst_reporttext.moc"
