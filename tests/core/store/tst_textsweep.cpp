// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/store/references.h"
#include "core/store/schema.h"
#include "core/store/textsweep.h"
#include "tests/core/store/populated.h"

#include <SQLiteCpp/SQLiteCpp.h>

#include <map>
#include <random>
#include <set>

using namespace ra;
using namespace ra::test;
using store::TextSweep;
using store::TextWriter;

class TestTextSweep : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void everythingThatNamesTextsIsLookedThrough();
    void whatIsWrittenMeanwhileKeepsItsTexts_data();
    void whatIsWrittenMeanwhileKeepsItsTexts();
    void afterARollbackItBeginsAnew();
    void noNumberIsGivenTwice();
    void theBackgroundDoesIt();
};

namespace {

/// An empty store, and what sweeps it in pieces of `rows`.
struct Swept {
    explicit Swept(int rows)
        : sweep(db, texts, {.rows = rows, .removals = 3}) {}

    void sweepAll() {
        sweep.request();
        while (sweep.sweepSome()) {
        }
    }
    [[nodiscard]] std::set<std::int64_t> ids() {
        std::set<std::int64_t> all;
        store::Statement select(db, "SELECT id FROM texts");
        while (select.step())
            all.insert(select.integer(0));
        return all;
    }

    struct Empty : SQLite::Database {
        Empty()
            : SQLite::Database(":memory:", SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE) {
            need(store::migrate(*this, ":memory:"));
        }
    } db;
    TextWriter texts{db};
    TextSweep sweep;
};

/// References to texts that lead nowhere.
int dangling(SQLite::Database &db) {
    int count = 0;
    for (const store::Reference &reference : store::references()) {
        if (std::string_view(reference.target) == "texts")
            count += db.execAndGet("SELECT count(*) FROM (" + store::missingSql(reference) + ")").getInt();
    }
    return count;
}

} // namespace

/// One text for each column that the list of references names, and one that nothing does.
void TestTextSweep::everythingThatNamesTextsIsLookedThrough() {
    Swept swept(2);
    std::map<std::string, std::vector<std::string>> columns; // by table
    for (const store::Reference &reference : store::references()) {
        if (std::string_view(reference.target) == "texts")
            columns[reference.table].push_back(reference.value);
    }
    QVERIFY(columns.size() >= 6);
    std::set<std::int64_t> named;
    for (const auto &[table, its] : columns) {
        std::string names;
        std::string values;
        store::Statement shape(swept.db, "SELECT name FROM pragma_table_info('" + table + "')");
        while (shape.step()) {
            const std::string column(shape.text(0));
            names += (names.empty() ? "" : ", ") + column;
            std::int64_t value = 1;
            if (std::find(its.begin(), its.end(), column) != its.end()) {
                value = swept.texts.idFor(std::string(table).append(".").append(column));
                named.insert(value);
            }
            values += (values.empty() ? "" : ", ") + std::to_string(value);
        }
        std::string sql = "INSERT INTO ";
        sql.append(table).append("(").append(names).append(") VALUES(").append(values).append(")");
        swept.db.exec(sql);
    }
    static_cast<void>(swept.texts.idFor("nothing's"));
    const std::int64_t newest = swept.texts.idFor("the newest");
    swept.sweepAll();
    named.insert(newest);
    QVERIFY(swept.ids() == named);
    QVERIFY(!swept.sweep.isWanted());
    QVERIFY(!swept.sweep.sweepSome());
}

void TestTextSweep::whatIsWrittenMeanwhileKeepsItsTexts_data() {
    QTest::addColumn<unsigned>("seed");
    for (unsigned seed = 1; seed <= 20; ++seed)
        QTest::addRow("seed %u", seed) << seed;
}

/// Rows come and go between the pieces, some with texts that nothing named when the sweep began.
void TestTextSweep::whatIsWrittenMeanwhileKeepsItsTexts() {
    QFETCH(const unsigned, seed);
    std::mt19937 random(seed);
    Swept swept(1 + static_cast<int>(random() % 7));
    const auto any = [&](unsigned below) { return static_cast<std::int64_t>(random() % below); };
    const auto text = [&] { return swept.texts.idFor("text " + std::to_string(any(300))); };
    store::Statement step(swept.db, "INSERT OR REPLACE INTO steps(id, name, class, status, attempts, attempt_bits) "
                                    "VALUES(?, ?, ?, 1, 1, 0)");
    store::Statement error(swept.db, "INSERT OR REPLACE INTO run_errors(run, position, message) VALUES(?, ?, ?)");
    const auto change = [&] {
        switch (any(5)) {
        case 0:
        case 1:
            step.bind(any(200), text(), text());
            step.run();
            break;
        case 2:
            error.bind(any(50), any(3), text());
            error.run();
            break;
        case 3: { // as step rollups do
            swept.db.exec("INSERT OR REPLACE INTO kept_step_rollups(recipe_id, step, level, bucket, count, failed) "
                          "SELECT 1, name, 1, id, 1, 0 FROM steps WHERE id = " +
                          std::to_string(any(200)));
            break;
        }
        default:
            swept.db.exec("DELETE FROM steps WHERE id = " + std::to_string(any(200)));
            swept.db.exec("DELETE FROM run_errors WHERE run = " + std::to_string(any(50)));
        }
    };
    for (int i = 0; i < 400; ++i)
        change();
    for (int round = 0; round < 5; ++round) {
        swept.sweep.request();
        while (swept.sweep.sweepSome()) {
            for (std::int64_t i = any(4); i > 0; --i)
                change();
            QCOMPARE(dangling(swept.db), 0);
        }
    }
    // With nobody writing, all goes that nothing names.
    swept.sweepAll();
    const int unnamed =
        swept.db
            .execAndGet("SELECT count(*) FROM texts WHERE id NOT IN (SELECT name FROM steps UNION SELECT class FROM "
                        "steps UNION SELECT message FROM run_errors UNION SELECT step FROM kept_step_rollups) AND id "
                        "<> (SELECT max(id) FROM texts)")
            .getInt();
    QCOMPARE(unnamed, 0);
    QVERIFY(swept.ids().size() > 50);
}

void TestTextSweep::afterARollbackItBeginsAnew() {
    Swept swept(2);
    for (int i = 1; i <= 20; ++i)
        swept.db.exec("INSERT INTO run_errors(run, position, message) VALUES(" + std::to_string(i) + ", 0, " +
                      std::to_string(swept.texts.idFor("error " + std::to_string(i))) + ")");
    static_cast<void>(swept.texts.idFor("the newest"));
    const auto all = swept.ids();
    swept.sweep.request();
    {
        // The errors are not there while they are looked for, and then are there again.
        const SQLite::Transaction transaction(swept.db);
        swept.db.exec("DELETE FROM run_errors");
        for (int piece = 0; piece < 8; ++piece)
            QVERIFY(swept.sweep.sweepSome());
    }
    swept.texts.forget();
    swept.sweep.forget();
    QVERIFY(swept.sweep.isWanted());
    while (swept.sweep.sweepSome()) {
    }
    QVERIFY(swept.ids() == all);
}

void TestTextSweep::noNumberIsGivenTwice() {
    Swept swept(100);
    const std::int64_t first = swept.texts.idFor("one");
    const std::int64_t second = swept.texts.idFor("two");
    swept.sweepAll();
    QVERIFY(swept.ids() == std::set{second});
    const std::int64_t again = swept.texts.idFor("one");
    QVERIFY(again > second && again != first);
}

/// As Store::tidy does by the saved policy, with all that stays pinned to its texts.
void TestTextSweep::theBackgroundDoesIt() {
    StoreFile file;
    const auto store = file.open();
    populate(*store);
    constexpr const char *error = "SELECT count(*) FROM texts WHERE text LIKE 'only of run %'";
    Run run = textRun(8'000, monday + 1h, 2);
    run.status = RunStatus::Failed;
    run.errors = {"only of run 8000"};
    Run kept = textRun(8'001, monday + 2h, 2);
    kept.status = RunStatus::Failed;
    kept.errors = {"only of run 8001"};
    need(store->apply({{batchOf(3, 100, {changeOf(std::move(run), 0), changeOf(std::move(kept), 50)})}}));
    need(store->pin(std::vector{idOf(8'001)}, true));
    SQLite::Database db(file.path(), SQLite::OPEN_READONLY);
    QCOMPARE(db.execAndGet(error).getInt(), 2);
    need(store->setRetention({.runs = 24h * 30}));
    while (need(store->tidy())) {
    }
    QCOMPARE(db.execAndGet(error).getInt(), 1);
    QCOMPARE(dangling(db), 0);
    QCOMPARE(ask(*file.reader(), "SELECT group_concat(DISTINCT message) FROM errors_v"), "only of run 8001");
    // A text that went is given anew.
    Run late = textRun(8'002, now() - 1h, 2);
    late.status = RunStatus::Failed;
    late.errors = {"only of run 8000"};
    need(store->apply({{batchOf(4, 100, {changeOf(std::move(late), 0)})}}));
    QCOMPARE(need(file.reader()->run(idOf(8'002))).errors, std::vector<std::string>{"only of run 8000"});
}

QTEST_GUILESS_MAIN(TestTextSweep)
#include "tst_textsweep.moc"
