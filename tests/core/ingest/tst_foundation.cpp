// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/time.h"
#include "core/ingest/foundation.h"
#include "core/ingest/isotime.h"
#include "core/ingest/lineformat.h"

#include <QFile>
#include <QtTest>

#include <random>

using namespace ra::ingest;
using namespace std::string_view_literals;

namespace {

/// 2026-11-23T17:00:27 UTC.
constexpr std::int64_t moment = 1'795'453'227'000'000'000;

struct Line {
    Decoded decoded = Decoded::No;
    Record record;
    std::string_view reason;
    std::string_view format;
};

/// What the first format that knows the line makes of it.
Line decode(std::string_view line) {
    Line result;
    for (const LineFormat &format : lineFormats()) {
        result.record = Record{};
        result.record.offset = 7;
        result.decoded = format.decode(line, result.record, result.reason);
        result.format = format.name;
        if (result.decoded != Decoded::No)
            return result;
    }
    result.format = {};
    return result;
}

QByteArray text(std::string_view view) {
    return QByteArray(view.data(), static_cast<qsizetype>(view.size()));
}

} // namespace

class tst_foundation : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void levels();
    void isoTimes_data();
    void isoTimes();
    void aUsualJsonLineIsRead();
    void jsonLinesAreJudged_data();
    void jsonLinesAreJudged();
    void unusualJsonLinesGiveTheSameRecord_data();
    void unusualJsonLinesGiveTheSameRecord();
    void halfOfAJsonLineIsNeverARecord();
    void textLines_data();
    void textLines();
    void textRecordsHaveTheirFields();
    void mutatedLinesNeverPointOutside();
    void everyStructuredLineOfTheCorpusIsRead();
};

void tst_foundation::levels() {
    for (std::string_view word : {"DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"})
        QCOMPARE(text(toString(levelFromString(word))), text(word));
    QVERIFY(levelFromString("NOTICE") == Level::Unknown);
    QVERIFY(levelFromString("") == Level::Unknown);
    QVERIFY(levelFromString("UNKNOWN") == Level::Unknown);
    QCOMPARE(text(toString(Level::Unknown)), "UNKNOWN");
}

void tst_foundation::isoTimes_data() {
    QTest::addColumn<QByteArray>("input");
    QTest::addColumn<qint64>("ns");
    QTest::addColumn<qint64>("resolution");
    QTest::newRow("microseconds") << QByteArray("2026-11-23T17:00:27.397903+00:00 x") << qint64(moment + 397'903'000)
                                  << qint64(1000);
    QTest::newRow("no fraction") << QByteArray("2026-11-23T17:00:27+00:00") << qint64(moment) << qint64(1'000'000'000);
    QTest::newRow("Z") << QByteArray("2026-11-23T17:00:27Z") << qint64(moment) << qint64(1'000'000'000);
    QTest::newRow("one digit") << QByteArray("2026-11-23T17:00:27.5Z") << qint64(moment + 500'000'000)
                               << qint64(100'000'000);
    QTest::newRow("nanoseconds") << QByteArray("2026-11-23T17:00:27.000000001Z") << qint64(moment + 1) << qint64(1);
    QTest::newRow("east") << QByteArray("2026-11-23T22:30:27+05:30") << qint64(moment) << qint64(1'000'000'000);
    QTest::newRow("west") << QByteArray("2026-11-23T13:30:27-03:30") << qint64(moment) << qint64(1'000'000'000);
    QTest::newRow("seconds in the zone") << QByteArray("2026-11-23T17:00:37+00:00:10") << qint64(moment)
                                         << qint64(1'000'000'000);
    QTest::newRow("before 1970") << QByteArray("1969-12-31T23:59:59.999999Z") << qint64(-1000) << qint64(1000);
    QTest::newRow("leap day") << QByteArray("2024-02-29T00:00:00Z") << qint64(1'709'164'800'000'000'000)
                              << qint64(1'000'000'000);
    for (const char *bad :
         {"", "2026-11-23T17:00:27", "2026-11-23 17:00:27Z", "2026-02-29T00:00:00Z", "2026-13-01T00:00:00Z",
          "2026-11-23T24:00:00Z", "2026-11-23T17:60:00Z", "2026-11-23T17:00:60Z", "2026-11-23T17:00:27.Z",
          "2026-11-23T17:00:27.1234567890Z", "2026-11-23T17:00:27+0000", "2026-11-23T17:00:27+0a:00",
          "9999-01-01T00:00:00Z", "0001-01-01T00:00:00Z", "2026-11-23T17:0x:27Z"})
        QTest::newRow(bad) << QByteArray(bad) << qint64(0) << qint64(0);
}

void tst_foundation::isoTimes() {
    QFETCH(QByteArray, input);
    QFETCH(qint64, ns);
    QFETCH(qint64, resolution);
    const auto time = isoTime({input.data(), static_cast<std::size_t>(input.size())});
    QCOMPARE(time.has_value(), resolution != 0);
    if (time) {
        QCOMPARE(time->ns, ns);
        QCOMPARE(time->resolutionNs, resolution);
    }
}

void tst_foundation::aUsualJsonLineIsRead() {
    const Line line = decode(
        R"({"timestamp": "2026-11-23T17:00:27.397821+00:00", "level": "WARNING", "logger_name": "framework0.audit", )"
        R"("message": "he said \"no\"\nand left", "context_id": "140", "recipe_name": "daily", "step_name": "load", )"
        R"("execution_id": "a54a66bc", "thread_id": "1401", "process_id": 30619, )"
        R"("extra_data": {"a": [1, {"b": "}]"}, NaN, -Infinity], "c": 123456789012345678901234567890}, )"
        R"("stack_trace": "Traceback\n  File \"x\""})");
    QCOMPARE(line.decoded, Decoded::Record);
    QCOMPARE(text(line.format), "foundation-json");
    const Record &r = line.record;
    QCOMPARE(r.offset, 7U);
    QVERIFY(r.utc);
    QCOMPARE(r.timeNs, moment + 397'821'000);
    QCOMPARE(r.resolutionNs, 1000);
    QVERIFY(r.level == Level::Warning);
    QCOMPARE(text(r.logger), "framework0.audit");
    QCOMPARE(text(r.message), R"(he said \"no\"\nand left)");
    QCOMPARE(text(r.text), "daily");
    QCOMPARE(text(r.rest), "load");
    QCOMPARE(r.pid, 30619);
    QCOMPARE(r.kind, RecordKind::Text);
}

void tst_foundation::jsonLinesAreJudged_data() {
    QTest::addColumn<QByteArray>("input");
    QTest::addColumn<Decoded>("expected");
    const QByteArray head =
        R"({"timestamp": "2026-11-23T17:00:27+00:00", "level": "INFO", "logger_name": "a", "message": )";
    const auto row = [](const char *name, const QByteArray &input, Decoded expected) {
        QTest::newRow(name) << input << expected;
    };
    row("shortest", head + R"("", "process_id": 1})", Decoded::Record);
    row("no other field", head + R"("x"})", Decoded::Record);
    row("carriage return", head + "\"x\"}\r", Decoded::Record);
    row("text as extra data", head + R"("x", "extra_data": "a \" b"})", Decoded::Record);
    row("number as extra data", head + R"("x", "extra_data": -1.5e300, "stack_trace": "s"})", Decoded::Record);
    row("array as extra data", head + R"("x", "extra_data": [NaN, [Infinity]]})", Decoded::Record);
    row("deep", head + R"("x", "extra_data": )" + QByteArray(5000, '[') + QByteArray(5000, ']') + "}", Decoded::Record);
    row("unknown field", head + R"("x", "zone": [1, {"a": null}]})", Decoded::Record);
    row("process number beyond 64 bits", head + R"("x", "process_id": 123456789012345678901234})", Decoded::Record);
    row("escape in a key", head + R"("x", "process\u005fid": 5})", Decoded::Record);
    row("Latin-1", head + "\"caf\xe9\", \"zone\": 1}", Decoded::Record);
    row("surrogate alone", head + R"("\ud800", "zone": 1})", Decoded::Record);

    row("cut in the time", R"({"timestamp": "2026-11-2)", Decoded::Rejected);
    row("cut in the message", head + R"("half a mess)", Decoded::Rejected);
    row("cut after a backslash", head + R"("half\)", Decoded::Rejected);
    row("cut in extra data", head + R"("x", "extra_data": {"a": {"b": 1})", Decoded::Rejected);
    row("brackets crossed", head + R"("x", "extra_data": {"a": [1}]})", Decoded::Rejected);
    row("two in one line", head + R"("x"})" + head + R"("x"})", Decoded::Rejected);
    row("no message",
        R"({"timestamp": "2026-11-23T17:00:27+00:00", "level": "INFO", "logger_name": "a", "thread_id": "1"})",
        Decoded::Rejected);
    row("no such date",
        R"({"timestamp": "2026-02-30T17:00:27+00:00", "level": "INFO", "logger_name": "a", "message": "x"})",
        Decoded::Rejected);
    row("no zone", R"({"timestamp": "2026-11-23T17:00:27", "level": "INFO", "logger_name": "a", "message": "x"})",
        Decoded::Rejected);
    row("message is a number", head + "5}", Decoded::Rejected);
    row("no logger", R"({"timestamp": "2026-11-23T17:00:27+00:00", "level": "INFO", "message": "x", "thread_id": "1"})",
        Decoded::Rejected);
    row("unusual and huge", head + "\"" + QByteArray(5 << 20, 'x') + "\", \"zone\": 1}", Decoded::Rejected);

    row("empty", "", Decoded::No);
    row("blanks", "   ", Decoded::No);
    row("bracket", "{", Decoded::No);
    row("empty object", "{}", Decoded::No);
    row("summary of a metric",
        R"({"metric_name": "x", "value": 1, "unit": "ns", "timestamp": 1795453320883818749, "std_dev": 0.0})",
        Decoded::No);
    row("trace",
        R"({"trace_id": "0", "timestamp": "2026-11-23T17:00:27.397821", "component": "x", "function_name": "f"})",
        Decoded::No);
    row("context dump",
        R"({"timestamp": "2026-11-23T17:00:27.397821", "format": "json", "who": "someone", "context": {}})",
        Decoded::No);
    row("broken JSON of something else",
        R"({"trace_id": "0", "timestamp": "2026-11-23T17:00:27.397821", "component": "x)", Decoded::No);
    row("huge JSON of something else", "{\"a\": \"" + QByteArray(5 << 20, 'x') + "\"}", Decoded::No);
    row("prose", "and so on, {not} JSON at all: but quite a long line of text nevertheless", Decoded::No);
}

void tst_foundation::jsonLinesAreJudged() {
    QFETCH(QByteArray, input);
    QFETCH(Decoded, expected);
    const Line line = decode({input.data(), static_cast<std::size_t>(input.size())});
    QCOMPARE(line.decoded, expected);
    QCOMPARE(line.reason.empty(), expected != Decoded::Rejected);
}

void tst_foundation::unusualJsonLinesGiveTheSameRecord_data() {
    QTest::addColumn<QByteArray>("input");
    QTest::newRow("other order") << QByteArray(
        R"({"process_id": 5, "message": "m\t1", "logger_name": "a", "step_name": "s", "level": "ERROR", "recipe_name": "r", "timestamp": "2026-11-23T17:00:27.000001+00:00"})");
    QTest::newRow("compact") << QByteArray(
        R"({"timestamp":"2026-11-23T17:00:27.000001+00:00","level":"ERROR","logger_name":"a","message":"m\t1","recipe_name":"r","step_name":"s","process_id":5})");
    QTest::newRow("escaped keys") << QByteArray(
        R"({"\u0074imestamp": "2026-11-23T17:00:27.000001+00:00", "level": "ERROR", "logger_name": "a", "message": "m\t1", "recipe_name": "r", "step_name": "s", "process_id": 5})");
    QTest::newRow("blanks and not numbers") << QByteArray(
        R"(  {"x": [NaN, Infinity, -Infinity], "timestamp": "2026-11-23T17:00:27.000001+00:00", "level": "ERROR", "logger_name": "a", "message": "m\t1", "recipe_name": "r", "step_name": "s", "process_id": 5}  )");
}

void tst_foundation::unusualJsonLinesGiveTheSameRecord() {
    QFETCH(QByteArray, input);
    const Line line = decode({input.data(), static_cast<std::size_t>(input.size())});
    QCOMPARE(line.decoded, Decoded::Record);
    const Record &r = line.record;
    QCOMPARE(r.offset, 7U);
    QCOMPARE(r.timeNs, moment + 1000);
    QVERIFY(r.level == Level::Error);
    QCOMPARE(r.pid, 5);
    QCOMPARE(text(r.logger), "a");
    QCOMPARE(text(r.message), R"(m\t1)");
    QCOMPARE(text(r.text), "r");
    QCOMPARE(text(r.rest), "s");
    QVERIFY(r.message.data() > input.data() && r.message.data() < input.data() + input.size());
}

void tst_foundation::halfOfAJsonLineIsNeverARecord() {
    const std::string whole =
        R"({"timestamp": "2026-11-23T17:00:27.397821+00:00", "level": "INFO", "logger_name": "a.b", "message": "x \"y\" z", )"
        R"("thread_id": "1401", "process_id": 30619, "extra_data": {"a": [1, {"b": "c"}]}})";
    QCOMPARE(decode(whole).decoded, Decoded::Record);
    for (std::size_t length = 6; length < whole.size(); ++length) {
        const Line line = decode(std::string_view(whole).substr(0, length));
        QVERIFY2(line.decoded == Decoded::Rejected, whole.substr(0, length).c_str());
    }
}

void tst_foundation::textLines_data() {
    QTest::addColumn<QByteArray>("input");
    QTest::addColumn<Decoded>("expected");
    QTest::addColumn<QByteArray>("format");
    const auto row = [](const char *name, const QByteArray &input, Decoded expected, const char *format = "") {
        QTest::newRow(name) << input << expected << QByteArray(format);
    };
    const QByteArray time = "2026-11-23T17:00:27.560990+00:00 ";
    row("simple", time + "[ERROR   ] a.b: Error in x: y", Decoded::Record, "foundation-simple");
    row("simple, empty message", time + "[INFO    ] a: ", Decoded::Record, "foundation-simple");
    row("simple, no fraction", "2026-11-23T17:00:27+00:00 [INFO    ] a: b", Decoded::Record, "foundation-simple");
    row("simple that quotes a detailed one", time + "[INFO    ] a: b | PID:1 TID:2", Decoded::Record,
        "foundation-simple");
    row("custom level", time + "[Level 25] a: b", Decoded::Record, "foundation-simple");
    row("detailed", time + "[ERROR   ] a.b | PID:30619 TID:140 | Recipe:r | Step:s | Exec:4df1af14", Decoded::Record,
        "foundation-detailed");
    row("detailed, bare", time + "[ERROR   ] a.b | PID:1 TID:2", Decoded::Record, "foundation-detailed");
    row("detailed, odd recipe", time + "[INFO    ] a | PID:1 TID:2 | Recipe:x: y | Exec:1", Decoded::Record,
        "foundation-detailed");
    row("no logger", time + "[INFO    ] cut he", Decoded::Rejected, "foundation-simple");
    row("no process number", time + "[INFO    ] a | PID:x TID:2", Decoded::Rejected, "foundation-detailed");
    row("cut after the process number", time + "[INFO    ] a | PID:12", Decoded::Rejected, "foundation-detailed");
    row("fallback", "[LOGGING ERROR] 2026-11-23T17:00:27.563967+00:00 - text - more (Format Error: why)",
        Decoded::Record, "logging-error");
    row("fallback without a time", "[LOGGING ERROR] something", Decoded::Rejected, "logging-error");
    row("level too long", time + "[" + QByteArray(80, 'X') + "] a: b", Decoded::No);
    row("no word as level", time + "[{     }] a: b", Decoded::No);
    row("blank level", time + "[        ] a: b", Decoded::No);
    row("no bracket", time + "INFO some other program's log line", Decoded::No);
    row("local time", "2026-11-23T17:00:27.560990 [INFO    ] a: bbbbbbbbbbbbb", Decoded::No);
    row("message of detailed", "  \u2192 Error in transfer", Decoded::No);
    row("too short", "2026-11-23T17:00", Decoded::No);
}

void tst_foundation::textLines() {
    QFETCH(QByteArray, input);
    QFETCH(Decoded, expected);
    QFETCH(QByteArray, format);
    const Line line = decode({input.data(), static_cast<std::size_t>(input.size())});
    QCOMPARE(line.decoded, expected);
    QCOMPARE(text(line.format), format);
}

void tst_foundation::textRecordsHaveTheirFields() {
    const Line detailed = decode(
        "2026-11-23T17:00:27.000001+00:00 [CRITICAL] a.b | PID:30619 TID:140 | Recipe:my r | Step:s 1 | Exec:4d\r");
    QCOMPARE(detailed.record.timeNs, moment + 1000);
    QVERIFY(detailed.record.level == Level::Critical);
    QCOMPARE(detailed.record.pid, 30619);
    QCOMPARE(text(detailed.record.logger), "a.b");
    QCOMPARE(text(detailed.record.text), "my r");
    QCOMPARE(text(detailed.record.rest), "s 1");
    QVERIFY(detailed.record.utc && detailed.record.message.empty());

    const Line noStep = decode("2026-11-23T17:00:27.000001+00:00 [INFO    ] a | PID:1 TID:2 | Recipe:r | Exec:4d");
    QCOMPARE(text(noStep.record.text), "r");
    QVERIFY(noStep.record.rest.empty());

    const Line simple = decode("2026-11-23T17:00:27.000001+00:00 [DEBUG   ] a.b: x: y\r");
    QVERIFY(simple.record.level == Level::Debug);
    QCOMPARE(text(simple.record.logger), "a.b");
    QCOMPARE(text(simple.record.message), "x: y");

    const Line fallback = decode("[LOGGING ERROR] 2026-11-23T17:00:27+00:00 - m (Format Error: w)\r");
    QCOMPARE(fallback.record.timeNs, moment);
    QVERIFY(fallback.record.level == Level::Unknown);
    QCOMPARE(text(fallback.record.message), "m (Format Error: w)");
}

void tst_foundation::mutatedLinesNeverPointOutside() {
    const std::vector<std::string> seeds = {
        R"({"timestamp": "2026-11-23T17:00:27.397821+00:00", "level": "INFO", "logger_name": "a", "message": "x\"y", "process_id": 1, "extra_data": {"a": [NaN]}})",
        "2026-11-23T17:00:27.560990+00:00 [ERROR   ] a.b | PID:30619 TID:140 | Recipe:r | Step:s | Exec:4df1af14",
        "2026-11-23T17:00:27.397903+00:00 [INFO    ] framework0.pipeline: structured logging ready",
        "[LOGGING ERROR] 2026-11-23T17:00:27.563967+00:00 - list (Format Error: 'list')",
    };
    const unsigned seed = 20261123;
    std::mt19937 random(seed);
    for (int round = 0; round < 40'000; ++round) {
        std::string line = seeds[random() % seeds.size()];
        for (unsigned edits = random() % 4 + 1; edits > 0 && !line.empty(); --edits) {
            const std::size_t at = random() % line.size();
            switch (random() % 4) {
            case 0:
                line[at] = static_cast<char>(random());
                break;
            case 1:
                line.erase(at, random() % 20);
                break;
            case 2:
                line.insert(at, 1, "\"{}[]\\:, "[random() % 9]);
                break;
            default:
                line.insert(at, line.substr(random() % line.size(), random() % 30));
                break;
            }
        }
        // A block of exactly the line's size, so that a sanitizer sees every byte too far.
        const std::vector<char> exact(line.begin(), line.end());
        const Line result = decode({exact.data(), exact.size()});
        if (result.decoded != Decoded::Record)
            continue;
        for (std::string_view view :
             {result.record.logger, result.record.message, result.record.text, result.record.rest}) {
            const bool inside = view.empty() || (view.data() >= exact.data() &&
                                                 view.data() + view.size() <= exact.data() + exact.size());
            QVERIFY2(inside, qPrintable(QStringLiteral("seed %1, round %2").arg(seed).arg(round)));
        }
    }
}

void tst_foundation::everyStructuredLineOfTheCorpusIsRead() {
    const QString shared = qEnvironmentVariable("RA_SHARED");
    if (shared.isEmpty())
        QSKIP("RA_SHARED does not name the folder of the corpus");
    const QString corpus = shared + QStringLiteral("/framework0/corpus/");
    // Records per file as the recordings' own list has them: one a line.
    for (const char *name : {"21_structured_logs/logs/framework.jsonl", "21_structured_logs/logs/audit.log",
                             "21_structured_logs/logs/performance.log", "22_structured_rotation/logs/framework.jsonl.3",
                             "22_structured_rotation/logs/performance.log"}) {
        QFile file(corpus + QString::fromLatin1(name));
        QVERIFY2(file.open(QIODevice::ReadOnly), name);
        while (!file.atEnd()) {
            const QByteArray line = file.readLine().chopped(1);
            QVERIFY2(decode({line.data(), static_cast<std::size_t>(line.size())}).decoded == Decoded::Record, line);
        }
    }
    // 55 records; one has a message of two lines, and for one the detailed formatter failed and fell back.
    std::map<QByteArray, int> counts;
    for (const char *name : {"21_structured_logs/logs/detailed.log", "21_structured_logs/logs/simple.log"}) {
        QFile file(corpus + QString::fromLatin1(name));
        QVERIFY2(file.open(QIODevice::ReadOnly), name);
        while (!file.atEnd()) {
            const QByteArray line = file.readLine().chopped(1);
            const Line result = decode({line.data(), static_cast<std::size_t>(line.size())});
            QVERIFY2(result.decoded != Decoded::Rejected, line);
            ++counts[text(result.format)];
        }
    }
    QCOMPARE(counts["foundation-detailed"], 54);
    QCOMPARE(counts["foundation-simple"], 55);
}

QTEST_GUILESS_MAIN(tst_foundation)
#include "tst_foundation.moc"
