// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/live/liveboard.h"

#include <QTest>

using namespace ra;
using namespace ra::live;
using std::chrono::seconds;

namespace {

const Time noon = fromNs(1'795'435'200'000'000'000);

/// One change of one run: `steps` from index `first` on.
ingest::Batch change(const std::string &id, RunStatus status, std::vector<Step> steps, std::uint32_t first = 0) {
    ingest::RunChange c;
    c.run.id = id;
    c.run.recipe = "daily";
    c.run.recipePath = "jobs/daily.yaml";
    c.run.status = status;
    c.run.start = noon;
    if (isFinal(status))
        c.run.end = noon + seconds(30);
    c.run.steps = std::move(steps);
    c.firstStep = first;
    ingest::Batch batch;
    batch.runs.push_back(std::move(c));
    return batch;
}

Step step(const std::string &name, StepStatus status, int end = 0) {
    Step result;
    result.name = name;
    result.status = status;
    if (end > 0)
        result.end = noon + seconds(end);
    return result;
}

query::RecipeHistory history(int runs) {
    query::RecipeHistory result;
    result.runs = runs;
    result.median = seconds(100);
    result.spread = 0.1;
    result.stepMedians = {{"a", seconds(40)}, {"b", seconds(60)}};
    return result;
}

} // namespace

class TestLiveBoard : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void anEmptyBoardSaysSo() {
        LiveBoard board;
        QVERIFY(board.snapshot(noon)->runs.empty());
        QCOMPARE(board.snapshot(noon)->lag.count(), 0);
    }

    void aRunGoesThroughItsSteps() {
        LiveBoard board;
        board.apply(change("r1", RunStatus::Running, {step("a", StepStatus::Running)}), noon);
        auto snapshot = board.snapshot(noon + seconds(1));
        QCOMPARE(snapshot->runs.size(), 1U);
        QCOMPARE(snapshot->runs[0].step, std::string("a"));
        QCOMPARE(snapshot->runs[0].stepIndex, 1);
        QCOMPARE(snapshot->lag, Duration(seconds(1)));
        const auto version = snapshot->runs[0].version;

        board.apply(
            change("r1", RunStatus::Running, {step("a", StepStatus::Completed, 5), step("b", StepStatus::Running)}),
            noon);
        board.apply(change("r1", RunStatus::Running, {step("b2", StepStatus::Running)}, 1), noon);
        snapshot = board.snapshot(noon);
        QCOMPARE(snapshot->runs[0].step, std::string("b2"));
        QCOMPARE(snapshot->runs[0].stepIndex, 2);
        QVERIFY(snapshot->runs[0].version > version);
    }

    void aNamelessStepIsNamedByItsRecipe() {
        LiveBoard board;
        Step nameless = step("", StepStatus::Running);
        nameless.className = "Load";
        board.apply(change("r1", RunStatus::Running, {nameless}), noon);
        QCOMPARE(board.snapshot(noon)->runs[0].step, std::string("Load"));
        QVERIFY(!board.snapshot(noon)->runs[0].totalSteps);
        board.setRecipe("jobs/daily.yaml", {"load_orders", "write"});
        QCOMPARE(board.snapshot(noon)->runs[0].step, std::string("load_orders"));
        QCOMPARE(board.snapshot(noon)->runs[0].totalSteps.value_or(0), 2);
    }

    void theRateForgetsWhatIsOldWithoutASnapshot() {
        LiveBoard board;
        board.addLines("one\ntwo\n", noon);
        board.addLines("three\n", noon + seconds(60));
        QCOMPARE(board.snapshot(noon)->linesPerSecond, 1 / 5.0); // the first minute's lines are no longer kept
    }

    void anEstimateRestsOnHistory() {
        LiveBoard board;
        board.apply(
            change("r1", RunStatus::Running, {step("a", StepStatus::Completed, 40), step("b", StepStatus::Running)}),
            noon);
        QVERIFY(!board.snapshot(noon)->runs[0].estimate);
        QCOMPARE(board.recipesToAskAbout(noon), std::vector<std::string>{"daily"});
        QVERIFY(board.recipesToAskAbout(noon + seconds(1)).empty());
        QVERIFY(!board.recipesToAskAbout(noon + seconds(31)).empty());

        board.setHistory("daily", history(12));
        const auto estimate = board.snapshot(noon + seconds(60))->runs[0].estimate;
        QVERIFY(estimate.has_value());
        QCOMPARE(estimate->basisRuns, 12);
        QCOMPARE(estimate->remaining, Duration(seconds(40))); // 60 s of b, of which 20 are over
        QCOMPARE(estimate->progress, 0.6);
        QVERIFY(!estimate->slower);
        QVERIFY(board.snapshot(noon + seconds(150))->runs[0].estimate->slower);
    }

    void stepsAreFoundInTheHistoryByTheirNames_data() {
        QTest::addColumn<QString>("steps"); // "a b" ended each ten seconds after the one before; "+c": c runs
        QTest::addColumn<int>("remaining"); // five seconds later
        // Known are: settle 10 s, load 20 s, settle 30 s, save 40 s; filter is between the last two and never
        // completed.
        QTest::newRow("before the first") << QString() << 95;
        QTest::newRow("in the first") << QStringLiteral("+settle") << 95;
        QTest::newRow("after the first") << QStringLiteral("settle") << 85;
        QTest::newRow("in the second of the name") << QStringLiteral("settle load +settle") << 65;
        QTest::newRow("in the one that never completed") << QStringLiteral("settle load settle +filter") << 40;
        QTest::newRow("after it") << QStringLiteral("settle load settle filter") << 35;
        QTest::newRow("in the last") << QStringLiteral("settle load settle filter +save") << 35;
        QTest::newRow("after the last") << QStringLiteral("settle load settle filter save") << 0;
        QTest::newRow("one is not in the run") << QStringLiteral("settle settle") << 35;
        QTest::newRow("one is new") << QStringLiteral("settle check +load") << 85;
        QTest::newRow("all are new") << QStringLiteral("x y") << 75; // of 100 s in all
        QTest::newRow("the one that runs has no name") << QStringLiteral("settle +?") << 85;
    }
    void stepsAreFoundInTheHistoryByTheirNames() {
        QFETCH(const QString, steps);
        QFETCH(const int, remaining);
        LiveBoard board;
        std::vector<Step> told;
        int at = 0;
        for (const QString &name : steps.split(QLatin1Char(' '), Qt::SkipEmptyParts)) {
            if (name == QLatin1String("+?"))
                told.push_back(step("", StepStatus::Running));
            else if (name.startsWith(QLatin1Char('+')))
                told.push_back(step(name.mid(1).toStdString(), StepStatus::Running));
            else
                told.push_back(step(name.toStdString(), StepStatus::Completed, at += 10));
        }
        board.apply(change("r1", RunStatus::Running, told), noon);
        query::RecipeHistory known = history(12);
        known.stepMedians = {
            {"settle", seconds(10)}, {"load", seconds(20)}, {"settle", seconds(30)}, {"save", seconds(40)}};
        board.setHistory("daily", known);
        const auto estimate = board.snapshot(noon + seconds(at + 5))->runs[0].estimate;
        QVERIFY(estimate.has_value());
        QCOMPARE(estimate->remaining, Duration(seconds(remaining)));
    }

    void tooFewRunsAreNoBasis_data() {
        QTest::addColumn<int>("runs");
        QTest::addColumn<bool>("known");
        for (int runs = 0; runs <= 5; ++runs)
            QTest::addRow("%d completed runs", runs) << runs << (runs == 5);
    }
    void tooFewRunsAreNoBasis() {
        QFETCH(int, runs);
        QFETCH(bool, known);
        LiveBoard board;
        board.apply(change("r1", RunStatus::Running, {}), noon);
        QVERIFY(!board.snapshot(noon)->runs[0].basisRuns);
        board.setHistory("daily", history(runs));
        const LiveRun run = board.snapshot(noon + seconds(10))->runs[0];
        QCOMPARE(run.basisRuns, std::optional(runs));
        QCOMPARE(run.estimate.has_value(), known); // nothing is said of an end that nobody knows
        if (known)
            QCOMPARE(run.estimate->basisRuns, runs);
    }

    void aMedianOfNothingIsNoBasis() {
        LiveBoard board;
        board.apply(change("r1", RunStatus::Running, {}), noon);
        query::RecipeHistory instant = history(12);
        instant.median = {};
        board.setHistory("daily", instant);
        QVERIFY(!board.snapshot(noon + seconds(10))->runs[0].estimate);
    }

    void finishedRunsStayBelowTheRunningOnes() {
        LiveBoard board;
        board.apply(change("old", RunStatus::Completed, {}), noon + seconds(31));
        board.apply(change("new", RunStatus::Running, {}), noon);
        const auto snapshot = board.snapshot(noon + seconds(32));
        QCOMPARE(snapshot->runs[0].id, std::string("new"));
        QCOMPARE(snapshot->runs[1].id, std::string("old"));
    }

    void theNewestFailuresStandAboveWhatRuns() {
        LiveBoard board;
        board.apply(change("running", RunStatus::Running, {}), noon);
        board.apply(change("done", RunStatus::Completed, {}), noon + seconds(31));
        for (const char *id : {"f1", "f2", "f3", "f4"})
            board.apply(change(id, RunStatus::Failed, {}), noon + seconds(31));
        const auto ids = [&](Time when) {
            std::string all;
            const auto snapshot = board.snapshot(when);
            for (const LiveRun &run : snapshot->runs)
                all += run.id + ' ';
            return all;
        };
        QCOMPARE(ids(noon + seconds(32)), std::string("f1 f2 f3 running done f4 "));
        // Nobody needs to be told for ever.
        QCOMPARE(ids(noon + seconds(3600)), std::string("running done f1 f2 f3 f4 "));
    }

    void aRunHasTheNewestLineThatIsItsOwn() {
        LiveBoard board;
        const std::string text = "first\nsecond\nanother's\nperhaps\n";
        ingest::Batch batch = change("r1", RunStatus::Running, {});
        batch.runs[0].spans = {{100, 13, ingest::Certainty::Certain}, {123, 8, ingest::Certainty::Possible}};
        board.apply(batch, noon);
        board.takeLastLines(batch, 100, text);
        QCOMPARE(board.snapshot(noon)->runs[0].lastLine, std::string("second"));
        // A span of which the bytes are not there tells nothing.
        batch.runs[0].spans = {{50, 10, ingest::Certainty::Certain}};
        board.takeLastLines(batch, 100, text);
        QCOMPARE(board.snapshot(noon)->runs[0].lastLine, std::string("second"));
    }

    void historyThatIsIndexedIsNotLive() {
        LiveBoard board;
        board.apply(change("ancient", RunStatus::Completed, {}), noon + std::chrono::hours(5));
        QVERIFY(board.snapshot(noon)->runs.empty());
    }

    void aRunWhoseProcessIsGoneIsAbandonedUntilItSpeaks() {
        LiveBoard board;
        board.apply(change("r1", RunStatus::Running, {}), noon);
        QVERIFY(!board.markAbandoned({"unknown"}, noon));
        QVERIFY(board.markAbandoned({"r1"}, noon + seconds(2)));
        QVERIFY(board.snapshot(noon)->runs[0].status == RunStatus::Abandoned);
        QVERIFY(!board.markAbandoned({"r1"}, noon + seconds(3)));
        board.apply(change("r1", RunStatus::Running, {}), noon + seconds(4));
        QVERIFY(board.snapshot(noon)->runs[0].status == RunStatus::Running);
    }

    void withdrawnRunsLeaveTheBoard() {
        LiveBoard board;
        ingest::Batch batch = change("r1", RunStatus::Running, {});
        board.apply(batch, noon);
        batch.runs[0].withdrawn = true;
        board.apply(batch, noon);
        QVERIFY(board.snapshot(noon)->runs.empty());
    }

    void theBoardForgetsWhatFinishedFirst() {
        LiveBoard board;
        for (int i = 0; i < 400; ++i)
            board.apply(change("r" + std::to_string(1000 + i), RunStatus::Completed, {}), noon + seconds(30 + i));
        const auto snapshot = board.snapshot(noon);
        QVERIFY(snapshot->runs.size() <= LiveBoard::maxFinished * 5 / 4);
        QVERIFY(snapshot->runs.size() >= LiveBoard::maxFinished);
        QVERIFY(std::any_of(snapshot->runs.begin(), snapshot->runs.end(),
                            [](const LiveRun &r) { return r.id == "r1399"; }));
    }

    void theTailKeepsTheNewestLinesShort() {
        LiveBoard board;
        std::string text;
        for (int i = 0; i < 900; ++i)
            text += "line " + std::to_string(i) + "\n";
        board.addLines(text + std::string(700, 'x') + "\xC3\xBC", noon);
        const auto snapshot = board.snapshot(noon + seconds(1));
        QCOMPARE(snapshot->tail.size(), LiveBoard::maxTail);
        QCOMPARE(snapshot->tail.back().second.size(), 500U);
        QCOMPARE(snapshot->tail[snapshot->tail.size() - 2].second, std::string("line 899"));
        QCOMPARE(snapshot->linesPerSecond, 901 / 5.0);
        QCOMPARE(board.snapshot(noon + seconds(60))->linesPerSecond, 0.0);
    }

    void aCutNeverSplitsACharacter() {
        LiveBoard board;
        board.addLines(std::string(499, 'x') + "\xC3\xBC\n", noon);
        QCOMPARE(board.snapshot(noon)->tail[0].second, std::string(499, 'x'));
    }
};

QTEST_GUILESS_MAIN(TestLiveBoard)
#include "tst_liveboard.moc"
