// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/query/localbucket.h"
#include "tests/core/store/storefixture.h"

#include <SQLiteCpp/SQLiteCpp.h>

using namespace ra;
using namespace ra::test;

class TestSqlAggregates : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void initTestCase();
    void answers_data();
    void answers();
    void wrongUse_data();
    void wrongUse();
    void quantilesOfManyValuesComeFromASketch();
    void aStatementGivenUpLeaksNothing();
    void sketchesMergeToTheWhole();
    void bucketsFollowTheClocks_data();
    void bucketsFollowTheClocks();
    void bucketsGoUpAndHoldTheirTimes();
    void samplesAreFoundByConditions_data();
    void samplesAreFoundByConditions();
    void whatLiesOutsideIsNotRead();
    void rowsComeInTheOrderOfTime();

private:
    StoreFile m_file;
    std::unique_ptr<query::Reader> m_reader;
};

namespace {

// Ten values with ties, both signs and an outlier, at x = 2, 3.5, ..., 15.5. What is said of them below was computed by
// Python 3.11's statistics module: stdev, median, quantiles(method='inclusive'), linear_regression.
constexpr const char *values =
    "WITH d(x, t) AS (VALUES (3.5, 2.0), (-1.25, 3.5), (7, 5.0), (7, 6.5), (0.1, 8.0), (12.75, 9.5), (2.5, 11.0), "
    "(9.125, 12.5), (-4.5, 14.0), (1e3, 15.5), (NULL, 99.0), ('text', 99.0)) ";

} // namespace

void TestSqlAggregates::initTestCase() {
    ingest::Batch batch = batchOf(1, 1'000);
    batch.samples.series = {{.name = "a"}, {.name = "b"}};
    // Sealed: 0, 10, ..., 49,990 of the first series; not sealed: some in between, and all of the second.
    for (int i = 0; i < 5'000; ++i)
        batch.samples.samples.push_back({0, i * 10, static_cast<double>(i)});
    ingest::Batch late = batchOf(1, 2'000);
    late.samples.series = batch.samples.series;
    late.samples.samples = {{0, 25, -1}, {0, 99'995, -2}, {1, 7, 70}, {1, 8, 80}};
    const auto store = m_file.open();
    need(store->apply({{batch}}));
    need(store->apply({{late}}));
    m_reader = m_file.reader();
}

void TestSqlAggregates::answers_data() {
    QTest::addColumn<QByteArray>("expression");
    QTest::addColumn<QByteArray>("answer"); ///< to 12 digits
    const auto row = [](const char *expression, const char *answer) {
        QTest::newRow(expression) << QByteArray(expression) << QByteArray(answer);
    };
    row("quantile(x, 0)", "-4.5");
    row("quantile(x, 0.1)", "-1.575");
    row("quantile(x, 0.25)", "0.7");
    row("quantile(x, 0.5)", "5.25");
    row("quantile(x, 0.8)", "9.85");
    row("quantile(x, 0.99)", "911.1475");
    row("quantile(x, 1)", "1000");
    row("stddev(x)", "314.996988621");
    row("mad(x)", "4.5125");
    row("linreg_slope(x, t)", "36.1839393939");
    row("linreg_slope(x, 5)", "NULL");
    // Times of today: their squares are beyond a double.
    row("round(linreg_slope(x, 1795453320000000000 + cast(t * 1e9 as integer)) * 1e9, 6)", "36.183939");
    row("histogram(x, -5, 15, 4)",
        R"({"edges":[-5.0,0.0,5.0,10.0,15.0],"counts":[2,3,3,1],"below":0,"above":1})"); // numpy.histogram
    row("histogram(x, 0.1, 7, 1)", R"({"edges":[0.10000000000000001,7.0],"counts":[5],"below":2,"above":3})");
    // 10 to 14, then again from 0 to 3, then 8: 4 + 3 + 5 in 6 s.
    row("(SELECT rate(column1, column2) FROM (VALUES (3, 5000000000), (10, 1000000000), (14, 3000000000), (8, "
        "7000000000)))",
        "2");
    row("(SELECT rate(1, 5))", "NULL");
    row("(SELECT stddev(5))", "NULL");
    row("(SELECT quantile(column1, 0.5) FROM (VALUES (NULL)))", "NULL");
    row("(SELECT mad(NULL))", "NULL");
    row("(SELECT sketch(NULL) IS NULL)", "1");
    row("sketch_count(sketch(x))", "10");
    row("abs(sketch_quantile(sketch(x), 0.5) / 3.5 - 1) < 0.01", "1"); // of rank floor(0.5 * 9)
    row("sketch_quantile(NULL, 0.5)", "NULL");
}

void TestSqlAggregates::answers() {
    QFETCH(const QByteArray, expression);
    QFETCH(const QByteArray, answer);
    QCOMPARE(ask(*m_reader, values + ("SELECT " + expression + " FROM d LIMIT 1").toStdString()), answer.toStdString());
}

void TestSqlAggregates::wrongUse_data() {
    QTest::addColumn<QByteArray>("sql");
    QTest::addColumn<QByteArray>("why");
    const auto row = [](const char *sql, const char *why) { QTest::newRow(sql) << QByteArray(sql) << QByteArray(why); };
    row("SELECT quantile(1, 1.5)", "between 0 and 1");
    row("SELECT quantile(1, 'much')", "between 0 and 1");
    row("SELECT histogram(1, 5, 5, 3)", "low < high");
    row("SELECT histogram(1, 0, 5, 0)", "bins");
    row("SELECT sketch_merge(x'00')", "takes sketches");
    row("SELECT sketch_quantile('none', 0.5)", "takes a sketch");
    row("SELECT local_bucket(0, 'decade', 'UTC')", "knows minute");
    row("SELECT local_bucket(0, 'day', 'Europe/Atlantis')", "IANA");
    row("SELECT local_bucket(0, 'day', '')", "IANA");
    row("SELECT mad(value) FROM json_each('[1]'), (WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n "
        "LIMIT "
        "1000001) SELECT i FROM n)",
        "at most");
}

void TestSqlAggregates::wrongUse() {
    QFETCH(const QByteArray, sql);
    QFETCH(const QByteArray, why);
    const auto table = m_reader->sql(sql.toStdString());
    QVERIFY(!table);
    QVERIFY2(table.error().why.find(why.toStdString()) != std::string::npos, describe(table.error()).c_str());
}

void TestSqlAggregates::quantilesOfManyValuesComeFromASketch() {
    const std::string answer =
        ask(*m_reader,
            "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 1200000) "
            "SELECT abs(quantile(i, 0.5) / 600000 - 1) < 0.01, abs(quantile(i, 0.999) / 1198800 - 1) < 0.01 FROM n");
    QCOMPARE(answer, "1|1");
}

/// Watched by the address sanitizer.
void TestSqlAggregates::aStatementGivenUpLeaksNothing() {
    query::SqlLimits limits;
    limits.timeout = 50ms;
    const auto table = m_reader->sql("WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) "
                                     "SELECT quantile(i, 0.5), sketch(i), mad(i % 7) FROM n GROUP BY i % 1000",
                                     limits);
    QVERIFY(!table);
    QCOMPARE(ask(*m_reader, "SELECT quantile(1, 0.5)"), "1");
}

void TestSqlAggregates::sketchesMergeToTheWhole() {
    QCOMPARE(ask(*m_reader, "SELECT (SELECT sketch(value) FROM samples) = "
                            "(SELECT sketch_merge(s) FROM (SELECT sketch(value) AS s FROM samples GROUP BY t_ns % 7))"),
             "1");
}

void TestSqlAggregates::bucketsFollowTheClocks_data() {
    QTest::addColumn<QByteArray>("time");
    QTest::addColumn<QByteArray>("unit");
    QTest::addColumn<QByteArray>("zone");
    QTest::addColumn<QByteArray>("begin");
    const auto row = [](const char *time, const char *unit, const char *zone, const char *begin) {
        QTest::addRow("%s %s %s", time, unit, zone)
            << QByteArray(time) << QByteArray(unit) << QByteArray(zone) << QByteArray(begin);
    };
    row("2026-01-05 08:30:59", "minute", "UTC", "2026-01-05 08:30:00");
    row("2026-01-05 08:30:59", "hour", "Asia/Kolkata", "2026-01-05 08:30:00"); // 14:00 there
    row("2026-01-05 18:29:59", "day", "Asia/Kolkata", "2026-01-04 18:30:00");
    row("2026-01-05 18:30:00", "day", "Asia/Kolkata", "2026-01-05 18:30:00");
    // Clocks went forward on 2026-03-29 at 01:00 UTC in Berlin and back on 2026-10-25: days of 23 and 25 hours.
    row("2026-03-29 21:59:59", "day", "Europe/Berlin", "2026-03-28 23:00:00");
    row("2026-03-29 22:00:00", "day", "Europe/Berlin", "2026-03-29 22:00:00");
    row("2026-10-25 22:59:59", "day", "Europe/Berlin", "2026-10-24 22:00:00");
    row("2026-10-25 23:00:00", "day", "Europe/Berlin", "2026-10-25 23:00:00");
    row("2026-10-25 00:30:00", "hour", "Europe/Berlin", "2026-10-25 00:00:00"); // 02:30, the first time
    row("2026-10-25 01:30:00", "hour", "Europe/Berlin", "2026-10-25 01:00:00"); // and again
    // In Sao Paulo 2017-10-15 began at 01:00.
    row("2017-10-15 12:00:00", "day", "America/Sao_Paulo", "2017-10-15 03:00:00");
    row("2026-01-05 00:00:00", "week", "UTC", "2026-01-05 00:00:00"); // a Monday
    row("2026-01-04 23:59:59", "week", "UTC", "2025-12-29 00:00:00");
    row("2026-03-31 21:59:59", "month", "Europe/Berlin", "2026-02-28 23:00:00");
    row("2026-03-31 22:00:00", "month", "Europe/Berlin", "2026-03-31 22:00:00");
    row("2024-12-31 23:30:00", "year", "Europe/Berlin", "2024-12-31 23:00:00");
    row("1969-12-31 23:59:59", "day", "UTC", "1969-12-31 00:00:00");
}

void TestSqlAggregates::bucketsFollowTheClocks() {
    QFETCH(const QByteArray, time);
    QFETCH(const QByteArray, unit);
    QFETCH(const QByteArray, zone);
    QFETCH(const QByteArray, begin);
    const QByteArray sql = "SELECT datetime(local_bucket(unixepoch('" + time + "') * 1000000000 + 5, '" + unit +
                           "', '" + zone + "') / 1000000000, 'unixepoch')";
    QCOMPARE(ask(*m_reader, sql.toStdString()), begin.toStdString());
}

void TestSqlAggregates::bucketsGoUpAndHoldTheirTimes() {
    for (const char *name : {"Europe/Berlin", "Australia/Lord_Howe", "America/Havana", "Asia/Tehran"}) {
        const Zone zone = need(Zone::fromName(name));
        for (const auto unit : {query::BucketUnit::Hour, query::BucketUnit::Day, query::BucketUnit::Week,
                                query::BucketUnit::Month, query::BucketUnit::Year}) {
            Time before = Time::min();
            for (Time time = monday; time < monday + std::chrono::hours(400 * 24); time += 7min) {
                const Time begin = query::localBucket(time, unit, zone);
                QVERIFY(begin <= time && begin >= before);
                QVERIFY(query::localBucket(begin, unit, zone) == begin);
                before = begin;
            }
        }
    }
}

void TestSqlAggregates::samplesAreFoundByConditions_data() {
    QTest::addColumn<QByteArray>("from");
    QTest::addColumn<QByteArray>("answer"); ///< count, least time, greatest time
    const auto row = [](const char *from, const char *answer) {
        QTest::newRow(from) << QByteArray(from) << QByteArray(answer);
    };
    row("samples", "5004|0|99995");
    row("samples(1)", "5002|0|99995");
    row("samples(2)", "2|7|8");
    row("samples(9)", "0|NULL|NULL");
    row("samples(NULL, 7, 9)", "2|7|8");
    row("samples(1, 20, 40)", "3|20|30");
    row("samples(1, 20)", "5000|20|99995");
    row("samples(1, NULL, 20)", "2|0|10");
    row("samples(1, 19.5, 30.5)", "3|20|30");
    row("samples(1, 40, 20)", "0|NULL|NULL");
    row("samples WHERE series = 2", "2|7|8");
    row("samples WHERE series IN (1, 2) AND t_ns < 10", "3|0|8");
    row("samples WHERE series = 1 AND t_ns BETWEEN 20 AND 30", "3|20|30");
    row("samples WHERE series = 1 AND t_ns > 20 AND t_ns < 40", "2|25|30");
    row("samples WHERE series = 1 AND t_ns = 25", "1|25|25");
    row("samples WHERE series = 1 AND t_ns > 20.5 AND t_ns <= 30.5", "2|25|30");
    row("samples WHERE series = 1 AND t_ns > '20' AND t_ns < '40'", "2|25|30");
    row("samples WHERE series = 1 AND t_ns > NULL", "0|NULL|NULL");
    row("samples WHERE series = 'a'", "0|NULL|NULL");
    row("samples WHERE t_ns > 9223372036854775806", "0|NULL|NULL");
    row("samples WHERE t_ns <= 9223372036854775807 AND t_ns >= -9223372036854775808", "5004|0|99995");
    row("samples(1, 20, 40) WHERE t_ns > 25", "1|30|30");
    row("samples WHERE value < 0", "2|25|99995");
    row("series_v s, samples(s.series) WHERE name = 'b'", "2|7|8");
    row("series_v s JOIN samples p ON p.series = s.series AND p.t_ns < 10 WHERE name = 'a'", "1|0|0");
}

void TestSqlAggregates::samplesAreFoundByConditions() {
    QFETCH(const QByteArray, from);
    QFETCH(const QByteArray, answer);
    QCOMPARE(ask(*m_reader, "SELECT count(*), min(t_ns), max(t_ns) FROM " + from.toStdString()), answer.toStdString());
}

void TestSqlAggregates::whatLiesOutsideIsNotRead() {
    StoreFile file;
    ingest::Batch batch = batchOf(1, 100);
    batch.samples.series = {{.name = "a"}};
    for (int i = 0; i < 200'000; ++i)
        batch.samples.samples.push_back({0, i, 1.5});
    need(file.open()->apply({{batch}}));
    // The first segment is damaged: who does not need it is not disturbed.
    SQLite::Database(file.path(), SQLite::OPEN_READWRITE).exec("UPDATE segments SET data = x'00' WHERE t_min = 0");
    const auto reader = file.reader();
    QVERIFY(!reader->sql("SELECT count(*) FROM samples(1)"));
    QVERIFY(!reader->sql("SELECT count(*) FROM samples(1, 65535, 65536)"));
    QCOMPARE(ask(*reader, "SELECT count(*) FROM samples(1, 65536)"), "134464");
    QCOMPARE(ask(*reader, "SELECT count(*) FROM samples WHERE series = 1 AND t_ns >= 65536"), "134464");
    // Headers answer without any reading.
    QCOMPARE(ask(*reader, "SELECT sum(samples), sum(sum) FROM segments_v"), "200000|300000");
}

void TestSqlAggregates::rowsComeInTheOrderOfTime() {
    QCOMPARE(ask(*m_reader, "SELECT t_ns FROM samples(1, 0, 40) ORDER BY t_ns"), "0\n10\n20\n25\n30");
    QCOMPARE(ask(*m_reader, "SELECT t_ns FROM samples(1) ORDER BY t_ns DESC LIMIT 2"), "99995\n49990");
    QCOMPARE(ask(*m_reader, "SELECT series, t_ns FROM samples WHERE t_ns < 15 ORDER BY series, t_ns"),
             "1|0\n1|10\n2|7\n2|8");
    QCOMPARE(ask(*m_reader, "SELECT series, t_ns FROM samples WHERE t_ns < 15 ORDER BY t_ns"), "1|0\n2|7\n2|8\n1|10");
}

QTEST_GUILESS_MAIN(TestSqlAggregates)
#include "tst_sqlaggregates.moc"
