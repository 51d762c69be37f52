// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/logview.h"

#include "ui/theme/tokens.h"

#include <QAbstractButton>
#include <QClipboard>
#include <QGuiApplication>
#include <QScrollBar>
#include <QSignalSpy>
#include <QTest>

using namespace ra;
using namespace ra::ui;
using namespace std::chrono_literals;

namespace {

/// Lines "line 0", "line 1", ...; every hundredth an error.
LogDocument::Lines linesFrom(int first, int count) {
    LogDocument::Lines lines;
    for (int i = first; i < first + count; ++i) {
        query::LogLine line;
        line.time = Time(std::chrono::seconds(i));
        line.level = i % 100 == 99 ? "ERROR" : "INFO";
        line.text = "line " + std::to_string(i);
        line.offset = static_cast<std::uint64_t>(i) * 10;
        lines.push_back(line);
    }
    return lines;
}

class Fixture {
public:
    explicit Fixture(int count = 1000) {
        view.resize(600, 300);
        view.setLines(std::make_shared<LogDocument::Lines>(linesFrom(0, count)));
        view.show();
        if (!QTest::qWaitForWindowExposed(&view))
            qFatal("no window");
    }
    void press(Qt::Key key, Qt::KeyboardModifiers modifiers = {}) { QTest::keyClick(&view, key, modifiers); }
    LogView view;
};

} // namespace

class TestLogView : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { applyTheme(ThemeChoice::Light); }

    void atTheEndItFollows() {
        Fixture f;
        f.press(Qt::Key_End);
        QVERIFY(f.view.isFollowing());
        f.view.appendLines(linesFrom(1000, 50));
        QCOMPARE(f.view.verticalScrollBar()->value(), f.view.verticalScrollBar()->maximum());
        QCOMPARE(f.view.unseen(), 0U);
    }

    void whatArrivesDoesNotMoveTheReader() {
        Fixture f;
        f.press(Qt::Key_End);
        f.view.verticalScrollBar()->setValue(500);
        QVERIFY(!f.view.isFollowing());
        QCOMPARE(f.view.topLine(), 500);
        const QImage before = f.view.viewport()->grab(QRect(0, 0, 500, 200)).toImage();
        for (int i = 0; i < 4; ++i)
            f.view.appendLines(linesFrom(1000 + i * 32, 32));
        QCOMPARE(f.view.topLine(), 500);
        QCOMPARE(f.view.viewport()->grab(QRect(0, 0, 500, 200)).toImage(), before);
        auto *pill = f.view.findChild<QAbstractButton *>(QStringLiteral("newLines"));
        QVERIFY(pill && pill->isVisible());
        QCOMPARE(pill->text(), QStringLiteral("↓ 128 new"));
        f.press(Qt::Key_End);
        QVERIFY(f.view.isFollowing());
        QVERIFY(!pill->isVisible());
    }

    void scrollingBackToTheEndFollowsAgain() {
        Fixture f;
        f.press(Qt::Key_End);
        f.press(Qt::Key_PageUp);
        QVERIFY(!f.view.isFollowing());
        f.press(Qt::Key_PageDown);
        QVERIFY(f.view.isFollowing());
    }

    void droppingOldLinesDoesNotMoveTheReader() {
        Fixture f(0);
        f.view.setCapacity(1000);
        for (int i = 0; i < 20; ++i)
            f.view.appendLines(linesFrom(i * 100, 100));
        f.view.verticalScrollBar()->setValue(600);
        f.view.setCurrentLine(605);
        const std::string text = f.view.document().at(static_cast<std::size_t>(f.view.topLine())).text;
        const QString selected = f.view.selectedText();
        for (int i = 20; i < 24; ++i)
            f.view.appendLines(linesFrom(i * 100, 100));
        QCOMPARE(f.view.document().size(), 1000U);
        QCOMPARE(f.view.document().at(static_cast<std::size_t>(f.view.topLine())).text, text);
        QCOMPARE(f.view.selectedText(), selected);
    }

    void aGrownLogKeepsPlaceAndSelection() {
        Fixture f;
        f.view.setCurrentLine(500);
        const int top = f.view.topLine();
        f.view.setLines(std::make_shared<LogDocument::Lines>(linesFrom(0, 1200)));
        QCOMPARE(f.view.document().size(), 1200U);
        QCOMPARE(f.view.topLine(), top);
        QCOMPARE(f.view.currentLine(), 500);
        QCOMPARE(f.view.unseen(), 200U);
        f.view.setLines(std::make_shared<LogDocument::Lines>(linesFrom(7, 10))); // another log
        QCOMPARE(f.view.currentLine(), -1);
        QCOMPARE(f.view.unseen(), 0U);
    }

    void aFilterThatGoesLeavesTheReaderInPlace_data() {
        QTest::addColumn<int>("lines");
        QTest::newRow("searched at once") << 1000;
        QTest::newRow("searched in the background") << 30'000;
    }
    void aFilterThatGoesLeavesTheReaderInPlace() {
        QFETCH(int, lines);
        Fixture f(lines);
        const auto filter = [&](const char *text) {
            f.view.setFilter(LogFilter::fromText(text));
            QTRY_VERIFY(!f.view.isScanning());
        };
        QTRY_VERIFY(!f.view.isScanning());
        filter("7");
        f.view.verticalScrollBar()->setValue(120);
        const int top = f.view.topLine();
        filter("");
        QCOMPARE(f.view.topLine(), top);
        filter("7");
        QCOMPARE(f.view.topLine(), top);

        // The selected line keeps its place on the screen, also when its neighbours come back.
        f.view.setCurrentLine(477);
        const auto placeOfSelected = [&] {
            int row = 0;
            for (int line = f.view.topLine(); line < f.view.currentLine(); ++line)
                row += f.view.rowCount() == lines || std::to_string(line).find('7') != std::string::npos;
            return row;
        };
        const int place = placeOfSelected();
        filter("");
        QCOMPARE(placeOfSelected(), place);
        // Hidden by a filter, it is found again after.
        filter("line 5");
        filter("");
        QCOMPARE(f.view.currentLine(), 477);
        QVERIFY(f.view.topLine() <= 477 && f.view.topLine() > 440);
    }

    void linesOfASecondSourceDoNotMoveTheReader() {
        Fixture f;
        f.view.setCurrentLine(500);
        f.view.verticalScrollBar()->setValue(495);
        auto merged = linesFrom(0, 1000);
        auto second = linesFrom(0, 300);
        for (query::LogLine &line : second) {
            line.sourceId = 2;
            line.text = "second " + line.text;
        }
        merged.insert(merged.begin() + 100, second.begin(), second.end());
        f.view.setLines(std::make_shared<LogDocument::Lines>(merged));
        QCOMPARE(f.view.currentLine(), 800);
        QCOMPARE(f.view.selectedText(), QStringLiteral("line 500"));
        QCOMPARE(f.view.topLine(), 795);
        QCOMPARE(f.view.unseen(), 300U);
        // And with a filter, of which the rows are known later only.
        f.view.setFilter(LogFilter::fromText("line"));
        auto third = linesFrom(5000, 25'000);
        merged.insert(merged.begin() + 50, third.begin(), third.end());
        const int top = f.view.topLine();
        f.view.setLines(std::make_shared<LogDocument::Lines>(merged));
        QTRY_VERIFY(!f.view.isScanning());
        QCOMPARE(f.view.selectedText(), QStringLiteral("line 500"));
        QCOMPARE(f.view.topLine(), top + 25'000);
    }

    void whoSelectsALineStopsFollowing() {
        Fixture f;
        f.press(Qt::Key_End);
        QVERIFY(f.view.isFollowing());
        QTest::mouseClick(f.view.viewport(), Qt::LeftButton, {}, QPoint(100, f.view.viewport()->height() - 30));
        QVERIFY(f.view.currentLine() > 980);
        QVERIFY(!f.view.isFollowing());
        const int top = f.view.topLine();
        f.view.appendLines(linesFrom(1000, 50));
        QCOMPARE(f.view.topLine(), top);
        f.press(Qt::Key_End);
        QVERIFY(f.view.isFollowing());
        f.view.setCurrentLine(-1); // nothing to stay at
        QVERIFY(f.view.isFollowing());
    }

    void findCountsAllLinesAndWraps() {
        Fixture f;
        f.view.setNeedle(QStringLiteral("LINE 99"));
        QCOMPARE(f.view.matches().size(), 11U); // 99, 990 to 999
        f.view.setFocus();
        f.press(Qt::Key_N);
        QCOMPARE(f.view.currentLine(), 99);
        f.press(Qt::Key_N);
        QCOMPARE(f.view.currentLine(), 990);
        f.press(Qt::Key_N, Qt::ShiftModifier);
        QCOMPARE(f.view.currentLine(), 99);
        f.press(Qt::Key_N, Qt::ShiftModifier);
        QCOMPARE(f.view.currentLine(), 999);
        f.view.appendLines(linesFrom(9900, 3)); // what arrives is searched too
        QCOMPARE(f.view.matches().size(), 14U);
    }

    void errorsAreSteppedThrough() {
        Fixture f;
        QCOMPARE(f.view.errors().size(), 10U);
        f.press(Qt::Key_E);
        QCOMPARE(f.view.currentLine(), 99);
        f.press(Qt::Key_E);
        QCOMPARE(f.view.currentLine(), 199);
        f.press(Qt::Key_E, Qt::ShiftModifier);
        QCOMPARE(f.view.currentLine(), 99);
    }

    void aFilterShowsOnlyWhatItAdmits() {
        Fixture f;
        f.view.setFilter(LogFilter::fromText("9 -99"));
        int expected = 0;
        for (int i = 0; i < 1000; ++i) {
            const std::string text = std::to_string(i);
            expected += text.find('9') != std::string::npos && text.find("99") == std::string::npos;
        }
        QCOMPARE(f.view.rowCount(), expected);
        f.view.appendLines({linesFrom(1009, 1)});
        QCOMPARE(f.view.rowCount(), expected + 1);
        f.view.setFilter({});
        QCOMPARE(f.view.rowCount(), 1001);
    }

    void filtersAreReadFromText_data() {
        QTest::addColumn<QString>("text");
        QTest::addColumn<QStringList>("include");
        QTest::addColumn<QStringList>("exclude");
        const QStringList none;
        QTest::newRow("empty") << QString() << none << none;
        QTest::newRow("blanks") << QStringLiteral("   ") << none << none;
        QTest::newRow("words") << QStringLiteral("a  b") << QStringList{QStringLiteral("a"), QStringLiteral("b")}
                               << none;
        QTest::newRow("phrase") << QStringLiteral("\"a b\" -c") << QStringList{QStringLiteral("a b")}
                                << QStringList{QStringLiteral("c")};
        QTest::newRow("excluded phrase, not finished")
            << QStringLiteral("-\"x y") << none << QStringList{QStringLiteral("x y")};
        QTest::newRow("a lone minus") << QStringLiteral("-") << none << none;
        QTest::newRow("a lone quote") << QStringLiteral("\"") << none << none;
        QTest::newRow("minus inside") << QStringLiteral("a-b") << QStringList{QStringLiteral("a-b")} << none;
    }
    void filtersAreReadFromText() {
        QFETCH(QString, text);
        const LogFilter filter = LogFilter::fromText(text.toStdString());
        const auto list = [](const std::vector<std::string> &words) {
            QStringList result;
            for (const std::string &word : words)
                result << QString::fromStdString(word);
            return result;
        };
        QTEST(list(filter.include), "include");
        QTEST(list(filter.exclude), "exclude");
    }

    void textIsFoundInEitherCase() {
        QVERIFY(containsText("Step 'Load' failed", "step 'lOAD"));
        QVERIFY(containsText("aab", "ab"));
        QVERIFY(containsText("x", ""));
        QVERIFY(!containsText("", "x"));
        QVERIFY(!containsText("ab", "abc"));
        QVERIFY(containsText("größe", "GRö"));
        QVERIFY(containsText(std::string_view("a\0b", 3), std::string_view("\0B", 2)));
    }

    void copyGivesTheRawLines() {
        Fixture f;
        f.view.setCurrentLine(3);
        f.press(Qt::Key_Down, Qt::ShiftModifier);
        f.press(Qt::Key_C, Qt::ControlModifier);
        QCOMPARE(QGuiApplication::clipboard()->text(), QStringLiteral("line 3\nline 4"));
    }

    void selectingALineTellsItsStep() {
        Fixture f(10);
        f.view.setSteps({-1, 0, 0, 0, 1, 1, 2, 2, 2, -1});
        QCOMPARE(f.view.firstLineOf(1), 4);
        QCOMPARE(f.view.firstLineOf(7), -1);
        QCOMPARE(f.view.firstLineOf(-1), -1);
        QSignalSpy spy(&f.view, &LogView::lineSelected);
        f.press(Qt::Key_Down);
        f.press(Qt::Key_Down);
        QCOMPARE(spy.size(), 2);
        QCOMPARE(f.view.stepOf(f.view.currentLine()), 0);
        f.view.setCurrentLine(6); // not the reader's doing
        QCOMPARE(spy.size(), 2);
        QCOMPARE(f.view.stepOf(99), -1);
    }

    void slashAsksForFind() {
        Fixture f;
        QSignalSpy spy(&f.view, &LogView::findRequested);
        QTest::keyClick(&f.view, '/');
        QCOMPARE(spy.size(), 1);
    }

    void messagesLoseOnlyThePrefixThatHasColumns_data() {
        QTest::addColumn<QString>("text");
        QTest::addColumn<QString>("message");
        QTest::addColumn<QString>("level");
        QTest::addColumn<QString>("logger");
        QTest::newRow("runner") << QStringLiteral("2026-11-23 16:59:24 [    INFO] runner.14: Step 'a: b' failed")
                                << QStringLiteral("Step 'a: b' failed") << QStringLiteral("INFO")
                                << QStringLiteral("runner.14");
        QTest::newRow("empty message") << QStringLiteral("2026-11-23 16:59:24 [   ERROR] X: ") << QString()
                                       << QStringLiteral("ERROR") << QStringLiteral("X");
        // No raw strings here: moc of Qt 6.4 does not get through those that hold quotes.
        QTest::newRow("JSON") << QStringLiteral("{'timestamp': '2026-11-23T17:00:27+00:00', 'level': 'ERROR', "
                                                "'logger_name': 'framework0.audit', 'message': 'say {x}: [y]', "
                                                "'extra_data': {'message': 'inner'}}")
                                     .replace(QLatin1Char('\''), QLatin1Char('"'))
                              << QStringLiteral("say {x}: [y]") << QStringLiteral("ERROR")
                              << QStringLiteral("framework0.audit");
        QTest::newRow("JSON with an escaped quote") << QStringLiteral("{\"message\": \"say \\\"x\\\"\"}")
                                                    << QStringLiteral("say \\\"x\\\"") << QString() << QString();
        QTest::newRow("JSON, a value like a key")
            << QStringLiteral("{'a': 'message', 'b': {'message': 'no'}, 'message': 'yes'}")
                   .replace(QLatin1Char('\''), QLatin1Char('"'))
            << QStringLiteral("yes") << QString() << QString();
        for (const char *whole : {"", "{\"a\": {\"message\": \"inner\"}}", "{\"message\": 12}",
                                  "{\"message\": \"no end", "{\"message\": \"\\", "2026-11-23 16:59:24 [no end",
                                  "2026-11-23 16:59:24 [INFO] no logger", "Traceback (most recent call last):"})
            QTest::newRow(whole) << QString::fromLatin1(whole) << QString::fromLatin1(whole) << QString() << QString();
    }
    void messagesLoseOnlyThePrefixThatHasColumns() {
        QFETCH(QString, text);
        const query::LogLine line = lineFromText(Time(1s), text.toStdString());
        const std::string_view message = messageOf(line);
        QTEST(QString::fromUtf8(message.data(), static_cast<qsizetype>(message.size())), "message");
        QTEST(QString::fromStdString(line.level), "level");
        QTEST(QString::fromStdString(line.logger), "logger");
    }

    void markupIsShownLiterally() {
        // Painted markup and its letters in another guise must differ by what is painted, not vanish: the picture of
        // "<b>x</b>" is wider than that of "x".
        const auto inked = [](const char *text) {
            LogView view;
            view.resize(600, 60);
            query::LogLine line;
            line.text = text;
            view.setLines(std::make_shared<LogDocument::Lines>(LogDocument::Lines{line}));
            const QImage image = view.viewport()->grab().toImage();
            int right = 0;
            for (int y = 0; y < image.height(); ++y)
                for (int x = 0; x < image.width(); ++x)
                    if (image.pixel(x, y) != image.pixel(image.width() - 1, image.height() - 1))
                        right = std::max(right, x);
            return right;
        };
        QVERIFY(inked("<b>x</b>") > inked("x") + 20);
        QVERIFY(inked("<img src='file:///x.png'>") > inked("x") + 100);
    }

    void aMillionLinesAreSearchedWithoutStallingTheWindow() {
        Fixture f(1'000'000);
        QTRY_VERIFY_WITH_TIMEOUT(!f.view.isScanning(), 30'000);
        f.view.setNeedle(QStringLiteral("999999"));
        QVERIFY(f.view.isScanning()); // only started here
        QTRY_VERIFY_WITH_TIMEOUT(!f.view.isScanning(), 30'000);
        QCOMPARE(f.view.matches(), std::vector<std::uint32_t>{999'999});
        f.view.setNeedle(QStringLiteral("1"));
        f.view.setNeedle(QStringLiteral("12345")); // the newer search wins
        f.view.appendLines(linesFrom(12345, 1));   // and what arrives meanwhile is not lost
        QTRY_VERIFY_WITH_TIMEOUT(!f.view.isScanning(), 30'000);
        QCOMPARE(f.view.matches().back(), 1'000'000U);
        QVERIFY(f.view.matches().size() > 11);
    }
};

QTEST_MAIN(TestLogView)
#include "tst_logview.moc"
