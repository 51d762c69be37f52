// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/ingest/documentformats.h"
#include "core/ingest/jsonmembers.h"
#include "core/ingest/metrics.h"
#include "core/ingest/sourcereader.h"

#include <QtTest>

#include <cmath>

using namespace ra;
using namespace ra::ingest;

class tst_ingestsamples : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void unitsAreNormalised_data();
    void unitsAreNormalised();
    void whatMetricsCallCountIsKnownBetter_data();
    void whatMetricsCallCountIsKnownBetter();
    void numbersAreReadAsPythonWritesThem_data();
    void numbersAreReadAsPythonWritesThem();
    void tagsHaveOneForm();
    void aPerformanceLineIsASample();
    void otherShapesOfThePerformanceLine_data();
    void otherShapesOfThePerformanceLine();
    void linesOfOneSeriesShareIt();
    void aMetricLineIsASample();
    void aMetricLineThatCannotBeReadSaysWhy_data();
    void aMetricLineThatCannotBeReadSaysWhy();
    void chunksMakeNoDifference();
    void metricArraysAreRead();
    void queriesAndChartsAreRead();
    void timelinesTellWhatStepsUsed();
    void executionsTellWhatTheyUsed();
};

namespace {

QByteArray text(std::string_view view) {
    return QByteArray(view.data(), static_cast<qsizetype>(view.size()));
}

Batch readLines(std::string_view lines, std::size_t chunk = 1'000'000) {
    SourceReader reader{Zone()};
    for (std::size_t at = 0; at < lines.size(); at += chunk) {
        const std::string_view part = lines.substr(at, chunk);
        reader.feed({part.data(), part.size()});
    }
    reader.finish();
    return reader.takeBatch(true);
}

const std::string performance =
    R"({"timestamp": "2026-11-23T17:00:27.449389+00:00", "level": "INFO", "logger_name": "framework0.performance", )"
    R"("message": "Performance: transfer_time = 50.5 ms", "context_id": "140095510111120", "recipe_name": )"
    R"("structured_logs", "step_name": "transfer_orders", "execution_id": "ca778e11", "thread_id": "140095516197568", )"
    R"("process_id": 30619, "extra_data": )";
constexpr std::int64_t lineTime = 1'795'453'227'449'389'000;

std::string performanceLine(std::string_view extra) {
    return performance + std::string(extra) + "}\n";
}

const std::string metric =
    R"({"name": "transform.block", "value": 1088497, "metric_type": "timing", "unit": "μs", "timestamp": )"
    R"(1795453320883818749, "tags": {"stage": "transform", "a": "b"}, "source": "application_collector", "context": )"
    R"({"execution_metadata": {"rows": 100}}})";

Document document(const DocumentFormat &format, std::string_view bytes) {
    if (!format.recognises("x.json", bytes))
        qFatal("not recognised");
    const auto read = format.read("x.json", bytes);
    if (!read)
        qFatal("%s", read.error().sentence().c_str());
    return *read;
}

/// "name unit tags time value" of all samples, a line each.
QByteArray list(const SampleSet &set) {
    QByteArray out;
    for (const Sample &sample : set.samples) {
        const Series &series = set.series.at(sample.series);
        out += text(series.name) + ' ' + text(series.unit) + ' ' + text(series.tags) + ' ' +
               QByteArray::number(qint64(sample.timeNs)) + ' ' + QByteArray::number(sample.value, 'g', 15) + '\n';
    }
    return out;
}

} // namespace

void tst_ingestsamples::unitsAreNormalised_data() {
    QTest::addColumn<QByteArray>("written");
    QTest::addColumn<QByteArray>("unit");
    QTest::addColumn<double>("factor");
    const auto row = [](const char *written, const char *unit, double factor) {
        QTest::newRow(*written ? written : "none") << QByteArray(written) << QByteArray(unit) << factor;
    };
    row("ns", "ns", 1);
    row("\xCE\xBCs", "ns", 1e3);
    row("\xC2\xB5s", "ns", 1e3);
    row("ms", "ns", 1e6);
    row("s", "ns", 1e9);
    row("bytes", "bytes", 1);
    row("KB", "bytes", 1024);
    row("MB", "bytes", 1048576);
    row("GiB", "bytes", 1073741824);
    row("MB/s", "bytes/s", 1048576);
    row("ops/s", "1/s", 1);
    row("ops/min", "1/s", 1.0 / 60);
    row("%", "%", 1);
    row("MHz", "Hz", 1e6);
    row("count", "count", 1);
    row("", "", 1);
    row("rows", "rows", 1);
    row("rows/s", "rows/s", 1);
}

void tst_ingestsamples::unitsAreNormalised() {
    QFETCH(const QByteArray, written);
    QFETCH(const QByteArray, unit);
    QFETCH(const double, factor);
    const Unit found = normalUnit(written.toStdString());
    QCOMPARE(text(found.unit), unit);
    QCOMPARE(found.factor, factor);
}

void tst_ingestsamples::whatMetricsCallCountIsKnownBetter_data() {
    QTest::addColumn<QByteArray>("name");
    QTest::addColumn<QByteArray>("kind");
    QTest::addColumn<QByteArray>("unit");
    QTest::addColumn<double>("factor");
    QTest::newRow("throughput") << QByteArray("upload_throughput") << QByteArray("throughput") << QByteArray("bytes/s")
                                << 1.0;
    QTest::newRow("disk") << QByteArray("disk_total_gb") << QByteArray("gauge") << QByteArray("bytes") << 1073741824.0;
    QTest::newRow("frequency") << QByteArray("cpu_frequency_current") << QByteArray("gauge") << QByteArray("Hz") << 1e6;
    QTest::newRow("counter") << QByteArray("counter_rows") << QByteArray("counter") << QByteArray("count") << 1.0;
}

void tst_ingestsamples::whatMetricsCallCountIsKnownBetter() {
    QFETCH(const QByteArray, name);
    QFETCH(const QByteArray, kind);
    QFETCH(const QByteArray, unit);
    QFETCH(const double, factor);
    const Unit found = metricUnit(name.toStdString(), kind.toStdString(), "count");
    QCOMPARE(text(found.unit), unit);
    QCOMPARE(found.factor, factor);
}

void tst_ingestsamples::numbersAreReadAsPythonWritesThem_data() {
    QTest::addColumn<QByteArray>("written");
    QTest::addColumn<bool>("ok");
    QTest::addColumn<double>("number");
    const double infinity = std::numeric_limits<double>::infinity();
    const auto row = [](const char *written, bool ok, double number = 0) {
        QTest::newRow(*written ? written : "none") << QByteArray(written) << ok << number;
    };
    row("0", true, 0);
    row("-12.5e3", true, -12500);
    row("50.14414100014619", true, 50.14414100014619);
    row("1e-400", true, 0);
    row("1e400", true, infinity);
    row("-123456789012345678901234567890", true, -1.2345678901234568e29);
    row("Infinity", true, infinity);
    row("-Infinity", true, -infinity);
    row("NaN", true, std::nan(""));
    row("nan", false);
    row("inf", false);
    row("1.5x", false);
    row("", false);
    row("true", false);
    row("\"1\"", false);
}

void tst_ingestsamples::numbersAreReadAsPythonWritesThem() {
    QFETCH(const QByteArray, written);
    QFETCH(const bool, ok);
    QFETCH(const double, number);
    double found = 0;
    QCOMPARE(jsonNumber(written.toStdString(), found), ok);
    if (ok)
        QVERIFY(found == number || (std::isnan(found) && std::isnan(number)));
}

void tst_ingestsamples::tagsHaveOneForm() {
    QCOMPARE(canonicalTags({}), "{}");
    QCOMPARE(canonicalTags({{"b", "2"}, {"a", "say \"x\"\n\\"}}), R"({"a":"say \"x\"\u000a\\","b":"2"})");
    QCOMPARE(canonicalTags({{"a", "1"}, {"b", "x"}, {"a", "2"}}), R"({"a":"2","b":"x"})");
}

void tst_ingestsamples::aPerformanceLineIsASample() {
    const Batch batch = readLines(performanceLine(
        R"({"metric_name": "transfer_time", "value": 50.5, "unit": "ms", "timestamp": "2026-11-23T17:00:27.449151+00:00", )"
        R"("table": "\u00f6rders", "rows": 7, "cached": true, "performance_category": "timing", "measurement_unit": "", )"
        R"("measurement_value": null})"));
    QVERIFY(batch.rejected.empty());
    QCOMPARE(batch.records, 1U);
    const Series series{.name = "transfer_time",
                        .unit = "ns",
                        .kind = "timing",
                        .tags =
                            R"({"cached":"true","recipe":"structured_logs","step":"transfer_orders","table":"örders"})",
                        .subjectKind = SubjectKind::Process,
                        .subject = 30619};
    QCOMPARE(batch.samples.series.size(), 1U);
    QVERIFY(batch.samples.series[0] == series);
    QCOMPARE(batch.samples.samples.size(), 1U);
    QVERIFY((batch.samples.samples[0] == Sample{.timeNs = 1'795'453'227'449'151'000, .value = 50.5e6}));
}

void tst_ingestsamples::otherShapesOfThePerformanceLine_data() {
    QTest::addColumn<QByteArray>("extra");
    QTest::addColumn<QByteArray>("sample"); ///< name, unit, value, whether the time is that of writing
    QTest::addColumn<QByteArray>("reason");
    const auto row = [](const char *name, const char *extra, const char *sample, const char *reason = "") {
        QTest::newRow(name) << QByteArray(extra) << QByteArray(sample) << QByteArray(reason);
    };
    row("measured without a name",
        R"({"device": "sda", "performance_category": "io", "measurement_unit": "MB/s", "measurement_value": 87.25})",
        "io bytes/s 91488256 1");
    row("no time of its own", R"({"metric_name": "m", "value": 3, "unit": "count"})", "m count 3 1");
    row("not a number", R"({"performance_category": "timing", "measurement_unit": "s", "measurement_value": NaN})",
        "timing ns nan 1");
    row("infinite", R"({"metric_name": "m", "value": -Infinity, "unit": ""})", "m  -inf 1");
    row("nothing measured", R"({"performance_category": "timing", "measurement_unit": "", "measurement_value": null})",
        "");
    row("no object", R"("text")", "");
    row("a text for a value", R"({"metric_name": "m", "value": "5", "unit": "s"})", "",
        "the value of the performance line is no number");
    row("blanks and nesting",
        R"({ "metric_name" : "m" , "deep": {"value": 9, "x": [1, {"y": 2}]}, "value" : 4 , "unit" : "s" })",
        "m ns 4000000000 1");
}

void tst_ingestsamples::otherShapesOfThePerformanceLine() {
    QFETCH(const QByteArray, extra);
    QFETCH(const QByteArray, sample);
    QFETCH(const QByteArray, reason);
    const Batch batch = readLines(performanceLine(extra.toStdString()));
    QCOMPARE(batch.records, 1U);
    QByteArray found;
    for (const Sample &one : batch.samples.samples) {
        const Series &series = batch.samples.series.at(one.series);
        found += text(series.name) + ' ' + text(series.unit) + ' ' + QByteArray::number(one.value, 'g', 15) + ' ' +
                 (one.timeIsOfWriting ? '1' : '0');
        QCOMPARE(one.timeNs, lineTime);
    }
    QCOMPARE(found, sample);
    QCOMPARE(text(batch.rejected.empty() ? std::string() : batch.rejected[0].reason), reason);
}

void tst_ingestsamples::linesOfOneSeriesShareIt() {
    std::string lines;
    for (int i = 0; i < 100; ++i) {
        // The order of the keys tells nothing.
        lines += performanceLine(i % 2 == 0 ? R"({"metric_name": "m", "value": 1, "unit": "s", "a": "1", "b": "2"})"
                                            : R"({"b": "2", "a": "1", "metric_name": "m", "value": 1, "unit": "s"})");
    }
    const Batch batch = readLines(lines);
    QCOMPARE(batch.samples.series.size(), 1U);
    QCOMPARE(batch.samples.samples.size(), 100U);
}

void tst_ingestsamples::aMetricLineIsASample() {
    const Batch batch = readLines(metric + "\n");
    QCOMPARE(batch.format, "metric-json");
    QCOMPARE(batch.records, 1U);
    QCOMPARE(list(batch.samples), QByteArray("transform.block ns {\"a\":\"b\",\"stage\":\"transform\"} "
                                             "1795453320883818749 1088497000\n"));
    QVERIFY(batch.samples.series[0].subjectKind == SubjectKind::None);
    const Batch system = readLines(
        R"({"name": "cpu_usage_total", "value": 12.5, "metric_type": "resource", "unit": "%", "timestamp": 5, "tags": {}, )"
        R"("source": "system_collector", "context": {}})"
        "\n");
    QVERIFY(system.samples.series.at(0).subjectKind == SubjectKind::Machine);
}

void tst_ingestsamples::aMetricLineThatCannotBeReadSaysWhy_data() {
    QTest::addColumn<QByteArray>("line");
    QTest::addColumn<QByteArray>("reason");
    const auto row = [](const char *name, const char *line, const char *reason) {
        QTest::newRow(name) << QByteArray(line) << QByteArray(reason);
    };
    row("no name", R"({"value": 1, "metric_type": "gauge", "timestamp": 5})", "the metric has no name");
    row("no time", R"({"name": "m", "value": 1, "metric_type": "gauge"})", "the metric has no time");
    row("a text for a time", R"({"name": "m", "value": 1, "metric_type": "gauge", "timestamp": "5"})",
        "the metric has no time");
    row("no value", R"({"name": "m", "metric_type": "gauge", "timestamp": 5})", "the value of the metric is no number");
    row("cut off", R"({"name": "m", "value": 1, "metric_type": "gauge", "timest)",
        "the JSON of the metric does not end");
}

void tst_ingestsamples::aMetricLineThatCannotBeReadSaysWhy() {
    QFETCH(const QByteArray, line);
    QFETCH(const QByteArray, reason);
    const Batch batch = readLines(line.toStdString() + "\n");
    QVERIFY(batch.samples.isEmpty());
    QCOMPARE(batch.rejected.size(), 1U);
    QCOMPARE(text(batch.rejected[0].reason), reason);
}

void tst_ingestsamples::chunksMakeNoDifference() {
    std::string lines;
    for (int i = 0; i < 50; ++i)
        lines += performanceLine(R"({"metric_name": "m", "value": )" + std::to_string(i) + R"(, "unit": "s"})") +
                 metric + '\n';
    const SampleSet whole = readLines(lines).samples;
    QCOMPARE(whole.samples.size(), 100U);
    for (const std::size_t chunk : {std::size_t(1), std::size_t(17), std::size_t(500)})
        QVERIFY(readLines(lines, chunk).samples == whole);
}

void tst_ingestsamples::metricArraysAreRead() {
    const Document read = document(
        metricArrayFormat,
        "[\n  " + metric + R"(, {"name": "m", "value": "x", "metric_type": "gauge", "timestamp": 5}, 7, )" +
            R"({"name": "d", "value": 2, "metric_type": "gauge", "unit": "KB", "timestamp": 9, "tags": {"n": 1}}])");
    QCOMPARE(list(read.samples), QByteArray("transform.block ns {\"a\":\"b\",\"stage\":\"transform\"} "
                                            "1795453320883818749 1088497000\nd bytes {\"n\":\"1\"} 9 2048\n"));
    QCOMPARE(read.rejected.size(), 2U);
    QCOMPARE(read.rejected[0].reason, "entry 2: the value of the metric is no number");
    QCOMPARE(read.rejected[1].offset, 3U);
}

void tst_ingestsamples::queriesAndChartsAreRead() {
    const std::string data = R"({"query": {}, "execution_time": 0.1, "total_points_scanned": 2, "metric_data": {"d": [)"
                             R"({"timestamp": "1970-01-01T00:00:01+00:00", "value": 31, "tags": {"recipe": "r"}}, )"
                             R"({"timestamp": "soon", "value": 1}]}})";
    const QByteArray sample = "d  {\"recipe\":\"r\"} 1000000000 31\n";
    const Document query = document(metricQueryFormat, data);
    QCOMPARE(list(query.samples), sample);
    QCOMPARE(query.rejected.size(), 1U);
    QCOMPARE(list(document(metricQueryFormat, R"({"chart_config": {}, "data": )" + data + "}").samples), sample);
}

void tst_ingestsamples::timelinesTellWhatStepsUsed() {
    const Document read = document(
        executionTimelineFormat,
        R"({"recipe_id": "r", "recipe_name": "R", "start_time": 10, "end_time": 20, "total_duration": 10, "status": )"
        R"("completed", "steps": [{"name": "a", "status": "completed", "start_time": 10, "end_time": 12.5, )"
        R"("memory_usage": 2, "cpu_usage": 46.5, "io_operations": 120}, {"name": "b", "status": "pending", )"
        R"("end_time": null, "memory_usage": 5}, {"name": "c", "end_time": 13, "memory_usage": null}]})");
    QCOMPARE(list(read.samples), QByteArray("step_memory bytes {\"recipe\":\"R\",\"step\":\"a\"} 12500000000 2097152\n"
                                            "step_cpu % {\"recipe\":\"R\",\"step\":\"a\"} 12500000000 46.5\n"
                                            "step_io_operations count {\"recipe\":\"R\",\"step\":\"a\"} 12500000000 "
                                            "120\n"));
    QCOMPARE(read.runs.size(), 1U);
}

void tst_ingestsamples::executionsTellWhatTheyUsed() {
    const Document read = document(
        executionMetricsFormat,
        R"([{"execution_id": "e", "recipe_name": "R", "start_time": "1970-01-01T00:00:01+00:00", "end_time": )"
        R"("1970-01-01T00:00:02+00:00", "success": true, "phase_timings": {"cleanup": 0.5}, "peak_memory_mb": 1.5, )"
        R"("average_cpu_percent": 45, "max_cpu_percent": 99, "disk_io_bytes": 7, "network_io_bytes": 0, )"
        R"("step_timings": []}, {"execution_id": "f", "recipe_name": "R", "start_time": "1970-01-01T00:00:01+00:00", )"
        R"("end_time": null, "peak_memory_mb": 3}])");
    QCOMPARE(list(read.samples), QByteArray("execution_peak_memory bytes {\"recipe\":\"R\"} 2000000000 1572864\n"
                                            "execution_average_cpu % {\"recipe\":\"R\"} 2000000000 45\n"
                                            "execution_max_cpu % {\"recipe\":\"R\"} 2000000000 99\n"
                                            "execution_disk_io bytes {\"recipe\":\"R\"} 2000000000 7\n"
                                            "execution_network_io bytes {\"recipe\":\"R\"} 2000000000 0\n"
                                            "execution_phase ns {\"phase\":\"cleanup\",\"recipe\":\"R\"} 2000000000 "
                                            "500000000\n"));
    QCOMPARE(read.runs.size(), 2U);
}

QTEST_GUILESS_MAIN(tst_ingestsamples)
#include "tst_ingestsamples.moc"
