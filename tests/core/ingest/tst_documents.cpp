// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/ingest/document.h"
#include "core/ingest/documentformats.h"
#include "core/ingest/documentjson.h"

#include <QDir>
#include <QFile>
#include <QtTest>

#include <random>

using namespace ra;
using namespace ra::ingest;
using namespace std::chrono_literals;

namespace {

std::string_view view(const QByteArray &bytes) {
    return {bytes.data(), static_cast<std::size_t>(bytes.size())};
}

QByteArray text(std::string_view s) {
    return QByteArray(s.data(), static_cast<qsizetype>(s.size()));
}

/// The name of the first format that takes these bytes for its own; empty if none does.
QByteArray recognised(const QByteArray &bytes, std::string_view fileName = "x") {
    for (const DocumentFormat &format : documentFormats()) {
        if (format.recognises(fileName, view(bytes).substr(0, 65536)))
            return text(format.name);
    }
    return {};
}

Time micros(std::int64_t us) {
    return Time(std::chrono::microseconds(us));
}

/// A result object with something odd in every field.
QByteArray runResult();

} // namespace

class tst_documents : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void formatsAreToldByContent_data();
    void formatsAreToldByContent();
    void aResultObjectIsARun();
    void resultStatuses_data();
    void resultStatuses();
    void aHistoryIsSeveralRuns();
    void jsonOutputIsFoundInsideText();
    void jsonOutputIgnoresWhatOnlyResemblesIt();
    void executionMetricsOnlyAddToRuns();
    void timelinesOnlyAddToRuns();
    void limitsHold_data();
    void limitsHold();
    void brokenDocumentsAreErrors();
    void oddJsonIsTolerated();
    void pythonSpelling();
    void mutatedDocumentsDoNoHarm();
    void theCorpusIsToldApart();
    void theCorpusHasItsRuns();
};

// Behind the class, because moc loses its way in raw strings.
namespace {
QByteArray runResult() {
    return R"({"recipe_path": "jobs/a b.yaml", "status": "partial", "overall_success": false,
 "execution_time_seconds": -3596.891, "start_time": 1795453187.4715514, "end_time": 1795453187.890123, "total_steps": 5,
 "completed_steps": 1, "failed_steps": 1, "skipped_steps": 2, "success_rate": 80.0, "context_keys_created": ["x"],
 "global_errors": ["e1"], "global_warnings": ["w1"], "step_results": [
  {"step_name": false, "step_index": 1, "module_name": "m", "class_name": "B", "status": "failed", "exit_code": 3,
   "success": false, "execution_time_seconds": 0.1, "start_time": 1795453187.5, "end_time": 1795453187.6,
   "errors": ["it's", "\ud800"], "warnings": [], "metadata": {"n": NaN}},
  {"step_name": "first", "step_index": 0, "module_name": "m", "class_name": "A", "status": "completed", "exit_code": 0,
   "success": true, "execution_time_seconds": Infinity, "start_time": 1795453187.5, "end_time": 0.0, "errors": []}],
 "execution_metadata": {}})";
}
} // namespace

void tst_documents::formatsAreToldByContent_data() {
    QTest::addColumn<QByteArray>("bytes");
    QTest::addColumn<QByteArray>("format");
    const auto row = [](const char *name, const QByteArray &bytes, const char *format) {
        QTest::newRow(name) << bytes << QByteArray(format);
    };
    row("result", runResult(), "runner-result");
    row("history", "[\n" + runResult() + "]", "runner-result");
    row("cut result", runResult().left(300), "runner-result");
    row("json output", "prints\n{\n  \"status\": \"completed\",\n  \"recipe_path\": \"a\",\n  \"context_keys\": [],",
        "runner-json-output");
    row("json output, refused", R"({"status": "error", "error": "e", "recipe_path": "a"})", "runner-json-output");
    row("execution", R"({"execution_id": "e", "recipe_name": "r", "start_time": "x", "phase_timings": {}})",
        "execution-metrics");
    row("executions", R"([{"execution_id": "e", "recipe_name": "r", "step_timings": []}])", "execution-metrics");
    row("export", R"({"export_timestamp": "x", "format": "json", "recipes": {}})", "execution-metrics");
    row("timeline", R"({"recipe_id": "a", "recipe_name": "b", "total_duration": 1, "steps": [{"step_id": "module"}]})",
        "execution-timeline");
    row("recipe", "# orders\nname: x\nsteps:\n- module: m\n  function: F\n", "recipe");
    row("recipe with indented list", "---\nsteps:\n  - {module: m, function: F}\n...\n", "recipe");
    row("recipe without steps", "steps: []\n", "recipe");
    row("recipe in JSON", R"({"test_meta": {}, "steps": [{"module": "m", "function": "F"}]})", "recipe");
    row("recipe, marked and with CRLF", "\xEF\xBB\xBFsteps:\r\n  - {module: m, function: F}\r\n", "recipe");
    row("nested", "recipe:\n  steps:\n    - {scriptlet: s, function: f}\n", "recipe");
    row("tasks", "tasks:\n  a: {implementation: x}\n", "recipe");
    row("long recipe", "steps:\n" + QByteArray("  - {module: m, function: F}\n").repeated(5000), "recipe");

    row("nothing", "", "");
    row("other JSON", R"({"a": 1, "b": [1, 2]})", "");
    row("array of numbers", "[1, 2]", "");
    row("graph", R"({"graph_id": "g", "nodes": [{"recipe_data": {"steps": [{"module": "m"}]}}]})", "");
    row("another program's pipeline", "steps:\n  - script: make\n", "");
    row("prose", "Some words about module and function.\nsteps: none\n", "");
    row("read me", "# Title\n\nSteps:\n\nsteps:\n- module\nthen go on\n", "");
    row("binary", QByteArray("steps:\n  - module\0", 18), "");
    row("code", "def function():\n    steps: list = []\n", "");
    row("key too long", QByteArray(100, 'x') + ": module\nsteps:\n", "");
    row("no object", "{\"status\": \"error\", \"error\": 5}", "");
}

void tst_documents::formatsAreToldByContent() {
    QFETCH(QByteArray, bytes);
    QFETCH(QByteArray, format);
    QCOMPARE(recognised(bytes), format);
}

void tst_documents::aResultObjectIsARun() {
    const auto document = runnerResultFormat.read("x.json", view(runResult()));
    QVERIFY2(document, document ? "" : document.error().sentence().c_str());
    QCOMPARE(document->runs.size(), 1U);
    QVERIFY(document->runs[0].standsAlone);
    const Run &run = document->runs[0].run;
    QCOMPARE(text(run.recipePath), "jobs/a b.yaml");
    QCOMPARE(text(run.recipe), "a b");
    QVERIFY(run.status == RunStatus::Partial);
    QVERIFY(run.start == micros(1795453187471551));
    QVERIFY(run.end == micros(1795453187890123));
    QVERIFY(run.duration == -3'596'891ms);
    QVERIFY(run.resolution == 1us);
    QCOMPARE(run.totalSteps, std::optional(5));
    QCOMPARE(run.completedSteps, 1);
    QCOMPARE(run.failedSteps, 1);
    QCOMPARE(run.skippedSteps, 2);
    QVERIFY((run.errors == std::vector<std::string>{"e1", "w1"}));
    QCOMPARE(run.runner, 0U);
    QVERIFY(run.id.empty() && run.provenance.empty());
    QCOMPARE(run.steps.size(), 2U);
    QCOMPARE(text(run.steps[0].name), "first");
    QCOMPARE(run.steps[0].index, 0);
    QVERIFY(run.steps[0].status == StepStatus::Completed);
    QVERIFY(run.steps[0].start == micros(1795453187500000));
    QVERIFY(!run.steps[0].end && !run.steps[0].duration);
    QCOMPARE(text(run.steps[1].name), "False");
    QCOMPARE(text(run.steps[1].className), "B");
    QVERIFY(run.steps[1].status == StepStatus::Failed);
    QVERIFY(run.steps[1].duration == 100ms);
    QCOMPARE(run.steps[1].exitCode, std::optional(3));
    QVERIFY((run.steps[1].errors == std::vector<std::string>{"it's", "\xEF\xBF\xBD"}));
}

void tst_documents::resultStatuses_data() {
    QTest::addColumn<QByteArray>("status");
    QTest::addColumn<QByteArray>("remarks");
    QTest::addColumn<int>("expected");
    const auto row = [](const char *status, const char *remarks, RunStatus expected) {
        QTest::addRow("%s %s", status, remarks)
            << QByteArray(status) << QByteArray(remarks) << static_cast<int>(expected);
    };
    row("completed", "", RunStatus::Completed);
    row("failed", "", RunStatus::Failed);
    row("running", "", RunStatus::Running);
    row("initializing", "", RunStatus::Running);
    row("cancelled", "", RunStatus::Cancelled);
    row("timeout", "", RunStatus::Timeout);
    row("completed", "\"Execution cancelled by user request\"", RunStatus::Cancelled);
    row("failed", "\"Recipe execution failed: no\"", RunStatus::Rejected);
}

void tst_documents::resultStatuses() {
    QFETCH(QByteArray, status);
    QFETCH(QByteArray, remarks);
    QFETCH(int, expected);
    const QByteArray bytes = R"({"recipe_path": "a.yaml", "status": ")" + status +
                             R"(", "overall_success": false, "end_time": 0.0,
        "execution_time_seconds": 0.0, "global_errors": [)" +
                             remarks + R"(], "step_results": []})";
    const auto document = runnerResultFormat.read("x", view(bytes));
    QVERIFY(document);
    QCOMPARE(static_cast<int>(document->runs[0].run.status), expected);
    QCOMPARE(document->runs[0].run.duration.has_value(), expected != static_cast<int>(RunStatus::Running));
}

void tst_documents::aHistoryIsSeveralRuns() {
    QByteArray cancelled = runResult();
    cancelled.replace(R"("status": "failed", "exit_code": 3)", R"("status": "cancelled")")
        .replace(R"("status": "completed", "exit)", R"("status": "executing", "exit)");
    const auto document = runnerResultFormat.read("x", view("[" + runResult() + ", {}, 5, " + cancelled + "]"));
    QVERIFY(document);
    QCOMPARE(document->runs.size(), 2U);
    QVERIFY(document->runs[1].run.steps[0].status == StepStatus::Running);
    QVERIFY(document->runs[1].run.steps[1].status == StepStatus::Interrupted);
}

void tst_documents::jsonOutputIsFoundInsideText() {
    const QByteArray stdoutText =
        "loading {\"status\": \"...\n{{\n  \"status\": \"completed\",\n  \"recipe_path\": \"jobs/a.yaml\",\n  "
        "\"context_keys\": [\"a\"],\n"
        "  \"execution_time\": 0.25,\n  \"success\": false,\n  \"total_steps\": 5,\n  \"completed_steps\": 2,\n  "
        "\"success_rate\": 40.0\n}\n"
        "2 rows{\n  \"status\": \"completed\",\n  \"recipe_path\": \"b.yaml\",\n  \"context_keys\": [],\n  "
        "\"execution_time\": 1.5,\n"
        "  \"success\": true,\n  \"total_steps\": 1,\n  \"completed_steps\": 1,\n  \"success_rate\": 100.0\n}\n"
        "{\"status\": \"error\", \"error\": \"Failed: x\\n  y\", \"recipe_path\": \"c.yaml\"}\n"
        "{\r\n  \"status\": \"completed\", \"recipe_path\": \"d.yaml\", \"context_keys\": [], \"success\": false, "
        "\"completed_steps\": 0}";
    const std::vector<DocumentRun> runs = jsonOutputRuns(view(stdoutText));
    QCOMPARE(runs.size(), 4U);
    for (const DocumentRun &run : runs)
        QVERIFY(!run.standsAlone && !run.run.start);
    QCOMPARE(text(runs[0].run.recipePath), "jobs/a.yaml");
    QCOMPARE(text(runs[0].run.recipe), "a");
    QVERIFY(runs[0].run.status == RunStatus::Partial);
    QVERIFY(runs[0].run.duration == 250ms);
    QCOMPARE(runs[0].run.totalSteps, std::optional(5));
    QCOMPARE(runs[0].run.completedSteps, 2);
    QVERIFY(runs[1].run.status == RunStatus::Completed);
    QVERIFY(runs[2].run.status == RunStatus::Rejected);
    QVERIFY((runs[2].run.errors == std::vector<std::string>{"Failed: x\n  y"}));
    QVERIFY(runs[3].run.status == RunStatus::Failed);
    QCOMPARE(recognised(stdoutText), "runner-json-output");
    const auto document = runnerJsonOutputFormat.read("stdout.txt", view(stdoutText));
    QVERIFY(document);
    QCOMPARE(document->runs.size(), 4U);
}

void tst_documents::jsonOutputIgnoresWhatOnlyResemblesIt() {
    QVERIFY(jsonOutputRuns("").empty());
    QVERIFY(jsonOutputRuns("{\n  \"status\": \"completed\",\n").empty());
    QVERIFY(jsonOutputRuns("{\n  \"status\": \"completed\",\n  \"recipe_path\": \"a\"}").empty());
    QVERIFY(jsonOutputRuns("{\n  \"status\": \"ok\", broken}").empty());
    QVERIFY(jsonOutputRuns("{\"status\": \"error\", \"error\": \"x\"}").empty());
    QVERIFY(!runnerJsonOutputFormat.read("x", "nothing"));
    // Objects that never close do not each take the time of all the text.
    const QByteArray hostile = QByteArray("{\"status\": \"error\", ").repeated(200'000);
    QElapsedTimer timer;
    timer.start();
    QVERIFY(jsonOutputRuns(view(hostile)).empty());
    QVERIFY(!runnerJsonOutputFormat.recognises("x", view(hostile).substr(0, 65536)));
    QVERIFY2(timer.elapsed() < 60'000, qPrintable(QString::number(timer.elapsed())));
    // Nor does each of many nested ones: a run beyond them is found only while they are few.
    const QByteArray run = "{\"status\": \"error\", \"error\": \"x\", \"recipe_path\": \"c.yaml\"}";
    for (const int depth : {100, 20'000}) {
        const QByteArray nested =
            QByteArray("{\"status\": \"a\", \"x\": ").repeated(depth) + "1" + QByteArray("}").repeated(depth) + run;
        QCOMPARE(jsonOutputRuns(view(nested)).size(), depth == 100 ? 1U : 0U);
    }
    // Many one after another are nothing unusual.
    QCOMPARE(jsonOutputRuns(view(QByteArray("{\"status\": \"ok\"}\n").repeated(5'000) + run)).size(), 1U);
}

void tst_documents::executionMetricsOnlyAddToRuns() {
    const QByteArray one = R"({"execution_id": "exec-1", "recipe_name": "daily", "recipe_path": "jobs/daily.yaml",
        "start_time": "2026-03-12T02:00:00+00:00", "end_time": "2026-03-12T02:00:41.5+00:00", "success": false, "exit_code": 1,
        "error_message": "no", "total_duration_seconds": 41.5, "step_count": 4, "step_timings": [10.0, 26.0, 3.0, null],
        "step_success_rates": [true, false, 0.5]})";
    const QByteArray unfinished =
        R"({"execution_id": "exec-2", "recipe_name": "daily", "start_time": "2026-03-12T02:00:00+00:00",
        "end_time": null, "total_duration_seconds": 1.0, "error_message": null})";
    for (const QByteArray &bytes :
         {one, "[" + one + "]",
          R"({"export_timestamp": "x", "recipes": {"a": {"execution_metrics": [)" + one + R"(, 5]}, "b": {}}})"}) {
        const auto document = executionMetricsFormat.read("x", view(bytes));
        QVERIFY(document);
        QCOMPARE(document->runs.size(), 1U);
        QVERIFY(!document->runs[0].standsAlone);
        const Run &run = document->runs[0].run;
        QCOMPARE(text(run.executionId), "exec-1");
        QCOMPARE(text(run.recipe), "daily");
        QVERIFY(run.start == micros(1773280800000000));
        QVERIFY(run.end == micros(1773280841500000));
        QVERIFY(run.duration == 41500ms);
        QVERIFY(run.status == RunStatus::Failed);
        QCOMPARE(run.totalSteps, std::optional(4));
        QCOMPARE(run.steps.size(), 4U);
        QVERIFY(run.steps[1].status == StepStatus::Failed && run.steps[1].duration == 26s);
        QVERIFY(run.steps[2].status == StepStatus::Failed);
        QVERIFY(run.steps[3].status == StepStatus::Completed && !run.steps[3].duration);
        QCOMPARE(run.completedSteps, 2);
        QVERIFY((run.errors == std::vector<std::string>{"no"}));
    }
    const auto document = executionMetricsFormat.read("x", view(unfinished));
    QVERIFY(document);
    QVERIFY(document->runs[0].run.status == RunStatus::Running && !document->runs[0].run.duration);
    QVERIFY(!executionMetricsFormat.read("x", "{}"));
    QVERIFY(!executionMetricsFormat.read("x", "{"));
}

void tst_documents::timelinesOnlyAddToRuns() {
    const QByteArray bytes =
        R"({"recipe_id": "daily", "recipe_name": "Daily \u2013 K\u00f6ln", "start_time": 1795453335.12, "end_time": null,
        "total_duration": 0.7, "status": "error", "steps": [
        {"step_id": "x_0", "name": "a", "status": "completed", "start_time": 1795453335.12, "end_time": 1795453335.25, "execution_time": 0.13},
        {"name": "b", "status": "error"}, {"name": "c", "status": "timeout"}, {"name": "d", "status": "skipped"},
        {"name": "e", "status": "cancelled"}, {"name": "f", "status": "pending", "start_time": null}, {"name": "g", "status": "running"}]})";
    const auto document = executionTimelineFormat.read("x", view(bytes));
    QVERIFY(document);
    QVERIFY(!document->runs[0].standsAlone);
    const Run &run = document->runs[0].run;
    QCOMPARE(text(run.recipe), QByteArray("Daily – Köln"));
    QVERIFY(run.status == RunStatus::Failed);
    QVERIFY(!run.end && !run.duration);
    const std::vector<StepStatus> expected = {StepStatus::Completed, StepStatus::Failed,      StepStatus::Failed,
                                              StepStatus::Skipped,   StepStatus::Interrupted, StepStatus::NotReached,
                                              StepStatus::Running};
    QCOMPARE(run.steps.size(), expected.size());
    for (std::size_t i = 0; i < expected.size(); ++i)
        QVERIFY(run.steps[i].status == expected[i]);
    QVERIFY(run.steps[0].duration == 130ms);
    QCOMPARE(run.failedSteps, 2);
    QCOMPARE(run.skippedSteps, 1);
    QVERIFY(!executionTimelineFormat.read("x", "{}"));
    QVERIFY(!executionTimelineFormat.read("x", "["));
    QByteArray done = bytes;
    done.replace("\"end_time\": null", "\"end_time\": 1795453335.9")
        .replace("\"error\", \"steps\"", "\"completed\", \"steps\"");
    const auto second = executionTimelineFormat.read("x", view(done));
    QVERIFY(second && second->runs[0].run.duration == 700ms && second->runs[0].run.status == RunStatus::Completed);
}

void tst_documents::limitsHold_data() {
    QTest::addColumn<QByteArray>("bytes");
    QTest::addColumn<bool>("ok");
    QTest::newRow("128 deep") << QByteArray(128, '[') + QByteArray(128, ']') << true;
    QTest::newRow("129 deep") << QByteArray(129, '[') + QByteArray(129, ']') << false;
    QTest::newRow("100,000 deep") << QByteArray(100'000, '[') << false;
    QTest::newRow("brackets in text") << "\"" + QByteArray(1000, '[') + "\"" << true;
    QTest::newRow("too many values") << "[" + QByteArray("0,").repeated(2'000'000) + "0]" << false;
    QTest::newRow("too large") << "\"" + QByteArray(64 << 20, 'x') + "\"" << false;
    QTest::newRow("number too large") << QByteArray("[1e999]") << false;
    QTest::newRow("long number") << QByteArray("[1") + QByteArray(10'000, '0') + "]" << false;
    QTest::newRow("duplicate keys") << QByteArray(R"({"a": 1, "a": 2})") << true;
}

void tst_documents::limitsHold() {
    QFETCH(QByteArray, bytes);
    QFETCH(bool, ok);
    const auto json = readJson("x.json", view(bytes));
    QCOMPARE(json.has_value(), ok);
    if (!ok)
        QCOMPARE(text(json.error().where), "x.json");
}

void tst_documents::brokenDocumentsAreErrors() {
    for (const char *bytes : {"", "{", "[1", "nope", "{\"a\": }", "[\"a\nb\"]"}) {
        const auto json = readJson("x", bytes);
        QVERIFY2(!json && json.error().kind == ErrorKind::Damaged, bytes);
    }
    QVERIFY(!runnerResultFormat.read("x", "[]"));
    QVERIFY(!runnerResultFormat.read("x", "{\"a\": 1}"));
    QVERIFY(!runnerResultFormat.read("x", "{"));
    const QByteArray large(65 << 20, ' ');
    QVERIFY(!runnerJsonOutputFormat.read("x", view(large)));
}

void tst_documents::oddJsonIsTolerated() {
    const auto json = readJson("x", "\xEF\xBB\xBF{\"a\": NaN, \"b\": [-Infinity, Infinity], \"c\": "
                                    "\"\\udc00\\ud83d\\ude9a\\ud800x\", \"d\": \"caf\xE9\", \"e\": \"NaN \xC3\xB6\"}");
    QVERIFY2(json, json ? "" : json.error().sentence().c_str());
    QVERIFY(!numberOf(*json, "a"));
    QVERIFY((textsOf(*json, "b") == std::vector<std::string>{"", ""}));
    QCOMPARE(text(textOf(*json, "c")), QByteArray("\xEF\xBF\xBD\xF0\x9F\x9A\x9A\xEF\xBF\xBDx"));
    QCOMPARE(text(textOf(*json, "d")), QByteArray("caf?"));
    QCOMPARE(text(textOf(*json, "e")), QByteArray("NaN \xC3\xB6"));
    QVERIFY(!intOf(*json, "a") && !boolOf(*json, "a") && !secondsTimeOf(*json, "a") && !isoTimeOf(*json, "d") &&
            !isoTimeOf(*json, "z"));
    const auto numbers = readJson("x", R"({"big": 1e300, "far": 1e12, "negative": -5.5})");
    QVERIFY(numbers);
    QVERIFY(!intOf(*numbers, "big") && !secondsTimeOf(*numbers, "far") && !secondsTimeOf(*numbers, "negative"));
    QVERIFY(durationOf(*numbers, "negative") == -5500ms);
    QVERIFY(!member(nlohmann::json(5), "x"));
}

void tst_documents::pythonSpelling() {
    QCOMPARE(text(pythonTextOf(nullptr)), "None");
    QCOMPARE(text(pythonTextOf(true)), "True");
    QCOMPARE(text(pythonTextOf(90)), "90");
    QCOMPARE(text(pythonTextOf(1e-5)), "1e-05");
    QCOMPARE(text(pythonTextOf(2.0)), "2.0");
    QCOMPARE(text(pythonTextOf("x")), "x");
    QCOMPARE(text(pythonTextOf(nlohmann::json::array({1}))), "[1]");
}

void tst_documents::mutatedDocumentsDoNoHarm() {
    const std::vector<QByteArray> seeds = {
        runResult(),
        "[" + runResult() + "]",
        "steps:\n  - {name: no, idx: 010, module: m, function: F, depends_on: [a, *b]}\n  - &b {<<: *b, idx: 1:30}\n",
        R"({"execution_id": "e", "recipe_name": "r", "start_time": "2026-03-12T02:00:00+00:00", "end_time": null, "step_timings": [1.0, NaN]})",
        R"({"recipe_id": "a", "recipe_name": "b", "total_duration": 1, "steps": [{"name": "x", "start_time": 1795453335.12}]})",
        "x{\n  \"status\": \"completed\",\n  \"recipe_path\": \"a\",\n  \"context_keys\": [],\n \"success\": true}"};
    const unsigned seed = 7;
    std::mt19937 random(seed);
    std::size_t read = 0;
    for (int round = 0; round < 6000; ++round) {
        std::string bytes = seeds[random() % seeds.size()].toStdString();
        for (unsigned edits = random() % 4 + 1; edits > 0 && !bytes.empty(); --edits) {
            const std::size_t at = random() % bytes.size();
            switch (random() % 4) {
            case 0:
                bytes[at] = static_cast<char>(random());
                break;
            case 1:
                bytes.erase(at, random() % 20);
                break;
            case 2:
                bytes.insert(at, 1, "\"{}[]\\:, \n-&*!"[random() % 14]);
                break;
            default:
                bytes.insert(at, bytes.substr(random() % bytes.size(), random() % 30));
                break;
            }
        }
        const std::vector<char> exact(bytes.begin(), bytes.end());
        for (const DocumentFormat &format : documentFormats()) {
            static_cast<void>(format.recognises("x", {exact.data(), exact.size()}));
            const auto document = format.read("x", {exact.data(), exact.size()});
            QVERIFY(document || !document.error().why.empty());
            read += document ? 1 : 0;
        }
    }
    QVERIFY(read > 1000);
}

void tst_documents::theCorpusIsToldApart() {
    const QString shared = qEnvironmentVariable("RA_SHARED");
    if (shared.isEmpty())
        QSKIP("RA_SHARED does not name the folder of the corpus");
    const QDir corpus(shared + QStringLiteral("/framework0/corpus"));
    const std::map<QByteArray, QByteArray> ours = {
        {"runner-result", "runner-result"},           {"runner-result-history", "runner-result"},
        {"analytics-execution", "execution-metrics"}, {"analytics-export", "execution-metrics"},
        {"viz-timeline", "execution-timeline"},       {"metric-list", "metrics"},
        {"analytics-query-result", "metric-query"},   {"analytics-chart-json", "metric-query"}};
    int checked = 0;
    for (const QString &scenario : corpus.entryList(QDir::Dirs | QDir::NoDotAndDotDot)) {
        QFile list(corpus.filePath(scenario + QStringLiteral("/expected.json")));
        if (!list.open(QIODevice::ReadOnly))
            continue;
        const auto expected = nlohmann::json::parse(list.readAll().toStdString());
        for (const auto &entry : expected["files"]) {
            QFile file(corpus.filePath(scenario + u'/' + QString::fromStdString(entry["path"])));
            QVERIFY2(file.open(QIODevice::ReadOnly), qPrintable(file.fileName()));
            const QByteArray head = file.read(65536);
            const QByteArray format = text(entry["format"].get<std::string>());
            const auto known = ours.find(format);
            // What is printed to stdout, alone or with stderr, may hold the runner's JSON; everything else is some
            // other format or none.
            const QByteArray found = recognised(head, entry["path"].get<std::string>());
            if (format == "stdout" || format == "console")
                QVERIFY2(found.isEmpty() || found == "runner-json-output", qPrintable(file.fileName()));
            else
                QVERIFY2(found == (known == ours.end() ? QByteArray() : known->second),
                         qPrintable(file.fileName() + u' ' + QString::fromUtf8(found)));
            ++checked;
        }
    }
    QVERIFY(checked > 150);
}

void tst_documents::theCorpusHasItsRuns() {
    const QString shared = qEnvironmentVariable("RA_SHARED");
    if (shared.isEmpty())
        QSKIP("RA_SHARED does not name the folder of the corpus");
    const QString corpus = shared + QStringLiteral("/framework0/corpus/");
    const auto runs = [&](const DocumentFormat &format, const char *name) {
        QFile file(corpus + QString::fromLatin1(name));
        const auto document =
            file.open(QIODevice::ReadOnly) ? format.read(name, view(file.readAll())) : Result<Document>();
        return document ? document->runs : std::vector<DocumentRun>();
    };
    const auto history = runs(runnerResultFormat, "13_batch_host/results/history.json");
    QCOMPARE(history.size(), 5U);
    QVERIFY(history[0].run.steps.size() == 5 && history[0].run.status == RunStatus::Completed);
    QVERIFY(history[0].run.start == micros(1795453185906640));
    QCOMPARE(runs(executionMetricsFormat, "33_analytics_exports/analytics/one_execution.json").size(), 1U);
    QCOMPARE(runs(executionMetricsFormat, "33_analytics_exports/analytics/export.json").size(), 12U);
    QCOMPARE(runs(runnerJsonOutputFormat, "01_first_run/stdout_json.txt").size(), 1U);
    QCOMPARE(runs(runnerJsonOutputFormat, "05_rejected_recipes/stdout_json.txt").size(), 1U);
    const auto timeline =
        runs(executionTimelineFormat,
             "27_visualization_output/visualization_output/timeline_daily_orders_20261123_170215.json");
    QCOMPARE(timeline.size(), 1U);
    QCOMPARE(timeline[0].run.steps.size(), 5U);
}

QTEST_GUILESS_MAIN(tst_documents)
#include "tst_documents.moc"
