// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/query/windowread.h"
#include "core/stats/quantile.h"
#include "tests/core/query/samplefixture.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>

using namespace ra;
using namespace ra::test;
using namespace ra::query;

class TestAskWindows : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void initTestCase();
    void windowsAreFoundByTime();
    void whatWasMeasuredDuringStepsIsTold_data();
    void whatWasMeasuredDuringStepsIsTold();
    void wholeSegmentsAreNotDecoded();
    void otherAggregatesStandBeside();
    void histogramsCountEverySample();
    void stepsWithoutSamplesHaveNone();
    void whatIsNeitherFieldNorMetricIsRefused();
    void cancelsWithinBoundedWork();

private:
    StoreFile m_file;
    std::unique_ptr<Reader> m_reader;
};

void TestAskWindows::initTestCase() {
    {
        const auto store = m_file.open();
        fillWithRuns(*store, 1'500);
        fillWithSamples(*store);
        // Steps that take hours, of which some hold whole segments.
        std::vector<ingest::RunChange> changes;
        for (std::uint64_t i = 0; i < 6; ++i) {
            Run run = textRun(100'000 + i, springDay + std::chrono::hours(i * 5), 0);
            run.recipe = "recipe " + std::to_string(i % 2);
            run.pid = i == 5 ? 0 : 1'000 + static_cast<std::int64_t>(i % 4);
            run.steps = {completedStep(0, "long", *run.start, std::chrono::hours(10 * i + 1)),
                         completedStep(1, "step 1", *run.start + std::chrono::hours(10 * i + 1), 7min)};
            run.end = run.steps.back().end;
            run.duration = *run.end - *run.start;
            changes.push_back(changeOf(std::move(run), i * 100));
        }
        need(store->apply({{batchOf(3, 1'000, std::move(changes))}}));
    }
    m_reader = m_file.reader();
}

void TestAskWindows::windowsAreFoundByTime() {
    std::mt19937_64 random(3);
    std::vector<Window> all;
    for (std::size_t i = 0; i < 200; ++i) {
        const auto start = static_cast<std::int64_t>(random() % 1'000);
        all.push_back({start, start + 1 + static_cast<std::int64_t>(random() % (i % 20 == 0 ? 500 : 20)), i});
    }
    const Windows windows(all);
    for (int i = 0; i < 500; ++i) {
        const auto first = static_cast<std::int64_t>(random() % 1'600) - 50;
        const auto last = first + static_cast<std::int64_t>(random() % 100);
        std::vector<std::size_t> expected;
        for (const Window &window : all) {
            if (window.startNs <= last && window.endNs > first)
                expected.push_back(window.group);
        }
        std::vector<std::size_t> got;
        windows.each(first, last, [&](const Window &window) { got.push_back(window.group); });
        std::sort(got.begin(), got.end());
        QCOMPARE(got, expected);
    }
}

void TestAskWindows::whatWasMeasuredDuringStepsIsTold_data() {
    QTest::addColumn<QString>("where");
    QTest::newRow("all") << "";
    QTest::newRow("one step") << " | where step = long";
    QTest::newRow("failed ones") << " | where status = failed";
    QTest::newRow("a range") << " | since 2026-03-28T07:13:11Z | until 2026-03-29T20:00:00Z";
}

/// Against each step of the plain rows and each sample that fits it.
void TestAskWindows::whatWasMeasuredDuringStepsIsTold() {
    QFETCH(QString, where);
    struct Plain {
        std::vector<double> values;
        std::int64_t steps = 0;
    };
    std::map<std::string, Plain> expected;
    std::vector<PlainSample> samples = plainSamples(*m_reader, "rss");
    std::sort(samples.begin(), samples.end(), [](const auto &a, const auto &b) { return a.timeNs < b.timeNs; });
    const Table steps = need(m_reader->sql(
        "SELECT n.text, s.status, s.start_ns, s.end_ns, r.pid, c.name, r.start_ns FROM runs r JOIN recipes c ON c.id = "
        "r.recipe_id JOIN steps s ON s.id >> 24 = r.id JOIN texts n ON n.id = s.name WHERE r.shown = 1 AND (s.status = "
        "2 "
        "OR (s.status = 1 AND coalesce(s.duration_ns, s.end_ns - s.start_ns) IS NOT NULL))"));
    const auto ns = [](const char *iso) {
        return QDateTime::fromString(QLatin1String(iso), Qt::ISODate).toMSecsSinceEpoch() * 1'000'000;
    };
    for (const auto &row : steps.rows) {
        const std::string step = std::get<std::string>(row[0]);
        const std::int64_t begun = std::get<std::int64_t>(row[6]);
        if ((where.contains(QLatin1String("long")) && step != "long") ||
            (where.contains(QLatin1String("failed")) && std::get<std::int64_t>(row[1]) != 2) ||
            (where.contains(QLatin1String("since")) &&
             (begun < ns("2026-03-28T07:13:11Z") || begun >= ns("2026-03-29T20:00:00Z"))))
            continue;
        Plain &plain = expected[step];
        ++plain.steps;
        const auto *start = std::get_if<std::int64_t>(&row[2]);
        const auto *end = std::get_if<std::int64_t>(&row[3]);
        if (!start || !end)
            continue;
        const std::int64_t pid = std::get<std::int64_t>(row[4]);
        const bool hasOwn = pid >= 1'000 && pid <= 1'002;
        const std::string recipe = std::get<std::string>(row[5]);
        auto at = std::lower_bound(samples.begin(), samples.end(), *start,
                                   [](const PlainSample &sample, std::int64_t time) { return sample.timeNs < time; });
        for (; at != samples.end() && at->timeNs < *end; ++at) {
            if (hasOwn ? at->pid == pid && at->recipe == recipe : !at->pid)
                plain.values.push_back(at->value);
        }
    }
    const Answer got =
        answer(*m_reader, "steps" + where.toStdString() +
                              " | by step | count(), count(rss), sum(rss), mean(rss), min(rss), max(rss), "
                              "stddev(rss), p95(rss)");
    QCOMPARE(got.frame.rows(), expected.size());
    std::size_t withSamples = 0;
    for (std::size_t row = 0; row < got.frame.rows(); ++row) {
        const Plain &plain = expected.at(std::string(got.frame.columns()[0].text(row)));
        QCOMPARE(got.frame.column("count()")->integers[row], plain.steps);
        QCOMPARE(got.frame.column("count(rss)")->integers[row], std::int64_t(plain.values.size()));
        QCOMPARE(got.frame.column("mean(rss)")->has(row), !plain.values.empty());
        if (plain.values.empty())
            continue;
        ++withSamples;
        const std::vector<double> sorted = stats::sorted(plain.values);
        double sum = 0;
        for (const double value : sorted)
            sum += value;
        const double mean = sum / double(sorted.size());
        double squares = 0;
        for (const double value : sorted)
            squares += (value - mean) * (value - mean);
        const auto value = [&](const char *name) { return got.frame.column(name)->number(row); };
        QVERIFY(std::abs(value("sum(rss)") - sum) <= 1e-12 * sum);
        QVERIFY(std::abs(value("mean(rss)") - mean) <= 1e-12 * mean);
        QCOMPARE(value("min(rss)"), sorted.front());
        QCOMPARE(value("max(rss)"), sorted.back());
        if (sorted.size() > 1)
            QVERIFY(std::abs(value("stddev(rss)") - std::sqrt(squares / double(sorted.size() - 1))) <= 1e-8 * mean);
        const auto rank = static_cast<std::size_t>(0.95 * double(sorted.size() - 1));
        QVERIFY(value("p95(rss)") >= 0.99 * sorted[rank]);
        QVERIFY(value("p95(rss)") <= 1.01 * sorted[std::min(rank + 1, sorted.size() - 1)]);
    }
    QVERIFY(withSamples > 0);
}

void TestAskWindows::wholeSegmentsAreNotDecoded() {
    const Answer got = answer(*m_reader, "steps | where step = long | mean(rss)");
    QVERIFY(got.explanation.headers > 0);
    QVERIFY(got.explanation.decoded > 0);
    QCOMPARE(got.explanation.plan.why, std::string("rss is measured step by step"));
}

void TestAskWindows::otherAggregatesStandBeside() {
    const Answer both = answer(*m_reader, "steps | by step | mean(rss), max(duration), count(requests)");
    const Answer alone = answer(*m_reader, "steps | by step | max(duration)");
    QCOMPARE(both.frame.rows(), alone.frame.rows());
    for (std::size_t row = 0; row < both.frame.rows(); ++row)
        QCOMPARE(both.frame.column("max(duration)")->number(row), alone.frame.column("max(duration)")->number(row));
    QCOMPARE(both.frame.column("mean(rss)")->unit, std::string("bytes"));
    QCOMPARE(both.frame.column("max(duration)")->unit, std::string("s"));
}

/// Of whole segments too, whose headers do not tell them.
void TestAskWindows::histogramsCountEverySample() {
    const Answer got = answer(
        *m_reader, "steps | by step | count(rss), min(rss), max(rss), histogram(rss, 100000000, 400000000, 3) as bins");
    std::size_t withSamples = 0;
    for (std::size_t row = 0; row < got.frame.rows(); ++row) {
        const QJsonObject histogram =
            QJsonDocument::fromJson(QByteArray::fromStdString(std::string(got.frame.column("bins")->text(row))))
                .object();
        QCOMPARE(histogram[QLatin1String("edges")].toArray(), QJsonArray({1e8, 2e8, 3e8, 4e8}));
        double all = histogram[QLatin1String("below")].toDouble() + histogram[QLatin1String("above")].toDouble();
        for (const auto &count : histogram[QLatin1String("counts")].toArray())
            all += count.toDouble();
        QCOMPARE(std::int64_t(all), got.frame.column("count(rss)")->integers[row]);
        if (all == 0)
            continue;
        ++withSamples;
        QCOMPARE(histogram[QLatin1String("below")].toDouble() > 0, got.frame.column("min(rss)")->number(row) < 1e8);
        QCOMPARE(histogram[QLatin1String("above")].toDouble() > 0, got.frame.column("max(rss)")->number(row) > 4e8);
    }
    QVERIFY(withSamples > 1);
}

void TestAskWindows::stepsWithoutSamplesHaveNone() {
    QCOMPARE(rowsOf(answer(*m_reader, "steps | where step = nosuch | mean(rss), count(rss)").frame),
             std::string("NULL|0"));
}

void TestAskWindows::whatIsNeitherFieldNorMetricIsRefused() {
    const Error error = refusal(*m_reader, "steps | mean(durations)");
    QCOMPARE(error.kind, ErrorKind::Invalid);
    QVERIFY2(error.hint.find("There are rss, requests") != std::string::npos ||
                 error.hint.find("There are requests, rss") != std::string::npos,
             error.hint.c_str());
    QVERIFY2(error.hint.find("duration") != std::string::npos, error.hint.c_str());
    for (const char *kind : {"slope", "rate", "first", "delta"}) {
        const Error ofOrder = refusal(*m_reader, std::string("steps | ") + kind + "(rss)");
        QCOMPARE(ofOrder.kind, ErrorKind::Invalid);
        QVERIFY2(ofOrder.why.find("not one course of time") != std::string::npos, ofOrder.why.c_str());
        QVERIFY2(ofOrder.hint.find(std::string("rss | ") + kind + "(value)") != std::string::npos,
                 ofOrder.hint.c_str());
    }
    QVERIFY(refusal(*m_reader, "steps | top(rss, 3)").why.find("no text") != std::string::npos);
    QCOMPARE(refusal(*m_reader, "runs | mean(rss)").kind, ErrorKind::Invalid);
}

void TestAskWindows::cancelsWithinBoundedWork() {
    std::stop_source stop;
    AskOptions options;
    options.stop = stop.get_token();
    options.progress = [&](const Progress &progress) {
        if (progress.done == progress.total)
            stop.request_stop(); // all rows are read: what was measured is still to come
    };
    QCOMPARE(refusal(*m_reader, "steps | mean(rss)", options).kind, ErrorKind::Cancelled);
}

QTEST_GUILESS_MAIN(TestAskWindows)
#include "tst_askwindows.moc"
