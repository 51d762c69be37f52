// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/ingest/pythonlist.h"
#include "core/ingest/runnermessage.h"
#include "core/ingest/runnertext.h"

#include <QTest>

#include <random>

using namespace ra::ingest;

namespace {

Record decode(const LineFormat &format, std::string_view line) {
    Record record;
    std::string_view reason;
    record.kind = RecordKind::Continuation;
    Record fresh;
    return format.decode(line, fresh, reason) == Decoded::Record ? fresh : record;
}

Record runner(std::string message) {
    static std::string kept; // the record's views point into it
    kept = "2026-11-23 16:59:24 [    INFO] runner.140709851237840: " + message;
    return decode(runnerTextFormat, kept);
}

QString text(std::string_view view) {
    return QString::fromUtf8(view.data(), static_cast<qsizetype>(view.size()));
}

} // namespace

class TestRunnerText : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void readsTimeLevelLoggerAndMessage() {
        const Record r = decode(runnerTextFormat, "1970-01-02 00:00:01 [ WARNING] LoadOrders: 3 of 7 late");
        QCOMPARE(r.timeNs, 86'401'000'000'000);
        QCOMPARE(r.resolutionNs, 1'000'000'000);
        QVERIFY(!r.utc);
        QVERIFY(r.level == Level::Warning);
        QCOMPARE(text(r.logger), QStringLiteral("LoadOrders"));
        QCOMPARE(text(r.message), QStringLiteral("3 of 7 late"));
        QCOMPARE(r.kind, RecordKind::Text);
        QCOMPARE(r.runner, 0U);
    }

    void knowsItsOwnLines_data() {
        QTest::addColumn<QByteArray>("line");
        QTest::addColumn<bool>("isRecord");
        QTest::newRow("a record") << QByteArray("2026-11-23 16:59:24 [   ERROR] a.b: c") << true;
        QTest::newRow("an empty message") << QByteArray("2026-11-23 16:59:24 [    INFO] Untidy: ") << true;
        QTest::newRow("a custom level") << QByteArray("2026-11-23 16:59:24 [Level 25] a: c") << true;
        QTest::newRow("a message without logger") << QByteArray("2026-11-23 16:59:24 [    INFO] hello") << true;
        QTest::newRow("an empty line") << QByteArray() << false;
        QTest::newRow("a traceback") << QByteArray("Traceback (most recent call last):") << false;
        QTest::newRow("a frame") << QByteArray("  File \"/srv/x.py\", line 7, in run") << false;
        QTest::newRow("no month 13") << QByteArray("2026-13-23 16:59:24 [    INFO] a: b") << false;
        QTest::newRow("no 30 February") << QByteArray("2026-02-30 16:59:24 [    INFO] a: b") << false;
        QTest::newRow("no level") << QByteArray("2026-11-23 16:59:24 [        ] a: b") << false;
        QTest::newRow("cut off") << QByteArray("2026-11-23 16:59:24 [    INF") << false;
        QTest::newRow("milliseconds") << QByteArray("2026-11-23 16:59:24,123 [    INFO] a: b") << false;
    }
    void knowsItsOwnLines() {
        QFETCH(QByteArray, line);
        QFETCH(bool, isRecord);
        Record record;
        std::string_view reason;
        const Decoded decoded = runnerTextFormat.decode({line.constData(), size_t(line.size())}, record, reason);
        QCOMPARE(decoded == Decoded::Record, isRecord);
    }

    void aDurationIsOneThatSomethingCanHaveTaken_data() {
        QTest::addColumn<std::string>("seconds");
        QTest::addColumn<bool>("isDuration");
        QTest::addColumn<qint64>("ns");
        QTest::newRow("a while") << std::string("0.405") << true << qint64{405'000'000};
        QTest::newRow("the clock was set back") << std::string("-3596.5") << true << qint64{-3'596'500'000'000};
        QTest::newRow("a year") << std::string("31536000") << true << qint64{31'536'000'000'000'000};
        QTest::newRow("as tiny numbers are written") << std::string("1e-06") << true << qint64{1'000};
        QTest::newRow("ten digits") << std::string("9999999999") << false << qint64{0};
        QTest::newRow("less than ten digits") << std::string("-9999999999") << false << qint64{0};
        QTest::newRow("a century") << std::string("3153600000.000") << false << qint64{0};
        QTest::newRow("as huge numbers are written") << std::string("1e300") << false << qint64{0};
        QTest::newRow("negative and huge") << std::string("-1e300") << false << qint64{0};
    }
    void aDurationIsOneThatSomethingCanHaveTaken() {
        QFETCH(const std::string, seconds);
        QFETCH(const bool, isDuration);
        QFETCH(const qint64, ns);
        const Record r = runner("Step 'a' completed successfully (" + seconds + "s)");
        QCOMPARE(r.kind == RecordKind::StepCompleted, isDuration);
        if (isDuration)
            QCOMPARE(r.durationNs, ns);
    }

    void aRunBeginsWithItsPath() {
        const Record r = runner("Starting enhanced recipe execution: jobs/with blank: and colon.yaml");
        QCOMPARE(r.kind, RecordKind::RunStarted);
        QCOMPARE(r.runner, 140709851237840U);
        QCOMPARE(text(r.text), QStringLiteral("jobs/with blank: and colon.yaml"));
        QVERIFY(r.thread.empty());
    }

    void aThreadNameMayHoldBlanksAndBrackets() {
        QCOMPARE(text(runner("Starting enhanced recipe execution: a.yaml [Thread-1 (work)]").thread),
                 QStringLiteral("Thread-1 (work)"));
        const Record r = runner("Step 'a' completed successfully (0.405s) [pool [3] x]");
        QCOMPARE(text(r.thread), QStringLiteral("pool [3] x"));
        QCOMPARE(r.durationNs, 405'000'000);
    }

    void aRunEndsWithItsFigures() {
        const Record r = runner(
            "Recipe execution completed - Status: partial, Steps: 3/4, Duration: -3596.890s, Success Rate: 75.0%");
        QCOMPARE(r.kind, RecordKind::RunFinished);
        QCOMPARE(text(r.text), QStringLiteral("partial"));
        QCOMPARE(r.a, 3);
        QCOMPARE(r.b, 4);
        QCOMPARE(r.durationNs, -3'596'890'000'000);
    }

    void aFailedStepHasItsName_data() {
        QTest::addColumn<QByteArray>("message");
        QTest::addColumn<QString>("name");
        QTest::addColumn<QStringList>("errors");
        QTest::newRow("plain") << QByteArray("Step 'value' failed: [\"bad amount: 'n/a'\"]") << QStringLiteral("value")
                               << QStringList{QStringLiteral("bad amount: 'n/a'")};
        QTest::newRow("no errors") << QByteArray("Step 'exit' failed: []") << QStringLiteral("exit") << QStringList{};
        QTest::newRow("quotes in the name") << QByteArray("Step 'name ' with \" both' failed: []")
                                            << QStringLiteral("name ' with \" both") << QStringList{};
        QTest::newRow("the phrase in the name")
            << QByteArray("Step 'odd' failed: [x' failed: ['e']") << QStringLiteral("odd' failed: [x")
            << QStringList{QStringLiteral("e")};
        QTest::newRow("the phrase in the error")
            << QByteArray("Step 'outer' failed: [\"Step 'inner' failed: ['x']\"]") << QStringLiteral("outer")
            << QStringList{QStringLiteral("Step 'inner' failed: ['x']")};
        QTest::newRow("a thread") << QByteArray("Step 'a' failed: ['x', 'y'] [job-1]") << QStringLiteral("a")
                                  << QStringList{QStringLiteral("x"), QStringLiteral("y")};
        QTest::newRow("escapes") << QByteArray("Step 'a' failed: ['l1\\nl2 \\xfc \\u7121 \\U0001f69a \\'q\\' \\\\']")
                                 << QStringLiteral("a") << QStringList{QString::fromUtf8("l1\nl2 ü 無 🚚 'q' \\")};
    }
    void aFailedStepHasItsName() {
        QFETCH(QByteArray, message);
        QFETCH(QString, name);
        QFETCH(QStringList, errors);
        const Record r = runner(message.toStdString());
        QCOMPARE(r.kind, RecordKind::StepFailed);
        QCOMPARE(text(r.text), name);
        QStringList got;
        for (const std::string &error : parsePythonList(r.rest))
            got << QString::fromStdString(error);
        QCOMPARE(got, errors);
    }

    void otherMessagesOfARun_data() {
        QTest::addColumn<QByteArray>("message");
        QTest::addColumn<int>("kind");
        QTest::addColumn<QString>("name");
        const auto row = [](const char *message, RecordKind kind, const char *name) {
            QTest::newRow(message) << QByteArray(message) << int(kind) << QString::fromUtf8(name);
        };
        row("Step 'a' failed, will retry in 0.3s", RecordKind::RetryScheduled, "a");
        row("Retrying step 'a b' (attempt 2/3)", RecordKind::RetryStarted, "a b");
        row("Stopping execution due to step failure: a", RecordKind::StepStopping, "a");
        row("Continuing execution after step failure: schritt-\xc3\xbc", RecordKind::StepContinuing,
            "schritt-\xc3\xbc");
        row("Recipe execution failed: Step 1 missing required 'module'", RecordKind::RunFailed,
            "Step 1 missing required 'module'");
        row("Failed to load recipe file: x", RecordKind::LoadFailed, "Failed to load recipe file: x");
        row("Failed to import scriptlet: No module named 'x'", RecordKind::AttemptBroken, "No module named 'x'");
        row("Scriptlet class/method not found: x", RecordKind::AttemptBroken, "x");
        row("Step execution failed: x", RecordKind::AttemptBroken, "x");
        row("Unexpected error in step 'a': boom", RecordKind::StepUnexpected, "a");
        row("Recipe execution cancellation requested [operator]", RecordKind::CancelRequested, "");
        row("Execution cancelled, skipping remaining steps from step 2", RecordKind::CancelSkipping, "");
        row("Recipe contains no steps: a.yaml", RecordKind::NoSteps, "a.yaml");
        row("Skipping step 'x' (in skip list)", RecordKind::StepSkipped, "x");
        row("Executing step 'x' with params: {}", RecordKind::StepBegins, "x");
        row("Validated 7 steps from recipe: a.yaml", RecordKind::StepsValidated, "");
        row("Step 'a' completed successfully (nonsense)", RecordKind::Text, "");
        row("Recipe execution completed - Status: odd", RecordKind::Text, "");
        row("Retrying step 'a' (attempt x/3)", RecordKind::Text, "");
        row("anything else", RecordKind::Text, "");
    }
    void otherMessagesOfARun() {
        QFETCH(QByteArray, message);
        QFETCH(int, kind);
        QFETCH(QString, name);
        const Record r = runner(message.toStdString());
        QCOMPARE(int(r.kind), kind);
        QCOMPARE(text(r.text), name);
    }

    void theFrameworkTellsOfAttempts() {
        const std::string begin = "2026-11-23 16:59:24 [    INFO] scriptlets.framework: ";
        const std::string started = begin + "Starting execution of Flaky [job-7]";
        Record r = decode(runnerTextFormat, started);
        QCOMPARE(r.kind, RecordKind::AttemptStarted);
        QCOMPARE(text(r.text), QStringLiteral("Flaky"));
        QCOMPARE(text(r.thread), QStringLiteral("job-7"));
        const std::string finished = begin + "Completed Flaky in 0.05s (success: False, exit_code: 3)";
        r = decode(runnerTextFormat, finished);
        QCOMPARE(r.kind, RecordKind::AttemptFinished);
        QCOMPARE(r.durationNs, 50'000'000);
        QCOMPARE(r.a, 0);
        QCOMPARE(r.b, 3);
        const std::string raised = begin + "Execution failed for Flaky: no answer: call 1";
        r = decode(runnerTextFormat, raised);
        QCOMPARE(r.kind, RecordKind::AttemptRaised);
        QCOMPARE(text(r.rest), QStringLiteral("no answer: call 1"));
        const std::string usage =
            begin + "Resource usage for Hog: duration=0.20s, memory_delta=-12B, peak_memory=4096B";
        r = decode(runnerTextFormat, usage);
        QCOMPARE(r.kind, RecordKind::ResourceUsage);
        QCOMPARE(r.a, -12);
        QCOMPARE(r.b, 4096);
        const std::string context = begin + "Starting execution of 3 scriptlets";
        QCOMPARE(decode(runnerTextFormat, context).kind, RecordKind::Text);
    }

    void aMessageThatOnlyLooksLikeTheRunnersIsText() {
        QCOMPARE(
            decode(runnerTextFormat, "2026-11-23 16:59:24 [    INFO] Chatty: Step 'a' completed successfully (1.0s)")
                .kind,
            RecordKind::Text);
        QCOMPARE(
            decode(runnerTextFormat, "2026-11-23 16:59:24 [    INFO] runner.x1: Starting enhanced recipe execution: a")
                .runner,
            0U);
    }

    void otherLayoutsCarryTheSameMessages() {
        const Record ms = decode(runnerTextMsFormat,
                                 "2026-11-23 16:59:24,250 [    INFO] runner.5: Step 'a' completed successfully (1.5s)");
        QCOMPARE(ms.kind, RecordKind::StepCompleted);
        QCOMPARE(ms.timeNs % 1'000'000'000, 250'000'000);
        QCOMPARE(ms.resolutionNs, 1'000'000);
        const Record dash = decode(dashTextFormat, "2026-11-23 16:59:24,007 - persistence.store - ERROR - disk: full");
        QVERIFY(dash.level == Level::Error);
        QCOMPARE(text(dash.logger), QStringLiteral("persistence.store"));
        QCOMPARE(text(dash.message), QStringLiteral("disk: full"));
        QCOMPARE(decode(dashTextFormat, "2026-11-23 16:59:24,007 - only one part").kind, RecordKind::Continuation);
    }

    void decimalsAreExact_data() {
        QTest::addColumn<QByteArray>("given");
        QTest::addColumn<qint64>("ns");
        QTest::newRow("milliseconds") << QByteArray("0.405") << qint64(405'000'000);
        QTest::newRow("negative") << QByteArray("-3597.799") << qint64(-3'597'799'000'000);
        QTest::newRow("whole") << QByteArray("12") << qint64(12'000'000'000);
        QTest::newRow("exponent") << QByteArray("1e-05") << qint64(10'000);
        QTest::newRow("more digits than nanoseconds") << QByteArray("0.1234567891") << qint64(123'456'789);
        QTest::newRow("empty") << QByteArray("") << qint64(Record::kNoDuration);
        QTest::newRow("no number") << QByteArray("abc") << qint64(Record::kNoDuration);
        QTest::newRow("trailing text") << QByteArray("1.5x") << qint64(Record::kNoDuration);
        QTest::newRow("too large") << QByteArray("99999999999.5") << qint64(Record::kNoDuration);
    }
    void decimalsAreExact() {
        QFETCH(QByteArray, given);
        QFETCH(qint64, ns);
        QCOMPARE(qint64(decimalSecondsToNs({given.constData(), size_t(given.size())})), ns);
    }

    void listsThatAreNoneAreEmpty() {
        for (const char *bad : {"", "[", "['a'", "['a',]", "['a', ", "x", "['a' 'b']", "[1]"}) {
            QVERIFY2(!pythonListLength(bad), bad);
            QVERIFY2(parsePythonList(bad).empty(), bad);
        }
        QCOMPARE(parsePythonList("['\\ud800']").front(), std::string("\\ud800")); // a lone surrogate stays as written
        QCOMPARE(parsePythonList("['\\q']").front(), std::string("\\q"));
    }

    void hostileBytesNeverReadOutsideTheLine() {
        std::mt19937 random(20261123);
        const std::string seeds[] = {
            "2026-11-23 16:59:24 [    INFO] runner.14: Step 'a' failed: ['x'] [job]",
            "2026-11-23 16:59:24 [    INFO] runner.14: Recipe execution completed - Status: completed, Steps: 1/1, "
            "Duration: 0.1s, Success Rate: 100.0%",
            "2026-11-23 16:59:24,123 [    INFO] scriptlets.framework: Completed X in 0.1s (success: True, exit_code: "
            "0)"};
        for (int i = 0; i < 20'000; ++i) {
            std::string line = seeds[random() % 3];
            for (int change = static_cast<int>(random() % 6); change >= 0; --change)
                line[random() % line.size()] = static_cast<char>(random());
            line.resize(random() % (line.size() + 1));
            const std::vector<char> exact(line.begin(), line.end()); // so that a sanitizer sees the end
            for (const LineFormat *format : {&runnerTextFormat, &runnerTextMsFormat, &dashTextFormat}) {
                Record record;
                std::string_view reason;
                (void)format->decode({exact.data(), exact.size()}, record, reason);
            }
        }
    }
};

QTEST_GUILESS_MAIN(TestRunnerText)
#include "tst_runnertext.moc"
