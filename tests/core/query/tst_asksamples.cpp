// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/zone.h"
#include "core/query/localbucket.h"
#include "core/stats/quantile.h"
#include "tests/core/query/samplefixture.h"

#include <SQLiteCpp/SQLiteCpp.h>

#include <QJsonDocument>

#include <functional>
#include <set>

using namespace ra;
using namespace ra::test;
using namespace ra::query;

class TestAskSamples : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void initTestCase();
    void anyQuestionIsAnsweredAsBySamples();
    void endsComeFromHeaders();
    void ratesAndSlopes();
    void pointsAreAtMostSoMany_data();
    void pointsAreAtMostSoMany();
    void onePointIsOneRow();
    void valuesAreFiltered();
    void unitsAndTags();
    void aMetricThatThereIsNotIsRefused();
    void aLongNameIsCutWhereItIsSuggested();
    void cancelsWithinBoundedWork();
    void damageIsToldOf();
    void samplesAreSelected();

private:
    StoreFile m_file;
    std::unique_ptr<Reader> m_reader;
};

namespace {

bool near(double a, double b, double relative) {
    return std::abs(a - b) <= relative * std::max(std::abs(a), std::abs(b));
}

std::string isoOf(std::int64_t ns) {
    return QDateTime::fromMSecsSinceEpoch(ns / 1'000'000, Qt::UTC).toString(Qt::ISODateWithMs).toStdString();
}

} // namespace

void TestAskSamples::initTestCase() {
    fillWithSamples(*m_file.open());
    m_reader = m_file.reader();
    QVERIFY(test::ask(*m_reader, "SELECT count(*) > 3 FROM segments") == "1");
    QVERIFY(test::ask(*m_reader, "SELECT count(*) > 50 FROM tail_samples") == "1");
    QVERIFY(test::ask(*m_reader, "SELECT count(DISTINCT origin) FROM segments") != "1");
}

void TestAskSamples::anyQuestionIsAnsweredAsBySamples() {
    std::mt19937_64 random(99);
    const char *zones[] = {"UTC", "Europe/Berlin", "Asia/Kolkata"};
    const char *buckets[] = {"minute", "hour", "day", "week", "90s", "5m", "6h"};
    const std::vector<PlainSample> samples = plainSamples(*m_reader, "rss");
    QVERIFY(samples.size() > 90'000);
    std::set<std::string> means;
    for (int i = 0; i < 150; ++i) {
        const std::string zoneName = zones[random() % 3];
        const Zone zone = need(Zone::fromName(zoneName));
        std::string text = "rss | zone " + zoneName;
        std::int64_t from = INT64_MIN;
        std::int64_t to = INT64_MAX;
        const auto moment = [&](std::int64_t &ns, const char *stage) {
            ns = toNs(springDay) + static_cast<std::int64_t>(random() % (72ULL * 3'600'000)) * 1'000'000;
            ns = random() % 3 == 0 ? ns - ns % 3'600'000'000'000 : ns;
            text += std::string(" | ") + stage + ' ' + isoOf(ns);
        };
        if (random() % 2)
            moment(from, "since");
        if (random() % 2)
            moment(to, "until");
        if (from >= to)
            continue;
        const bool ofProcess = random() % 3 == 0;
        if (ofProcess)
            text += " | where pid in (1000, 1001) and not recipe = 'recipe 1'";
        const bool high = random() % 4 == 0;
        if (high)
            text += " | where value >= 150MB or pid is none";
        const bool byPid = random() % 2;
        const bool byHour = random() % 4 == 0;
        std::string bucket;
        if (random() % 2)
            bucket = buckets[random() % 7];
        std::string keys;
        for (const std::string &key : {std::string(byPid ? "pid" : ""), std::string(byHour ? "hour" : ""),
                                       bucket.empty() ? bucket : "bucket(" + bucket + ")"}) {
            if (!key.empty())
                keys += (keys.empty() ? " | by " : ", ") + key;
        }
        text += keys + " | count(), sum(value), mean(value), min(value), max(value), stddev(value), p95(value)";
        const bool ends = random() % 3 == 0;
        if (ends)
            text += ", first(value), last(value), delta(value)";

        std::map<std::vector<std::int64_t>, std::vector<PlainSample>> expected;
        for (const PlainSample &sample : samples) {
            if (sample.timeNs < from || sample.timeNs >= to)
                continue;
            if (ofProcess && !(sample.pid && *sample.pid <= 1'001 && sample.recipe != "recipe 1"))
                continue;
            if (high && !(sample.value >= 150.0 * 1024 * 1024 || !sample.pid))
                continue;
            const Time time = fromNs(sample.timeNs);
            std::vector<std::int64_t> cells;
            if (byPid)
                cells.push_back(sample.pid.value_or(-1));
            if (byHour) {
                const LocalTime local = zone.toLocal(time);
                cells.push_back(
                    std::chrono::floor<std::chrono::hours>(local - std::chrono::floor<std::chrono::days>(local))
                        .count());
            }
            if (const auto unit = bucketUnitFromString(bucket))
                cells.push_back(toNs(localBucket(time, *unit, zone)));
            else if (!bucket.empty())
                cells.push_back(toNs(localBucket(time,
                                                 bucket == "90s"  ? Duration(90s)
                                                 : bucket == "5m" ? Duration(5min)
                                                                  : Duration(6h),
                                                 zone)));
            expected[cells].push_back(sample);
        }
        if (keys.empty())
            expected[{}];
        const Answer got = answer(*m_reader, text);
        for (const Piece &piece : got.explanation.plan.pieces)
            means.insert(piece.level ? std::to_string(static_cast<int>(*piece.level)) : "samples");
        QVERIFY2(got.frame.rows() == expected.size(), text.c_str());
        const auto column = [&](const char *name) { return got.frame.column(name); };
        for (std::size_t row = 0; row < got.frame.rows(); ++row) {
            std::vector<std::int64_t> cells;
            for (std::size_t k = 0; k < std::size_t(byPid) + std::size_t(byHour) + std::size_t(!bucket.empty()); ++k) {
                const FrameColumn &key = got.frame.columns()[k];
                cells.push_back(key.has(row) ? key.integers[row] : -1);
            }
            const auto found = expected.find(cells);
            QVERIFY2(found != expected.end(), text.c_str());
            const std::vector<PlainSample> &plain = found->second;
            QVERIFY2(column("count()")->integers[row] == std::int64_t(plain.size()), text.c_str());
            if (plain.empty())
                continue;
            std::vector<double> sorted;
            double sum = 0;
            const PlainSample *first = &plain.front();
            const PlainSample *last = &plain.front();
            for (const PlainSample &sample : plain) {
                sorted.push_back(sample.value);
                sum += sample.value;
                first = sample.timeNs < first->timeNs ? &sample : first;
                last = sample.timeNs > last->timeNs ? &sample : last;
            }
            std::sort(sorted.begin(), sorted.end());
            const double mean = sum / double(sorted.size());
            double squares = 0;
            for (const double value : sorted)
                squares += (value - mean) * (value - mean);
            QVERIFY2(near(column("sum(value)")->number(row), sum, 1e-12), text.c_str());
            QVERIFY2(near(column("mean(value)")->number(row), mean, 1e-12), text.c_str());
            QCOMPARE(column("min(value)")->number(row), sorted.front());
            QCOMPARE(column("max(value)")->number(row), sorted.back());
            if (sorted.size() > 1) {
                const double deviation = std::sqrt(squares / double(sorted.size() - 1));
                QVERIFY2(std::abs(column("stddev(value)")->number(row) - deviation) <= 1e-7 * deviation + 1e-8 * mean,
                         text.c_str());
            }
            const double value = column("p95(value)")->number(row);
            const auto rank = static_cast<std::size_t>(0.95 * double(sorted.size() - 1));
            QVERIFY2(value >= sorted[rank] * 0.99 && value <= sorted[std::min(rank + 1, sorted.size() - 1)] * 1.01,
                     text.c_str());
            if (ends) {
                QCOMPARE(column("first(value)")->number(row), first->value);
                QCOMPARE(column("last(value)")->number(row), last->value);
                QCOMPARE(column("delta(value)")->number(row), last->value - first->value);
            }
        }
    }
    QCOMPARE(means, (std::set<std::string>{"0", "1", "2", "samples"}));
}

void TestAskSamples::endsComeFromHeaders() {
    const Answer got = answer(*m_reader, "requests | first(value), last(value), delta(value), count(), p50(value)");
    QVERIFY(got.explanation.headers > 0);
    QCOMPARE(got.explanation.decoded, std::uint64_t(0));
    const std::vector<PlainSample> samples = plainSamples(*m_reader, "requests");
    QCOMPARE(got.frame.column("first(value)")->number(0), samples.front().value);
    QCOMPARE(got.frame.column("last(value)")->number(0), samples.back().value);
    QCOMPARE(got.frame.column("count()")->integers[0], std::int64_t(samples.size()));
    // At an edge within a segment that one is decoded, and no other.
    const Answer edge = answer(*m_reader, "requests | delta(value) | since " + isoOf(samples[100].timeNs));
    QVERIFY(edge.explanation.decoded == 1);
    QCOMPARE(edge.frame.column("delta(value)")->number(0), samples.back().value - samples[100].value);
}

void TestAskSamples::ratesAndSlopes() {
    const std::string sql = test::ask(
        *m_reader,
        "SELECT CAST(printf('%.9g', rate(value, t_ns)) AS REAL), CAST(printf('%.9g', linreg_slope(value, t_ns "
        "/ 1e9)) AS REAL) FROM series_v v, samples(v.series) WHERE name = 'requests'");
    const Answer got = answer(*m_reader, "requests | rate(value), slope(value)");
    const auto parts = QString::fromStdString(sql).split(QLatin1Char('|'));
    QVERIFY(near(got.frame.column("rate(value)")->number(0), parts[0].toDouble(), 1e-8));
    QVERIFY(near(got.frame.column("slope(value)")->number(0), parts[1].toDouble(), 1e-6));
    QCOMPARE(got.frame.column("rate(value)")->unit, std::string("count/s"));
    // Without rate it is threads that do it.
    const Answer parallel = answer(*m_reader, "requests | slope(value), histogram(value, 0, 20000, 7)");
    QVERIFY(parallel.explanation.decoded > 0);
    QVERIFY(near(parallel.frame.column("slope(value)")->number(0), parts[1].toDouble(), 1e-6));
    const std::string json =
        test::ask(*m_reader, "SELECT histogram(value, 0, 20000, 7) FROM series_v v, samples(v.series) "
                             "WHERE name = 'requests'");
    QCOMPARE(QJsonDocument::fromJson(QByteArray::fromStdString(std::string(parallel.frame.columns()[1].text(0)))),
             QJsonDocument::fromJson(QByteArray::fromStdString(json)));
    // Of several series the sum of theirs.
    const std::string each = rowsOf(answer(*m_reader, "rss | by series | rate(value)").frame);
    double sum = 0;
    for (const QString &line : QString::fromStdString(each).split(QLatin1Char('\n')))
        sum += line.section(QLatin1Char('|'), 1).toDouble();
    QVERIFY(near(answer(*m_reader, "rss | rate(value)").frame.columns()[0].number(0), sum, 1e-8));
}

void TestAskSamples::pointsAreAtMostSoMany_data() {
    QTest::addColumn<int>("points");
    QTest::addColumn<int>("least"); ///< as lengths are those that people know
    QTest::newRow("1") << 1 << 1;
    QTest::newRow("2") << 2 << 1;
    QTest::newRow("100") << 100 << 30;
    QTest::newRow("1000") << 1000 << 300;
}

void TestAskSamples::pointsAreAtMostSoMany() {
    QFETCH(int, points);
    QFETCH(int, least);
    const Answer got = answer(*m_reader, "requests | by points(" + std::to_string(points) +
                                             ") | mean(value) | order points(" + std::to_string(points) + ")");
    QVERIFY2(got.frame.rows() <= std::size_t(points), std::to_string(got.frame.rows()).c_str());
    QVERIFY2(got.frame.rows() >= std::size_t(least), std::to_string(got.frame.rows()).c_str());
    // Hours have rollups; in minutes there is so little that they are made of it.
    if (points == 100)
        QVERIFY(got.explanation.rollups > 0 && got.explanation.decoded == 0);
    if (points == 1000)
        QVERIFY(got.explanation.decoded > 0);
}

/// Wherever it lies: over a midnight, a month, the beginning of a stretch of any length.
void TestAskSamples::onePointIsOneRow() {
    for (const char *range : {"since 2026-03-28T23:30:00Z | until 2026-03-29T00:30:00Z",
                              "since 2026-03-28T11:59:59Z | until 2026-03-28T12:00:11Z",
                              "since 2026-03-28T10:00:00Z | until 2026-03-30T15:00:00Z"}) {
        for (const char *zone : {"UTC", "Europe/Berlin", "Asia/Kolkata"}) {
            const std::string rest = std::string(" | ") + range + " | zone " + zone;
            const Answer one = answer(*m_reader, "requests | by points(1) | count()" + rest);
            QVERIFY2(one.frame.rows() == 1, rest.c_str());
            QCOMPARE(one.frame.columns()[1].integers[0],
                     answer(*m_reader, "requests | count()" + rest).frame.columns()[0].integers[0]);
        }
    }
}

void TestAskSamples::valuesAreFiltered() {
    const std::string sql =
        test::ask(*m_reader, "SELECT count(*) FROM series_v v, samples(v.series) WHERE name = 'requests' AND "
                             "value > 100 AND value <= 2048");
    QCOMPARE(rowsOf(answer(*m_reader, "requests | where value > 100 and value <= 2KB | count()").frame), sql);
}

void TestAskSamples::unitsAndTags() {
    const Answer got =
        answer(*m_reader, "samples of rss | by metric, host, recipe, tag:recipe, machine | count(), mean(value)");
    QCOMPARE(got.frame.column("mean(value)")->unit, std::string("bytes"));
    const std::string rows = rowsOf(got.frame);
    QVERIFY2(rows.starts_with("rss|alpha|recipe 0|recipe 0|0|"), rows.c_str());
    QVERIFY2(rows.find("rss|NULL|NULL|NULL|1|") != std::string::npos, rows.c_str());
    QCOMPARE(got.frame.rows(), std::size_t(3));
}

void TestAskSamples::aMetricThatThereIsNotIsRefused() {
    const Error error = refusal(*m_reader, "RS | count()");
    QCOMPARE(error.kind, ErrorKind::Invalid);
    QCOMPARE(error.hint, std::string("There are rss, requests"));
    QCOMPARE(refusal(*m_reader, "rss | mean(pid)").kind, ErrorKind::Invalid);
    QCOMPARE(refusal(*m_reader, "rss | error_rate()").kind, ErrorKind::Invalid);
}

void TestAskSamples::aLongNameIsCutWhereItIsSuggested() {
    StoreFile file;
    std::string name = "a";
    for (int i = 0; i < 3'000; ++i)
        name += "é";
    ingest::Batch batch = batchOf(2, 100);
    batch.samples.series = {{.name = name, .unit = "1"}};
    batch.samples.samples = {{0, toNs(monday), 1.0}};
    need(file.open()->apply({{std::move(batch)}}));
    const Error error = refusal(*file.reader(), "nix | count()");
    QVERIFY2(error.hint.size() < 100 && error.hint.ends_with("é…"), error.hint.c_str());
    QVERIFY(QString::fromStdString(error.hint).toStdString() == error.hint);
}

void TestAskSamples::cancelsWithinBoundedWork() {
    for (const char *question : {"rss | count()", "rss | slope(value)", "rss | rate(value)"}) {
        std::stop_source stop;
        AskOptions options;
        options.stop = stop.get_token();
        int reports = 0;
        options.progress = [&](const Progress &) {
            ++reports;
            stop.request_stop();
        };
        QCOMPARE(refusal(*m_reader, question, options).kind, ErrorKind::Cancelled);
        QCOMPARE(reports, 1);
    }
    QCOMPARE(answer(*m_reader, "rss | by series | count()").frame.rows(), std::size_t(4));
}

void TestAskSamples::damageIsToldOf() {
    StoreFile file;
    {
        const auto store = file.open();
        fillWithSamples(*store);
    }
    {
        SQLite::Database db(file.path(), SQLite::OPEN_READWRITE);
        db.exec("UPDATE segments SET data = substr(data, 1, length(data) - 40) || zeroblob(40)");
    }
    const auto reader = file.reader();
    const Error error = refusal(*reader, "rss | slope(value)");
    QCOMPARE(error.kind, ErrorKind::Damaged);
}

void TestAskSamples::samplesAreSelected() {
    QCOMPARE(
        rowsOf(
            answer(
                *m_reader,
                "rss | select pid, time, value | where value > 200MB and pid is not none | order time desc | limit 20")
                .frame),
        test::ask(*m_reader, "SELECT pid, t_ns, CAST(printf('%.9g', value) AS REAL) FROM series_v v, samples(v.series) "
                             "s WHERE name = 'rss' AND "
                             "pid IS NOT NULL AND value > 200 * 1048576 ORDER BY t_ns DESC LIMIT 20"));
    const Answer few = answer(*m_reader, "requests | select time, value | limit 5 | offset 2");
    QCOMPARE(rowsOf(few.frame),
             test::ask(*m_reader,
                       "SELECT t_ns, CAST(value AS INTEGER) FROM series_v v, samples(v.series) s WHERE name = "
                       "'requests' ORDER BY t_ns LIMIT 5 OFFSET 2"));
    QCOMPARE(few.explanation.samples, std::uint64_t(7));
}

QTEST_GUILESS_MAIN(TestAskSamples)
#include "tst_asksamples.moc"
