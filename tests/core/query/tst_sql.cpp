// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/core/store/storefixture.h"

#include <SQLiteCpp/SQLiteCpp.h>
#include <atomic>
#include <filesystem>
#include <thread>

using namespace ra;
using namespace ra::test;
using query::SqlLimits;

class TestSql : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void initTestCase();
    void valuesComeWithTheirTypes();
    void allViewsCanBeRead();
    void whatIsAllowed_data();
    void whatIsAllowed();
    void whatIsRefused_data();
    void whatIsRefused();
    void mistakesSayWhere();
    void rowsAreCapped();
    void bytesAreCapped();
    void longStatementsEndInTime();
    void aStopEndsAStatement();
    void aRowBeyondTheCapIsLeftOut();
    void largeValuesAreRefused_data();
    void largeValuesAreRefused();
    void aValueOfOneMebibyteIsTaken();
    void whatIsGatheredGoesToFiles_data();
    void whatIsGatheredGoesToFiles();
    void functionsGiveWhatSqlitesOwnGive_data();
    void functionsGiveWhatSqlitesOwnGive();
    void noCallTakesForEver_data();
    void noCallTakesForEver();
    void theReaderGoesOnAfterARefusal();
    void noTransactionStaysOpen();

private:
    StoreFile m_file;
    std::unique_ptr<query::Reader> m_reader;
};

void TestSql::initTestCase() {
    ingest::Batch batch = batchOf(1, 1'000);
    for (std::uint64_t i = 1; i <= 50; ++i)
        batch.runs.push_back(changeOf(textRun(i, monday + Duration(1min) * static_cast<int>(i)), i * 10));
    need(m_file.open()->apply({{batch}}));
    m_reader = m_file.reader();
}

void TestSql::valuesComeWithTheirTypes() {
    const query::Table table =
        need(m_reader->sql("SELECT 1 AS one, 1.5, 'text', NULL, x'00ff', 'a' || char(0) || 'b' AS z"));
    QCOMPARE(table.columns.size(), 6U);
    QCOMPARE(table.columns[0], "one");
    QCOMPARE(table.rows.size(), 1U);
    const auto &row = table.rows[0];
    QCOMPARE(std::get<std::int64_t>(row[0]), 1);
    QCOMPARE(std::get<double>(row[1]), 1.5);
    QCOMPARE(std::get<std::string>(row[2]), "text");
    QVERIFY(std::holds_alternative<std::monostate>(row[3]));
    QCOMPARE(std::get<std::string>(row[4]), "x'00ff'");
    QCOMPARE(std::get<std::string>(row[5]), std::string("a\0b", 3));
    QVERIFY(!table.truncated);
    const query::Table nothing = need(m_reader->sql("SELECT run_id FROM runs_v WHERE 0"));
    QCOMPARE(nothing.columns, std::vector<std::string>{"run_id"});
    QVERIFY(nothing.rows.empty());
}

void TestSql::allViewsCanBeRead() {
    const query::Table views = need(m_reader->sql("SELECT name FROM sqlite_schema WHERE type = 'view' ORDER BY 1"));
    QStringList names;
    for (const auto &row : views.rows) {
        names += QString::fromStdString(toText(row[0]));
        QVERIFY(m_reader->sql("SELECT * FROM " + toText(row[0])).has_value());
    }
    QCOMPARE(names.join(QLatin1Char(' ')), QStringLiteral("attempts_v errors_v recipe_files_v recipe_steps_v recipes_v "
                                                          "rejected_v runs_v segments_v series_v sources_v "
                                                          "steps_v"));
}

void TestSql::whatIsAllowed_data() {
    QTest::addColumn<QByteArray>("sql");
    QTest::addColumn<QByteArray>("answer");
    const auto row = [](const char *name, const char *sql, const char *answer) {
        QTest::newRow(name) << QByteArray(sql) << QByteArray(answer);
    };
    row("a view", "SELECT count(*) FROM runs_v", "50");
    row("a table under it", "SELECT count(*) FROM steps", "150");
    row("a join", "SELECT count(*) FROM runs_v JOIN steps_v USING (run_id)", "150");
    row("WITH", "WITH a AS (SELECT 1 AS x UNION SELECT 2) SELECT sum(x) FROM a", "3");
    row("WITH RECURSIVE",
        "WITH RECURSIVE a(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM a WHERE x < 100) SELECT sum(x) FROM a", "5050");
    row("VALUES", "VALUES (1), (2)", "1\n2");
    row("a window", "SELECT max(n) FROM (SELECT row_number() OVER (ORDER BY start_ns) AS n FROM runs_v)", "50");
    row("json_each", "SELECT sum(value) FROM json_each('[1,2,3]')", "6");
    row("mathematics", "SELECT round(sqrt(16)), upper('a')", "4|A");
    row("dates", "SELECT strftime('%Y', '2026-01-05')", "2026");
    row("a semicolon, blanks and comments after", " -- before\n SELECT 1; -- and\n /* after */ ; \n", "1");
    row("EXPLAIN", "SELECT 1 WHERE 0", "");
}

void TestSql::whatIsAllowed() {
    QFETCH(QByteArray, sql);
    QFETCH(QByteArray, answer);
    QCOMPARE(ask(*m_reader, sql.toStdString()), answer.toStdString());
}

void TestSql::whatIsRefused_data() {
    QTest::addColumn<QByteArray>("sql");
    QTest::addColumn<QByteArray>("why");
    const auto row = [](const char *name, const QByteArray &sql, const char *why) {
        QTest::newRow(name) << sql << QByteArray(why);
    };
    row("nothing", "", "no statement");
    row("a comment only", " /* SELECT 1 */ -- nothing", "no statement");
    row("two statements", "SELECT 1; SELECT 2", "more than one statement");
    row("a second that is no SQL", "SELECT 1; hello", "more than one statement");
    row("INSERT", "INSERT INTO texts VALUES(1, 1, 'a')", "only reading");
    row("UPDATE", "UPDATE runs SET status = 1", "only reading");
    row("DELETE", "DELETE FROM runs", "only reading");
    row("DROP", "DROP TABLE runs", "only reading");
    row("CREATE", "CREATE TABLE t(a)", "only reading");
    row("CREATE TEMP", "CREATE TEMP TABLE t(a)", "only reading");
    row("PRAGMA", "PRAGMA writable_schema = 1", "only reading");
    row("PRAGMA that only reads", "PRAGMA table_info(runs)", "only reading");
    row("PRAGMA as a table", "SELECT * FROM pragma_database_list", "allowed");
    row("ATTACH", "ATTACH '/etc/passwd' AS x", "only reading");
    row("DETACH", "DETACH main", "only reading");
    row("VACUUM", "VACUUM INTO '/tmp/copy.db'", "only reading");
    row("BEGIN", "BEGIN", "only reading");
    row("SAVEPOINT", "SAVEPOINT x", "only reading");
    row("ANALYZE", "ANALYZE", "only reading");
    row("REINDEX", "REINDEX", "only reading");
    row("load_extension", "SELECT load_extension('/tmp/x.so')", "load_extension is not allowed");
    row("LOAD_EXTENSION", "SELECT LOAD_EXTENSION('/tmp/x.so')", "not allowed");
    row("the statistics of pages", "SELECT * FROM dbstat", "allowed");
    row("other statements", "SELECT * FROM sqlite_stmt", "allowed");
    row("a NUL", QByteArray("SELECT 1\0; DROP TABLE runs", 25), "NUL");
    row("too long", QByteArray(1'000'001, ' '), "longer");
}

void TestSql::whatIsRefused() {
    QFETCH(QByteArray, sql);
    QFETCH(QByteArray, why);
    const auto table = m_reader->sql(sql.toStdString());
    QVERIFY(!table);
    QVERIFY2(table.error().kind == ErrorKind::Invalid, describe(table.error()).c_str());
    QVERIFY2(table.error().why.find(why.toStdString()) != std::string::npos, describe(table.error()).c_str());
    QCOMPARE(need(m_reader->countRuns({})), 50U);
}

void TestSql::mistakesSayWhere() {
    const auto where = [&](const char *sql) { return m_reader->sql(sql).error().where; };
    QCOMPARE(where("SELECT run_id\nFROM runs_v\n  WHER status = 1"), "at line 3, column 8 near 'status'");
    QCOMPARE(where("SELECT nothing FROM runs_v"), "at line 1, column 8 near 'nothing'");
    QCOMPARE(where("SELECT 1;\n SELECT 2"), "at line 1, column 10");
    const Error unknown = m_reader->sql("SELECT * FROM runs_w").error();
    QVERIFY2(unknown.why.find("runs_w") != std::string::npos, describe(unknown).c_str());
    const Error wrong = m_reader->sql("SELECT json('{')").error();
    QVERIFY2(wrong.kind == ErrorKind::Invalid && wrong.why.find("JSON") != std::string::npos, describe(wrong).c_str());
}

void TestSql::rowsAreCapped() {
    SqlLimits limits;
    limits.maxRows = 10;
    const query::Table table = need(m_reader->sql("SELECT * FROM runs_v", limits));
    QCOMPARE(table.rows.size(), 10U);
    QVERIFY(table.truncated);
    limits.maxRows = 50;
    QVERIFY(!need(m_reader->sql("SELECT * FROM runs_v", limits)).truncated);
}

void TestSql::bytesAreCapped() {
    SqlLimits limits;
    limits.maxBytes = 100'000;
    const query::Table table = need(m_reader->sql("SELECT hex(zeroblob(5000)) FROM runs_v", limits));
    QVERIFY(table.truncated);
    QCOMPARE(table.rows.size(), 9U); // ten would take a little more
}

void TestSql::aRowBeyondTheCapIsLeftOut() {
    SqlLimits limits;
    limits.maxBytes = 3'000'000;
    std::string row = "SELECT zeroblob(10)";
    for (int i = 0; i < 100; ++i)
        row += ", zeroblob(1000000)";
    const query::Table table = need(m_reader->sql("SELECT 1 UNION ALL SELECT 2", limits));
    QVERIFY(!table.truncated);
    const query::Table wide = need(m_reader->sql(row, limits));
    QVERIFY(wide.truncated);
    QVERIFY(wide.rows.empty());
    // A blob is shown in hexadecimal digits: they count.
    const query::Table blobs = need(m_reader->sql("SELECT zeroblob(1000000) FROM runs_v", limits));
    QVERIFY(blobs.truncated);
    QCOMPARE(blobs.rows.size(), 1U);
}

void TestSql::longStatementsEndInTime() {
    SqlLimits limits;
    limits.timeout = 200ms;
    QElapsedTimer timer;
    timer.start();
    const auto table =
        m_reader->sql("WITH RECURSIVE a(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM a) SELECT count(*) FROM a", limits);
    QVERIFY(!table);
    QVERIFY2(table.error().kind == ErrorKind::Failed, describe(table.error()).c_str());
    QVERIFY2(table.error().why.find("longer than 0.2 s") != std::string::npos, describe(table.error()).c_str());
    QVERIFY2(timer.elapsed() < 5'000, qPrintable(QString::number(timer.elapsed())));
}

void TestSql::aStopEndsAStatement() {
    std::stop_source stop;
    std::jthread stopper([&] {
        std::this_thread::sleep_for(100ms);
        stop.request_stop();
    });
    const auto table = m_reader->sql(
        "WITH RECURSIVE a(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM a) SELECT count(*) FROM a", {}, stop.get_token());
    QVERIFY(!table);
    QVERIFY2(table.error().kind == ErrorKind::Cancelled, describe(table.error()).c_str());
}

void TestSql::largeValuesAreRefused_data() {
    QTest::addColumn<QByteArray>("sql");
    const auto row = [](const char *name, const char *sql) { QTest::newRow(name) << QByteArray(sql); };
    row("zeros", "SELECT length(zeroblob(2000000))");
    row("a replacement", "SELECT length(replace(hex(zeroblob(200000)), '00', 'abcdefgh'))");
    row("a replacement of long by longer", "SELECT length(replace(hex(zeroblob(500000)), '0', hex(zeroblob(500000))))");
    row("all texts in one", "SELECT length(group_concat(hex(zeroblob(10000)))) FROM steps_v");
    row("all texts in one array", "SELECT length(json_group_array(hex(zeroblob(10000)))) FROM steps_v");
    row("two long ones", "SELECT length(hex(zeroblob(400000)) || hex(zeroblob(400000)))");
    row("a long row to sort", "SELECT hex(zeroblob(400000)), hex(zeroblob(400001)), run_id FROM runs_v ORDER BY 3");
}

void TestSql::largeValuesAreRefused() {
    QFETCH(const QByteArray, sql);
    const auto table = m_reader->sql(sql.toStdString());
    QVERIFY(!table);
    QVERIFY2(table.error().why.find("1 MiB") != std::string::npos, describe(table.error()).c_str());
    QVERIFY(!table.error().hint.empty());
}

void TestSql::aValueOfOneMebibyteIsTaken() {
    QCOMPARE(ask(*m_reader, "SELECT max(length(x)) FROM (SELECT hex(zeroblob(524288)) AS x FROM runs_v LIMIT 3)"),
             "1048576");
    // SQLite's printf gives what there is room for, without a word.
    QVERIFY(need(m_reader->sql("SELECT coalesce(length(printf('%*d', 500000000, 1)), 0) > 1100000")).rows[0][0] ==
            query::Cell(std::int64_t(0)));
    std::string columns = "SELECT 1";
    for (int i = 1; i < 200; ++i)
        columns += ", 1";
    QCOMPARE(need(m_reader->sql(columns)).columns.size(), 200U);
    QVERIFY(!m_reader->sql(columns + ", 1"));
}

void TestSql::whatIsGatheredGoesToFiles_data() {
    QTest::addColumn<QByteArray>("sql");
    const QByteArray many = "WITH RECURSIVE a(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM a WHERE x < 100000) ";
    QTest::newRow("a sort") << QByteArray(many + "SELECT hex(randomblob(400)) AS h FROM a ORDER BY h");
    QTest::newRow("different values") << QByteArray(many + "SELECT count(DISTINCT hex(randomblob(400))) FROM a");
}

void TestSql::whatIsGatheredGoesToFiles() {
    QFETCH(const QByteArray, sql);
    // A temporary file of SQLite's has no name any more, but a descriptor says what it was called.
    std::atomic<bool> done = false;
    std::atomic<bool> seen = false;
    std::jthread watcher([&] {
        while (!done && !seen) {
            for (const auto &entry : std::filesystem::directory_iterator("/proc/self/fd")) {
                std::error_code gone; // this very listing's, for one
                const std::string target = std::filesystem::read_symlink(entry.path(), gone).string();
                if (target.find("etilqs_") != std::string::npos)
                    seen = true;
            }
            std::this_thread::yield();
        }
    });
    need(m_reader->sql(sql.toStdString()));
    done = true;
    watcher.join();
    QVERIFY(seen);
}

void TestSql::functionsGiveWhatSqlitesOwnGive_data() {
    QTest::addColumn<QByteArray>("expression");
    for (const char *expression : {"instr('hello', 'l')",
                                   "instr('hello', 'x')",
                                   "instr('hello', '')",
                                   "instr('', 'a')",
                                   "instr('', '')",
                                   "instr('grün und blau', 'n')",
                                   "instr('grün', 'ü')",
                                   "instr(x'00c3bc61', x'61')",
                                   "instr('aé', x'c3a9')",
                                   "instr(x'c3a961', 'a')",
                                   "instr(NULL, 'a')",
                                   "instr('a', NULL)",
                                   "instr(12345, 34)",
                                   "instr(1.5, '.')",
                                   "replace('abcabc', 'b', 'xx')",
                                   "replace('abc', '', 'x')",
                                   "replace('abc', 'x', 'y')",
                                   "replace('aaa', 'aa', 'b')",
                                   "replace('', 'a', 'b')",
                                   "replace('abc', 'abc', '')",
                                   "replace(NULL, 'a', 'b')",
                                   "replace('a', NULL, 'b')",
                                   "replace('a', 'a', NULL)",
                                   "replace(12321, 2, 5)",
                                   "replace('é', 'é', 'e')",
                                   "hex(replace(x'610062', 'a', 'b'))",
                                   "trim('xxhixx', 'x')",
                                   "ltrim('xxhixx', 'x')",
                                   "rtrim('xxhixx', 'x')",
                                   "trim('  a  ')",
                                   "trim('abcba', 'ab')",
                                   "trim('aaa', 'a')",
                                   "trim('', 'a')",
                                   "trim('abc', '')",
                                   "trim('üöaöü', 'öü')",
                                   "trim(NULL, 'a')",
                                   "trim('a', NULL)",
                                   "rtrim(1200, 0)",
                                   "hex(trim(x'c361', x'c3'))",
                                   "hex(trim(x'8061', x'80'))",
                                   "typeof(replace(x'61', 'a', 'b'))",
                                   "typeof(trim(5, 'a'))",
                                   "typeof(replace(5, '', 'b'))"})
        QTest::newRow(expression) << QByteArray(expression);
}

void TestSql::functionsGiveWhatSqlitesOwnGive() {
    QFETCH(const QByteArray, expression);
    SQLite::Database plain(":memory:", SQLite::OPEN_READWRITE);
    SQLite::Statement statement(plain, "SELECT coalesce(" + expression.toStdString() + ", 'NULL')");
    QVERIFY(statement.executeStep());
    QCOMPARE(ask(*m_reader, "SELECT " + expression.toStdString()), statement.getColumn(0).getString());
}

void TestSql::noCallTakesForEver_data() {
    QTest::addColumn<QByteArray>("expression");
    // With SQLite's own, the least of these takes six seconds, trim twenty minutes.
    const QByteArray zeros = "hex(zeroblob(524288))";
    const QByteArray half = "hex(zeroblob(262143))";
    QTest::newRow("instr") << QByteArray("instr(" + zeros + ", " + half + " || '1')");
    QTest::newRow("replace") << QByteArray("length(replace(" + zeros + ", " + half + " || '1', 'x'))");
    QTest::newRow("trim") << QByteArray("length(trim(" + zeros + ", replace(" + half + ", '0', '1') || '0'))");
}

void TestSql::noCallTakesForEver() {
    QFETCH(const QByteArray, expression);
    QVERIFY(m_reader->sql("SELECT " + expression.toStdString()).has_value());
    const auto pattern = m_reader->sql("SELECT 'a' LIKE '%' || hex(zeroblob(1000))");
    QVERIFY(!pattern); // a pattern takes its length times that of the text
    QVERIFY(!m_reader->sql("SELECT json_patch('{}', '{}')"));
}

void TestSql::theReaderGoesOnAfterARefusal() {
    QVERIFY(!m_reader->sql("DROP TABLE runs"));
    QCOMPARE(need(m_reader->runs({}, 100)).size(), 50U);
    QCOMPARE(ask(*m_reader, "SELECT 1"), "1");
}

void TestSql::noTransactionStaysOpen() {
    // If one did, the writer could never make its log short again.
    SqlLimits limits;
    limits.maxRows = 1;
    need(m_reader->sql("SELECT * FROM runs_v", limits));
    need(m_reader->runs({}, 1));
    need(m_reader->newestRunColumns(1));
    SQLite::Database db(m_file.path(), SQLite::OPEN_READWRITE);
    db.exec("CREATE TABLE IF NOT EXISTS probe(a)");
    QCOMPARE(db.execAndGet("PRAGMA wal_checkpoint(TRUNCATE)").getInt(), 0);
}

QTEST_GUILESS_MAIN(TestSql)
#include "tst_sql.moc"
