// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/report/export.h"
#include "core/report/periodreport.h"
#include "core/report/pieces.h"
#include "tests/core/report/samples.h"
#include "tests/support/fulldisk.h"

#include <QDir>
#include <QFile>
#include <QTemporaryDir>
#include <QTest>

#include <nlohmann/json.hpp>

#include <set>

using namespace ra;
using namespace ra::report;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

class TestReportPieces : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void everyStateHasAName();
    void aFailureWithoutATextHasWordsAllTheSame_data();
    void aFailureWithoutATextHasWordsAllTheSame();
    void aFailedStepWithoutATextTellsItsExitCode();
    void everyOutcomeIsInThePicture();
    void statesDifferByShapeNotByColourAlone();
    void paragraphsAreInEveryExport();
    void aFullDiskLeavesTheOldReport();
};

void TestReportPieces::everyStateHasAName() {
    std::set<QString> runs;
    for (int i = 0; i < runStatusCount; ++i)
        runs.insert(stateName(static_cast<RunStatus>(i)));
    QCOMPARE(runs.size(), std::size_t(runStatusCount));
    QVERIFY(!runs.contains(QString()));
    std::set<QString> steps;
    for (int i = 0; i < stepStatusCount; ++i)
        steps.insert(stateName(static_cast<StepStatus>(i)));
    QCOMPARE(steps.size(), std::size_t(stepStatusCount));
    QVERIFY(!steps.contains(QString()));
    QCOMPARE(stateName(StepStatus::NotReached), u"Not reached"_s);
    QCOMPARE(stateName(RunStatus::Timeout), u"Timed out"_s);
}

void TestReportPieces::aFailureWithoutATextHasWordsAllTheSame_data() {
    QTest::addColumn<int>("status");
    QTest::addColumn<QString>("words");
    const auto row = [](RunStatus status, const char *words) {
        QTest::newRow(words) << static_cast<int>(status) << QString::fromLatin1(words);
    };
    row(RunStatus::Abandoned, "the log ends here and the process is gone");
    row(RunStatus::Killed, "killed by a signal");
    row(RunStatus::Interrupted, "interrupted from the keyboard");
    row(RunStatus::Timeout, "took longer than allowed");
    row(RunStatus::Rejected, "the recipe was refused");
    row(RunStatus::Failed, "no reason in the log");
}

void TestReportPieces::aFailureWithoutATextHasWordsAllTheSame() {
    QFETCH(const int, status);
    QFETCH(const QString, words);
    const Run run = samples::run("daily", static_cast<RunStatus>(status), {});
    FailureFact fact;
    fact.run = &run;
    QCOMPARE(reasonText(fact, 200), words);
    fact.message = "said so";
    QCOMPARE(reasonText(fact, 200), u"said so"_s);
}

void TestReportPieces::aFailedStepWithoutATextTellsItsExitCode() {
    const Run run = samples::run("daily", RunStatus::Failed, {});
    Step step;
    FailureFact fact;
    fact.run = &run;
    fact.step = &step;
    QCOMPARE(reasonText(fact, 200), u"no reason in the log"_s);
    step.exitCode = 1; // what every failed step ends with
    QCOMPARE(reasonText(fact, 200), u"exit code 1, without a message"_s);
    step.exitCode = 3;
    QCOMPARE(reasonText(fact, 200), u"exit code 3, without a message"_s);
    step.exitCode.reset();
    Attempt attempt;
    attempt.exitCode = 4;
    step.attempts = {attempt, Attempt()};
    QCOMPARE(reasonText(fact, 200), u"exit code 4, without a message"_s);
    fact.type = "ValueError";
    QCOMPARE(reasonText(fact, 200), u"ValueError"_s);
}

void TestReportPieces::everyOutcomeIsInThePicture() {
    const Time now = samples::start() + 1h;
    std::vector<Run> runs;
    for (const RunStatus status :
         {RunStatus::Completed, RunStatus::Completed, RunStatus::Partial, RunStatus::Failed, RunStatus::Cancelled})
        runs.push_back(samples::run("daily", status, {{.name = "load", .duration = 1s}}));
    for (const int days : {3, 30}) {
        const ReportDocument document = buildPeriodReport(runs, {}, periodOf(now, days, {}), now, {});
        const QByteArray html = toHtml(document);
        const qsizetype picture = html.lastIndexOf("<svg role=\"img\"", html.indexOf("-fill)\""));
        QVERIFY(picture > 0);
        const QByteArray svg = html.mid(picture, html.indexOf("</svg>", picture) - picture);
        for (const char *role : {"completed", "partial", "failed", "unknown"})
            QCOMPARE(svg.count("var(--" + QByteArray(role) + "-fill)"), 1);
        QVERIFY(svg.contains(">5</text>")); // all of the day
    }
}

void TestReportPieces::statesDifferByShapeNotByColourAlone() {
    std::set<QByteArray> shapes;
    const auto shapeOf = [](const State &state) {
        ReportDocument document;
        Cell cell;
        cell.state = state;
        Table table;
        table.columns = {{}};
        table.rows = {{cell}};
        document.details = {table};
        const QByteArray html = toHtml(document);
        const qsizetype begin = html.indexOf('>', html.indexOf("<svg")) + 1;
        return html.mid(begin, html.indexOf("</svg>") - begin);
    };
    for (const RunStatus status : {RunStatus::Completed, RunStatus::Partial, RunStatus::Failed, RunStatus::Running,
                                   RunStatus::Rejected, RunStatus::Abandoned})
        shapes.insert(shapeOf(status));
    QCOMPARE(shapes.size(), 6U);
    QCOMPARE(shapeOf(StepStatus::Running), shapeOf(RunStatus::Running));
    QCOMPARE(shapeOf(StepStatus::Completed), shapeOf(RunStatus::Completed));
    QCOMPARE(shapeOf(StepStatus::Failed), shapeOf(RunStatus::Failed));
    QCOMPARE(shapeOf(StepStatus::NotReached), shapeOf(RunStatus::Abandoned));
}

void TestReportPieces::paragraphsAreInEveryExport() {
    ReportDocument document;
    document.details = {Paragraph{.title = u"What to do"_s, .sentences = {u"Look at <b> first."_s, u"Then rest."_s}}};
    const QByteArray html = toHtml(document);
    QVERIFY(html.contains("<h2>What to do</h2>"));
    QVERIFY(html.contains("<p>Look at &lt;b&gt; first.</p>"));
    const auto json = nlohmann::json::parse(toJson(document).toStdString());
    QCOMPARE(json["details"][0]["type"].get<std::string>(), std::string("paragraph"));
    QCOMPARE(json["details"][0]["sentences"].size(), std::size_t(2));
}

void TestReportPieces::aFullDiskLeavesTheOldReport() {
    const QTemporaryDir folder;
    const QString path = folder.filePath(u"report.json"_s);
    QVERIFY(saveFile(path, "old").has_value());
    {
        const test::FullDisk disk(1'000);
        const auto saved = saveFile(path, QByteArray(100'000, 'x'));
        QVERIFY(!saved);
        QCOMPARE(saved.error().where, path.toStdString());
        QVERIFY(!saved.error().why.empty());
    }
    QFile file(path);
    QVERIFY(file.open(QIODevice::ReadOnly));
    QCOMPARE(file.readAll(), QByteArray("old"));
    QCOMPARE(QDir(folder.path()).entryList(QDir::Files | QDir::Hidden).size(), 1); // no half file beside it
}

QTEST_GUILESS_MAIN(TestReportPieces)
#include "tst_reportpieces.moc"
