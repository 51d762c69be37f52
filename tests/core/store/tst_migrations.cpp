// SPDX-License-Identifier: GPL-3.0-or-later
// Stores of every earlier schema: made by the schema's own steps, filled with what a store of today holds as far as
// that schema had a place for it.
#include "core/store/schema.h"
#include "core/store/verify.h"
#include "tests/core/store/crashchild.h"
#include "tests/core/store/populated.h"

#include <QCryptographicHash>
#include <QDir>

#include <SQLiteCpp/SQLiteCpp.h>

#include <csignal>
#include <map>

using namespace ra;
using namespace ra::test;

class TestMigrations : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void initTestCase();
    void nothingIsLost_data() { eachVersion(); }
    void nothingIsLost();
    void whatIsSummedUpAgreesAfterwards_data() { eachVersion(); }
    void whatIsSummedUpAgreesAfterwards();
    void itGoesOnFromThere_data() { eachVersion(); }
    void itGoesOnFromThere();
    void killedItIsOldOrNew_data() { eachVersion(); }
    void killedItIsOldOrNew();

private:
    static void eachVersion() {
        QTest::addColumn<int>("version");
        for (int version = 1; version < store::newestSchema(); ++version)
            QTest::addRow("schema %d", version) << version;
    }
    void make(const StoreFile &file, int version) const;

    StoreFile m_today;
};

namespace {

using Shape = std::map<std::string, std::string>; ///< columns by table

Shape shapeOf(SQLite::Database &db) {
    Shape shape;
    SQLite::Statement columns(db, "SELECT m.name, c.name FROM sqlite_schema m JOIN pragma_table_info(m.name) c WHERE "
                                  "m.type = 'table' ORDER BY m.name, c.cid");
    while (columns.executeStep()) {
        std::string &its = shape[columns.getColumn(0).getString()];
        its += (its.empty() ? "" : ", ") + columns.getColumn(1).getString();
    }
    return shape;
}

/// Every value of these columns, boiled down; by table.
std::map<std::string, QByteArray> contentOf(SQLite::Database &db, const Shape &shape) {
    std::map<std::string, QByteArray> content;
    for (const auto &[table, columns] : shape) {
        QCryptographicHash hash(QCryptographicHash::Sha1);
        std::string sql = "SELECT ";
        sql.append(columns).append(" FROM ").append(table).append(" ORDER BY ").append(columns);
        SQLite::Statement rows(db, sql);
        std::size_t count = 0;
        for (; rows.executeStep(); ++count) {
            for (int i = 0; i < rows.getColumnCount(); ++i) {
                const SQLite::Column value = rows.getColumn(i);
                hash.addData(QByteArray::number(value.getType()) + ':' + QByteArray::number(value.getBytes()) + ':');
                hash.addData(QByteArrayView(static_cast<const char *>(value.getBlob()), value.getBytes()));
            }
        }
        content[table] = QByteArray::number(static_cast<qulonglong>(count)) + ' ' + hash.result().toHex();
    }
    return content;
}

/// What differs, for people; empty if nothing does.
std::string differences(const std::map<std::string, QByteArray> &before, const std::map<std::string, QByteArray> &now) {
    std::string text;
    for (const auto &[table, content] : before) {
        const auto its = now.find(table);
        if (its == now.end() || its->second != content)
            text += table + " is other than it was; ";
    }
    return text;
}

void runSteps(SQLite::Database &db, int version) {
    const QDir folder(QStringLiteral(":/store/schema"));
    const QStringList steps = folder.entryList(QDir::Files, QDir::Name);
    for (int step = 0; step < version; ++step) {
        QFile file(folder.filePath(steps.at(step)));
        QVERIFY(file.open(QIODevice::ReadOnly));
        db.exec(file.readAll().toStdString());
    }
    db.exec("PRAGMA application_id = " + std::to_string(store::applicationId));
    db.exec("PRAGMA user_version = " + std::to_string(version));
}

/// Tables, indexes and views as they were declared.
std::string declared(SQLite::Database &db) {
    std::string text;
    SQLite::Statement all(db, "SELECT type, name, tbl_name, coalesce(sql, '') FROM sqlite_schema ORDER BY 1, 2, 3");
    while (all.executeStep()) {
        for (int i = 0; i < 4; ++i)
            text += all.getColumn(i).getString() + '\n';
    }
    return text;
}

std::string declaredBySteps(int version) {
    SQLite::Database db(":memory:", SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE);
    runSteps(db, version);
    return declared(db);
}

void tidyAll(store::Store &store) {
    while (need(store.tidy())) {
    }
}

void checkSound(const std::string &path) {
    const store::VerifyReport report = need(store::verify(path));
    QVERIFY2(report.isSound(), report.isSound() ? "" : (report.damage[0].where + ": " + report.damage[0].what).c_str());
    QVERIFY(report.runs > 0);
}

/// What every schema had a place for.
constexpr const char *oldQuestions[] = {
    "SELECT * FROM runs_v ORDER BY run_id",
    "SELECT * FROM steps_v ORDER BY run_id, idx",
    "SELECT * FROM attempts_v ORDER BY run_id, idx, attempt",
    "SELECT * FROM errors_v ORDER BY run_id, step, message",
    "SELECT path, line, offset, reason FROM rejected_v ORDER BY path, offset",
    "SELECT path, bytes, lines, records FROM sources_v ORDER BY path",
    "SELECT * FROM recipes_v ORDER BY recipe, recipe_path",
    "SELECT * FROM recipe_files_v ORDER BY path",
    "SELECT * FROM recipe_steps_v ORDER BY path, idx",
    "SELECT path, offset, t_ns, run_id, text FROM log_search('') ORDER BY path, offset",
};
/// Made of runs and steps where they are not there.
constexpr const char *stepSums = "SELECT * FROM step_rollups('minute') UNION ALL SELECT * FROM step_rollups('hour') "
                                 "UNION ALL SELECT * FROM step_rollups('day')";
constexpr const char *samples = "SELECT name, t_ns, value FROM series_v v, samples(v.series) ORDER BY name, t_ns";
constexpr int firstWithSamples = 4;

std::string sampleSums(const char *level) {
    return std::string("SELECT name, t_ns, count, sum, min, max FROM series_v v, rollups(v.series, '") + level +
           "') ORDER BY name, t_ns";
}

} // namespace

void TestMigrations::initTestCase() {
    const auto store = m_today.open();
    populate(*store);
    ingest::Batch batch = batchOf(2, 900);
    batch.rejected = {{7, 1, "why", "what"}, {70, 2, "why not", ""}};
    batch.forks.push_back({10, {"jobs/daily.yaml"}, 5, "data of forks"});
    Recipe recipe;
    recipe.path = "/nowhere/jobs/daily.yaml";
    recipe.name = "daily";
    recipe.steps = {{"step_0", "m", "Class0", {}}, {"step_1", "m", "Class1", {"step_0"}}};
    batch.recipes = {recipe};
    need(store->apply({{std::move(batch)}}));
    tidyAll(*store);
}

/// A store of that schema.
void TestMigrations::make(const StoreFile &file, int version) const {
    SQLite::Database db(file.path(), SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE);
    db.exec("PRAGMA page_size = 8192; PRAGMA journal_mode = WAL");
    runSteps(db, version);
    db.exec("ATTACH '" + m_today.path() + "' AS today");
    for (const auto &[table, columns] : shapeOf(db)) {
        db.exec("DELETE FROM main." + table);
        std::string sql = "INSERT INTO main.";
        sql.append(table).append("(").append(columns).append(") SELECT ").append(columns).append(" FROM today.");
        db.exec(sql.append(table));
    }
    QVERIFY(db.execAndGet("SELECT count(*) FROM main.steps").getInt() > 600);
}

void TestMigrations::nothingIsLost() {
    QFETCH(const int, version);
    const StoreFile file;
    make(file, version);
    SQLite::Database db(file.path(), SQLite::OPEN_READWRITE);
    const Shape shape = shapeOf(db);
    const auto before = ::contentOf(db, shape);
    QVERIFY(before.size() > 10);
    QVERIFY(query::Reader::open(file.path()).error().kind == ErrorKind::Invalid); // says that it must be brought up
    file.open();
    QCOMPARE(db.execAndGet("PRAGMA user_version").getInt(), store::newestSchema());
    QCOMPARE(differences(before, ::contentOf(db, shape)), "");
    QVERIFY(declared(db) == declaredBySteps(store::newestSchema()));
    const auto [was, is] = std::pair(m_today.reader(), file.reader());
    for (const char *question : oldQuestions)
        QVERIFY2(ask(*was, question) == ask(*is, question), question);
    if (version >= firstWithSamples)
        QVERIFY(ask(*was, samples) == ask(*is, samples));
}

void TestMigrations::whatIsSummedUpAgreesAfterwards() {
    QFETCH(const int, version);
    const StoreFile file;
    make(file, version);
    tidyAll(*file.open());
    checkSound(file.path());
    const auto [was, is] = std::pair(m_today.reader(), file.reader());
    QVERIFY(ask(*was, stepSums).size() > 1'000);
    QVERIFY(ask(*was, stepSums) == ask(*is, stepSums));
    if (version < firstWithSamples)
        return;
    QVERIFY(ask(*was, samples) == ask(*is, samples));
    for (const char *level : {"minute", "hour", "day"})
        QVERIFY2(ask(*was, sampleSums(level)) == ask(*is, sampleSums(level)), level);
}

void TestMigrations::itGoesOnFromThere() {
    QFETCH(const int, version);
    const StoreFile file;
    make(file, version);
    {
        const auto store = file.open();
        QCOMPARE(need(store->info()).schema, store::newestSchema());
        ingest::Batch batch = batchOf(2, 1'200, {changeOf(textRun(9'000, monday), 1'000)});
        batch.raw = {{1'000, "a new line\n"}};
        batch.forks.push_back({1'100, {"jobs/other.yaml"}, 5, "more"});
        batch.samples = {{{.name = "m"}}, {{.timeNs = 5, .value = 1.5}}};
        need(store->apply({{batch}}));
        need(store->pin(std::vector{idOf(9'000)}, true));
        tidyAll(*store);
        const auto forks = need(store->forks());
        QCOMPARE(forks.size(), version == 1 ? 1U : 2U);
        QCOMPARE(need(store->forkData(forks.back())), std::string("more"));
        QCOMPARE(ask(*file.reader(), "SELECT t_ns, value FROM series_v s, samples(s.series) WHERE name = 'm'"),
                 "5|1.5");
        const store::VerifyReport grown = need(store::verify(file.path()));
        QVERIFY(grown.isSound());
        need(store->retain({.samples = 24h * 10, .log = 24h * 10, .runs = 24h * 10}, monday + populatedDays * 24h,
                           false));
    }
    checkSound(file.path());
    const auto reader = file.reader();
    QVERIFY(need(reader->run(idOf(9'000))).status == RunStatus::Completed);
    QCOMPARE(ask(*reader, "SELECT count(*) FROM samples WHERE t_ns = 5"), "0");
    QVERIFY(ask(*reader, "SELECT count(*) FROM runs_v") != "1");
}

/// In every step that the store has before it, at each of its places.
void TestMigrations::killedItIsOldOrNew() {
    QFETCH(const int, version);
    StoreFile original;
    make(original, version);
    Shape shape;
    std::map<std::string, QByteArray> before;
    {
        SQLite::Database db(original.path(), SQLite::OPEN_READWRITE);
        shape = shapeOf(db);
        before = ::contentOf(db, shape);
    }
    const QByteArray bytes = test::contentOf(original.path());
    for (int step = version + 1; step <= store::newestSchema(); ++step) {
        for (const char *point : {"migrate.changed", "migrate.before-commit", "migrate.committed"}) {
            const std::string at = std::string(point) + ':' + std::to_string(step - version);
            const StoreFile file;
            put(file.path(), bytes);
            const auto open = [&] { return store::Store::open(file.path()).has_value(); };
            QCOMPARE(inChild("RA_CRASH_AT", at, open), SIGKILL);
            {
                SQLite::Database db(file.path(), SQLite::OPEN_READWRITE);
                const int expected = std::string_view(point) == "migrate.committed" ? step : step - 1;
                QCOMPARE(db.execAndGet("PRAGMA integrity_check").getString(), "ok");
                QCOMPARE(db.execAndGet("PRAGMA user_version").getInt(), expected);
                QVERIFY2(declared(db) == declaredBySteps(expected), at.c_str());
                QCOMPARE(differences(before, ::contentOf(db, shape)), "");
            }
            tidyAll(*file.open());
            SQLite::Database db(file.path(), SQLite::OPEN_READONLY);
            QCOMPARE(db.execAndGet("PRAGMA user_version").getInt(), store::newestSchema());
            checkSound(file.path());
            QVERIFY(ask(*m_today.reader(), oldQuestions[0]) == ask(*file.reader(), oldQuestions[0]));
        }
    }
}

QTEST_GUILESS_MAIN(TestMigrations)
#include "tst_migrations.moc"
