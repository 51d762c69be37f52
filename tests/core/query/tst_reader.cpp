// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/query/textsearch.h"
#include "tests/core/store/storefixture.h"

#include <SQLiteCpp/SQLiteCpp.h>

using namespace ra;
using namespace ra::test;
using query::RunFilter;

class TestReader : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void nothingIsNothing();
    void runsAreFiltered_data();
    void runsAreFiltered();
    void unknownRunsAreNotFound();
    void columnsAreTheNewestFirst();
    void columnsInternTheirTexts();
    void aNeedleIsFoundInAnyCase_data();
    void aNeedleIsFoundInAnyCase();
    void runsAreFoundByWhatStepsAndErrorsSay();
    void cancelledQuestionsSaySo();
    void recipesAreFoundByThePathOfTheRun_data();
    void recipesAreFoundByThePathOfTheRun();
    void anyNumberOfRunsIsTakenOneByOne();
    void historyIsOfTheNewestCompletedRuns();
    void everyRunIsReachedFromItsNeighbours();
    void listsUseIndexes();
};

namespace {

Run failedRun(std::uint64_t id, Time start) {
    Run run = textRun(id, start);
    run.recipe = "nightly";
    run.recipePath = "jobs/nightly.yaml";
    run.status = RunStatus::Failed;
    run.steps.push_back(failedStep(3, "upload_Ärger", start + 3s));
    run.failedSteps = 1;
    return run;
}

Run vagueRun(std::uint64_t id) {
    Run run;
    run.id = idOf(id);
    run.recipe = "nightly";
    run.recipePath = "other/nightly.yaml";
    run.executionId = "runner.77";
    run.runner = 77;
    run.status = RunStatus::Rejected;
    run.errors = {"Recipe file not found"};
    return run;
}

StoreFile filled() {
    StoreFile file;
    need(file.open()->apply({{batchOf(1, 1'000,
                                      {changeOf(textRun(1, monday), 0), changeOf(failedRun(2, monday + 1h), 100),
                                       changeOf(textRun(3, monday + 2h), 200), changeOf(vagueRun(4), 300)})}}));
    return file;
}

QString idsOf(const std::vector<Run> &runs) {
    QStringList ids;
    for (const Run &run : runs)
        ids += QString::number(std::stoull(run.id, nullptr, 16));
    return ids.join(QLatin1Char(' '));
}

} // namespace

void TestReader::nothingIsNothing() {
    StoreFile file;
    file.open();
    auto reader = file.reader();
    QVERIFY(need(reader->runs({}, 10)).empty());
    QCOMPARE(need(reader->countRuns({})), 0U);
    QCOMPARE(need(reader->runColumns())->size(), 0U);
    QCOMPARE(need(reader->newestRunColumns(10))->size(), 0U);
    QVERIFY(need(reader->runsWithText("a")).empty());
    QCOMPARE(need(reader->history("daily")).runs, 0);
    QVERIFY(need(reader->rejected(10)).empty());
    QVERIFY(need(reader->recipes()).empty());
    QCOMPARE(need(reader->info()).runs, 0U);
}

void TestReader::runsAreFiltered_data() {
    QTest::addColumn<QString>("recipe");
    QTest::addColumn<QList<int>>("statuses");
    QTest::addColumn<int>("sinceMinutes");
    QTest::addColumn<int>("untilMinutes");
    QTest::addColumn<QString>("text");
    QTest::addColumn<int>("limit");
    QTest::addColumn<QString>("ids");
    const int failed = static_cast<int>(RunStatus::Failed);
    const int completed = static_cast<int>(RunStatus::Completed);
    const int rejected = static_cast<int>(RunStatus::Rejected);
    const int running = static_cast<int>(RunStatus::Running);
    const auto row = [](const char *name) -> QTestData & { return QTest::newRow(name); };
    row("all, newest first, without start last") << "" << QList<int>() << -1 << -1 << "" << 10 << "3 2 1 4";
    row("the newest two") << "" << QList<int>() << -1 << -1 << "" << 2 << "3 2";
    row("none") << "" << QList<int>() << -1 << -1 << "" << 0 << "";
    row("by recipe, of all its paths") << "nightly" << QList<int>() << -1 << -1 << "" << 10 << "2 4";
    row("by a recipe that is not there") << "weekly" << QList<int>() << -1 << -1 << "" << 10 << "";
    row("by status") << "" << QList<int>{failed} << -1 << -1 << "" << 10 << "2";
    row("by two statuses") << "" << QList<int>{failed, rejected} << -1 << -1 << "" << 10 << "2 4";
    row("by the usual status") << "" << QList<int>{completed, running} << -1 << -1 << "" << 10 << "3 1";
    row("since, at the very moment") << "" << QList<int>() << 60 << -1 << "" << 10 << "3 2";
    row("until, not at the moment") << "" << QList<int>() << -1 << 60 << "" << 10 << "1";
    row("between") << "" << QList<int>() << 30 << 90 << "" << 10 << "2";
    row("text in the recipe") << "" << QList<int>() << -1 << -1 << "NIGHT" << 10 << "2 4";
    row("text in the path") << "" << QList<int>() << -1 << -1 << "other/" << 10 << "4";
    row("text in the id") << "" << QList<int>() << -1 << -1 << "0000000000000003" << 10 << "3";
    row("text in a step's name") << "" << QList<int>() << -1 << -1 << "ärger" << 10 << "2";
    row("text in an error of a step") << "" << QList<int>() << -1 << -1 << "no answer AGAIN" << 10 << "2";
    row("text in an error of the run") << "" << QList<int>() << -1 << -1 << "file not found" << 10 << "4";
    row("text and limit") << "" << QList<int>() << -1 << -1 << "jobs" << 1 << "3";
    row("text that is nowhere") << "" << QList<int>() << -1 << -1 << "zebra" << 10 << "";
    row("everything at once") << "nightly" << QList<int>{failed} << 30 << 90 << "upload" << 10 << "2";
}

void TestReader::runsAreFiltered() {
    QFETCH(QString, recipe);
    QFETCH(QList<int>, statuses);
    QFETCH(int, sinceMinutes);
    QFETCH(int, untilMinutes);
    QFETCH(QString, text);
    QFETCH(int, limit);
    QFETCH(QString, ids);
    const StoreFile file = filled();
    auto reader = file.reader();
    RunFilter filter;
    filter.recipe = recipe.toStdString();
    for (const int status : statuses)
        filter.statuses.push_back(static_cast<RunStatus>(status));
    if (sinceMinutes >= 0)
        filter.since = monday + std::chrono::minutes(sinceMinutes);
    if (untilMinutes >= 0)
        filter.until = monday + std::chrono::minutes(untilMinutes);
    filter.text = text.toStdString();
    QCOMPARE(idsOf(need(reader->runs(filter, static_cast<std::size_t>(limit)))), ids);
    if (limit == 10)
        QCOMPARE(need(reader->countRuns(filter)),
                 static_cast<std::size_t>(ids.split(QLatin1Char(' '), Qt::SkipEmptyParts).size()));
}

void TestReader::unknownRunsAreNotFound() {
    const StoreFile file = filled();
    auto reader = file.reader();
    for (const char *id : {"0000000000000099", "", "hello", "00000000000000001", "1 "}) {
        QVERIFY(reader->run(id).error().kind == ErrorKind::NotFound);
        QVERIFY(reader->log(id).error().kind == ErrorKind::NotFound);
        QVERIFY(reader->recipeOf(id).error().kind == ErrorKind::NotFound);
    }
    QCOMPARE(need(reader->run("2")).recipe, "nightly");
}

void TestReader::columnsAreTheNewestFirst() {
    StoreFile file;
    auto store = file.open();
    std::vector<ingest::RunChange> changes;
    for (std::uint64_t i = 1; i <= 500; ++i) // not in the order of time
        changes.push_back(changeOf(textRun(i, monday + Duration(1s) * static_cast<int>(i * 7919 % 500)), i));
    changes.push_back(changeOf(vagueRun(900), 600));
    Run open = textRun(901, monday + 24h);
    open.status = RunStatus::Running;
    open.duration.reset();
    open.end = *open.start + 90s;
    open.totalSteps.reset();
    changes.push_back(changeOf(open, 700));
    need(store->apply({{batchOf(1, 1'000, changes)}}));
    auto reader = file.reader();
    const auto all = need(reader->runColumns());
    const auto newest = need(reader->newestRunColumns(20));
    QCOMPARE(all->size(), 502U);
    QCOMPARE(newest->size(), 20U);
    QCOMPARE(all->id[0], 901U);
    QCOMPARE(all->durationNs[0], Duration(90s).count());
    QCOMPARE(all->totalSteps[0], -1);
    QVERIFY(all->status[0] == RunStatus::Running);
    QCOMPARE(all->id[501], 900U);
    QCOMPARE(all->startNs[501], INT64_MIN);
    QCOMPARE(all->durationNs[501], INT64_MIN);
    QVERIFY(std::is_sorted(all->startNs.rbegin(), all->startNs.rend()));
    const auto runs = need(reader->runs({}, 502));
    for (std::size_t i = 0; i < all->size(); ++i) {
        QCOMPARE(idOf(all->id[i]), runs[i].id);
        QCOMPARE(all->recipes.at(all->recipe[i]), runs[i].recipe);
        QCOMPARE(all->completedSteps[i], runs[i].completedSteps);
        if (i < newest->size()) {
            QCOMPARE(newest->id[i], all->id[i]);
            QCOMPARE(newest->rowId[i], all->rowId[i]);
            QCOMPARE(newest->startNs[i], all->startNs[i]);
            QCOMPARE(newest->recipes.at(newest->recipe[i]), runs[i].recipe);
        }
    }
}

void TestReader::columnsInternTheirTexts() {
    const StoreFile file = filled();
    const auto columns = need(file.reader()->runColumns());
    QCOMPARE(columns->recipes, (std::vector<std::string>{"daily", "nightly"}));
    // The path of the newest run; that one without a start is the oldest.
    QCOMPARE(columns->recipePaths, (std::vector<std::string>{"jobs/daily.yaml", "jobs/nightly.yaml"}));
    QCOMPARE(columns->errors.at(0), "");
    QCOMPARE(columns->error[0], 0U);
    QCOMPARE(columns->errors.at(columns->error[1]), "no answer from 'db'\nsecond line");
    QCOMPARE(columns->errors.at(columns->error[3]), "Recipe file not found");
    QCOMPARE(columns->failedSteps[1], 1);
}

void TestReader::aNeedleIsFoundInAnyCase_data() {
    QTest::addColumn<QString>("needle");
    QTest::addColumn<QString>("text");
    QTest::addColumn<bool>("found");
    QTest::newRow("nothing in nothing") << ""
                                        << "" << true;
    QTest::newRow("nothing in something") << ""
                                          << "abc" << true;
    QTest::newRow("ASCII") << "OrDeR"
                           << "the ORDER of" << true;
    QTest::newRow("not there") << "order"
                               << "the orde" << false;
    QTest::newRow("ASCII in other letters") << "r"
                                            << "ÄÖr" << true;
    QTest::newRow("umlauts") << "ÄRGER"
                             << "kein ärger" << true;
    QTest::newRow("umlauts not there") << "ö"
                                       << "kein ärger" << false;
}

void TestReader::aNeedleIsFoundInAnyCase() {
    QFETCH(QString, needle);
    QFETCH(QString, text);
    QFETCH(bool, found);
    const query::Needle one(needle.toStdString());
    QCOMPARE(one.isIn(text.toStdString()), found);
    QCOMPARE(one.isEmpty(), needle.isEmpty());
}

void TestReader::runsAreFoundByWhatStepsAndErrorsSay() {
    const StoreFile file = filled();
    // A copy of the failed run in another source: only the row that speaks for both is found.
    need(file.open()->apply({{batchOf(2, 1'000, {changeOf(failedRun(2, monday + 1h), 0)})}}));
    auto reader = file.reader();
    const auto columns = need(reader->runColumns());
    const auto rowOf = [&](std::uint64_t id) {
        const auto at = std::find(columns->id.begin(), columns->id.end(), id);
        return columns->rowId[static_cast<std::size_t>(at - columns->id.begin())];
    };
    const auto find = [&](const char *text) { return need(reader->runsWithText(text)); };
    QCOMPARE(find("UPLOAD"), std::vector{rowOf(2)});
    QCOMPARE(find("connectionerror"), std::vector{rowOf(2)});
    QCOMPARE(find("no answer again"), std::vector{rowOf(2)});
    QCOMPARE(find("file not found"), std::vector{rowOf(4)});
    QCOMPARE(find("step_1").size(), 3U);
    QVERIFY(find("zebra").empty());
}

void TestReader::cancelledQuestionsSaySo() {
    StoreFile file;
    std::vector<ingest::RunChange> changes;
    for (std::uint64_t i = 1; i <= 9'000; ++i) {
        Run run = textRun(i, monday + Duration(1s) * static_cast<int>(i), 1);
        run.steps[0].name = "step " + std::to_string(i);
        changes.push_back(changeOf(run, i));
    }
    changes[0].spans = {{0, 5, ingest::Certainty::Certain}};
    need(file.open()->apply({{batchOf(1, 10'000, changes)}}));
    auto reader = file.reader();
    std::stop_source stop;
    stop.request_stop();
    const std::stop_token token = stop.get_token();
    RunFilter text;
    text.text = "step";
    QVERIFY(reader->runs({}, 10'000, token).error().kind == ErrorKind::Cancelled);
    QVERIFY(reader->runs({}, 10, token).error().kind == ErrorKind::Cancelled);
    QVERIFY(reader->runs(text, 10, token).error().kind == ErrorKind::Cancelled);
    QVERIFY(reader->runColumns(token).error().kind == ErrorKind::Cancelled);
    QVERIFY(reader->runsWithText("step 8", token).error().kind == ErrorKind::Cancelled);
    QVERIFY(reader->log(idOf(1), {}, {}, token).error().kind == ErrorKind::Cancelled);
    QCOMPARE(need(reader->runsWithText("step")).size(), 9'000U);
}

void TestReader::recipesAreFoundByThePathOfTheRun_data() {
    QTest::addColumn<QString>("runPath");
    QTest::addColumn<QString>("logPath");
    QTest::addColumn<QString>("found");
    QTest::newRow("relative, beside the log") << "jobs/a.yaml"
                                              << "/srv/one/logs/x.log"
                                              << "/srv/one/jobs/a.yaml";
    QTest::newRow("relative, beside the other log") << "jobs/a.yaml"
                                                    << "/srv/two/logs/x.log"
                                                    << "/srv/two/jobs/a.yaml";
    QTest::newRow("with a dot") << "./jobs/a.yaml"
                                << "/srv/two/logs/x.log"
                                << "/srv/two/jobs/a.yaml";
    QTest::newRow("with dots") << "../jobs/a.yaml"
                               << "/srv/two/logs/x.log"
                               << "/srv/two/jobs/a.yaml";
    QTest::newRow("absolute") << "/srv/one/jobs/a.yaml"
                              << "/srv/two/logs/x.log"
                              << "/srv/one/jobs/a.yaml";
    QTest::newRow("only the name") << "b.yaml"
                                   << "/x"
                                   << "/srv/one/b.yaml";
    QTest::newRow("the end of a name is no name") << "yb.yaml"
                                                  << "/x"
                                                  << "";
    QTest::newRow("nowhere") << "jobs/c.yaml"
                             << "/srv/one/x"
                             << "";
    QTest::newRow("no path") << ""
                             << "/srv/one/x"
                             << "";
}

void TestReader::recipesAreFoundByThePathOfTheRun() {
    QFETCH(QString, runPath);
    QFETCH(QString, logPath);
    QFETCH(QString, found);
    StoreFile file;
    Run run = textRun(1, monday);
    run.recipePath = runPath.toStdString();
    ingest::Batch batch = batchOf(1, 100, {changeOf(run, 0)});
    batch.path = logPath.toStdString();
    for (const char *path : {"/srv/one/jobs/a.yaml", "/srv/two/jobs/a.yaml", "/srv/one/b.yaml", "/srv/zwei/b.yaml"})
        batch.recipes.push_back({path, "A", "what", "1", true, "", {{"load", "m", "Load", {"x"}}}});
    need(file.open()->apply({{batch}}));
    auto reader = file.reader();
    const auto recipe = need(reader->recipeOf(run.id));
    QCOMPARE(recipe ? recipe->path : "", found.toStdString());
    if (recipe) {
        Recipe expected = batch.recipes[0];
        expected.path = recipe->path;
        QVERIFY(*recipe == expected);
    }
    QCOMPARE(need(reader->recipes()).size(), 4U);
}

void TestReader::anyNumberOfRunsIsTakenOneByOne() {
    const StoreFile file;
    const auto store = file.open();
    std::vector<ingest::RunChange> changes;
    for (std::uint64_t i = 1; i <= 1'000; ++i)
        changes.push_back(changeOf(textRun(i, monday + Duration(1min) * static_cast<int>(i), 1), i * 100));
    need(store->apply({{batchOf(1, 200'000, changes)}}));
    const auto reader = file.reader();
    std::vector<Run> taken;
    QVERIFY(reader->eachRun({}, [&](const Run &run) {
        if (taken.empty()) // what is withdrawn meanwhile is not made up
            need(store->apply({{[&] {
                ingest::RunChange gone = changes[0];
                gone.withdrawn = true;
                return batchOf(1, 300'000, {gone});
            }()}}));
        taken.push_back(run);
        return true;
    }));
    QCOMPARE(taken.size(), 999U);
    QVERIFY(taken == need(reader->runs({}, 10'000)));
    int count = 0;
    QVERIFY(reader->eachRun({}, [&](const Run &) { return ++count < 7; }));
    QCOMPARE(count, 7);
    std::stop_source stop;
    const auto stopped = reader->eachRun(
        {},
        [&](const Run &) {
            stop.request_stop();
            return true;
        },
        stop.get_token());
    QVERIFY(!stopped);
    QCOMPARE(stopped.error().kind, ErrorKind::Cancelled);
}

void TestReader::historyIsOfTheNewestCompletedRuns() {
    StoreFile file;
    std::vector<ingest::RunChange> changes;
    std::uint64_t id = 0;
    const auto add = [&](Run run) { changes.push_back(changeOf(std::move(run), ++id * 100)); };
    for (int i = 0; i < 60; ++i) { // the ten oldest took an hour
        Run run = textRun(static_cast<std::uint64_t>(i) + 1, monday + Duration(1h) * i, 2);
        run.duration = i < 10 ? Duration(1h) : Duration(1s) * (i - 9); // 1 s to 50 s
        run.steps[1].duration = 2 * *run.duration;
        if (i % 2)
            run.recipePath = "elsewhere/daily.yaml";
        add(run);
    }
    Run failed = failedRun(100, monday + 100h);
    failed.recipe = "daily";
    add(failed);
    Run backwards = textRun(101, monday + 101h);
    backwards.duration = -5s;
    add(backwards);
    Run untold = textRun(102, monday + 102h, 2);
    untold.recipe = "other";
    untold.duration.reset();
    untold.end = *untold.start + 7s;
    untold.steps[0].duration.reset();
    untold.steps[1].status = StepStatus::Skipped;
    add(untold);
    need(file.open()->apply({{batchOf(1, 100'000, changes)}}));
    auto reader = file.reader();

    // 49 of 2 s to 50 s: the 50th newest is the one whose clock went back. Median 26 s, quartiles 14 s and 38 s.
    const auto history = need(reader->history("daily"));
    QCOMPARE(history.runs, 49);
    QVERIFY(history.median == 26s);
    QVERIFY(std::abs(history.spread - 12.0 / 26.0) < 1e-12);
    QCOMPARE(history.stepMedians.size(), 2U + 1U - 1U);
    QCOMPARE(history.stepMedians[0].first, "step_0");
    QVERIFY(history.stepMedians[0].second == 1s);
    QCOMPARE(history.stepMedians[1].first, "step_1");
    QVERIFY(history.stepMedians[1].second == 52s);

    // A run is not compared with itself; the one before the fiftieth takes its place.
    const auto without = need(reader->history("daily", idOf(60)));
    QCOMPARE(without.runs, 49);
    QVERIFY(without.median == 25s);
    QCOMPARE(need(reader->history("daily", idOf(102))).runs, 49); // of another recipe
    QCOMPARE(need(reader->history("daily", idOf(100))).runs, 49); // not completed
    QCOMPARE(need(reader->history("daily", "no id")).runs, 49);
    QCOMPARE(need(reader->history("other", idOf(102))).runs, 0);

    const auto other = need(reader->history("other"));
    QCOMPARE(other.runs, 1);
    QVERIFY(other.median == 7s);
    QCOMPARE(other.spread, 0.0);
    QCOMPARE(other.stepMedians.size(), 1U);
}

void TestReader::everyRunIsReachedFromItsNeighbours() {
    StoreFile file;
    std::vector<ingest::RunChange> changes;
    // Ids fall where places in the store rise; several runs start in one second, of two paths of the recipe.
    std::uint64_t offset = 0;
    const auto add = [&](std::uint64_t id, Time start, const char *path = "jobs/daily.yaml") {
        Run run = textRun(id, start, 1);
        run.recipePath = path;
        changes.push_back(changeOf(std::move(run), offset += 100));
    };
    add(90, monday);
    add(50, monday + 1h);
    add(40, monday + 1h, "elsewhere/daily.yaml");
    add(60, monday + 1h);
    add(30, monday + 1h, "elsewhere/daily.yaml");
    add(20, monday + 2h);
    Run untold = textRun(10, monday, 1);
    untold.start.reset();
    changes.push_back(changeOf(untold, offset += 100));
    Run other = textRun(70, monday + 1h, 1);
    other.recipe = "other";
    changes.push_back(changeOf(other, offset += 100));
    need(file.open()->apply({{batchOf(1, 100'000, changes)}}));
    auto reader = file.reader();

    const std::vector<std::string> order = {idOf(90), idOf(50), idOf(40), idOf(60), idOf(30), idOf(20)};
    for (std::size_t i = 0; i < order.size(); ++i) {
        const query::RunNeighbours expected{i > 0 ? order[i - 1] : "", i + 1 < order.size() ? order[i + 1] : ""};
        const query::RunNeighbours found = need(reader->neighbours(order[i]));
        QCOMPARE(found.previous, expected.previous);
        QCOMPARE(found.next, expected.next);
    }
    QCOMPARE(need(reader->neighbours(idOf(10))), query::RunNeighbours());
    QCOMPARE(need(reader->neighbours(idOf(70))), query::RunNeighbours());
    QCOMPARE(reader->neighbours(idOf(99)).error().kind, ErrorKind::NotFound);
}

void TestReader::listsUseIndexes() {
    const StoreFile file = filled();
    SQLite::Database db(file.path());
    const auto plan = [&](const char *sql) {
        std::string text;
        SQLite::Statement explain(db, std::string("EXPLAIN QUERY PLAN ") + sql);
        while (explain.executeStep())
            text += explain.getColumn(3).getString() + "\n";
        return QString::fromStdString(text);
    };
    const QString newest = plan("SELECT id FROM runs WHERE shown = 1 ORDER BY start_ns DESC, id DESC");
    QVERIFY2(newest.contains(QLatin1String("runs_start")) && !newest.contains(QLatin1String("TEMP")),
             qPrintable(newest));
    const QString rare = plan("SELECT id FROM runs WHERE shown = 1 AND status IN (3) AND status <> 1");
    QVERIFY2(rare.contains(QLatin1String("runs_status")), qPrintable(rare));
    const QString recipe =
        plan("SELECT start_ns, id FROM runs WHERE recipe_id = 1 AND shown = 1 ORDER BY start_ns DESC");
    QVERIFY2(recipe.contains(QLatin1String("runs_recipe")), qPrintable(recipe));
    const QString beside = plan("SELECT start_ns, id FROM runs WHERE recipe_id = 1 AND shown = 1 AND (start_ns, id) < "
                                "(2, 3) ORDER BY start_ns DESC, id DESC LIMIT 1");
    QVERIFY2(beside.contains(QLatin1String("runs_recipe (recipe_id=? AND start_ns<?)")), qPrintable(beside));
}

QTEST_GUILESS_MAIN(TestReader)
#include "tst_reader.moc"
