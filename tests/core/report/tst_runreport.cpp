// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/report/export.h"
#include "core/report/runreport.h"
#include "tests/core/report/samples.h"

#include <QElapsedTimer>
#include <QTest>

#include <algorithm>

using namespace ra;
using namespace ra::report;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace {

ReportDocument reportOf(const Run &run, const query::RecipeHistory &history = {}) {
    return buildRunReport(run, history, samples::start() + 1h, {});
}

template <typename T>
const T *blockOf(const std::vector<Block> &blocks) {
    for (const Block &block : blocks) {
        if (const T *found = std::get_if<T>(&block))
            return found;
    }
    return nullptr;
}

Figure figure(const ReportDocument &document, const QString &key) {
    for (const Figure &item : blockOf<Figures>(document.summary)->items) {
        if (item.key == key)
            return item;
    }
    return {};
}

const std::vector<Cell> &row(const Table &table, const QString &step) {
    return *std::find_if(table.rows.begin(), table.rows.end(),
                         [&](const auto &cells) { return cells[1].text == step; });
}

} // namespace

class TestRunReport : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void theConclusionSaysWhatFailedAndWhy();
    void everyEndHasItsSentence_data();
    void everyEndHasItsSentence();
    void aSlowRunIsCompared();
    void fewEarlierRunsAreNotCompared();
    void figuresAddUp();
    void stepsAreComparedWithTheirMedians();
    void stepsOfOneNameAreComparedInTheirOrder();
    void theTimelineShowsEveryAttempt();
    void anUnfinishedRunIsReportedAsItStands();
    void aStartCutOffToSecondsIsNoWaiting();
    void aStepWithoutANameHasOneInTheReport();
    void aRunWithoutTimesHasNoPicture();
    void hostileNamesStayTextAndPlaceholdersStayThemselves();
    void aHugeRunIsSummarised();
    void theSameRunGivesTheSameReport();
    void notesTellZoneResolutionAndSources();
};

void TestRunReport::theConclusionSaysWhatFailedAndWhy() {
    const ReportDocument document = reportOf(samples::nightlyOrders(), samples::history());
    QCOMPARE(document.title, u"nightly_orders"_s);
    QCOMPARE(document.conclusions.front(), u"8 of 10 steps done; never_up failed after 3 attempts: ConnectionError: "
                                           "warehouse did not answer (call 3)."_s);
    const Failures *brief = blockOf<Failures>(document.summary);
    QVERIFY(brief);
    QVERIFY(brief->items.front().traceback.empty());
    const Failures *full = blockOf<Failures>(document.details);
    QCOMPARE(full->items.front().traceback.back(), u"ConnectionError: warehouse did not answer (call 3)"_s);
    // Eleven lines; the last eight begin with a marker line, which goes with the three before it.
    QCOMPARE(full->items.front().leftOut, u"4 earlier lines left out"_s);
}

void TestRunReport::everyEndHasItsSentence_data() {
    QTest::addColumn<int>("status");
    QTest::addColumn<QString>("sentence");
    const auto add = [](RunStatus status, const QString &sentence) {
        QTest::newRow(std::string(toString(status)).c_str()) << int(status) << sentence;
    };
    add(RunStatus::Running, u"Still running: 1 of 3 steps done so far."_s);
    add(RunStatus::Cancelled, u"Cancelled on request: 1 of 3 steps done."_s);
    add(RunStatus::Interrupted, u"Interrupted from the keyboard: 1 of 3 steps done."_s);
    add(RunStatus::Killed, u"Killed by a signal: 1 of 3 steps done."_s);
    add(RunStatus::Timeout, u"Stopped because it took longer than allowed: 1 of 3 steps done."_s);
    add(RunStatus::Abandoned,
        u"The log just ends and the process is gone: 1 of 3 steps done; what became of the rest is "
        "not known."_s);
    add(RunStatus::Rejected, u"The recipe was refused before any step ran: no such file."_s);
}

void TestRunReport::everyEndHasItsSentence() {
    QFETCH(int, status);
    QFETCH(QString, sentence);
    Run run = samples::run("r", RunStatus(status),
                           {{.name = "a", .duration = 1s}, {.name = "b", .status = StepStatus::Running}});
    run.totalSteps = 3;
    run.errors = {"no such file.:"}; // the sentence brings its own full stop
    const ReportDocument document = reportOf(run);
    QCOMPARE(document.conclusions.at(0), sentence);
    QCOMPARE(document.conclusions.at(1), run.status == RunStatus::Running ? u"b is running."_s : u"b had not ended."_s);
    if (run.status == RunStatus::Killed)
        QCOMPARE(document.conclusions.at(2), u"1 step was not reached."_s);
}

void TestRunReport::aSlowRunIsCompared() {
    // 110 s beside a median of 100 s is 10 % more; usual is +-5 %.
    const Run run = samples::run("r", RunStatus::Completed, {{.name = "a", .duration = 110s}, {.name = "b"}});
    const ReportDocument slow = reportOf(run, {.runs = 12, .median = 100s, .spread = 0.05, .stepMedians = {}});
    QCOMPARE(slow.conclusions.front(),
             u"All 2 steps done in 1 m 50.0 s. That is 10.0 % longer than usual (median of 12 runs)."_s);
    QCOMPARE(figure(slow, u"duration_s"_s).change, u"+10.0 %"_s);
    QCOMPARE(figure(slow, u"duration_s"_s).direction, 1);
    QCOMPARE(figure(slow, u"duration_s"_s).tone, Tone::Bad);
    QCOMPARE(figure(slow, u"duration_s"_s).number, std::optional(110.0));

    const ReportDocument usual = reportOf(run, {.runs = 12, .median = 100s, .spread = 0.2, .stepMedians = {}});
    QCOMPARE(usual.conclusions.front(), u"All 2 steps done in 1 m 50.0 s. That is as long as usual (12 runs)."_s);
    QCOMPARE(figure(usual, u"duration_s"_s).tone, Tone::Neutral);
}

void TestRunReport::fewEarlierRunsAreNotCompared() {
    const Run run = samples::run("r", RunStatus::Completed, {{.name = "a", .duration = 110s}});
    const ReportDocument document = reportOf(run, {.runs = 4, .median = 100s, .spread = 0.05, .stepMedians = {}});
    QCOMPARE(document.conclusions, std::vector{u"The one step was done in 1 m 50.0 s."_s});
    QVERIFY(figure(document, u"duration_s"_s).change.isEmpty());
    QCOMPARE(figure(document, u"duration_s"_s).note, u"4 of 10 runs needed to compare"_s);
    const Table *steps = blockOf<Table>(document.details);
    QVERIFY(
        std::none_of(steps->columns.begin(), steps->columns.end(), [](const Column &c) { return c.key == u"usual"; }));
}

void TestRunReport::figuresAddUp() {
    const ReportDocument document = reportOf(samples::nightlyOrders(), samples::history());
    // 1.4 + 2.8 + 12.4 + 7.1 + 18.9 + 6.2 + 9.8 + 31 + 4 = 93.6 s.
    QCOMPARE(figure(document, u"duration_s"_s).value, u"1 m 33.6 s"_s);
    QCOMPARE(figure(document, u"duration_s"_s).note, u"not compared: not completed"_s);
    QCOMPARE(figure(document, u"completed_steps"_s).value, u"8"_s);
    QCOMPARE(figure(document, u"completed_steps"_s).unit, u"of 10"_s);
    QCOMPARE(figure(document, u"completed_steps"_s).note, u"1 failed · 1 skipped"_s);
    QCOMPARE(figure(document, u"lost_s"_s).value, u"13.3 s"_s);
    QCOMPARE(figure(document, u"lost_s"_s).note, u"6 failed attempts in 3 steps"_s);
    QCOMPARE(figure(document, u"status"_s).state, std::optional<State>(RunStatus::Partial));
}

void TestRunReport::stepsOfOneNameAreComparedInTheirOrder() {
    Run run = samples::nightlyOrders();
    run.steps.resize(2);
    for (Step &step : run.steps) {
        step.name = "settle";
        step.status = StepStatus::Completed;
        step.duration = 30s;
    }
    const ReportDocument document =
        reportOf(run, {.runs = 20, .median = 60s, .spread = 0.05, .stepMedians = {{"settle", 30s}, {"settle", 20s}}});
    const Table *steps = blockOf<Table>(document.details);
    QCOMPARE(steps->rows.size(), std::size_t(2));
    QCOMPARE(steps->rows[0][5].text, u"30.0 s"_s);
    QCOMPARE(steps->rows[1][5].text, u"20.0 s"_s);
    QCOMPARE(steps->rows[1][6].text, u"+50.0 %"_s);
}

void TestRunReport::stepsAreComparedWithTheirMedians() {
    const ReportDocument document = reportOf(samples::nightlyOrders(), samples::history());
    const Table *steps = blockOf<Table>(document.details);
    QCOMPARE(steps->rows.size(), std::size_t(10));
    const auto &aggregate = row(*steps, u"aggregate"_s);
    // 31 / 22.46 = 1.380; 31 / 93.6 = 33.1 %.
    QCOMPARE(aggregate[4].text, u"31.0 s"_s);
    QCOMPARE(aggregate[6].text, u"+38.0 %"_s);
    QCOMPARE(aggregate[6].tone, Tone::Bad);
    QCOMPARE(aggregate[7].text, u"33.1 %"_s);
    QCOMPARE(row(*steps, u"never_up"_s)[6].text, u"–"_s); // what failed is not compared
    QCOMPARE(row(*steps, u"notify"_s)[4].text, u"–"_s);
    QVERIFY(steps->leftOut.isEmpty());
}

void TestRunReport::theTimelineShowsEveryAttempt() {
    const ReportDocument document = reportOf(samples::nightlyOrders());
    const Timeline *picture = blockOf<Timeline>(document.summary);
    QVERIFY(picture);
    QCOMPARE(picture->extentNs, qint64(93'600'000'000));
    QCOMPARE(picture->rows.size(), std::size_t(10));
    const TimelineRow &handshake = picture->rows[1];
    // After connect's 1.4 s: attempts at 1.4, 2.6 and 3.8 s.
    QCOMPARE(handshake.bars.size(), std::size_t(3));
    QCOMPARE(
        handshake.bars[1],
        (TimelineBar{.startNs = 2'600'000'000, .endNs = 2'800'000'000, .state = StepStatus::Failed, .repeated = true}));
    QCOMPARE(handshake.bars[2],
             (TimelineBar{
                 .startNs = 3'800'000'000, .endNs = 4'200'000'000, .state = StepStatus::Completed, .repeated = false}));
    QCOMPARE(picture->rows[6].rank, 0); // the failed one is the last to be left out
    QVERIFY(picture->rows[9].bars.empty());
    QCOMPARE(picture->rows[9].note, u"skipped"_s);
}

void TestRunReport::anUnfinishedRunIsReportedAsItStands() {
    Run run = samples::run("r", RunStatus::Running,
                           {{.name = "a", .duration = 10s}, {.name = "b", .status = StepStatus::Running}});
    const ReportDocument document = reportOf(run);
    QCOMPARE(figure(document, u"duration_s"_s).value, u"1 h 00 m"_s);
    QCOMPARE(figure(document, u"duration_s"_s).note, u"so far"_s);
    const Timeline *picture = blockOf<Timeline>(document.summary);
    QCOMPARE(picture->rows[1].bars.front().endNs, qint64(3'600'000'000'000)); // up to the report
}

void TestRunReport::aStartCutOffToSecondsIsNoWaiting() {
    Run run = samples::run("r", RunStatus::Completed, {{.name = "a", .duration = 100ms}});
    run.start = *run.start - 900ms; // a text log's second; the step comes from a finer source
    const ReportDocument fine = reportOf(run);
    QCOMPARE(blockOf<Timeline>(fine.summary)->rows.front().bars.front().startNs, qint64(0));
    run.start = *run.start - 200ms; // more than a second: it did wait
    const ReportDocument waited = reportOf(run);
    QCOMPARE(blockOf<Timeline>(waited.summary)->rows.front().bars.front().startNs, qint64(1'100'000'000));
}

void TestRunReport::aStepWithoutANameHasOneInTheReport() {
    Run run = samples::run("r", RunStatus::Abandoned,
                           {{.name = "a", .duration = 1s}, {.name = "", .status = StepStatus::Interrupted}});
    const ReportDocument document = reportOf(run);
    QCOMPARE(document.conclusions.size(), std::size_t(2));
    QCOMPARE(document.conclusions.back(), u"unnamed step had not ended."_s);
    run.steps.back().className = "Loader";
    QCOMPARE(reportOf(run).conclusions.back(), u"unnamed step (Loader) had not ended."_s);
}

void TestRunReport::aRunWithoutTimesHasNoPicture() {
    Run run = samples::run("r", RunStatus::Failed, {{.name = "a", .status = StepStatus::Failed}});
    run.start.reset();
    run.end.reset();
    run.duration.reset();
    for (Step &step : run.steps) {
        step.start.reset();
        step.end.reset();
        step.duration.reset();
    }
    const ReportDocument document = reportOf(run);
    QVERIFY(!blockOf<Timeline>(document.summary));
    QCOMPARE(document.subtitle, u"Run without a known start · jobs/r.yaml"_s);
    QCOMPARE(document.fileStem, u"r"_s);
    QCOMPARE(figure(document, u"duration_s"_s).note, u"not known"_s);
    QCOMPARE(figure(document, u"lost_s"_s).value, u"–"_s);
}

void TestRunReport::hostileNamesStayTextAndPlaceholdersStayThemselves() {
    const Run run = samples::run(
        "../%1\xE2\x80\xAE<b>", RunStatus::Failed,
        {{.name = "%2 %3", .status = StepStatus::Failed, .attempts = {1s}, .type = "E%1", .message = "%4\x1b[0m"}});
    const ReportDocument document = reportOf(run);
    QCOMPARE(document.title, u"../%1\\u202e<b>"_s);
    QCOMPARE(document.conclusions.front(), u"0 of 1 steps done; %2 %3 failed: E%1: %4\\x1b[0m."_s);
    QCOMPARE(document.fileStem, u"___%1_"_s.replace(u"%1"_s, u"_1"_s) + u"_b_-2026-11-23"_s);
}

void TestRunReport::aHugeRunIsSummarised() {
    std::vector<std::string> names;
    std::vector<samples::StepPlan> plan;
    constexpr int count = 100'000;
    names.reserve(count);
    for (int i = 0; i < count; ++i) {
        names.push_back("step_" + std::to_string(i));
        samples::StepPlan step{.name = names.back().c_str(), .duration = std::chrono::milliseconds(i % 1000)};
        if (i % 50'000 == 7)
            step = {.name = names.back().c_str(), .status = StepStatus::Failed, .attempts = {1ms}, .type = "E"};
        plan.push_back(step);
    }
    const Run run = samples::run("huge", RunStatus::Partial, plan);
    QElapsedTimer timer;
    timer.start();
    const ReportDocument document = reportOf(run);
    QVERIFY2(timer.elapsed() < 5000, qPrintable(QString::number(timer.elapsed())));
    const Table *steps = blockOf<Table>(document.details);
    QCOMPARE(steps->rows.size(), std::size_t(52)); // 50 longest and the two failed ones
    QVERIFY(!row(*steps, u"step_7"_s).empty());
    QCOMPARE(steps->leftOut, u"99\u202F948 steps left out: the 50 longest and all failed steps are shown"_s);
    const Timeline *picture = blockOf<Timeline>(document.summary);
    QCOMPARE(picture->rows.size(), std::size_t(16));
    QCOMPARE(shownOf(*picture, 16), u"16 of 100\u202F000 steps: failed ones, repeated ones, the longest"_s);
}

void TestRunReport::theSameRunGivesTheSameReport() {
    const Run run = samples::nightlyOrders();
    const ReportDocument first = reportOf(run, samples::history());
    for (int i = 0; i < 20; ++i) {
        const ReportDocument again = reportOf(run, samples::history());
        QVERIFY(again == first);
        QCOMPARE(toJson(again), toJson(first));
        QCOMPARE(toHtml(again), toHtml(first));
    }
}

void TestRunReport::notesTellZoneResolutionAndSources() {
    Run run = samples::nightlyOrders();
    run.suspect = true;
    run.notes = {"clock-set-back"};
    run.resolution = 1us;
    const ReportDocument document = reportOf(run);
    const Notes *notes = blockOf<Notes>(document.details);
    const auto text = [&](const QString &label) {
        for (const auto &[name, value] : notes->items) {
            if (name == label)
                return value;
        }
        return QString();
    };
    QCOMPARE(text(u"Times"_s), u"in UTC, known to ±1 µs"_s);
    QCOMPARE(text(u"Sources"_s), u"result file: steps; text log: start, end"_s);
    QCOMPARE(text(u"Comparison"_s), u"none: 0 of 10 runs needed"_s);
    QCOMPARE(text(u"Contradiction"_s),
             u"The clock was set back while it ran: some of its times contradict each other."_s);
    run.provenance = {"times=text", "status=document", "times=text"}; // as merging notes them
    const ReportDocument merged = reportOf(run);
    notes = blockOf<Notes>(merged.details);
    QCOMPARE(text(u"Sources"_s), u"result or metrics file: outcome; log: times"_s);
    QCOMPARE(text(u"Execution"_s), u"runner.140709851237840 · process 30471"_s);
}

QTEST_GUILESS_MAIN(TestRunReport)
#include "tst_runreport.moc"
