// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/store/verify.h"
#include "tests/core/store/populated.h"

#include <QFile>

#include <SQLiteCpp/SQLiteCpp.h>

#include <cmath>
#include <filesystem>
#include <functional>
#include <limits>
#include <random>

using namespace ra;
using namespace ra::test;

class TestVerify : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void aStoreThatIsSoundIsSaidToBe();
    void anEmptyStoreIsSound();
    void beneathAWriterItSeesOneMoment();
    void damageIsFound_data();
    void damageIsFound();
    void valuesOfAnySumAreSound_data();
    void valuesOfAnySumAreSound();
    void aDayOfAnotherSumIsFoundAmongThoseThatCancel();
    void whatDeclaresTheSameIsSound_data();
    void whatDeclaresTheSameIsSound();
    void damagedCopiesNeverCrash();
    void whatIsNoStoreIsAnError();
    void progressIsToldAndItCanBeCancelled();
};

void TestVerify::aStoreThatIsSoundIsSaidToBe() {
    StoreFile file;
    populate(*file.open());
    const store::VerifyReport report = need(store::verify(file.path()));
    QVERIFY2(report.isSound(), report.damage.empty() ? "" : report.damage[0].what.c_str());
    QCOMPARE(report.runs, std::uint64_t{populatedDays} * runsADay);
    QVERIFY(report.logBytes > std::uint64_t{populatedDays} * runsADay * 500);
    QVERIFY(report.samples > 2'000);
    QVERIFY(report.rollups > 0);
    QCOMPARE(report.bytes, std::filesystem::file_size(file.path()));
}

void TestVerify::anEmptyStoreIsSound() {
    StoreFile file;
    (void)file.open();
    QVERIFY(need(store::verify(file.path())).isSound());
}

void TestVerify::beneathAWriterItSeesOneMoment() {
    StoreFile file;
    const auto store = file.open();
    populate(*store);
    std::uint64_t parts = 0;
    std::uint64_t next = 5'000;
    const auto report = need(store::verify(file.path(), {}, [&](const Progress &) {
        if (++parts % 20 == 0)
            need(store->apply({{batchOf(2, next * 100, {changeOf(textRun(next, monday), next * 10)})}})), ++next;
    }));
    QVERIFY(next > 5'000);
    QVERIFY2(report.isSound(), report.damage.empty() ? "" : report.damage[0].what.c_str());
    QCOMPARE(report.runs, std::uint64_t{populatedDays} * runsADay);
}

void TestVerify::damageIsFound_data() {
    QTest::addColumn<QString>("sql");
    QTest::addColumn<QString>("where");
    const auto row = [](const char *name, const char *sql, const char *where) {
        QTest::newRow(name) << QString::fromLatin1(sql) << QString::fromLatin1(where);
    };
    row("a bit of a block",
        "UPDATE blocks SET data = substr(data, 1, 40) || x'00' || substr(data, 42) WHERE id = (SELECT min(id) FROM "
        "blocks)",
        "blocks, source 1 at byte 0");
    row("a block that is shorter than its row says", "UPDATE blocks SET length = length - 1", "blocks, source 1");
    row("a way of packing from nowhere", "UPDATE blocks SET codec = 77", "blocks, source 1");
    row("a block of nobody", "UPDATE blocks SET source_id = 4711", "blocks");
    row("a bit of a segment", "UPDATE segments SET data = substr(data, 1, 300) || x'00' || substr(data, 302)",
        "segments, number");
    row("half of a segment", "UPDATE segments SET data = substr(data, 1, length(data) / 2)", "segments, number");
    row("a segment that is none", "UPDATE segments SET data = x''", "segments, number");
    row("a row that says another sum", "UPDATE segments SET sum = sum + 1", "segments, number");
    row("a row that says another beginning", "UPDATE segments SET t_min = t_min - 1", "segments, number");
    row("a segment of nobody", "UPDATE segments SET series = 4711", "segments");
    row("a segment that is gone", "DELETE FROM segments WHERE id = (SELECT min(id) FROM segments)", "sealed_rollups");
    row("an hour that is gone",
        "DELETE FROM sealed_rollups WHERE level = 1 AND bucket = (SELECT min(bucket) FROM sealed_rollups WHERE level = "
        "1)",
        "sealed_rollups");
    row("a day that is gone", "DELETE FROM sealed_rollups WHERE level = 2", "sealed_rollups");
    row("a day of another sum", "UPDATE sealed_rollups SET sum = sum * 2 WHERE level = 2 AND sketch IS NOT NULL",
        "sealed_rollups");
    row("a sketch that is none", "UPDATE sealed_rollups SET sketch = x'ffffff' WHERE sketch IS NOT NULL",
        "sealed_rollups");
    row("lines of a run", "UPDATE run_spans SET data = x'ff'", "run_spans, run");
    row("steps of nobody", "DELETE FROM runs WHERE id = 1", "steps");
    row("a run that has lost a step", "DELETE FROM steps WHERE id = (SELECT min(id) FROM steps)", "runs");
    row("texts", "DELETE FROM texts", "steps");
    row("recipes", "DELETE FROM recipes", "runs");
    row("sources", "DELETE FROM sources", "runs");
    row("metrics", "DELETE FROM metrics", "series");
    const auto declared = [](const char *name, const char *change, const char *where) {
        QTest::newRow(name) << QStringLiteral("PRAGMA writable_schema = ON; UPDATE sqlite_schema SET ") +
                                   QString::fromLatin1(change)
                            << QString::fromLatin1(where);
    };
    declared("a column's name", "sql = replace(sql, 'skipped_steps', 'skipped_stepw') WHERE name = 'runs'",
             "the schema, table runs");
    declared("a column's type", "sql = replace(sql, 'hash INTEGER', 'hash INTEGGR') WHERE name = 'texts'",
             "the schema, table texts");
    declared("a column that is in a comment now",
             "sql = replace(sql, 'skipped_steps INTEGER', '--kipped_steps INTEGER') WHERE name = 'runs'",
             "the schema, table runs");
    declared("a table's name",
             "name = 'run_spanz', tbl_name = 'run_spanz', sql = replace(sql, 'run_spans', 'run_spanz') WHERE name = "
             "'run_spans'",
             "the schema, table run_spans");
    declared("an index of something else", "sql = replace(sql, 'texts(hash)', 'texts(text)') WHERE name = 'texts_hash'",
             "the schema, index texts_hash");
    declared("a view's text", "sql = replace(sql, 'failed_steps AS', 'fai1ed_steps AS') WHERE name = 'runs_v'",
             "the schema, view runs_v");
}

void TestVerify::damageIsFound() {
    QFETCH(QString, sql);
    QFETCH(QString, where);
    StoreFile file;
    populate(*file.open());
    SQLite::Database(file.path(), SQLite::OPEN_READWRITE).exec(sql.toStdString());
    const store::VerifyReport report = need(store::verify(file.path()));
    QVERIFY(!report.isSound());
    QVERIFY(report.damages >= report.damage.size());
    const bool found = std::any_of(report.damage.begin(), report.damage.end(), [&](const store::Damage &damage) {
        return damage.where.starts_with(where.toStdString());
    });
    QVERIFY2(found, (report.damage[0].where + ": " + report.damage[0].what).c_str());
}

/// Half a year of a series, every ten minutes, sealed.
void fillWith(store::Store &store, const std::function<double(int)> &value) {
    ingest::Batch batch = batchOf(2, 100);
    batch.samples.series = {{.name = "balance", .unit = "1", .kind = "gauge"}};
    for (int i = 0; i < 26'000; ++i)
        batch.samples.samples.push_back({0, toNs(monday + i * Duration(10min)), value(i)});
    need(store.apply({{std::move(batch)}}));
    while (need(store.tidy())) {
    }
}

void TestVerify::valuesOfAnySumAreSound_data() {
    using Values = std::function<double(int)>;
    constexpr double infinity = std::numeric_limits<double>::infinity();
    QTest::addColumn<Values>("value");
    const auto row = [](const char *name, const Values &value) { QTest::newRow(name) << value; };
    row("that cancel each other", [](int i) {
        std::mt19937_64 random(static_cast<std::uint64_t>(i < 13'000 ? i : 25'999 - i));
        const double value = std::normal_distribution<double>()(random);
        return i < 13'000 ? value : -value;
    });
    row("around nothing", [](int i) { return 0.1 * (1 + i / 2) * (i % 2 == 0 ? 1 : -1); });
    row("nothing", [](int) { return 0.0; });
    row("infinite ones", [](int i) { return i % 500 == 3 ? infinity : 1.5; });
    row("of both infinities", [](int i) { return i % 500 == 3 ? infinity : i % 700 == 9 ? -infinity : 1.5; });
    row("a single infinite one", [](int i) { return i == 14'000 ? -infinity : i * 0.5; });
    row("whose sum is beyond all numbers", [](int i) { return i % 3 == 0 ? -1e308 : 1e308; });
    row("whose squares are", [](int i) { return i % 3 == 0 ? -1e200 : 1e200; });
    row("with none", [](int i) { return i % 144 < 100 ? std::nan("") : -1.0; });
}

void TestVerify::valuesOfAnySumAreSound() {
    using Values = std::function<double(int)>;
    QFETCH(Values, value);
    StoreFile file;
    fillWith(*file.open(), value);
    const store::VerifyReport report = need(store::verify(file.path()));
    QVERIFY2(report.isSound(), report.damage.empty() ? "" : report.damage[0].what.c_str());
    QVERIFY(report.samples > 20'000 && report.rollups > 100);
}

void TestVerify::aDayOfAnotherSumIsFoundAmongThoseThatCancel() {
    StoreFile file;
    fillWith(*file.open(), [](int i) { return 0.1 * (1 + i / 2) * (i % 2 == 0 ? 1 : -1); });
    SQLite::Database(file.path(), SQLite::OPEN_READWRITE)
        .exec("UPDATE sealed_rollups SET sum = sum + 1 WHERE level = 2 AND bucket = (SELECT max(bucket) FROM "
              "sealed_rollups WHERE level = 2)");
    const store::VerifyReport report = need(store::verify(file.path()));
    QVERIFY(!report.isSound());
    QVERIFY2(report.damage[0].where.starts_with("sealed_rollups"), report.damage[0].where.c_str());
}

void TestVerify::whatDeclaresTheSameIsSound_data() {
    QTest::addColumn<QString>("sql");
    const auto row = [](const char *name, const char *sql) { QTest::newRow(name) << QString::fromLatin1(sql); };
    row("another comment", "UPDATE sqlite_schema SET sql = replace(sql, '-- ', '-- it''s \"so: ')");
    row("other spaces", "UPDATE sqlite_schema SET sql = replace(replace(sql, '  ', char(9)), char(10), char(13, 10))");
    row("a table, an index, a view and a trigger of somebody's own",
        "CREATE TABLE mine(x); CREATE INDEX mine_x ON mine(x); CREATE VIEW mine_v AS SELECT x FROM mine; CREATE "
        "TRIGGER mine_t AFTER INSERT ON mine BEGIN SELECT 1; END");
    row("statistics", "ANALYZE");
}

void TestVerify::whatDeclaresTheSameIsSound() {
    QFETCH(QString, sql);
    StoreFile file;
    populate(*file.open());
    SQLite::Database(file.path(), SQLite::OPEN_READWRITE).exec("PRAGMA writable_schema = ON; " + sql.toStdString());
    const store::VerifyReport report = need(store::verify(file.path()));
    QVERIFY2(report.isSound(), report.damage.empty() ? "" : report.damage[0].where.c_str());
}

/// Whatever happens to the file: an answer or an error, and pages that hold something are missed by nobody.
void TestVerify::damagedCopiesNeverCrash() {
    StoreFile file;
    populate(*file.open());
    QFile original(QString::fromStdString(file.path()));
    QVERIFY(original.open(QIODevice::ReadOnly));
    const QByteArray sound = original.readAll();
    const int copies = qEnvironmentVariableIntValue("RA_DAMAGED") > 0 ? qEnvironmentVariableIntValue("RA_DAMAGED") : 40;
    std::mt19937 random(4711);
    const auto below = [&](qsizetype n) { return static_cast<qsizetype>(random() % static_cast<unsigned>(n)); };
    constexpr qsizetype page = 8192;
    int noticed = 0;
    for (int copy = 0; copy < copies; ++copy) {
        QByteArray bytes = sound;
        switch (copy % 3) {
        case 0:
            for (int i = 0; i < 20; ++i)
                bytes[below(bytes.size())] = static_cast<char>(random());
            break;
        case 1: {
            const qsizetype at = below(bytes.size() / page) * page;
            std::fill(bytes.begin() + at, bytes.begin() + at + page, '\0');
            break;
        }
        default:
            bytes.truncate(below(bytes.size()));
        }
        const std::string path = file.folder() + "/copy" + std::to_string(copy);
        QFile damaged(QString::fromStdString(path));
        QVERIFY(damaged.open(QIODevice::WriteOnly) && damaged.write(bytes) == bytes.size());
        damaged.close();
        const auto report = store::verify(path);
        noticed += !report || !report->isSound() ? 1 : 0;
        if (!report)
            QVERIFY2(!report.error().why.empty(), describe(report.error()).c_str());
        std::filesystem::remove(path);
    }
    // A byte of a page that is in no use, or of a number that stands for itself, is nobody's to notice.
    QVERIFY2(noticed >= copies * 3 / 4, qPrintable(QString::number(noticed)));
}

void TestVerify::whatIsNoStoreIsAnError() {
    StoreFile file;
    const auto missing = store::verify(file.path());
    QVERIFY(!missing);
    QCOMPARE(missing.error().kind, ErrorKind::NotFound);
    QFile text(QString::fromStdString(file.path()));
    QVERIFY(text.open(QIODevice::WriteOnly) && text.write(QByteArray(20'000, 'x')) == 20'000);
    text.close();
    const auto other = store::verify(file.path());
    QVERIFY(!other);
    QCOMPARE(other.error().kind, ErrorKind::Damaged);
}

void TestVerify::progressIsToldAndItCanBeCancelled() {
    StoreFile file;
    populate(*file.open());
    std::vector<std::string> stages;
    need(store::verify(file.path(), {}, [&](const Progress &progress) {
        QVERIFY(progress.done <= progress.total);
        if (stages.empty() || stages.back() != progress.stage)
            stages.push_back(progress.stage);
    }));
    QCOMPARE(stages,
             (std::vector<std::string>{"structure", "references", "log", "spans", "samples", "rollups", "steps"}));
    for (const std::string &stage : stages) {
        std::stop_source stop;
        const auto report = store::verify(file.path(), stop.get_token(), [&](const Progress &progress) {
            if (progress.stage == stage)
                stop.request_stop();
        });
        QVERIFY2(!report || stage == stages.back(), stage.c_str());
        if (!report)
            QCOMPARE(report.error().kind, ErrorKind::Cancelled);
    }
}

QTEST_GUILESS_MAIN(TestVerify)
#include "tst_verify.moc"
