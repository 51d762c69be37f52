// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/zone.h"
#include "core/query/localbucket.h"
#include "core/stats/quantile.h"
#include "tests/core/query/questionfixture.h"

#include <QJsonDocument>

#include <functional>
#include <set>

using namespace ra;
using namespace ra::test;
using namespace ra::query;

class TestAsk : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void initTestCase();
    void rangesAreCoveredByTheLongestRollups_data();
    void rangesAreCoveredByTheLongestRollups();
    void theSourceIsAsLongAsItMustBe_data();
    void theSourceIsAsLongAsItMustBe();
    void anyQuestionIsAnsweredAsByRows();
    void repeatedHoursAreTwo();
    void lengthsOfDaysAreDays_data();
    void lengthsOfDaysAreDays();
    void runsAndErrors();
    void nothingIsOneRowWithoutKeys();
    void havingOrderAndLimit();
    void histogramsAndTops();
    void whatThereIsNotIsRefused_data();
    void whatThereIsNotIsRefused();
    void groupsAreLimited();
    void memoryIsLimited();
    void cancelsWithinBoundedWork();
    void progressGoesToItsEnd();

private:
    StoreFile m_file; ///< with stale hours
    StoreFile m_tidy; ///< without
    std::unique_ptr<Reader> m_reader;
    std::unique_ptr<Reader> m_tidyReader;
};

void TestAsk::initTestCase() {
    fillTidyAndStale(m_tidy, m_file);
    m_reader = m_file.reader();
    m_tidyReader = m_tidy.reader();
    // Of hours that were summed up before they changed, and not of all.
    QVERIFY(test::ask(*m_reader, "SELECT count(*) > 20 FROM stale_hours h JOIN kept_step_rollups k ON k.recipe_id = "
                                 "h.recipe_id AND k.level = 1 AND k.bucket = h.hour") == "1");
    QVERIFY(test::ask(*m_reader, "SELECT count(*) < 100 FROM stale_hours") == "1");
    QCOMPARE(test::ask(*m_tidyReader, "SELECT count(*) FROM stale_hours"), std::string("0"));
}

void TestAsk::rangesAreCoveredByTheLongestRollups_data() {
    QTest::addColumn<int>("longest"); ///< -1: rows
    QTest::addColumn<qint64>("from");
    QTest::addColumn<qint64>("to");
    QTest::addColumn<QString>("pieces"); ///< level, from, to in seconds
    const qint64 day = 86'400;
    QTest::newRow("rows") << -1 << qint64(5) << day << "R 5 86400";
    QTest::newRow("whole days") << 2 << day << 3 * day << "D 86400 259200";
    QTest::newRow("within a minute") << 2 << qint64(61) << qint64(119) << "R 61 119";
    QTest::newRow("all edges") << 2 << qint64(86'399 - 3'661) << 2 * day + 3'661
                               << "R 82738 82740,M 82740 82800,H 82800 86400,D 86400 172800,H 172800 176400,M 176400 "
                                  "176460,R 176460 176461";
    QTest::newRow("hours at most") << 1 << qint64(0) << 2 * day << "H 0 172800";
    QTest::newRow("before 1970") << 1 << qint64(-5'400) << qint64(3'600) << "M -5400 -3600,H -3600 3600";
    QTest::newRow("empty") << 2 << day << day << "";
}

void TestAsk::rangesAreCoveredByTheLongestRollups() {
    QFETCH(int, longest);
    QFETCH(qint64, from);
    QFETCH(qint64, to);
    constexpr std::int64_t second = 1'000'000'000;
    QStringList texts;
    const auto level = longest < 0 ? std::nullopt : std::optional(static_cast<samples::RollupLevel>(longest));
    for (const Piece &piece : cover(level, from * second, to * second)) {
        texts.append(QStringLiteral("%1 %2 %3")
                         .arg(piece.level ? QLatin1Char("MHD"[static_cast<int>(*piece.level)]) : QLatin1Char('R'))
                         .arg(piece.from / second)
                         .arg(piece.to / second));
    }
    QTEST(texts.join(QLatin1Char(',')), "pieces");
}

void TestAsk::theSourceIsAsLongAsItMustBe_data() {
    QTest::addColumn<QString>("question");
    QTest::addColumn<QString>("reads"); ///< the first words of the pieces
    QTest::newRow("all") << "steps | by recipe | p95(duration)"
                         << "rollups by day";
    QTest::newRow("local days") << "steps | by bucket(day) | count() | zone Europe/Berlin"
                                << "rollups by hour";
    QTest::newRow("days of UTC") << "steps | by bucket(day) | count() | zone UTC"
                                 << "rollups by day";
    QTest::newRow("half hours from UTC") << "steps | by hour | count() | zone Asia/Kolkata"
                                         << "rollups by minute";
    QTest::newRow("quarters") << "steps | by bucket(15m) | count() | zone UTC"
                              << "rollups by minute";
    QTest::newRow("seconds") << "steps | by bucket(30s) | count()"
                             << "rows";
    QTest::newRow("status") << "steps | by status | count() | zone UTC"
                            << "rollups by day";
    QTest::newRow("run status") << "steps | where run_status = failed | count()"
                                << "rows";
    QTest::newRow("single durations") << "steps | where duration > 1s | count()"
                                      << "rows";
    QTest::newRow("order") << "steps | slope(duration)"
                           << "rows";
    QTest::newRow("runs") << "runs | count()"
                          << "rows";
    QTest::newRow("edges") << "steps | since 2026-03-28T22:30:00Z | until 2026-03-30T00:00:00Z | count() | zone UTC"
                           << "rollups by minute,rollups by hour,rollups by day";
}

void TestAsk::theSourceIsAsLongAsItMustBe() {
    QFETCH(QString, question);
    const Answer got = answer(*m_tidyReader, question.toStdString());
    QStringList reads;
    for (const Piece &piece : got.explanation.plan.pieces) {
        QString text = QString::fromStdString(toString(piece));
        text = text.section(QLatin1String(" from"), 0, 0).section(QLatin1String(" until"), 0, 0);
        reads.append(text);
    }
    QTEST(reads.join(QLatin1Char(',')), "reads");
    // What the plan says is what is done.
    const bool byRollups = reads.front() != QLatin1String("rows");
    QCOMPARE(got.explanation.rollups > 0, byRollups);
    QCOMPARE(got.explanation.rows > 0, !byRollups);
    QCOMPARE(got.explanation.plan.why.empty(), byRollups);
}

namespace {

/// A random condition, as text and as a predicate.
struct Condition {
    std::string text;
    std::function<bool(const PlainStep &)> holds;
};

Condition randomCondition(std::mt19937_64 &random, int depth) {
    if (depth > 0 && random() % 3 == 0) {
        const Condition a = randomCondition(random, depth - 1);
        const Condition b = randomCondition(random, depth - 1);
        if (random() % 2)
            return {"(" + a.text + " and " + b.text + ")", [=](const auto &s) { return a.holds(s) && b.holds(s); }};
        return {"(" + a.text + " or not " + b.text + ")", [=](const auto &s) { return a.holds(s) || !b.holds(s); }};
    }
    const std::string n = std::to_string(random() % 6);
    switch (random() % 6) {
    case 0:
        return {"recipe = 'recipe " + n + "'", [=](const auto &s) { return s.recipe == "recipe " + n; }};
    case 1:
        return {"step != 'step " + n + "'", [=](const auto &s) { return s.step != "step " + n; }};
    case 2:
        return {"status = failed", [](const auto &s) { return s.status == "failed"; }};
    case 3:
        return {"recipe_path like 'JOBS/1/%'", [](const auto &s) { return s.path.starts_with("jobs/1/"); }};
    case 4:
        return {"step in ('step 1', 'step 2')", [](const auto &s) { return s.step == "step 1" || s.step == "step 2"; }};
    default:
        return {"run_status = completed", [](const auto &s) { return s.runStatus == "completed"; }};
    }
}

struct Plain {
    std::vector<double> durations;
    std::uint64_t rows = 0;
    std::uint64_t failed = 0;
};

bool near(double a, double b, double relative) {
    return std::abs(a - b) <= relative * std::max(std::abs(a), std::abs(b));
}

} // namespace

/// Random questions over stores with and without stale hours, against what plain rows come to.
void TestAsk::anyQuestionIsAnsweredAsByRows() {
    std::mt19937_64 random(20'261'127);
    const char *zones[] = {"UTC", "Europe/Berlin", "Asia/Kolkata", "America/St_Johns", "Australia/Lord_Howe"};
    const char *buckets[] = {"minute", "hour", "day", "week", "month", "10s", "5m", "6h"};
    std::set<std::string> means;
    const std::vector<PlainStep> staleSteps = plainSteps(*m_reader);
    const std::vector<PlainStep> tidySteps = plainSteps(*m_tidyReader);
    for (int i = 0; i < 400; ++i) {
        Reader &reader = i % 2 ? *m_reader : *m_tidyReader;
        const std::vector<PlainStep> &steps = i % 2 ? staleSteps : tidySteps;
        const std::string zoneName = zones[random() % 5];
        const Zone zone = need(Zone::fromName(zoneName));
        std::string text = "steps | zone " + zoneName;
        const Condition condition = randomCondition(random, 2);
        const bool filtered = random() % 2;
        if (filtered)
            text += " | where " + condition.text;
        std::int64_t from = INT64_MIN;
        std::int64_t to = INT64_MAX;
        const auto moment = [&](std::int64_t &ns, const char *stage) {
            // Sometimes whole hours, else any millisecond.
            ns = toNs(springDay) + static_cast<std::int64_t>(random() % (72ULL * 3'600'000)) * 1'000'000;
            ns = random() % 3 == 0 ? ns - ns % 3'600'000'000'000 : ns;
            text += std::string(" | ") + stage + ' ' +
                    QDateTime::fromMSecsSinceEpoch(ns / 1'000'000, Qt::UTC).toString(Qt::ISODateWithMs).toStdString();
        };
        if (random() % 2)
            moment(from, "since");
        if (random() % 2)
            moment(to, "until");
        if (from >= to)
            continue;
        std::vector<std::string> keys;
        for (const char *key : {"recipe", "step", "status", "weekday", "hour"}) {
            if (random() % 4 == 0)
                keys.emplace_back(key);
        }
        std::string bucket;
        if (random() % 2) {
            bucket = buckets[random() % 8];
            keys.push_back("bucket(" + bucket + ")");
        }
        for (std::size_t k = 0; k < keys.size(); ++k)
            text += (k ? ", " : " | by ") + keys[k];
        text += " | count(), count(duration), sum(duration), mean(duration), min(duration), max(duration), "
                "stddev(duration), p50(duration), quantile(duration, 0.99), error_rate()";

        std::map<std::vector<std::string>, Plain> expected;
        for (const PlainStep &step : steps) {
            if (step.startNs < from || step.startNs >= to || (filtered && !condition.holds(step)))
                continue;
            const Time time = fromNs(step.startNs);
            const LocalTime local = zone.toLocal(time);
            const auto day = std::chrono::floor<std::chrono::days>(local);
            std::vector<std::string> cells;
            for (const std::string &key : keys) {
                if (key == "recipe")
                    cells.push_back(step.recipe);
                else if (key == "step")
                    cells.push_back(step.step);
                else if (key == "status")
                    cells.push_back(step.status);
                else if (key == "weekday")
                    cells.push_back(std::to_string(std::chrono::weekday(day).iso_encoding()));
                else if (key == "hour")
                    cells.push_back(std::to_string(std::chrono::floor<std::chrono::hours>(local - day).count()));
                else if (const auto unit = bucketUnitFromString(bucket))
                    cells.push_back(std::to_string(toNs(localBucket(time, *unit, zone))));
                else
                    cells.push_back(std::to_string(toNs(localBucket(time,
                                                                    bucket == "10s"  ? Duration(10s)
                                                                    : bucket == "5m" ? Duration(5min)
                                                                                     : Duration(6h),
                                                                    zone))));
            }
            Plain &plain = expected[cells];
            ++plain.rows;
            plain.failed += step.status == "failed";
            if (step.durationNs)
                plain.durations.push_back(*step.durationNs / 1e9);
        }
        if (keys.empty())
            expected[{}];

        const Answer got = answer(reader, text);
        for (const Piece &piece : got.explanation.plan.pieces)
            means.insert(piece.level ? std::to_string(static_cast<int>(*piece.level)) : "rows");
        QVERIFY2(got.frame.rows() == expected.size(), text.c_str());
        const auto column = [&](const char *name) { return got.frame.column(name); };
        for (std::size_t row = 0; row < got.frame.rows(); ++row) {
            std::vector<std::string> cells;
            for (std::size_t k = 0; k < keys.size(); ++k) {
                const FrameColumn &key = got.frame.columns()[k];
                cells.push_back(key.type == ColumnType::Text ? std::string(key.text(row))
                                                             : std::to_string(key.integers[row]));
            }
            const auto found = expected.find(cells);
            QVERIFY2(found != expected.end(), text.c_str());
            const Plain &plain = found->second;
            const std::vector<double> sorted = stats::sorted(plain.durations);
            QCOMPARE(column("count()")->integers[row], std::int64_t(plain.rows));
            QCOMPARE(column("count(duration)")->integers[row], std::int64_t(sorted.size()));
            if (plain.rows > 0)
                QCOMPARE(column("error_rate()")->number(row), double(plain.failed) / double(plain.rows));
            QCOMPARE(column("mean(duration)")->has(row), !sorted.empty());
            if (sorted.empty())
                continue;
            double sum = 0;
            for (const double value : sorted)
                sum += value;
            const double mean = sum / double(sorted.size());
            double squares = 0;
            for (const double value : sorted)
                squares += (value - mean) * (value - mean);
            QVERIFY2(near(column("sum(duration)")->number(row), sum, 1e-12), text.c_str());
            QVERIFY2(near(column("mean(duration)")->number(row), mean, 1e-12), text.c_str());
            QCOMPARE(column("min(duration)")->number(row), sorted.front());
            QCOMPARE(column("max(duration)")->number(row), sorted.back());
            if (sorted.size() > 1) {
                const double deviation = std::sqrt(squares / double(sorted.size() - 1));
                QVERIFY2(std::abs(column("stddev(duration)")->number(row) - deviation) <=
                             1e-7 * deviation + 1e-8 * mean,
                         text.c_str());
            }
            for (const auto &[name, q] :
                 {std::pair("p50(duration)", 0.5), std::pair("quantile(duration, 0.99)", 0.99)}) {
                const double value = column(name)->number(row);
                const auto rank = static_cast<std::size_t>(q * double(sorted.size() - 1));
                const double low = sorted[rank] * (got.explanation.isExact ? 1 - 1e-12 : 0.99);
                const double next = sorted[std::min(rank + 1, sorted.size() - 1)];
                const double high = next * (got.explanation.isExact ? 1 + 1e-12 : 1.01);
                QVERIFY2(value >= low && value <= high, text.c_str());
                if (got.explanation.isExact)
                    QVERIFY2(near(value, *stats::quantile(sorted, q), 1e-12), text.c_str());
            }
        }
    }
    QCOMPARE(means, (std::set<std::string>{"0", "1", "2", "rows"}));
}

/// 2026-10-25 in Berlin: the hour from 2 to 3 is there twice, at 00:00 and 01:00 UTC.
void TestAsk::repeatedHoursAreTwo() {
    StoreFile file;
    const Time midnight = fromNs(1'792'879'200'000'000'000); // 2026-10-24T22:00:00Z
    {
        const auto store = file.open();
        std::vector<ingest::RunChange> changes;
        for (int hour = 0; hour < 25; ++hour)
            changes.push_back(changeOf(textRun(static_cast<std::uint64_t>(hour) + 1, midnight + hour * 1h + 30min, 1),
                                       static_cast<std::uint64_t>(hour) * 100));
        need(store->apply({{batchOf(1, 10'000, std::move(changes))}}));
    }
    {
        const auto store = file.open();
        while (need(store->tidy())) {
        }
    }
    const auto reader = file.reader();
    const Answer days = answer(*reader, "steps | by bucket(day) | count() | zone Europe/Berlin");
    QCOMPARE(rowsOf(days.frame), std::to_string(toNs(midnight)) + "|25");
    QVERIFY(days.explanation.rollups > 0);
    const Answer hours =
        answer(*reader, "steps | by hour | count() | zone Europe/Berlin | where hour >= 1 and hour <= 3");
    QCOMPARE(rowsOf(hours.frame), std::string("1|1\n2|2\n3|1"));
    QCOMPARE(answer(*reader, "steps | by bucket(hour) | count() | zone Europe/Berlin").frame.rows(), std::size_t(25));
    QCOMPARE(
        rowsOf(answer(*reader, "steps | where weekday = sunday | by weekday | count() | zone Europe/Berlin").frame),
        std::string("7|25"));
}

void TestAsk::lengthsOfDaysAreDays_data() {
    QTest::addColumn<QString>("zone");
    for (const char *zone : {"Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu", "UTC"})
        QTest::newRow(zone) << QString::fromLatin1(zone);
}

// Also of 23, of 25 and of 24 and a half hours.
void TestAsk::lengthsOfDaysAreDays() {
    QFETCH(QString, zone);
    const std::string end = " | count(), max(duration) | zone " + zone.toStdString();
    const auto rows = [&](const char *unit) {
        return rowsOf(answer(*m_tidyReader, std::string("steps | by bucket(") + unit + ")" + end).frame);
    };
    QCOMPARE(QString::fromStdString(rows("1d")), QString::fromStdString(rows("day")));
    // Four a day at most.
    const Answer quarters = answer(*m_tidyReader, "steps | by bucket(6h)" + end);
    QVERIFY(quarters.frame.rows() <= 4 * answer(*m_tidyReader, "steps | by bucket(day)" + end).frame.rows());
    const Zone clocks = *Zone::fromName(zone.toStdString());
    const FrameColumn &begins = quarters.frame.columns().front();
    std::set<std::int64_t> readings;
    for (const std::int64_t begin : begins.integers)
        readings.insert(clocks.toLocal(fromNs(begin)).time_since_epoch() / std::chrono::hours(6));
    QCOMPARE(readings.size(), begins.integers.size());
}

void TestAsk::runsAndErrors() {
    const auto compareWith = [&](const char *question, const char *sql) {
        QCOMPARE(rowsOf(answer(*m_reader, question).frame), test::ask(*m_reader, sql));
    };
    compareWith(
        "runs | by recipe, status | count(), sum(total_steps), max(duration)",
        "SELECT recipe, status, count(*), sum(total_steps), CAST(printf('%.9g', max(duration_s)) AS REAL) FROM runs_v "
        "GROUP BY 1, 2 ORDER BY 1, 2");
    compareWith(
        "errors | by step, type | count(), count(message)",
        "SELECT step, type, count(*), count(message) FROM errors_v GROUP BY 1, 2 ORDER BY step IS NULL, step, type IS "
        "NULL, type");
    compareWith(
        "allsteps | by status | count(), count(elapsed), count(duration)",
        "SELECT status, count(*), count(duration_s), count(duration_s) FILTER (WHERE status = 'completed') FROM "
        "steps_v GROUP BY 1 ORDER BY 1");
    compareWith("runs | where pid = 1001 and not duration < 10s | count()",
                "SELECT count(*) FROM runs_v WHERE pid = 1001 AND duration_s >= 10");
    compareWith("runs | by pid | error_rate()",
                "SELECT pid, CAST(printf('%.9g', avg(status = 'failed')) AS REAL) FROM runs_v GROUP BY 1 ORDER BY 1");
}

void TestAsk::nothingIsOneRowWithoutKeys() {
    QCOMPARE(rowsOf(answer(*m_reader, "steps | where recipe = nobody | count(), mean(duration), p50(duration)").frame),
             std::string("0|NULL|NULL"));
    QCOMPARE(answer(*m_reader, "steps | where recipe = nobody | by step | count()").frame.rows(), std::size_t(0));
}

void TestAsk::havingOrderAndLimit() {
    const std::string all =
        test::ask(*m_reader, "SELECT name, count(*) FROM steps_v WHERE status IN ('completed', 'failed') "
                             "AND (status = 'failed' OR duration_s IS NOT NULL) GROUP BY 1 ORDER BY 2 DESC, 1");
    QCOMPARE(rowsOf(answer(*m_reader, "steps | by step | count() | order count() desc").frame), all);
    const QStringList lines = QString::fromStdString(all).split(QLatin1Char('\n'));
    QCOMPARE(QString::fromStdString(
                 rowsOf(answer(*m_reader, "steps | by step | count() as n | order n desc | limit 2 | offset 1").frame)),
             lines.mid(1, 2).join(QLatin1Char('\n')));
    const QString third = lines[2].section(QLatin1Char('|'), 1);
    QCOMPARE(answer(*m_reader, "steps | by step | count() | having count() > " + third.toStdString()).frame.rows(),
             std::size_t(2));
    QCOMPARE(answer(*m_reader, "steps | by step | count() | offset 100").frame.rows(), std::size_t(0));
}

void TestAsk::histogramsAndTops() {
    const std::string json =
        test::ask(*m_reader, "SELECT histogram(duration_s, 0, 20, 4) FROM steps_v WHERE status = 'completed'");
    const std::string got = rowsOf(answer(*m_reader, "steps | histogram(duration, 0, 20s, 4)").frame);
    QVERIFY(got.find("\"counts\":[") != std::string::npos);
    QCOMPARE(QJsonDocument::fromJson(QByteArray::fromStdString(got)),
             QJsonDocument::fromJson(QByteArray::fromStdString(json)));
    const std::string top = rowsOf(answer(*m_reader, "runs | top(recipe, 1)").frame);
    const std::string most =
        test::ask(*m_reader, "SELECT recipe, count(*) FROM runs_v GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT 1");
    QCOMPARE(top, "[{\"value\":\"" + most.substr(0, most.find('|')) +
                      "\",\"count\":" + most.substr(most.find('|') + 1) + "}]");
}

void TestAsk::whatThereIsNotIsRefused_data() {
    QTest::addColumn<QString>("question");
    QTest::addColumn<QString>("says");
    QTest::newRow("field") << "steps | by nonsense"
                           << "no field \"nonsense\"";
    QTest::newRow("the fields there are") << "steps | where x = 1"
                                          << "It has recipe, recipe_path";
    QTest::newRow("hosts") << "runs | by host"
                           << "known of samples only";
    QTest::newRow("column") << "steps | by step | order duration"
                            << "no column \"duration\"";
    QTest::newRow("having") << "steps | having p95(duration) > 1"
                            << "no column \"p95(duration)\"";
    QTest::newRow("a text as a number") << "steps | where duration = long"
                                        << "duration is a number";
    QTest::newRow("a word that begins as a day") << "steps | where weekday = sunflower"
                                                 << "weekday is a number";
    QTest::newRow("bounds whose nanoseconds are beyond doubles") << "steps | histogram(duration, 0, 1e300, 3)"
                                                                 << "too far apart";
    QTest::newRow("bounds whose distance is") << "steps | histogram(idx, -1e308, 1e308, 3)"
                                              << "too far apart";
    QTest::newRow("rate of what is no counter") << "steps | rate(duration)"
                                                << "counters, which are sampled";
    QTest::newRow("a number as a text") << "steps | where step = 5"
                                        << "step is a text";
    QTest::newRow("mean of a text") << "runs | mean(recipe)"
                                    << "recipe is no number";
    QTest::newRow("by a number") << "steps | by duration"
                                 << "not grouped by duration";
    QTest::newRow("zone") << "steps | zone Nowhere/Land"
                          << "does not know it";
    QTest::newRow("quantile") << "steps | quantile(duration, 1.5)"
                              << "between 0 and 1";
    QTest::newRow("bins") << "steps | histogram(duration, 5, 5, 3)"
                          << "low < high";
    QTest::newRow("range") << "steps | since 2026-03-02 | until 2026-03-01"
                           << "until is not after since";
    QTest::newRow("too many keys") << "steps | by step, step, step, step, step, step, step, step, step"
                                   << "more than 8";
    QTest::newRow("error rate of errors") << "errors | error_rate()"
                                          << "neither complete nor fail";
}

void TestAsk::whatThereIsNotIsRefused() {
    QFETCH(QString, question);
    QFETCH(QString, says);
    const Error error = refusal(*m_reader, question.toStdString());
    QCOMPARE(error.kind, ErrorKind::Invalid);
    QVERIFY2(QString::fromStdString(error.sentence()).contains(says), error.sentence().c_str());
}

void TestAsk::groupsAreLimited() {
    const AskOptions few{.limits = {.maxGroups = 5}};
    QCOMPARE(answer(*m_reader, "steps | by recipe | count()", few).frame.rows(), std::size_t(5));
    const Error error = refusal(*m_reader, "steps | by step | count()", few);
    QCOMPARE(error.kind, ErrorKind::Failed);
    QVERIFY2(error.why.find("more than 5 groups") != std::string::npos, error.why.c_str());
}

void TestAsk::memoryIsLimited() {
    const AskOptions little{.limits = {.maxBytes = 10'000}};
    const Error error = refusal(*m_reader, "allsteps | by run_id, idx | p50(elapsed)", little);
    QVERIFY2(error.why.find("MiB") != std::string::npos, error.why.c_str());
}

/// Counted, not timed: the token is set by the first report of progress, after one of five recipes.
void TestAsk::cancelsWithinBoundedWork() {
    std::stop_source stop;
    int reports = 0;
    AskOptions options;
    options.stop = stop.get_token();
    options.progress = [&](const Progress &progress) {
        ++reports;
        QCOMPARE(progress.stage, std::string("query"));
        stop.request_stop();
    };
    QCOMPARE(refusal(*m_reader, "allsteps | by run_id | count()", options).kind, ErrorKind::Cancelled);
    QCOMPARE(reports, 1);
    // The connection is as good as before.
    QCOMPARE(answer(*m_reader, "steps | by recipe").frame.rows(), std::size_t(5));
}

void TestAsk::progressGoesToItsEnd() {
    std::vector<std::uint64_t> done;
    std::uint64_t total = 0;
    AskOptions options;
    options.progress = [&](const Progress &progress) {
        done.push_back(progress.done);
        total = progress.total;
    };
    answer(*m_reader, "steps | count()", options);
    QVERIFY(std::is_sorted(done.begin(), done.end()));
    QCOMPARE(done.back(), total);
}

QTEST_GUILESS_MAIN(TestAsk)
#include "tst_ask.moc"
