// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/store/schema.h"
#include "tests/core/store/storefixture.h"

#include <SQLiteCpp/SQLiteCpp.h>

#include <set>

using namespace ra;
using namespace ra::test;

class TestStore : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void aRunComesBackAsItWasPut();
    void applyingABatchTwiceChangesNothing();
    void stepsAreReplacedFromTheFirstOnThatAChangeTells();
    void aWithdrawnRunIsGone();
    void anOlderStretchReadAgainChangesNothing();
    void aBatchWithoutCheckpointLeavesTheLastOneStanding();
    void runsMayBeToldInAnyOrder();
    void viewsSayWhatRunsSay();
    void runningRunsAreMarkedAbandonedUntilTheirSourceSpeaksAgain();
    void rejectedLinesAreKeptOnce();
    void recipesAreKeptByPath();
    void theStoreTellsItsFigures();
};

namespace {

/// The whole content that users can see, for comparison.
std::string dump(const StoreFile &file) {
    const auto reader = file.reader();
    std::string text;
    for (const char *sql :
         {"SELECT * FROM runs_v ORDER BY run_id", "SELECT * FROM steps_v ORDER BY run_id, idx",
          "SELECT * FROM attempts_v ORDER BY run_id, idx, attempt",
          "SELECT * FROM errors_v ORDER BY run_id, step, attempt, message", "SELECT * FROM rejected_v",
          "SELECT path, bytes, lines, records FROM sources_v ORDER BY path",
          "SELECT source_id, offset, length FROM blocks ORDER BY 1, 2",
          "SELECT id, end_offset, data FROM run_spans ORDER BY 1"})
        text += ask(*reader, sql) + "\n--\n";
    return text;
}

Run richRun() {
    Run run = textRun(0xfedcba9876543210, monday);
    run.thread = "Thread-1 (work)";
    run.executionId = "e7";
    run.pid = 4711;
    run.status = RunStatus::Partial;
    run.suspect = true;
    run.notes = {"clock set back", "lines attributed by class"};
    run.errors = {"Recipe failed:\nat once"};
    run.resolution = 1us;
    run.failedSteps = 1;
    run.skippedSteps = 1;
    run.steps.push_back(failedStep(3, "broken", monday + 3s));
    Step skipped;
    skipped.index = 4;
    skipped.name = std::string("schön\0er", 9);
    skipped.status = StepStatus::Skipped;
    run.steps.push_back(skipped);
    return run;
}

} // namespace

void TestStore::aRunComesBackAsItWasPut() {
    StoreFile file;
    const Run run = richRun();
    Run bare;
    bare.id = idOf(5);
    bare.executionId = "runner.0";
    {
        auto store = file.open();
        const auto summary = need(store->apply({{batchOf(1, 1000, {changeOf(run, 0), changeOf(bare, 10)})}}));
        QCOMPARE(summary.added, (std::vector<std::string>{run.id, bare.id}));
        QVERIFY(summary.updated.empty());
    }
    auto reader = file.reader();
    const Run back = need(reader->run(run.id));
    QCOMPARE(back.notes, run.notes);
    QCOMPARE(back.provenance, run.provenance);
    for (std::size_t i = 0; i < run.steps.size(); ++i)
        QVERIFY2(back.steps.at(i) == run.steps[i], run.steps[i].name.c_str());
    QVERIFY(back == run);
    QVERIFY(need(reader->run(bare.id)) == bare);
    const auto all = need(reader->runs({}, 10));
    QCOMPARE(all.size(), 2U);
    QVERIFY(all[0] == run); // the one without a start comes last
}

void TestStore::applyingABatchTwiceChangesNothing() {
    StoreFile file;
    ingest::RunChange change = changeOf(richRun(), 0);
    change.spans = {{0, 100, ingest::Certainty::Certain}, {200, 50, ingest::Certainty::Likely}};
    ingest::Batch batch = batchOf(1, 300, {change});
    batch.raw = {{0, std::string(300, 'x')}};
    batch.rejected = {{250, 3, "not UTF-8", "?"}};
    auto store = file.open();
    need(store->apply({{batch}}));
    const std::string before = dump(file);
    const auto summary = need(store->apply({{batch}}));
    QVERIFY(summary.added.empty());
    QVERIFY(summary.updated.empty());
    QCOMPARE(summary.rejected, 0U);
    QCOMPARE(dump(file), before);
}

void TestStore::stepsAreReplacedFromTheFirstOnThatAChangeTells() {
    StoreFile file;
    auto store = file.open();
    Run run = textRun(1, monday, 4);
    run.status = RunStatus::Running;
    run.steps[2].status = StepStatus::Running;
    need(store->apply({{batchOf(1, 100, {changeOf(run, 0)})}}));

    Run later = textRun(1, monday, 4);
    later.steps = {failedStep(2, "step_2", monday + 2s)};
    later.status = RunStatus::Failed;
    ingest::RunChange change = changeOf(later, 0);
    change.firstStep = 2;
    const auto summary = need(store->apply({{batchOf(1, 200, {change})}}));
    QCOMPARE(summary.updated, std::vector<std::string>{run.id});

    const Run back = need(file.reader()->run(run.id));
    QCOMPARE(back.steps.size(), 3U);
    QVERIFY(back.steps[1] == run.steps[1]);
    QVERIFY(back.steps[2] == later.steps[0]);
    QVERIFY(back.status == RunStatus::Failed);
    QCOMPARE(ask(*file.reader(), "SELECT error FROM runs_v"), "no answer from 'db'\nsecond line");

    // The first error stands in a step that a later change does not tell again.
    later.steps = {completedStep(3, "step_3", monday + 5s, 1s)};
    change = changeOf(later, 0);
    change.firstStep = 3;
    need(store->apply({{batchOf(1, 300, {change})}}));
    QCOMPARE(ask(*file.reader(), "SELECT error FROM runs_v"), "no answer from 'db'\nsecond line");
    QCOMPARE(need(file.reader()->run(run.id)).steps.size(), 4U);
}

void TestStore::aWithdrawnRunIsGone() {
    StoreFile file;
    auto store = file.open();
    ingest::RunChange change = changeOf(richRun(), 40);
    change.spans = {{40, 10, ingest::Certainty::Certain}};
    need(store->apply({{batchOf(1, 100, {change, changeOf(textRun(2, monday + 1h), 60)})}}));
    change.withdrawn = true;
    need(store->apply({{batchOf(1, 200, {change, change})}}));
    auto reader = file.reader();
    QCOMPARE(reader->run(change.run.id).error().kind, ErrorKind::NotFound);
    QCOMPARE(ask(*reader, "SELECT run_id FROM runs_v"), idOf(2));
    QCOMPARE(ask(*reader, "SELECT count(*) FROM steps"), "3");
    QCOMPARE(ask(*reader, "SELECT (SELECT count(*) FROM attempts) + (SELECT count(*) FROM step_errors) + "
                          "(SELECT count(*) FROM run_errors) + (SELECT count(*) FROM run_spans)"),
             "0");
}

void TestStore::anOlderStretchReadAgainChangesNothing() {
    StoreFile file;
    auto store = file.open();
    std::vector<ingest::Batch> batches;
    Run run = textRun(1, monday, 5);
    for (int i = 0; i < 5; ++i) {
        Run now = run;
        now.status = i == 4 ? RunStatus::Completed : RunStatus::Running;
        now.steps = {run.steps[static_cast<std::size_t>(i)]};
        ingest::RunChange change = changeOf(now, 0);
        change.firstStep = static_cast<std::uint32_t>(i);
        const auto offset = static_cast<std::uint64_t>(i) * 100;
        change.spans = {{offset, 100, ingest::Certainty::Certain}};
        ingest::Batch batch = batchOf(1, offset + 100, {change});
        batch.raw = {{offset, std::string(100, static_cast<char>('a' + i))}};
        batches.push_back(batch);
        need(store->apply({{batch}}));
    }
    const std::string before = dump(file);
    for (const ingest::Batch &batch : batches) {
        const auto summary = need(store->apply({{batch}}));
        QVERIFY(summary.added.empty() && summary.updated.empty());
    }
    need(store->apply(batches));
    QCOMPARE(dump(file), before);

    // In part older, in part new: only the new part is added.
    ingest::RunChange change = changeOf(run, 0);
    change.spans = {{300, 300, ingest::Certainty::Certain}};
    ingest::Batch overlapping = batchOf(1, 600, {change});
    overlapping.raw = {{300, std::string(100, 'd') + std::string(100, 'e') + std::string(100, 'f')}};
    need(store->apply({{overlapping}}));
    auto reader = file.reader();
    QCOMPARE(ask(*reader, "SELECT sum(length) FROM blocks"), "600");
    QCOMPARE(need(reader->log(run.id)).at(0).text, std::string(100, 'a') + std::string(100, 'b') +
                                                       std::string(100, 'c') + std::string(100, 'd') +
                                                       std::string(100, 'e') + std::string(100, 'f'));
}

void TestStore::aBatchWithoutCheckpointLeavesTheLastOneStanding() {
    StoreFile file;
    auto store = file.open();
    need(store->apply({{batchOf(1, 100, {changeOf(textRun(1, monday), 0)})}}));
    ingest::Batch between = batchOf(1, 0, {changeOf(textRun(2, monday + 1h), 150)});
    between.checkpoint = {};
    QCOMPARE(need(store->apply({{between}})).added, std::vector<std::string>{idOf(2)});
    const auto state = need(store->findSource(between.identity, between.path));
    QVERIFY(state);
    QCOMPARE(state->checkpoint.offset, 100U);
    QCOMPARE(state->checkpoint.state, "state at 100");
}

void TestStore::runsMayBeToldInAnyOrder() {
    // Runs are told when they end: the last to begin may be the first to be told.
    const auto storedAs = [](const std::vector<int> &order) {
        const StoreFile file;
        const auto store = file.open();
        std::vector<ingest::RunChange> runs;
        for (const int i : order)
            runs.push_back(changeOf(textRun(static_cast<std::uint64_t>(i), monday + std::chrono::minutes(i)),
                                    static_cast<std::uint64_t>(i) * 100));
        const store::CommitSummary summary = need(store->apply(std::vector{batchOf(1, 1'000, runs)}));
        const std::set<std::string> added(summary.added.begin(), summary.added.end());
        const auto reader = file.reader();
        return std::pair(added, ask(*reader, "SELECT run_id, start_ns FROM runs_v ORDER BY run_id") +
                                    ask(*reader, "SELECT run_id, idx, name, start_ns FROM steps_v ORDER BY 1, 2"));
    };
    const auto inOrder = storedAs({1, 2, 3, 4});
    QCOMPARE(inOrder.first.size(), 4U);
    QVERIFY(storedAs({4, 2, 3, 1}) == inOrder);
    QVERIFY(storedAs({2, 1, 4, 3}) == inOrder);
}

void TestStore::viewsSayWhatRunsSay() {
    StoreFile file;
    const Run run = richRun();
    need(file.open()->apply({{batchOf(1, 100, {changeOf(run, 0)})}}));
    auto reader = file.reader();
    QCOMPARE(ask(*reader,
                 "SELECT run_id, recipe, recipe_path, execution_id, status, start_ns, end_ns, start_utc, end_utc "
                 "FROM runs_v"),
             "fedcba9876543210|daily|jobs/daily.yaml|e7|partial|1767600000000000000|1767600003000000000|"
             "2026-01-05T08:00:00.000Z|2026-01-05T08:00:03.000Z");
    QCOMPARE(ask(*reader,
                 "SELECT duration_s, resolution_s, total_steps, completed_steps, failed_steps, skipped_steps, error, "
                 "pid, thread, suspect, notes, provenance FROM runs_v"),
             "3|1e-06|3|3|1|1|Recipe failed:\nat once|4711|Thread-1 (work)|1|clock set back; lines attributed by class|"
             "status=text; times=text");
    QCOMPARE(ask(*reader,
                 "SELECT idx, name, class, status, duration_s, attempts, exit_code FROM steps_v WHERE idx IN (0, 3)"),
             "0|step_0|Class0|completed|1|1|0\n3|broken|Broken|failed|2|2|NULL");
    QCOMPARE(ask(*reader, "SELECT step, attempt, duration_s, success, exit_code, type, message FROM attempts_v "
                          "WHERE idx IN (1, 3)"),
             "step_1|1|1|1|0|NULL|NULL\nbroken|1|0.5|0|1|ConnectionError|no answer from 'db'\nsecond line\n"
             "broken|2|0.5|0|1|ConnectionError|no answer again");
    QCOMPARE(ask(*reader, "SELECT step, attempt, type, message FROM errors_v"),
             "broken|1|ConnectionError|no answer from 'db'\nsecond line\nbroken|2|ConnectionError|no answer again\n"
             "NULL|NULL|NULL|Recipe failed:\nat once");
    QCOMPARE(ask(*reader, "SELECT count(*) FROM errors_v WHERE traceback LIKE 'Traceback%'"), "2");
    QCOMPARE(ask(*reader, "SELECT recipe, recipe_path, runs, completed, failed FROM recipes_v"),
             "daily|jobs/daily.yaml|1|0|0");
    QCOMPARE(ask(*reader, "SELECT path, format, zone, generation, bytes, lines, records, rejected FROM sources_v"),
             "/nowhere/log1|runner-text|UTC|0|100|1|1|0");
}

void TestStore::runningRunsAreMarkedAbandonedUntilTheirSourceSpeaksAgain() {
    StoreFile file;
    auto store = file.open();
    Run run = textRun(1, monday);
    run.status = RunStatus::Running;
    run.end.reset();
    run.duration.reset();
    run.steps[2].status = StepStatus::Running;
    const ingest::Batch batch = batchOf(1, 100, {changeOf(run, 0), changeOf(textRun(2, monday + 1h), 50)});
    need(store->apply({{batch}}));
    const auto running = need(store->runningRuns());
    QCOMPARE(running.size(), 1U);
    QCOMPARE(running[0].runId, run.id);
    QCOMPARE(running[0].runner, run.runner);
    QVERIFY(running[0].device == batch.identity.device && running[0].inode == batch.identity.inode);
    const std::vector<std::string> ids = {run.id, idOf(2), idOf(99), "no id"};
    QCOMPARE(need(store->markAbandoned(ids)).updated, std::vector<std::string>{run.id});
    QVERIFY(need(store->markAbandoned(ids)).updated.empty());
    QVERIFY(need(store->runningRuns()).empty());

    auto reader = file.reader();
    QVERIFY(need(reader->run(run.id)).status == RunStatus::Abandoned);
    QVERIFY(need(reader->run(run.id)).steps[2].status == StepStatus::Interrupted);
    QVERIFY(need(reader->run(run.id)).end == run.steps[2].end); // the last that is known of it
    QCOMPARE(ask(*reader, "SELECT status FROM steps_v WHERE idx = 2 AND run_id = '" + run.id + "'"), "interrupted");
    QVERIFY(need(reader->run(idOf(2))).status == RunStatus::Completed);

    QVERIFY(need(store->apply({{batch}})).updated.empty()); // the same words again
    QVERIFY(need(reader->run(run.id)).status == RunStatus::Abandoned);

    run.steps[2] = completedStep(2, "step_2", monday + 2s, 1s);
    need(store->apply({{batchOf(1, 200, {changeOf(run, 0)})}}));
    QVERIFY(need(reader->run(run.id)).status == RunStatus::Running);
    QVERIFY(need(reader->run(run.id)).steps[2].status == StepStatus::Completed);
}

void TestStore::rejectedLinesAreKeptOnce() {
    StoreFile file;
    auto store = file.open();
    ingest::Batch batch = batchOf(1, 100);
    batch.rejected = {{10, 2, "JSON ends early", "{\"a"}, {50, 0, "not UTF-8", "?"}};
    QCOMPARE(need(store->apply({{batch}})).rejected, 2U);
    QCOMPARE(need(store->apply({{batch}})).rejected, 0U);
    auto reader = file.reader();
    const auto rows = need(reader->rejected(10));
    QCOMPARE(rows.size(), 2U);
    QCOMPARE(rows[0].path, "/nowhere/log1");
    QCOMPARE(rows[0].line, 2U);
    QCOMPARE(rows[0].offset, 10U);
    QCOMPARE(rows[0].reason, "JSON ends early");
    QCOMPARE(rows[0].excerpt, "{\"a");
    QCOMPARE(need(reader->rejected(1)).size(), 1U);
    QCOMPARE(ask(*reader, "SELECT line, reason FROM rejected_v ORDER BY offset"), "2|JSON ends early\nNULL|not UTF-8");
}

void TestStore::recipesAreKeptByPath() {
    StoreFile file;
    auto store = file.open();
    ingest::Batch batch = batchOf(1, 100);
    Recipe recipe{"/srv/jobs/daily.yaml",
                  "Daily orders",
                  "What we sell",
                  "1.2",
                  true,
                  "",
                  {{"load", "shop.load", "Load", {}}, {"report", "shop.report", "Report", {"load", "a \"b\""}}}};
    batch.recipes = {recipe};
    need(store->apply({{batch}}));
    recipe.version = "1.3";
    recipe.runnable = false;
    recipe.refusal = "no steps";
    batch.recipes = {recipe};
    need(store->apply({{batch}}));
    auto reader = file.reader();
    QCOMPARE(ask(*reader, "SELECT path, name, version, runnable, refusal, steps FROM recipe_files_v"),
             "/srv/jobs/daily.yaml|Daily orders|1.3|0|no steps|2");
    QCOMPARE(ask(*reader, "SELECT idx, name, module, class, depends_on FROM recipe_steps_v"),
             "0|load|shop.load|Load|[]\n1|report|shop.report|Report|[\"load\",\"a \\\"b\\\"\"]");
}

void TestStore::theStoreTellsItsFigures() {
    StoreFile file;
    auto store = file.open();
    ingest::Batch batch =
        batchOf(1, 100'000, {changeOf(textRun(1, monday), 0), changeOf(textRun(2, monday + 1h), 500)});
    batch.raw = {{0, std::string(100'000, 'x')}};
    batch.rejected = {{10, 2, "why", "what"}};
    need(store->apply({{batch}}));
    const StoreInfo info = need(store->info());
    QCOMPARE(QString::fromStdString(info.path), QFileInfo(QString::fromStdString(file.path())).canonicalFilePath());
    QCOMPARE(info.schema, store::newestSchema());
    QCOMPARE(info.runs, 2U);
    QCOMPARE(info.steps, 6U);
    QCOMPARE(info.rejected, 1U);
    QCOMPARE(info.logBytesRaw, 100'000U);
    QVERIFY(info.logBytesStored > 0 && info.logBytesStored < 1'000);
    QVERIFY(info.bytes > 0);
    QCOMPARE(info.growthBytesPerDay, 0.0);
    QCOMPARE(need(file.reader()->info()).runs, 2U);
    store.reset();

    // Two days ago the store was smaller.
    {
        SQLite::Database db(file.path(), SQLite::OPEN_READWRITE);
        db.exec("UPDATE store_days SET day = day - 2, bytes = 0");
    }
    const double growth = need(file.reader()->info()).growthBytesPerDay;
    QVERIFY(growth > static_cast<double>(info.bytes) / 3.1 && growth <= static_cast<double>(info.bytes) / 2);
}

QTEST_GUILESS_MAIN(TestStore)
#include "tst_store.moc"
