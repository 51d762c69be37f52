// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/report/facts.h"
#include "tests/core/report/samples.h"

#include <QTest>

using namespace ra;
using namespace ra::report;
using namespace std::chrono_literals;

class TestReportFacts : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void retriesCostAllBeforeTheAttemptThatCounted();
    void aFailedStepIsLostWithItsPauses();
    void aRunThatFailedIsLostOnceAndAsAWhole();
    void unknownTimesMakeTheLossIncomplete();
    void negativeDurationsAreUnknown();
    void aStepWithoutTimesTookWhatItsAttemptsTook();
    void everyEndCountsAsWhatItIs_data();
    void everyEndCountsAsWhatItIs();
    void theLastFailedAttemptTellsTheReason();
    void aRunWithoutFailedStepsFailsAsAWhole();
    void aFailedStepTakesTheTimeOfItsAttempts();
    void interruptionsHaveAReasonButSuccessHasNone();
    void numbersInMessagesAreMasked();
    void theTypeInFrontOfAMessageIsDropped();
};

void TestReportFacts::retriesCostAllBeforeTheAttemptThatCounted() {
    // Attempts of 0.2, 0.2 and 0.4 s with pauses of 1 s: 2.8 s, of which the last 0.4 s counted.
    const Run run = samples::run("r", RunStatus::Completed, {{.name = "s", .attempts = {200ms, 200ms, 400ms}}});
    const LostTime lost = lostTime(run);
    QCOMPARE(lost.retries, Duration(2400ms));
    QCOMPARE(lost.failures, Duration(0));
    QCOMPARE(lost.failedAttempts, 2);
    QVERIFY(lost.complete);
}

void TestReportFacts::aFailedStepIsLostWithItsPauses() {
    // 1.4 - 0.3 = 1.1 s and 2.8 - 0.4 = 2.4 s of retries; never_up: 3 * 2.6 + 2 = 9.8 s.
    const LostTime lost = lostTime(samples::nightlyOrders());
    QCOMPARE(lost.retries, Duration(3500ms));
    QCOMPARE(lost.failures, Duration(9800ms));
    QCOMPARE(lost.total(), Duration(13300ms));
    QCOMPARE(lost.failedAttempts, 1 + 2 + 3);
}

void TestReportFacts::aRunThatFailedIsLostOnceAndAsAWhole() {
    const Run run = samples::run(
        "r", RunStatus::Failed,
        {{.name = "a", .duration = 5s}, {.name = "b", .status = StepStatus::Failed, .attempts = {1s, 1s}}});
    QCOMPARE(lostTime(run).failures, Duration(8s)); // 5 + 1 + 1 + 1
    QCOMPARE(lostTime(run).retries, Duration(0));
}

void TestReportFacts::unknownTimesMakeTheLossIncomplete() {
    Run run = samples::run("r", RunStatus::Partial, {{.name = "b", .status = StepStatus::Failed, .attempts = {1s}}});
    run.steps[0].duration.reset();
    run.steps[0].end.reset();
    run.steps[0].attempts.clear();
    QVERIFY(!lostTime(run).complete);
    QCOMPARE(lostTime(run).total(), Duration(0));
    Run repeated = samples::run("r", RunStatus::Completed, {{.name = "b", .attempts = {1s, 1s}}});
    repeated.steps[0].attempts.pop_back();
    QVERIFY(!lostTime(repeated).complete);
}

void TestReportFacts::aFailedStepTakesTheTimeOfItsAttempts() {
    // The text log has begin and end to the second, which may be the same one; the attempt knows its milliseconds.
    Run run = samples::run("r", RunStatus::Partial, {{.name = "b", .status = StepStatus::Failed, .attempts = {260ms}}});
    run.steps[0].duration.reset();
    run.steps[0].end = run.steps[0].start;
    QCOMPARE(durationOf(run.steps[0]), std::optional(Duration(260ms)));
}

void TestReportFacts::negativeDurationsAreUnknown() {
    Run run = samples::run("r", RunStatus::Completed, {{.name = "a", .duration = 5s}});
    run.duration = -3s;
    QVERIFY(!durationOf(run));
    run.duration.reset();
    QCOMPARE(durationOf(run), std::optional(Duration(5s)));
    run.end = *run.start - 1s;
    QVERIFY(!durationOf(run));
}

void TestReportFacts::aStepWithoutTimesTookWhatItsAttemptsTook() {
    Step step;
    step.attempts = {Attempt(), Attempt()};
    step.attemptCount = 2;
    step.attempts[0].duration = 1s;
    step.attempts[1].duration = 500ms;
    QCOMPARE(durationOf(step).value_or(-1s), Duration(1'500ms));
    step.attempts[1].duration = -1s; // the clock was set back
    QVERIFY(!durationOf(step));
    step.attempts[1].duration = 500ms;
    step.attemptCount = 3; // one left no trace
    QVERIFY(!durationOf(step));
    step.start = samples::start();
    step.end = samples::start() + 4s;
    QCOMPARE(durationOf(step).value_or(-1s), Duration(4s)); // with the pauses
}

void TestReportFacts::everyEndCountsAsWhatItIs_data() {
    QTest::addColumn<QString>("status");
    QTest::addColumn<int>("verdict");
    for (const char *word : {"partial", "failed", "rejected", "timeout", "killed", "abandoned"})
        QTest::newRow(word) << QString::fromLatin1(word) << static_cast<int>(Verdict::Failure);
    for (const char *word : {"running", "cancelled", "interrupted"}) // nothing went wrong, or a person wanted it
        QTest::newRow(word) << QString::fromLatin1(word) << static_cast<int>(Verdict::Uncounted);
    QTest::newRow("completed") << QStringLiteral("completed") << static_cast<int>(Verdict::Success);
}

void TestReportFacts::everyEndCountsAsWhatItIs() {
    QFETCH(const QString, status);
    QFETCH(const int, verdict);
    QCOMPARE(static_cast<int>(verdictOf(*runStatusFromString(status.toStdString()))), verdict);
}

void TestReportFacts::theLastFailedAttemptTellsTheReason() {
    Run run = samples::nightlyOrders();
    auto facts = failuresOf(run);
    QCOMPARE(facts.size(), std::size_t(1));
    QCOMPARE(facts[0].step->name, std::string("never_up"));
    QCOMPARE(facts[0].type, std::string_view("ConnectionError"));
    QCOMPARE(facts[0].attempts, 3);
    QVERIFY(facts[0].traceback.starts_with("Traceback"));
    run.steps[6].attempts.clear();
    run.steps[6].errors = {"first", "last"};
    facts = failuresOf(run);
    QCOMPARE(facts[0].message, std::string_view("last"));
    QVERIFY(facts[0].type.empty());
}

void TestReportFacts::aRunWithoutFailedStepsFailsAsAWhole() {
    Run run = samples::run("r", RunStatus::Rejected, {});
    run.errors = {"no such file"};
    const auto facts = failuresOf(run);
    QCOMPARE(facts.size(), std::size_t(1));
    QVERIFY(!facts[0].step);
    QCOMPARE(facts[0].message, std::string_view("no such file"));
}

void TestReportFacts::interruptionsHaveAReasonButSuccessHasNone() {
    QCOMPARE(failuresOf(samples::run("r", RunStatus::Interrupted, {})).size(), std::size_t(1));
    QVERIFY(failuresOf(samples::run("r", RunStatus::Completed, {})).empty());
    QVERIFY(failuresOf(samples::run("r", RunStatus::Running, {})).empty());
    QVERIFY(failuresOf(samples::run("r", RunStatus::Cancelled, {})).empty());
}

void TestReportFacts::numbersInMessagesAreMasked() {
    QCOMPARE(maskedMessage("line 104, saw 13\nmore 5"), std::string("line #, saw #"));
    QCOMPARE(maskedMessage(""), std::string());
}

void TestReportFacts::theTypeInFrontOfAMessageIsDropped() {
    QCOMPARE(withoutType("KeyError: 'x'", "KeyError"), std::string_view("'x'"));
    QCOMPARE(withoutType("KeyErrors: 'x'", "KeyError"), std::string_view("KeyErrors: 'x'"));
    QCOMPARE(withoutType("x", ""), std::string_view("x"));
}

QTEST_GUILESS_MAIN(TestReportFacts)
#include "tst_reportfacts.moc"
