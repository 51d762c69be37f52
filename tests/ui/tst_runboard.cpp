// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/runboard.h"

#include "ui/models/loglinesteps.h"
#include "ui/pages/runsummary.h"
#include "ui/theme/englishplurals.h"
#include "ui/theme/tokens.h"
#include "ui/widgets/errorsview.h"
#include "ui/widgets/logpanel.h"
#include "ui/widgets/logview.h"
#include "ui/widgets/stepstable.h"
#include "ui/widgets/timelineview.h"

#include <QLabel>
#include <QPlainTextEdit>
#include <QSignalSpy>
#include <QTest>

using namespace ra;
using namespace ra::ui;
using namespace std::chrono_literals;

namespace {

const std::string markup = "<img src=x><b>boom</b>";

Step step(const char *name, Duration start, Duration length, StepStatus status = StepStatus::Completed) {
    Step s;
    s.name = name;
    s.status = status;
    s.start = Time(start);
    s.end = Time(start + length);
    s.duration = length;
    return s;
}

/// load 0 to 20 s; connect 20 to 70 s in three attempts of 10 s, each followed by a pause of 10 s; save 70 to 100 s,
/// failed.
std::shared_ptr<Run> sampleRun() {
    auto run = std::make_shared<Run>();
    run->id = "00000000000000aa";
    run->recipe = "nightly";
    run->status = RunStatus::Partial;
    run->start = Time(0s);
    run->end = Time(100s);
    run->duration = 100s;
    run->totalSteps = 4;
    run->completedSteps = 2;
    run->failedSteps = 1;
    run->skippedSteps = 1;
    run->steps = {step("load", 0s, 20s), step("connect", 20s, 50s), step("save", 70s, 30s, StepStatus::Failed)};
    Step skipped;
    skipped.name = "notify";
    skipped.status = StepStatus::Skipped;
    run->steps.push_back(skipped);
    Step &retried = run->steps[1];
    retried.attemptCount = 3;
    for (int i = 0; i < 3; ++i) {
        Attempt attempt;
        attempt.number = i + 1;
        attempt.start = Time(20s + i * 20s);
        attempt.duration = 10s;
        attempt.success = i == 2;
        if (i < 2) {
            attempt.errorType = "ConnectionError";
            attempt.errorMessage = "no answer";
        }
        retried.attempts.push_back(attempt);
    }
    Attempt last;
    last.start = Time(70s);
    last.duration = 30s;
    last.success = false;
    last.errorType = "ValueError";
    last.errorMessage = markup;
    last.traceback = "Traceback (most recent call last):\n  <i>x</i>\nValueError: " + markup;
    run->steps[2].attempts.push_back(last);
    return run;
}

query::LogLine line(const char *text, bool startsRecord = true) {
    query::LogLine l;
    l.text = text;
    l.startsRecord = startsRecord;
    return l;
}

std::vector<query::LogLine> sampleLines() {
    std::vector<query::LogLine> lines{
        line("R: Starting enhanced recipe execution: x.yaml"),
        line("F: Starting execution of Load"),
        line("Load: reading"),
        line("R: Step 'load' completed successfully (20.000s)"),
        line("F: Starting execution of Connect"),
        line("F: Execution failed for Connect: no answer"),
        line("Traceback", false),
        line("R: Step 'connect' failed, will retry in 10s"),
        line("R: Retrying step 'connect' (attempt 2/3)"),
        line("F: Starting execution of Connect"),
        line("R: Step 'connect' completed successfully (50.000s)"),
        line("F: Starting execution of Save"),
        line("R: Step 'save' failed: ['boom']"),
        line("R: Recipe execution completed - Status: partial"),
    };
    for (std::size_t i = 0; i < lines.size(); ++i)
        lines[i].offset = i * 100;
    return lines;
}

class Fixture {
public:
    Fixture() {
        board.resize(1100, 700);
        board.setDetails({sampleRun(), std::nullopt}, Time(100s));
        auto lines = sampleLines();
        auto steps = stepsOfLines(*sampleRun(), lines);
        board.setLog({std::make_shared<const std::vector<query::LogLine>>(std::move(lines)), std::move(steps)});
        board.show();
        if (!QTest::qWaitForWindowExposed(&board))
            qFatal("no window");
    }
    RunBoard board;
};

} // namespace

class TestRunBoard : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() {
        applyTheme(ThemeChoice::Light);
        EnglishPlurals::install();
    }

    void linesBelongToTheStepsThatWroteThem() {
        QCOMPARE(stepsOfLines(*sampleRun(), sampleLines()),
                 (std::vector<int>{-1, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1, 2, 2, -1}));
    }

    void anEmptyLogSaysWhy_data() {
        QTest::addColumn<RunStatus>("status");
        QTest::addColumn<bool>("read");
        QTest::addColumn<QString>("says"); // empty: nothing but that there are no lines yet
        QTest::newRow("still running") << RunStatus::Running << true << QString();
        QTest::newRow("not read yet") << RunStatus::Completed << false << QString();
        for (const RunStatus ended : {RunStatus::Completed, RunStatus::Failed, RunStatus::Abandoned})
            QTest::addRow("ended %d", int(ended)) << ended << true << QStringLiteral("No log of this run was found");
    }
    void anEmptyLogSaysWhy() {
        QFETCH(RunStatus, status);
        QFETCH(bool, read);
        RunBoard board;
        auto run = sampleRun();
        run->status = status;
        board.setDetails({run, std::nullopt}, Time(100s));
        if (read)
            board.setLog({std::make_shared<const std::vector<query::LogLine>>(), {}});
        QTEST(board.logPanel()->view()->emptyText(), "says");
        // What is known later counts: the run ends without a line, or its log is found.
        run = std::make_shared<Run>(*run);
        run->status = RunStatus::Completed;
        board.setDetails({run, std::nullopt}, Time(100s));
        QCOMPARE(board.logPanel()->view()->emptyText().isEmpty(), !read);
        board.setLogNote(QStringLiteral("the log cannot be read"));
        QCOMPARE(board.logPanel()->view()->emptyText(), QStringLiteral("the log cannot be read"));
    }

    void namesWithQuotesAndStepsOfOneNameAreTold() {
        Run run;
        run.steps = {step("it's 'x'", 0s, 1s), step("same", 1s, 1s), step("same", 2s, 1s)};
        QCOMPARE(
            stepsOfLines(run, {line("R: Step 'it's 'x'' completed successfully (1s)"),
                               line("R: Step 'same' completed successfully (1s)"),
                               line("R: Step 'same' completed successfully (1s)"), line("R: Step 'other' failed: []")}),
            (std::vector<int>{0, 1, 2, -1}));
    }

    void withoutTheRunnersWordsTheTimeDecides() {
        Run run;
        run.resolution = 1ms;
        run.steps = {step("a", 0s, 10s), step("b", 20s, 10s)};
        std::vector<query::LogLine> lines;
        for (const auto at : {5s, 15s, 25s, 35s}) {
            lines.push_back(line("something"));
            lines.back().time = Time(at);
        }
        QCOMPARE(stepsOfLines(run, lines), (std::vector<int>{0, -1, 1, -1}));
    }

    void timeLostToRetriesIsAllButTheLastAttempt() {
        const RetryLoss loss = retryLossOf(*sampleRun());
        QCOMPARE(loss.lost, Duration(40s)); // two attempts of 10 s and two pauses of 10 s
        QCOMPARE(loss.attempts, 2);
        QCOMPARE(loss.steps, 1);
        QVERIFY(loss.complete);
        auto untimed = sampleRun();
        untimed->steps[1].attempts.clear();
        QVERIFY(!retryLossOf(*untimed).complete);
    }

    void theHeadlineSaysWhatHappened() {
        query::RecipeHistory history;
        history.runs = 12;
        history.median = 80s;
        history.spread = 0.1;
        const RunSummary summary = summarise(*sampleRun(), history, Time(100s));
        QCOMPARE(summary.steps, QStringLiteral("2 of 4 steps · 1 failed · 1 skipped"));
        QCOMPARE(summary.duration.figure + QLatin1Char(' ') + summary.duration.unit, QStringLiteral("1 m 40.0 s"));
        QCOMPARE(summary.duration.comparison, QStringLiteral("▲ +25 % · vs median of 12"));
        QCOMPARE(summary.duration.tone, PlainLabel::Tone::Failed);
        QCOMPARE(summary.longest.comparison, QStringLiteral("connect"));
        QCOMPARE(summary.longest.unit, QStringLiteral("s · 50 %"));
        QCOMPARE(summary.retries.figure, QStringLiteral("40.0"));
        QCOMPARE(summary.failures.comparison, QStringLiteral("ValueError in save")); // not what was made good again
    }

    void aRunThatDidNotDoAllIsNotPraisedForBeingShort_data() {
        QTest::addColumn<RunStatus>("status");
        QTest::addColumn<QString>("comparison");
        QTest::newRow("completed") << RunStatus::Completed << QStringLiteral("▼ −50 % · vs median of 12");
        for (const auto status : {RunStatus::Partial, RunStatus::Failed, RunStatus::Running, RunStatus::Abandoned})
            QTest::newRow(std::string(toString(status)).c_str())
                << status << QStringLiteral("median of 12: 1 m 20.0 s");
    }
    void aRunThatDidNotDoAllIsNotPraisedForBeingShort() {
        QFETCH(RunStatus, status);
        query::RecipeHistory history;
        history.runs = 12;
        history.median = 80s;
        Run run;
        run.status = status;
        run.start = Time(0s);
        run.duration = 40s;
        QTEST(summarise(run, history, Time(40s)).duration.comparison, "comparison");
    }

    void oneIsNotManyThings() {
        Run run;
        run.status = RunStatus::Failed;
        run.totalSteps = 1;
        run.failedSteps = 1;
        run.steps = {step("load", 0s, 20s, StepStatus::Failed)};
        run.steps[0].attemptCount = 2;
        const RunSummary summary = summarise(run, std::nullopt, Time(20s));
        QCOMPARE(summary.steps, QStringLiteral("0 of 1 step · 1 failed"));
        QCOMPARE(summary.failures.unit, QStringLiteral("of 1 step"));
        QCOMPARE(summary.retries.comparison, QStringLiteral("1 failed attempt in 1 step"));
    }

    void theLogsTimesAreNoFinerThanItsOwn() {
        RunBoard board;
        auto run = sampleRun();
        run->resolution = 1us; // from its result file
        const auto logOf = [](Duration fraction) {
            auto lines = sampleLines();
            for (query::LogLine &each : lines)
                each.time = Time(10s + fraction);
            return RunBoard::Log{std::make_shared<const std::vector<query::LogLine>>(std::move(lines)), {}};
        };
        board.setDetails({run, std::nullopt}, Time(100s));
        board.setLog(logOf(0s));
        QCOMPARE(board.logPanel()->view()->resolution(), Duration(1s));
        board.setLog(logOf(120ms));
        QCOMPARE(board.logPanel()->view()->resolution(), Duration(1us));
    }

    void aStepLongerThanItsRunIsNoShareOfIt() {
        Run run = *sampleRun();
        run.duration = 40s; // the result file's, of a log known to the second; connect took 50 s
        const Figure longest = summarise(run, std::nullopt, Time(100s)).longest;
        QCOMPARE(longest.figure, QStringLiteral("50.0"));
        QCOMPARE(longest.unit, QStringLiteral("s"));
    }

    void whatIsOddIsSaidInSentences() {
        Run run;
        run.notes = {"lines-missing", "clock-set-back"};
        run.suspect = true;
        const QString remarks = summarise(run, std::nullopt, Time(5s)).remarks;
        QVERIFY2(remarks.contains(QStringLiteral("are missing from the log")), qPrintable(remarks));
        QVERIFY2(remarks.contains(QStringLiteral("The clock was set back")), qPrintable(remarks));
        for (const std::string &code : run.notes)
            QVERIFY(!remarks.contains(QString::fromStdString(code)));
    }

    void whatIsNotKnownIsNotClaimed() {
        Run run;
        run.status = RunStatus::Abandoned;
        run.steps.emplace_back();
        const RunSummary summary = summarise(run, std::nullopt, Time(5s));
        QCOMPARE(summary.duration.figure, QStringLiteral("–"));
        QCOMPARE(summary.longest.figure, QStringLiteral("–"));
        run.duration = -3s;
        QCOMPARE(summarise(run, std::nullopt, Time(5s)).duration.tone, PlainLabel::Tone::Warning);
        run.duration.reset();
        run.start = Time(0s);
        run.end = Time(4s); // from times known to the second only
        QVERIFY(summarise(run, std::nullopt, Time(5s)).duration.unit.contains(QStringLiteral("±1 s")));
        query::RecipeHistory history;
        history.runs = 3;
        history.median = 60s;
        QVERIFY(!summarise(run, history, Time(5s))
                     .duration.comparison.contains(QLatin1Char('%'))); // stopped early: no praise
    }

    void fewRunsAreNothingToCompareWith() {
        for (int runs = 0; runs <= leastCompared; ++runs) {
            query::RecipeHistory history;
            history.runs = runs;
            history.median = 50s;
            history.stepMedians = {{"load", 10s}};
            const QString comparison = summarise(*sampleRun(), history, Time(100s)).duration.comparison;
            QCOMPARE(comparison.contains(QLatin1Char('%')), runs == leastCompared);
            if (runs == 1)
                QCOMPARE(comparison, QStringLiteral("1 of 5 runs needed to compare"));
            RunBoard board;
            board.setDetails({sampleRun(), history}, Time(100s));
            const QModelIndex change = board.stepsTable()->model()->index(0, StepsModel::Change);
            QCOMPARE(change.data().toString(), runs == leastCompared ? QStringLiteral("+100 %") : QStringLiteral("–"));
        }
    }

    void oneSelectionForAllParts() {
        Fixture f;
        QSignalSpy spy(&f.board, &RunBoard::stepChanged);
        f.board.timeline()->setFocus();
        QTest::keyClick(f.board.timeline(), Qt::Key_Down);
        QTest::keyClick(f.board.timeline(), Qt::Key_Down);
        QCOMPARE(f.board.stepsTable()->currentStep(), 1);
        f.board.stepsTable()->setCurrentIndex(f.board.stepsTable()->model()->index(2, 0));
        QCOMPARE(f.board.timeline()->current().row, 2);
        LogView *log = f.board.logPanel()->view();
        QTest::mouseClick(log->viewport(), Qt::LeftButton, {}, QPoint(100, 10 + 2 * 17)); // "Load: reading"
        QCOMPARE(f.board.currentStep(), 0);
        QCOMPARE(f.board.stepsTable()->currentStep(), 0);
        QCOMPARE(spy.size(), 4);
        QVERIFY(f.board.currentLine() != nullptr && f.board.currentLine()->offset > 0);
    }

    void aLinkToALineSelectsItAndItsStep() {
        Fixture f;
        f.board.selectLineAt(1100);
        QCOMPARE(f.board.logPanel()->view()->currentLine(), 11);
        QCOMPARE(f.board.currentStep(), 2);
        QCOMPARE(f.board.currentLine()->offset, 1100U);
        f.board.selectLineAt(12345);   // no such line: nothing changes
        f.board.selectLineAt(1200, 5); // nor of that source
        QCOMPARE(f.board.currentLine()->offset, 1100U);
    }

    void linesOfTwoSourcesAtOneOffsetAreToldApart() {
        RunBoard board;
        board.setDetails({sampleRun(), std::nullopt}, Time(100s));
        std::vector<query::LogLine> lines{line("one"), line("two"), line("three")};
        for (std::size_t i = 0; i < lines.size(); ++i) {
            lines[i].sourceId = static_cast<std::int64_t>(i) + 1;
            lines[i].offset = 70;
        }
        board.setLog({std::make_shared<const std::vector<query::LogLine>>(lines), {0, 0, 0}});
        board.selectLineAt(70, 2);
        QCOMPARE(board.currentLine()->text, std::string("two"));
        board.selectLineAt(70); // a link of before does not say which
        QCOMPARE(board.currentLine()->text, std::string("one"));
    }

    void progressKeepsTheSelection() {
        Fixture f;
        f.board.selectStep(1);
        auto next = sampleRun();
        next->steps.push_back(step("extra", 100s, 5s));
        f.board.setDetails({next, std::nullopt}, Time(105s));
        QCOMPARE(f.board.currentStep(), 1);
        QCOMPARE(f.board.timeline()->current().row, 1);
        auto other = sampleRun();
        other->id = "00000000000000bb";
        f.board.setDetails({other, std::nullopt}, Time(105s));
        QCOMPARE(f.board.currentStep(), -1);
        QCOMPARE(f.board.timeline()->current().row, -1);
    }

    void aRunReadAnewWithFewerStepsKeepsWhatIsLeftOfTheSelection_data() {
        QTest::addColumn<QStringList>("steps");
        QTest::addColumn<int>("selected");
        QTest::addColumn<int>("after");
        const auto row = [](const char *title, const char *steps, int selected, int after) {
            QTest::newRow(title) << QString::fromLatin1(steps).split(QLatin1Char(' '), Qt::SkipEmptyParts) << selected
                                 << after;
        };
        row("the step stays", "load connect", 1, 1);
        row("the step is gone", "load connect", 3, -1);
        row("no step is left", "", 0, -1);
        row("the step stands elsewhere", "connect save", 2, 1);
        row("another step stands there", "load other", 1, -1);
        row("none was selected", "load", -1, -1);
    }
    void aRunReadAnewWithFewerStepsKeepsWhatIsLeftOfTheSelection() {
        QFETCH(QStringList, steps);
        QFETCH(int, selected);
        QFETCH(int, after);
        Fixture f;
        f.board.selectStep(selected);
        QSignalSpy spy(&f.board, &RunBoard::stepChanged);
        auto fewer = sampleRun();
        fewer->steps.clear();
        for (const QString &name : steps)
            fewer->steps.push_back(step(name.toLatin1().constData(), 0s, 5s));
        f.board.setDetails({fewer, std::nullopt}, Time(105s));
        QCOMPARE(f.board.currentStep(), after);
        QCOMPARE(f.board.timeline()->current().row, after);
        QCOMPARE(f.board.stepsTable()->currentStep(), after);
        QCOMPARE(spy.size(), selected == after ? 0 : 1);
    }

    void theTwinTakesTheTimelinesPlace() {
        Fixture f;
        f.board.timeline()->setFocus();
        QTest::keyClick(f.board.timeline(), Qt::Key_T);
        QVERIFY(f.board.showsTable());
        QVERIFY(!f.board.timeline()->isVisible());
        f.board.toggleTable();
        QVERIFY(f.board.timeline()->isVisible());
    }

    void markupFromLogsIsTextEverywhere() {
        Fixture f;
        bool message = false;
        for (const QLabel *label : f.board.findChildren<QLabel *>()) {
            QCOMPARE(label->textFormat(), Qt::PlainText);
            message |= label->text() == QString::fromStdString(markup);
        }
        QVERIFY(message);
        bool traceback = false;
        for (const QPlainTextEdit *code : f.board.findChildren<QPlainTextEdit *>())
            traceback |= code->toPlainText().contains(QString::fromStdString(markup));
        QVERIFY(traceback);
    }
};

QTEST_MAIN(TestRunBoard)
#include "tst_runboard.moc"
