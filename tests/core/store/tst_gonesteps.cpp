// SPDX-License-Identifier: GPL-3.0-or-later
// What is summed up stays true when runs and samples are removed, and others of their time come later.
#include "core/query/answer.h"
#include "core/query/questiontext.h"
#include "core/store/verify.h"
#include "tests/core/store/storefixture.h"

#include <SQLiteCpp/SQLiteCpp.h>

#include <cmath>
#include <random>
#include <set>

using namespace ra;
using namespace ra::test;

class TestGoneSteps : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void lateRunsAreCountedWithTheGoneOnes_data();
    void lateRunsAreCountedWithTheGoneOnes();
    void aCopyOfALogIsNotCountedTwice();
    void whatChangesAfterwardsIsCountedAsItIs();
    void whateverGoesAndComesTheSumsAreThoseOfAllThatWasTold_data();
    void whateverGoesAndComesTheSumsAreThoseOfAllThatWasTold();
    void questionsOverRowsAndRollupsAgree();
    void verifySeesADifference_data();
    void verifySeesADifference();
    void samplesThatWereNeverSealedAreSummedUpBeforeTheyGo_data();
    void samplesThatWereNeverSealedAreSummedUpBeforeTheyGo();
    void heldSamplesOfBeforeTheHorizonAreNotTaken();
};

namespace {

constexpr Duration day = 24h;
/// What ended before the day of `today` goes.
constexpr Time today = monday + 40 * day;
constexpr const char *levels[] = {"minute", "hour", "day"};

void tidyAll(store::Store &store) {
    while (need(store.tidy())) {
    }
}

void checkSound(const StoreFile &file) {
    const store::VerifyReport report = need(store::verify(file.path()));
    QVERIFY2(report.isSound(), (report.damage.empty() ? "" : report.damage[0].where + report.damage[0].what).c_str());
}

std::string summedUp(const StoreFile &file, bool withSketches = true) {
    std::string text;
    for (const char *level : levels)
        text += ask(*file.reader(), std::string("SELECT recipe, step, t_ns, completed, failed, sum_ns") +
                                        (withSketches ? ", min_ns, max_ns, hex(sketch)" : "") + " FROM step_rollups('" +
                                        level + "') ORDER BY 1, 2, 3") +
                "\n--\n";
    return text;
}

/// A log of its own with these runs, its lines not being kept.
ingest::Batch logOf(int source, const std::vector<Run> &runs) {
    std::vector<ingest::RunChange> changes;
    for (const Run &run : runs)
        changes.push_back(changeOf(run, changes.size() * 100));
    const std::uint64_t bytes = changes.size() * 100 + 1;
    return batchOf(source, bytes, std::move(changes));
}

Run runAt(std::uint64_t id, Time start, int seconds, bool fails = false) {
    Run run = textRun(id, start, 2);
    run.steps[1].duration = Duration(1s) * seconds;
    if (fails)
        run.steps.push_back(failedStep(2, "last", start + 2s));
    return run;
}

Retained retain(store::Store &store, const RetentionPolicy &policy) {
    return need(store.retain(policy, today, false));
}

} // namespace

void TestGoneSteps::lateRunsAreCountedWithTheGoneOnes_data() {
    QTest::addColumn<bool>("summedUpBefore");
    QTest::addColumn<bool>("somePinned");
    for (const bool summed : {false, true}) {
        for (const bool pinned : {false, true})
            QTest::addRow("%s, %s", summed ? "summed up" : "not yet", pinned ? "one is pinned" : "none is left")
                << summed << pinned;
    }
}

void TestGoneSteps::lateRunsAreCountedWithTheGoneOnes() {
    QFETCH(const bool, summedUpBefore);
    QFETCH(const bool, somePinned);
    std::vector<Run> first;
    for (int i = 0; i < 30; ++i)
        first.push_back(runAt(static_cast<std::uint64_t>(i) + 1, monday + Duration(7min) * i, 1 + i, i % 5 == 0));
    std::vector<Run> late;
    for (int i = 0; i < 20; ++i)
        late.push_back(runAt(static_cast<std::uint64_t>(i) + 100, monday + Duration(13min) * i, 200 + i, i % 3 == 0));
    const StoreFile all; // in which nothing goes
    {
        const auto store = all.open();
        need(store->apply({{logOf(1, first), logOf(2, late)}}));
    }
    tidyAll(*all.open());
    const std::string expected = summedUp(all);
    checkSound(all);

    const StoreFile file;
    auto store = file.open();
    need(store->apply({{logOf(1, first)}}));
    if (summedUpBefore) {
        store.reset();
        store = file.open();
        tidyAll(*store);
    }
    const std::string before = summedUp(file);
    if (somePinned)
        need(store->pin(std::vector{idOf(7)}, true));
    QCOMPARE(retain(*store, {.runs = 5 * day}).runs, somePinned ? 29U : 30U);
    QCOMPARE(summedUp(file), before);
    checkSound(file);
    need(store->apply({{logOf(2, late)}}));
    QCOMPARE(QString::fromStdString(summedUp(file)), QString::fromStdString(expected)); // at once
    checkSound(file);
    store.reset();
    store = file.open();
    tidyAll(*store);
    QCOMPARE(ask(*file.reader(), "SELECT count(*) FROM stale_hours"), "0");
    QCOMPARE(QString::fromStdString(summedUp(file)), QString::fromStdString(expected));
    checkSound(file);
    // They go, too; then nothing is kept twice.
    need(store->pin(std::vector{idOf(100)}, false));
    if (somePinned)
        need(store->pin(std::vector{idOf(7)}, false));
    QCOMPARE(retain(*store, {.runs = 5 * day}).runs, somePinned ? 21U : 20U);
    QCOMPARE(QString::fromStdString(summedUp(file)), QString::fromStdString(expected));
    QCOMPARE(ask(*file.reader(), "SELECT count(*) FROM gone_step_rollups"), "0");
    checkSound(file);
    // With the rollups goes what they are made of.
    retain(*store, {.samples = 5 * day, .rollups = 6 * day, .runs = 5 * day});
    QCOMPARE(ask(*file.reader(),
                 "SELECT (SELECT count(*) FROM kept_step_rollups) + (SELECT count(*) FROM gone_hours) + "
                 "(SELECT count(*) FROM gone_runs)"),
             "0");
    checkSound(file);
}

void TestGoneSteps::aCopyOfALogIsNotCountedTwice() {
    const StoreFile file;
    auto store = file.open();
    const std::vector<Run> runs{runAt(1, monday, 5), runAt(2, monday + 1h, 6), runAt(3, today - 1h, 7)};
    need(store->apply({{logOf(1, runs)}}));
    const std::string before = summedUp(file);
    QCOMPARE(retain(*store, {.runs = 5 * day}).runs, 2U);
    // Under another name, and the same once more from its beginning.
    need(store->apply({{logOf(2, runs)}}));
    need(store->apply({{logOf(1, runs)}}));
    QCOMPARE(ask(*file.reader(), "SELECT count(*) FROM runs_v"), "1");
    QCOMPARE(summedUp(file), before);
    store.reset();
    tidyAll(*file.open());
    QCOMPARE(summedUp(file), before);
    checkSound(file);
}

void TestGoneSteps::whatChangesAfterwardsIsCountedAsItIs() {
    const StoreFile file;
    auto store = file.open();
    need(store->apply({{logOf(1, {runAt(1, monday, 5), runAt(2, monday + 1min, 6)})}}));
    retain(*store, {.runs = 5 * day});
    need(store->apply({{logOf(2, {runAt(3, monday + 2min, 10)})}}));
    store.reset();
    store = file.open();
    tidyAll(*store);
    const std::string sums = "SELECT sum(completed), sum(sum_ns) / 1000000000 FROM step_rollups('hour')";
    QCOMPARE(ask(*file.reader(), sums), "6|24");
    ingest::Batch again = logOf(2, {runAt(3, monday + 2min, 100)}); // read on, it is known better
    again.checkpoint.offset += 50;
    need(store->apply({{again}}));
    QCOMPARE(ask(*file.reader(), sums), "6|114");
    store.reset();
    store = file.open();
    tidyAll(*store);
    QCOMPARE(ask(*file.reader(), sums), "6|114");
    // And it may begin in another hour than was thought.
    again = logOf(2, {runAt(3, monday + 5h, 100)});
    again.checkpoint.offset += 60;
    need(store->apply({{again}}));
    QCOMPARE(ask(*file.reader(), "SELECT group_concat(n) FROM (SELECT sum(completed) AS n FROM step_rollups('hour') "
                                 "GROUP BY t_ns)"),
             "4,2");
    checkSound(file);
}

void TestGoneSteps::whateverGoesAndComesTheSumsAreThoseOfAllThatWasTold_data() {
    QTest::addColumn<int>("seed");
    for (int seed = 1; seed <= 6; ++seed)
        QTest::addRow("seed %d", seed) << seed;
}

/// Runs come, late ones too, go by retention or into archives, come back, are pinned; next to a store in which nothing
/// ever goes.
void TestGoneSteps::whateverGoesAndComesTheSumsAreThoseOfAllThatWasTold() {
    QFETCH(const int, seed);
    std::mt19937 random(static_cast<unsigned>(seed));
    const auto below = [&](int n) { return static_cast<int>(random() % static_cast<unsigned>(n)); };
    const StoreFile all;
    const StoreFile file;
    const auto reference = all.open();
    auto store = file.open();
    std::uint64_t next = 1;
    int source = 1;
    std::vector<std::string> archives;
    for (int round = 0; round < 14; ++round) {
        switch (below(7)) {
        case 0:
        case 1:
        case 2: {
            std::vector<Run> runs;
            for (int i = below(12); i >= 0; --i) {
                // Few hours, so that they meet.
                const Time start = monday + below(3) * 10 * day + below(4) * 20min + below(3) * 10s;
                runs.push_back(runAt(next++, start, 1 + below(3'000), below(4) == 0));
                runs.back().recipe = below(3) ? "daily" : "weekly";
            }
            const ingest::Batch batch = logOf(source++, runs);
            need(store->apply({{batch}}));
            need(reference->apply({{batch}}));
            break;
        }
        case 3:
            need(store->retain({.runs = 5 * day}, monday + (below(3) + 1) * 10 * day, false));
            break;
        case 4:
            if (next > 1) {
                const std::string id = idOf(1 + static_cast<std::uint64_t>(below(static_cast<int>(next) - 1)));
                static_cast<void>(store->pin(std::vector{id}, below(3) > 0)); // it may have gone
            }
            break;
        case 5:
            archives.push_back(file.folder() + "/" + std::to_string(round));
            need(store->archive(archives.back(), monday + (below(4) + 1) * 5 * day, below(3) == 0));
            break;
        default:
            if (!archives.empty())
                need(store->attach(archives[static_cast<std::size_t>(below(static_cast<int>(archives.size())))]));
            break;
        }
        if (below(3) == 0) {
            store.reset();
            store = file.open();
            tidyAll(*store);
        }
        QCOMPARE(QString::fromStdString(summedUp(file, false)), QString::fromStdString(summedUp(all, false)));
        checkSound(file);
        if (QTest::currentTestFailed())
            return;
    }
}

void TestGoneSteps::questionsOverRowsAndRollupsAgree() {
    const StoreFile file;
    auto store = file.open();
    const auto asked = [&](const std::string &text) {
        const query::Answer answer =
            need(file.reader()->ask(need(query::parseQuestion(text, today)), query::AskOptions{}));
        QStringList cells;
        for (std::size_t row = 0; row < answer.frame.rows(); ++row) {
            for (const query::FrameColumn &column : answer.frame.columns())
                cells << (column.type == query::ColumnType::Text ? QString::fromStdString(std::string(column.text(row)))
                                                                 : QString::number(column.number(row)));
        }
        return cells.join(QLatin1Char(' ')) + QLatin1String(answer.explanation.rollups > 0 ? " rollups" : "");
    };
    need(store->apply({{logOf(1, {runAt(1, monday, 5), runAt(2, monday + 1min, 6), runAt(3, monday + 2h, 7, true)})}}));
    retain(*store, {.runs = 5 * day});
    need(store->apply({{logOf(2, {runAt(4, monday + 2min, 100), runAt(5, monday + 3h, 3, true)})}}));
    for (int session = 0; session < 2; ++session) { // stale, then summed up
        QCOMPARE(asked("steps | count(), count(duration), sum(duration), max(duration)"),
                 QStringLiteral("12 10 126 100 rollups"));
        QCOMPARE(asked("steps | by bucket(hour) | count()").section(QLatin1Char(' '), 1, 1), QStringLiteral("6"));
        QCOMPARE(asked("steps | by bucket(day) | count()").section(QLatin1Char(' '), 1), QStringLiteral("12 rollups"));
        QCOMPARE(asked("steps | where step = last | by status | count()"), QStringLiteral("failed 2 rollups"));
        // Minutes at the edges, in which some of it is.
        QCOMPARE(asked("steps | since 2026-01-05T08:01:00Z | until 2026-01-05T10:30:00Z | sum(duration)"),
                 QStringLiteral("116 rollups"));
        // What is asked of rows is of what is left.
        QCOMPARE(asked("steps | where not run_id = x | count()"), QStringLiteral("5"));
        store.reset();
        store = file.open();
        tidyAll(*store);
    }
}

void TestGoneSteps::verifySeesADifference_data() {
    QTest::addColumn<QByteArray>("change");
    QTest::addColumn<bool>("isDamage");
    const auto row = [](const char *name, const char *change, bool isDamage = true) {
        QTest::newRow(name) << QByteArray(change) << isDamage;
    };
    row("nothing", "SELECT 1", false);
    row("a minute counts more", "UPDATE kept_step_rollups SET failed = failed + 1 WHERE level = 0 AND bucket = "
                                "(SELECT max(bucket) FROM kept_step_rollups WHERE level = 0)");
    row("a minute is missing", "DELETE FROM kept_step_rollups WHERE level = 0 AND bucket = (SELECT max(bucket) FROM "
                               "kept_step_rollups WHERE level = 0)");
    row("an hour is missing", "DELETE FROM kept_step_rollups WHERE level = 1 AND bucket = (SELECT min(bucket) FROM "
                              "kept_step_rollups WHERE level = 1)");
    row("a day sums up to more", "UPDATE kept_step_rollups SET sum = sum + 1 WHERE level = 2");
    row("a step is longer",
        "UPDATE steps SET duration_ns = duration_ns + 1000000 WHERE id = (SELECT min(id) FROM steps)");
    row("a step has not failed", "UPDATE steps SET status = 1 WHERE status = 2");
    row("what has gone has gone for good", "DELETE FROM gone_step_rollups");
    row("what has gone is told twice", "UPDATE gone_step_rollups SET failed = failed + 1");
    row("what has gone cannot be read", "UPDATE gone_step_rollups SET sketch = x'00', count = 2");
    row("an hour is not of removed runs only", "INSERT OR IGNORE INTO gone_hours SELECT recipe_id, bucket FROM "
                                               "kept_step_rollups WHERE level = 1");
    row("what is stale does not count",
        "INSERT INTO stale_hours SELECT DISTINCT recipe_id, bucket FROM "
        "kept_step_rollups WHERE level = 1 AND (recipe_id, bucket) NOT IN (SELECT * "
        "FROM gone_hours); DELETE FROM kept_step_rollups WHERE level < 2 AND EXISTS "
        "(SELECT 1 FROM stale_hours s WHERE iif(level, bucket, bucket / 60) = s.hour)",
        false);
}

void TestGoneSteps::verifySeesADifference() {
    QFETCH(const QByteArray, change);
    QFETCH(const bool, isDamage);
    const StoreFile file;
    {
        auto store = file.open();
        need(store->apply(
            {{logOf(1, {runAt(1, monday, 5, true), runAt(2, monday + 1min, 6), runAt(9, monday + 1h, 7)})}}));
        retain(*store, {.runs = 5 * day});
        need(store->apply({{logOf(2, {runAt(3, monday + 2min, 10, true), runAt(4, today - 1h, 3)})}}));
        store.reset();
        tidyAll(*file.open());
    }
    checkSound(file);
    SQLite::Database(file.path(), SQLite::OPEN_READWRITE).exec(change.toStdString());
    const store::VerifyReport report = need(store::verify(file.path()));
    QCOMPARE(report.isSound(), !isDamage);
    if (isDamage)
        QVERIFY(report.damage[0].where.find("step_rollups, recipe 1") != std::string::npos);
}

void TestGoneSteps::samplesThatWereNeverSealedAreSummedUpBeforeTheyGo_data() {
    QTest::addColumn<int>("samples"); // of the series, one every ten seconds
    QTest::addColumn<bool>("pinned");
    QTest::addColumn<bool>("archived");
    for (const int samples : {1, 40, 300}) {
        for (const bool pinned : {false, true}) {
            for (const bool archived : {false, true})
                QTest::addRow("%d samples%s%s", samples, pinned ? ", some pinned" : "",
                              archived ? ", to an archive" : "")
                    << samples << pinned << archived;
        }
    }
}

void TestGoneSteps::samplesThatWereNeverSealedAreSummedUpBeforeTheyGo() {
    QFETCH(const int, samples);
    QFETCH(const bool, pinned);
    QFETCH(const bool, archived);
    const StoreFile file;
    auto store = file.open();
    ingest::Batch batch = logOf(1, {runAt(1, monday, 5)}); // ten seconds of it
    batch.runs[0].run.end = monday + 95s;
    batch.samples.series = {{.name = "rss", .unit = "bytes", .kind = "gauge"},
                            {.name = "busy", .unit = "1", .kind = ""}};
    for (int i = 0; i < samples; ++i)
        batch.samples.samples.push_back({0, toNs(monday + i * 10s), i % 7 == 3 ? std::nan("") : 1e6 + i});
    for (int i = 0; i < 1'500; ++i) // sealed
        batch.samples.samples.push_back({1, toNs(monday + i * 1s), 1.0 * i});
    need(store->apply({{batch}}));
    tidyAll(*store);
    const auto rollups = [&] {
        std::string text;
        for (const char *level : levels)
            text += ask(*file.reader(), std::string("SELECT name, t_ns, count, sum, min, max, hex(sketch) FROM "
                                                    "series_v s, rollups(s.series, '") +
                                            level + "') ORDER BY 1, 2") +
                    "\n--\n";
        return text;
    };
    const std::string before = rollups();
    if (pinned)
        need(store->pin(std::vector{idOf(1)}, true));
    const std::string out = file.folder() + "/old";
    if (archived)
        need(store->archive(out, today, false));
    else
        QVERIFY(retain(*store, {.samples = 5 * day}).samples > 0 || (pinned && samples == 1));
    QCOMPARE(QString::fromStdString(rollups()), QString::fromStdString(before));
    const int left = pinned ? std::min(samples, 10) + 96 : 0;
    QCOMPARE(ask(*file.reader(), "SELECT count(*) FROM samples"), std::to_string(left));
    checkSound(file);
    // What stays is sealed, and that makes nothing anew.
    store.reset();
    store = file.open();
    tidyAll(*store);
    need(store->apply({{logOf(3, {runAt(8, today, 5)})}}));
    QCOMPARE(QString::fromStdString(rollups()), QString::fromStdString(before));
    if (pinned) {
        need(store->pin(std::vector{idOf(1)}, false));
        retain(*store, {.samples = 5 * day});
        QCOMPARE(QString::fromStdString(rollups()), QString::fromStdString(before));
    }
    if (!archived)
        return;
    for (int i = 0; i < 2; ++i) {
        need(store->attach(out));
        QCOMPARE(ask(*file.reader(), "SELECT count(*) FROM samples"), std::to_string(samples + 1'500));
        QCOMPARE(QString::fromStdString(rollups()), QString::fromStdString(before));
        checkSound(file);
        tidyAll(*store);
    }
    // In another store of the same days, whose own series go on.
    const StoreFile other;
    const auto its = other.open();
    ingest::Batch more = logOf(5, {});
    more.samples.series = batch.samples.series;
    more.samples.samples = {{0, toNs(monday) + 500, 5.0}, {1, toNs(monday) + 700, 6.0}};
    need(its->apply({{more}}));
    need(its->attach(out));
    QCOMPARE(ask(*other.reader(), "SELECT name, sum(count) FROM series_v s, rollups(s.series, 'day') GROUP BY name"),
             ask(*other.reader(), "SELECT name, count(value) FROM series_v s, samples(s.series) GROUP BY name"));
    checkSound(other);
}

void TestGoneSteps::heldSamplesOfBeforeTheHorizonAreNotTaken() {
    const StoreFile file;
    const auto store = file.open();
    ingest::Batch batch = logOf(1, {});
    batch.checkpoint = {}; // held until the next one
    batch.samples.series = {{.name = "rss", .unit = "bytes", .kind = "gauge"}};
    batch.samples.samples = {{0, toNs(monday), 1.0}, {0, toNs(now()), 2.0}};
    need(store->apply({{batch}}));
    QVERIFY(store->heldUntil().has_value());
    need(store->setRetention({.samples = 5 * day}));
    while (need(store->tidy())) {
    }
    need(store->putHeld());
    QCOMPARE(ask(*file.reader(), "SELECT count(*), min(value) FROM samples"), "1|2");
}

QTEST_GUILESS_MAIN(TestGoneSteps)
#include "tst_gonesteps.moc"
