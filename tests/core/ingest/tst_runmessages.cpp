// SPDX-License-Identifier: GPL-3.0-or-later
// What each message of the runner (FORMATS.md 2.3) does to the run that it is about.
#include "core/ingest/recipebook.h"
#include "core/ingest/sourcereader.h"

#include <QTest>

#include <map>

using namespace ra;
using namespace ra::ingest;

namespace {

std::string line(const char *time, const std::string &logger, const std::string &message,
                 const char *level = "    INFO") {
    return "2026-11-23 " + std::string(time) + " [" + level + "] " + logger + ": " + message + "\n";
}

/// A line of runner 7 at 16:59:`second`.
std::string says(int second, const std::string &message, const char *level = "    INFO") {
    char time[16];
    std::snprintf(time, sizeof time, "16:59:%02d", second);
    return line(time, "runner.7", message, level);
}
std::string framework(int second, const std::string &message) {
    char time[16];
    std::snprintf(time, sizeof time, "16:59:%02d", second);
    return line(time, "scriptlets.framework", message);
}
std::string begins() {
    return says(10, "Starting enhanced recipe execution: jobs/daily.yaml");
}
std::string ends(const char *status, const char *steps) {
    return says(20, std::string("Recipe execution completed - Status: ") + status + ", Steps: " + steps +
                        ", Duration: 10.000s, Success Rate: 50.0%");
}

/// The runs of a text by their first line.
std::vector<Run> runsOf(const std::string &text) {
    SourceReader reader(*Zone::fromName("UTC"));
    reader.feed(text);
    reader.finish();
    std::map<std::uint64_t, Run> runs;
    for (const RunChange &change : reader.takeBatch(true).runs)
        runs[change.firstOffset] = change.run;
    std::vector<Run> all;
    for (auto &[offset, run] : runs)
        all.push_back(std::move(run));
    return all;
}

/// "STATUS COMPLETED/FAILED/SKIPPED of TOTAL: load completed x1, save failed x2 'error'"
std::string told(const Run &run) {
    std::string text = std::string(toString(run.status)) + " " + std::to_string(run.completedSteps) + "/" +
                       std::to_string(run.failedSteps) + "/" + std::to_string(run.skippedSteps) + " of " +
                       (run.totalSteps ? std::to_string(*run.totalSteps) : "?");
    for (const std::string &error : run.errors)
        text += " '" + error + "'";
    const char *between = ": ";
    for (const Step &step : run.steps) {
        text += between + (step.name.empty() ? "<" + step.className + ">" : step.name) + " " +
                std::string(toString(step.status)) + " x" + std::to_string(step.attemptCount);
        for (const std::string &error : step.errors)
            text += " '" + error + "'";
        for (const Attempt &attempt : step.attempts) {
            if (!attempt.errorMessage.empty())
                text += " (" + attempt.errorMessage + ")";
        }
        between = ", ";
    }
    return text;
}

} // namespace

class TestRunMessages : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void everyMessageHasItsEffect_data();
    void everyMessageHasItsEffect();
    void forksThatShareALoggerAreToldApart_data();
    void forksThatShareALoggerAreToldApart();
    void linesWithoutARunnerGoToTheRunThatTheyFit_data();
    void linesWithoutARunnerGoToTheRunThatTheyFit();
    void aRecipeOnceReplacedIsNews();
};

void TestRunMessages::everyMessageHasItsEffect_data() {
    QTest::addColumn<std::string>("lines"); ///< between the run's first and last
    QTest::addColumn<std::string>("last");
    QTest::addColumn<std::string>("expected");
    const auto row = [](const char *name, const std::string &lines, const std::string &last, const char *expected) {
        QTest::newRow(name) << lines << last << std::string(expected);
    };
    const std::string loaded = says(11, "Step 'load' completed successfully (1.000s)");
    const std::string failed = says(12, "Step 'save' failed: ['disk full']", "   ERROR");
    row("validated", says(10, "Validated 3 steps", "   DEBUG"), "", "running 0/0/0 of 3");
    row("a step begins", says(11, "Executing step 'load' with params: {}", "   DEBUG"), "",
        "running 0/0/0 of ?: load running x1");
    row("steps left out",
        says(11, "Skipping step 'a' (not in only list)", "   DEBUG") +
            says(11, "Skipping step 'b' (in skip list)", "   DEBUG") + loaded,
        ends("completed", "1/3"), "completed 1/0/2 of 3: load completed x1");
    row("goes on after a failure",
        loaded + failed + says(12, "Continuing execution after step failure: save", " WARNING"), ends("partial", "1/2"),
        "partial 1/1/0 of 2: load completed x1, save failed x1 'disk full'");
    row("stops at a failure", loaded + failed + says(12, "Stopping execution due to step failure: save", "   ERROR"),
        ends("partial", "1/2"), "partial 1/1/0 of 2: load completed x1, save failed x1 'disk full'");
    row("the failure's own line is lost", loaded + says(12, "Continuing execution after step failure: save"),
        ends("partial", "1/2"), "partial 1/1/0 of 2: load completed x1, save failed x1");
    row("a class that cannot be imported",
        says(11, "Failed to import scriptlet: No module named 'steps'", "   ERROR") +
            says(11, "Step 'load' failed: [\"No module named 'steps'\"]", "   ERROR"),
        ends("failed", "0/1"), "failed 0/1/0 of 1: load failed x1 'No module named 'steps'' (No module named 'steps')");
    row("an attempt breaks, another goes well",
        says(11, "Step execution failed: boom", "   ERROR") + says(11, "Step 'load' failed, will retry in 0.5s") +
            says(12, "Retrying step 'load' (attempt 2/3)") + framework(12, "Starting execution of Load") +
            says(13, "Scriptlet class/method not found: Load", "   ERROR") +
            says(13, "Step 'load' failed, will retry in 1.0s") + says(14, "Retrying step 'load' (attempt 3/3)") +
            says(15, "Step 'load' completed successfully (4.000s)"),
        ends("completed", "1/1"), "completed 1/0/0 of 1: load completed x3 (boom) (Load)");
    row("errors as Python spells them",
        says(11, R"(Step 'load' failed: ['a\r\tb', "it's", 'caf\xe9 \u20ac \U0001f600', 'C:\\d \d'])", "   ERROR"),
        ends("failed", "0/1"),
        "failed 0/1/0 of 1: load failed x1 'a\r\tb' 'it's' 'caf\xC3\xA9 \xE2\x82\xAC \xF0\x9F\x98\x80' 'C:\\d \\d'");
    const auto begun = [](int second, const char *name) {
        return framework(second, std::string("Starting execution of ") + name);
    };
    const auto over = [](int second, const char *name, bool success) {
        return framework(second, std::string("Completed ") + name + " in 1.00s (success: " +
                                     (success ? "True, exit_code: 0)" : "False, exit_code: 1)"));
    };
    row("a step that runs other scriptlets",
        begun(11, "Outer") + begun(11, "Inner") + begun(11, "Innermost") + over(11, "Innermost", true) +
            over(11, "Inner", true) + begun(11, "Another") + over(12, "Another", true) + over(12, "Outer", true) +
            says(12, "Step 'load' completed successfully (1.000s)"),
        ends("completed", "1/1"), "completed 1/0/0 of 1: load completed x1");
    row("a step that copes with a scriptlet's failure",
        begun(11, "Outer") + begun(11, "Inner") + framework(11, "Execution failed for Inner: boom") +
            over(11, "Inner", false) + over(12, "Outer", true) +
            says(12, "Step 'load' completed successfully (1.000s)"),
        ends("completed", "1/1"), "completed 1/0/0 of 1: load completed x1");
    row("the lines that end a step are lost",
        begun(10, "Load") + begun(12, "Save") + over(13, "Save", true) +
            says(13, "Step 'save' completed successfully (1.000s)"),
        ends("completed", "2/2"), "completed 2/0/0 of 2: <Load> interrupted x1, save completed x1");
    row("the lines that end a step are lost, and the next fails",
        begun(10, "Load") + begun(12, "Save") + framework(13, "Execution failed for Save: boom") +
            over(13, "Save", false) + says(13, "Step 'save' failed: ['boom']", "   ERROR"),
        ends("partial", "1/2"), "partial 1/1/0 of 2: <Load> interrupted x1, save failed x1 'boom' (boom)");
    row("an error that nobody expected",
        says(11, "Unexpected error in step 'load': 'NoneType'", "   ERROR") +
            says(11, "Step 'load' failed: [\"'NoneType'\"]", "   ERROR"),
        ends("failed", "0/1"), "failed 0/1/0 of 1: load failed x1 ''NoneType''");
    row("cancelled",
        loaded + says(12, "Recipe execution cancellation requested", " WARNING") +
            says(12, "Execution cancelled, skipping remaining steps from step 1", " WARNING"),
        ends("completed", "1/2"), "cancelled 1/0/0 of 2 'Execution cancelled by request': load completed x1");
    row("refused", says(10, "Recipe execution failed: 'steps' is missing", "   ERROR"), "",
        "rejected 0/0/0 of ? ''steps' is missing'");
    row("refused while it is loaded",
        says(10, "Failed to parse recipe YAML: line 3", "   ERROR") +
            says(10, "Recipe execution failed: Failed to parse recipe YAML: line 3", "   ERROR"),
        "", "rejected 0/0/0 of ? 'Failed to parse recipe YAML: line 3'");
    row("without steps", says(10, "Recipe contains no steps: jobs/daily.yaml", " WARNING"), ends("completed", "0/0"),
        "completed 0/0/0 of 0");
    row("a message that means nothing",
        says(11, "Validated nothing") + says(11, "Executing step 'load'") +
            says(11, "Execution cancelled, skipping remaining steps from step x") + says(11, "Skipping step 'a'") +
            says(11, "Retrying step 'load'") + says(11, "Step 'load' went for a walk"),
        "", "running 0/0/0 of ?");
}

void TestRunMessages::everyMessageHasItsEffect() {
    QFETCH(const std::string, lines);
    QFETCH(const std::string, last);
    QFETCH(const std::string, expected);
    const std::vector<Run> runs = runsOf(begins() + lines + last);
    QCOMPARE(runs.size(), 1U);
    QCOMPARE(QString::fromStdString(told(runs[0])), QString::fromStdString(expected));
}

// Two children of one process have the same runner number; only times and counts tell whose line is whose.
void TestRunMessages::forksThatShareALoggerAreToldApart_data() {
    QTest::addColumn<std::string>("lines");
    QTest::addColumn<QStringList>("expected"); ///< sorted
    const auto row = [](const char *name, const std::string &lines, const QStringList &expected) {
        QTest::newRow(name) << begins() + begins() + lines << expected;
    };
    const auto done = [](int second, const char *step, const char *took) {
        return says(second, std::string("Step '") + step + "' completed successfully (" + took + "s)");
    };
    const auto end = [](int second, const char *status, const char *steps, const char *took) {
        return says(second, std::string("Recipe execution completed - Status: ") + status + ", Steps: " + steps +
                                ", Duration: " + took + "s, Success Rate: 50.0%");
    };
    row("both complete",
        done(11, "load", "1.000") + done(12, "load", "2.000") + done(14, "save", "3.000") + done(16, "save", "4.000") +
            end(14, "completed", "2/2", "4.001") + end(16, "completed", "2/2", "6.001"),
        {QStringLiteral("completed 2/0/0 of 2: load completed x1, save completed x1"),
         QStringLiteral("completed 2/0/0 of 2: load completed x1, save completed x1")});
    row("one fails and goes on",
        done(11, "load", "1.000") + says(12, "Step 'load' failed: ['boom']", "   ERROR") +
            says(12, "Continuing execution after step failure: load", " WARNING") + done(14, "save", "3.000") +
            done(16, "save", "4.000") + end(14, "completed", "2/2", "4.001") + end(16, "partial", "1/2", "6.001"),
        {QStringLiteral("completed 2/0/0 of 2: load completed x1, save completed x1"),
         QStringLiteral("partial 1/1/0 of 2: load failed x1 'boom', save completed x1")});
    row("one fails and stops",
        done(11, "load", "1.000") + says(12, "Step 'load' failed: ['boom']", "   ERROR") +
            says(12, "Stopping execution due to step failure: load", "   ERROR") + end(12, "failed", "0/2", "2.001") +
            done(14, "save", "3.000") + end(14, "completed", "2/2", "4.001"),
        {QStringLiteral("completed 2/0/0 of 2: load completed x1, save completed x1"),
         QStringLiteral("failed 0/1/0 of 2: load failed x1 'boom'")});
    row("one tries again",
        done(11, "load", "1.000") + says(12, "Step 'load' failed, will retry in 0.5s", " WARNING") +
            says(13, "Retrying step 'load' (attempt 2/3)") + done(14, "save", "3.000") + done(15, "load", "5.000") +
            done(16, "save", "1.000") + end(14, "completed", "2/2", "4.001") + end(16, "completed", "2/2", "6.001"),
        {QStringLiteral("completed 2/0/0 of 2: load completed x1, save completed x1"),
         QStringLiteral("completed 2/0/0 of 2: load completed x2, save completed x1")});
}

void TestRunMessages::forksThatShareALoggerAreToldApart() {
    QFETCH(const std::string, lines);
    QFETCH(const QStringList, expected);
    QStringList found;
    for (const Run &run : runsOf(lines))
        found << QString::fromStdString(told(run));
    found.sort();
    QCOMPARE(found, expected);
}

void TestRunMessages::linesWithoutARunnerGoToTheRunThatTheyFit_data() {
    QTest::addColumn<std::string>("line");
    QTest::addColumn<int>("run"); ///< 1 or 2
    QTest::addColumn<int>("certainty");
    const auto row = [](const char *name, const std::string &text, int run, Certainty certainty) {
        QTest::newRow(name) << text << run << static_cast<int>(certainty);
    };
    // Run 1 executes Load; run 2 executes Save and spoke last.
    row("the end of the first's class", framework(13, "Completed Load in 2.00s (success: True, exit_code: 0)"), 1,
        Certainty::Likely);
    row("the end of the second's class", framework(13, "Completed Save in 1.00s (success: True, exit_code: 0)"), 2,
        Certainty::Likely);
    row("an exception of the first's class", framework(13, "Execution failed for Load: boom"), 1, Certainty::Likely);
    row("a line of the first's class itself", line("16:59:13", "Load", "half way"), 1, Certainty::Likely);
    row("an end that does not match the time", framework(13, "Completed Load in 9.00s (success: True, exit_code: 0)"),
        2, Certainty::Possible);
    row("a line of nobody", line("16:59:13", "urllib3", "retrying"), 2, Certainty::Possible);
}

void TestRunMessages::linesWithoutARunnerGoToTheRunThatTheyFit() {
    QFETCH(const std::string, line);
    QFETCH(const int, run);
    QFETCH(const int, certainty);
    const auto start = [](const char *time, int runner) {
        return ::line(time, "runner." + std::to_string(runner),
                      "Starting enhanced recipe execution: jobs/r" + std::to_string(runner) + ".yaml");
    };
    const std::string before = start("16:59:11", 1) + framework(11, "Starting execution of Load") +
                               start("16:59:12", 2) + framework(12, "Starting execution of Save");
    SourceReader reader(*Zone::fromName("UTC"));
    reader.feed(before + line);
    reader.finish();
    int found = 0;
    for (const RunChange &change : reader.takeBatch(true).runs) {
        for (const LineSpan &span : change.spans) {
            if (span.offset <= before.size() && before.size() < span.offset + span.length) {
                found = change.run.recipe == "r1" ? 1 : 2;
                QCOMPARE(static_cast<int>(span.certainty), certainty);
            }
        }
    }
    QCOMPARE(found, run);
}

void TestRunMessages::aRecipeOnceReplacedIsNews() {
    RecipeBook book;
    QVERIFY(book.isEmpty());
    Recipe recipe;
    recipe.path = "/srv/jobs/daily.yaml";
    recipe.steps = {{.name = "load", .module = "m", .className = "Load", .dependsOn = {}}};
    QVERIFY(book.add(recipe));
    QVERIFY(!book.add(recipe)); // nothing new in it
    recipe.steps[0].name = "fetch";
    QVERIFY(book.add(recipe));
    QCOMPARE(book.find("jobs/daily.yaml")->steps[0].name, std::string("fetch"));
    QCOMPARE(book.find("./jobs/daily.yaml")->path, recipe.path);
    QVERIFY(book.find("other/daily.yaml") == nullptr);
    QVERIFY(book.find("aily.yaml") == nullptr);
    // Of several that fit, the one with the shortest path, then the first by name.
    Recipe other = recipe;
    other.path = "/a/jobs/daily.yaml";
    QVERIFY(book.add(other));
    QCOMPARE(book.find("jobs/daily.yaml")->path, other.path);
    other.path = "/b/jobs/daily.yaml";
    QVERIFY(book.add(other));
    QCOMPARE(book.find("jobs/daily.yaml")->path, std::string("/a/jobs/daily.yaml"));
}

QTEST_GUILESS_MAIN(TestRunMessages)
#include "tst_runmessages.moc"
