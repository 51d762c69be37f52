// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/samples/rollup.h"
#include "tests/core/store/storefixture.h"

#include <SQLiteCpp/SQLiteCpp.h>

#include <map>
#include <random>

using namespace ra;
using namespace ra::test;
using samples::Rollup;
using samples::RollupLevel;

class TestStepRollups : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void bucketsAreCountedFrom1970_data();
    void bucketsAreCountedFrom1970();
    void aRowOfOneValueIsShort();
    void stepsAreSummedUpByRecipeAndName();
    void whatStillChangesIsLeftAlone();
    void whateverHappensTheSumsAreThoseOfTheSteps_data();
    void whateverHappensTheSumsAreThoseOfTheSteps();
    void theRangeIsOfBeginnings();
};

namespace {

void tidyAll(store::Store &store) {
    while (need(store.tidy())) {
    }
}

std::string kept(const StoreFile &file) {
    return ask(*file.reader(), "SELECT level, count(*), sum(count), sum(failed) FROM kept_step_rollups GROUP BY level");
}

/// All sums of a level against what is made anew of the steps.
void compare(const StoreFile &file, RollupLevel level, const char *name) {
    struct Part {
        std::vector<double> durations;
        std::int64_t failed = 0;
    };
    std::map<std::tuple<std::string, std::string, std::int64_t>, Part> parts;
    const auto reader = file.reader();
    const query::Table steps = need(reader->sql(
        "SELECT c.name, n.text, r.start_ns, s.status, coalesce(s.duration_ns, s.end_ns - s.start_ns) FROM runs r JOIN "
        "recipes c ON c.id = r.recipe_id JOIN steps s ON s.id >> 24 = r.id JOIN texts n ON n.id = s.name WHERE r.shown "
        "= 1 "
        "AND r.start_ns IS NOT NULL AND s.status IN (1, 2)"));
    for (const auto &row : steps.rows) {
        Part &part = parts[{std::get<std::string>(row[0]), std::get<std::string>(row[1]),
                            samples::bucketOf(level, std::get<std::int64_t>(row[2])) * samples::lengthOf(level)}];
        if (std::get<std::int64_t>(row[3]) == 2)
            ++part.failed;
        else
            part.durations.push_back(static_cast<double>(std::get<std::int64_t>(row[4])));
    }
    const query::Table table = need(reader->sql(
        std::string("SELECT recipe, step, t_ns, completed, failed, sum_ns, hex(sketch) FROM step_rollups('") + name +
        "')"));
    QCOMPARE(table.rows.size(), parts.size());
    for (const auto &row : table.rows) {
        const auto part =
            parts.find({std::get<std::string>(row[0]), std::get<std::string>(row[1]), std::get<std::int64_t>(row[2])});
        QVERIFY(part != parts.end());
        Rollup rollup;
        rollup.add(part->second.durations);
        std::string sketch;
        rollup.sketch().serialise(sketch);
        QCOMPARE(std::get<std::int64_t>(row[3]), static_cast<std::int64_t>(rollup.count()));
        QCOMPARE(std::get<std::int64_t>(row[4]), part->second.failed);
        QCOMPARE(std::get<double>(row[5]), rollup.sketch().sum());
        QCOMPARE(QByteArray::fromHex(QByteArray::fromStdString(std::get<std::string>(row[6]))).toStdString(), sketch);
    }
}

} // namespace

void TestStepRollups::bucketsAreCountedFrom1970_data() {
    QTest::addColumn<qint64>("time");
    QTest::addColumn<qint64>("minute");
    constexpr qint64 minute = 60'000'000'000;
    QTest::newRow("1970") << qint64(0) << qint64(0);
    QTest::newRow("its end") << minute - 1 << qint64(0);
    QTest::newRow("the next") << minute << qint64(1);
    QTest::newRow("before") << qint64(-1) << qint64(-1);
    QTest::newRow("a minute before") << -minute << qint64(-1);
    QTest::newRow("more than that") << -minute - 1 << qint64(-2);
    QTest::newRow("the earliest") << std::numeric_limits<qint64>::min() << qint64(-153'722'868);
}

void TestStepRollups::bucketsAreCountedFrom1970() {
    QFETCH(const qint64, time);
    QFETCH(const qint64, minute);
    QCOMPARE(qint64(samples::bucketOf(RollupLevel::Minute, time)), minute);
}

void TestStepRollups::aRowOfOneValueIsShort() {
    Rollup one;
    one.add(std::vector{2.5});
    const Rollup::Row row = one.row();
    QVERIFY(row.sketch.empty() && !row.min && !row.sumSquares);
    QVERIFY(need(Rollup::fromRow(row.count, row.sum, 0, row.sketch)) == one);
    Rollup two = one;
    two.merge(one);
    const Rollup::Row longer = two.row();
    QVERIFY(!longer.sketch.empty());
    QVERIFY(need(Rollup::fromRow(longer.count, longer.sum, *longer.sumSquares, longer.sketch)) == two);
    QVERIFY(!Rollup::fromRow(2, 5, 0, "nonsense"));
    QVERIFY(!Rollup::fromRow(2, 5, 0, ""));
}

void TestStepRollups::stepsAreSummedUpByRecipeAndName() {
    StoreFile file;
    Run run = textRun(2, monday + 30s, 1);
    run.steps.push_back(failedStep(1, "step_1", monday + 31s));
    need(file.open()->apply({{batchOf(1, 100, {changeOf(textRun(1, monday, 2), 0), changeOf(run, 50)})}}));
    const std::string expected = "daily|jobs/daily.yaml|step_0|hour|1767600000000000000|2|0|2000000000|1000000000\n"
                                 "daily|jobs/daily.yaml|step_1|hour|1767600000000000000|1|1|1000000000|1000000000";
    const std::string sql = "SELECT recipe, recipe_path, step, level, t_ns, completed, failed, sum_ns, max_ns FROM "
                            "step_rollups('hour') ORDER BY step";
    QCOMPARE(ask(*file.reader(), sql), expected); // not summed up yet
    tidyAll(*file.open());
    QCOMPARE(kept(file), "0|2|3|1\n1|2|3|1\n2|2|3|1");
    QCOMPARE(ask(*file.reader(), sql), expected);
}

void TestStepRollups::whatStillChangesIsLeftAlone() {
    StoreFile file;
    auto store = file.open();
    need(store->apply({{batchOf(1, 100, {changeOf(textRun(1, monday), 0)})}}));
    tidyAll(*store);
    QCOMPARE(kept(file), "");
    QCOMPARE(ask(*file.reader(), "SELECT count(*) FROM stale_hours"), "1");
    store.reset();
    tidyAll(*file.open());
    QCOMPARE(ask(*file.reader(), "SELECT count(*) FROM stale_hours"), "0");
    // Reading again changes nothing, and so makes nothing stale.
    need(file.open()->apply({{batchOf(1, 100, {changeOf(textRun(1, monday), 0)})}}));
    QCOMPARE(ask(*file.reader(), "SELECT count(*) FROM stale_hours"), "0");
}

void TestStepRollups::whateverHappensTheSumsAreThoseOfTheSteps_data() {
    QTest::addColumn<int>("seed");
    for (int seed = 1; seed <= 8; ++seed)
        QTest::addRow("seed %d", seed) << seed;
}

/// Runs come, change their beginnings and steps, are told by several sources, and are taken back.
void TestStepRollups::whateverHappensTheSumsAreThoseOfTheSteps() {
    QFETCH(const int, seed);
    std::mt19937 random(static_cast<unsigned>(seed));
    const auto below = [&](int n) { return static_cast<int>(random() % static_cast<unsigned>(n)); };
    StoreFile file;
    std::uint64_t end = 100'000;
    for (int round = 0; round < 12; ++round) {
        auto store = file.open(); // what an earlier session changed is settled
        if (below(2))
            tidyAll(*store);
        for (int step = below(4); step >= 0; --step) {
            std::vector<ingest::RunChange> changes;
            for (int i = below(6); i >= 0; --i) {
                const auto id = static_cast<std::uint64_t>(below(30)) + 1;
                Run run = textRun(id, monday + Duration(1min) * (static_cast<int>(id) * 97 + below(2)), 1 + below(3));
                run.recipe = below(3) ? "daily" : "weekly";
                if (below(4) == 0)
                    run.steps.push_back(failedStep(static_cast<int>(run.steps.size()), "last", *run.start + 5s));
                run.steps.front().duration = Duration(1ms) * (1 + below(5'000));
                changes.push_back(changeOf(std::move(run), id * 100));
                changes.back().withdrawn = below(8) == 0;
            }
            need(store->apply({{batchOf(1 + below(2), ++end, std::move(changes))}}));
        }
        if (below(2))
            need(store->tidy());
        compare(file, RollupLevel::Minute, "minute");
        compare(file, RollupLevel::Hour, "hour");
        compare(file, RollupLevel::Day, "day");
    }
    tidyAll(*file.open());
    QCOMPARE(ask(*file.reader(), "SELECT count(*) FROM stale_hours"), "0");
    compare(file, RollupLevel::Minute, "minute");
    compare(file, RollupLevel::Hour, "hour");
    compare(file, RollupLevel::Day, "day");
}

void TestStepRollups::theRangeIsOfBeginnings() {
    StoreFile file;
    std::vector<ingest::RunChange> changes;
    for (int i = 0; i < 6; ++i)
        changes.push_back(changeOf(textRun(static_cast<std::uint64_t>(i) + 1, monday + Duration(30min) * i, 1),
                                   static_cast<std::uint64_t>(i) * 100));
    need(file.open()->apply({{batchOf(1, 1'000, changes)}}));
    const std::string begin = std::to_string(toNs(monday));
    const auto count = [&](const std::string &from, const std::string &to) {
        return ask(*file.reader(),
                   "SELECT count(*), sum(completed) FROM step_rollups('hour', " + from + ", " + to + ")");
    };
    for (int i = 0; i < 2; ++i) { // not summed up, then summed up
        QCOMPARE(count("NULL", "NULL"), "3|6");
        QCOMPARE(count(begin, begin + " + 1"), "1|2");
        QCOMPARE(count(begin + " + 1", "NULL"), "2|4");
        QCOMPARE(count(begin, begin + " + 3600000000000"), "1|2");
        QCOMPARE(count("5", "5"), "0|NULL");
        tidyAll(*file.open());
    }
    const auto wrong = file.reader()->sql("SELECT * FROM step_rollups('decade')");
    QVERIFY(!wrong && wrong.error().why.find("'minute', 'hour' or 'day'") != std::string::npos);
    QVERIFY(!file.reader()->sql("SELECT * FROM step_rollups"));
    QVERIFY(!file.reader()->sql("SELECT * FROM rollups(1)"));
}

QTEST_GUILESS_MAIN(TestStepRollups)
#include "tst_steprollups.moc"
