// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/query/lineowners.h"
#include "core/query/newestfirst.h"
#include "core/store/verify.h"
#include "tests/core/store/storefixture.h"

#include <SQLiteCpp/SQLiteCpp.h>

#include <random>
#include <thread>

using namespace ra;
using namespace ra::test;
using ingest::Certainty;
using ingest::LineSpan;

class TestLogSearch : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void linesAreFoundInAnyCase_data();
    void linesAreFoundInAnyCase();
    void theLinesAreThoseOfANaiveSearchHoweverTheyAreCut_data();
    void theLinesAreThoseOfANaiveSearchHoweverTheyAreCut();
    void bytesBehindAGapBeginALine();
    void aLongLineIsSearchedUpToItsFirstMebibyte();
    void continuationsHaveTheTimeOfTheirRecord();
    void timesAreReadInTheSourcesZone();
    void linesAreLeftOutByTimeAndSource();
    void aTimeGivesWhatLeavingOutAfterwardsDoes_data();
    void aTimeGivesWhatLeavingOutAfterwardsDoes();
    void onlyBlocksOfTheTimeAreUnpacked();
    void blocksOfAnEarlierSchemaAreToldByTheirTimesWhenTheyAreKnown();
    void conditionsOnTheTimeSpareBlocksToo_data();
    void conditionsOnTheTimeSpareBlocksToo();
    void theNewestLinesComeWithoutReadingAll_data();
    void theNewestLinesComeWithoutReadingAll();
    void linesWithoutATimeComeLast();
    void aLineIsTheRunsThatClaimsIt();
    void ofTwoRunsTheSurerOwnsALine();
    void aMergedSightingSpeaksForItsRun();
    void askingBackwardsGivesTheSame();
    void wrongArgumentsAreNamed_data();
    void wrongArgumentsAreNamed();
    void theFirstLinesComeWithoutReadingAll();
    void aStopEndsASearchBetweenBlocks();
    void aDamagedBlockIsAnError();
};

namespace {

/// A source of which only the bytes matter.
ingest::Batch bytesOf(int source, const std::string &bytes, std::uint64_t offset = 0) {
    ingest::Batch batch = batchOf(source, offset + bytes.size());
    batch.raw = {{offset, bytes}};
    return batch;
}

std::string line(int second, const std::string &message) {
    char time[32];
    std::snprintf(time, sizeof time, "2026-01-05 08:00:%02d", second);
    return std::string(time) + " [    INFO] runner.1001: " + message + '\n';
}

/// Offsets and texts of what a search finds.
std::vector<std::pair<std::uint64_t, std::string>> found(const StoreFile &file, query::LogQuery query) {
    const SQLite::Database db(file.path(), SQLite::OPEN_READONLY);
    query::LogSearch search(db, std::move(query));
    std::vector<std::pair<std::uint64_t, std::string>> lines;
    while (const auto line = search.next())
        lines.emplace_back(line->offset, line->text);
    return lines;
}

std::string textsOf(const std::vector<std::pair<std::uint64_t, std::string>> &lines) {
    std::string all;
    for (const auto &[offset, text] : lines)
        all += (all.empty() ? "" : "|") + text;
    return all;
}

} // namespace

void TestLogSearch::linesAreFoundInAnyCase_data() {
    QTest::addColumn<QString>("needle");
    QTest::addColumn<QString>("lines");
    QTest::newRow("as it stands") << "Timeout"
                                  << "a Timeout|TIMEOUT b";
    QTest::newRow("other case") << "tImEoUt"
                                << "a Timeout|TIMEOUT b";
    QTest::newRow("the whole line") << "grüße ß"
                                    << "Grüße ß";
    QTest::newRow("beyond ASCII, other case") << "GRÜSSE"
                                              << "";
    QTest::newRow("beyond ASCII") << "RÜ"
                                  << "Grüße ß";
    QTest::newRow("a sign whose folding is ASCII") << "\u212Aey"
                                                   << "key";
    QTest::newRow("nothing") << "nowhere"
                             << "";
    QTest::newRow("all") << ""
                         << "a Timeout|TIMEOUT b||Grüße ß|key|last 100%_";
    QTest::newRow("patterns are texts") << "%"
                                        << "last 100%_";
    QTest::newRow("an end of line is in no line") << "\n"
                                                  << "";
    QTest::newRow("across lines") << "b\n\n"
                                  << "";
    QTest::newRow("a NUL") << QString(QChar(u'\0')) << "";
}

void TestLogSearch::linesAreFoundInAnyCase() {
    QFETCH(QString, needle);
    QFETCH(QString, lines);
    StoreFile file;
    need(file.open()->apply({{bytesOf(1, "a Timeout\r\nTIMEOUT b\n\nGrüße ß\nkey\nlast 100%_")}}));
    QCOMPARE(QString::fromStdString(
                 textsOf(found(file, {.text = needle.toStdString(), .source = {}, .from = {}, .to = {}}))),
             lines);
}

void TestLogSearch::theLinesAreThoseOfANaiveSearchHoweverTheyAreCut_data() {
    QTest::addColumn<int>("seed");
    QTest::addColumn<int>("longest"); // of a line
    QTest::addColumn<int>("piece");   // of the bytes that come at a time
    for (int seed = 1; seed <= 6; ++seed)
        QTest::addRow("short lines %d", seed) << seed << 30 << 700;
    for (int seed = 1; seed <= 6; ++seed)
        QTest::addRow("lines longer than what comes at a time %d", seed) << seed << 5'000 << 300;
    QTest::newRow("whole blocks") << 1 << 400 << 2'500'000;
}

void TestLogSearch::theLinesAreThoseOfANaiveSearchHoweverTheyAreCut() {
    QFETCH(int, seed);
    QFETCH(int, longest);
    QFETCH(int, piece);
    std::mt19937 random(static_cast<unsigned>(seed));
    std::string bytes;
    const auto size = static_cast<std::size_t>(piece) * (piece > 1'000'000 ? 1 : 40);
    while (bytes.size() < size) {
        const auto length = random() % static_cast<unsigned>(longest);
        for (unsigned i = 0; i < length; ++i)
            bytes += "aAbBcC \r"[random() % 8];
        bytes += '\n';
    }
    if (seed % 2 == 0)
        bytes += "the last line has no end: ABCABC";
    StoreFile file;
    {
        auto store = file.open();
        for (std::size_t at = 0; at < bytes.size(); at += static_cast<std::size_t>(piece))
            need(store->apply({{bytesOf(1, bytes.substr(at, static_cast<std::size_t>(piece)), at)}}));
        need(store->apply({{bytesOf(2, "another source: abcabc\n")}}));
    }
    for (const std::string needle : {"a", "abc", "abcabc", "ccccc"}) {
        std::vector<std::pair<std::uint64_t, std::string>> expected;
        for (std::size_t begin = 0; begin < bytes.size();) {
            const std::size_t end = std::min(bytes.find('\n', begin), bytes.size());
            std::string text = bytes.substr(begin, end - begin);
            if (QString::fromStdString(text).contains(QString::fromStdString(needle), Qt::CaseInsensitive)) {
                if (text.ends_with('\r'))
                    text.pop_back();
                expected.emplace_back(begin, text);
            }
            begin = end + 1;
        }
        const auto lines = found(file, {.text = needle, .source = 1, .from = {}, .to = {}});
        QCOMPARE(lines.size(), expected.size());
        QVERIFY(lines == expected);
    }
}

void TestLogSearch::bytesBehindAGapBeginALine() {
    StoreFile file;
    {
        auto store = file.open();
        need(store->apply({{bytesOf(1, "abc")}}));
        need(store->apply({{bytesOf(1, "def\nxyz\n", 100)}}));
    }
    const auto lines = found(file, {.text = "", .source = {}, .from = {}, .to = {}});
    QCOMPARE(textsOf(lines), "abc|def|xyz");
    QCOMPARE(lines[1].first, 100U);
    QCOMPARE(textsOf(found(file, {.text = "cd", .source = {}, .from = {}, .to = {}})), "");
}

void TestLogSearch::aLongLineIsSearchedUpToItsFirstMebibyte() {
    constexpr std::size_t mebibyte = 1024 * 1024;
    StoreFile file;
    const std::string early = std::string(mebibyte - 6, 'x') + "NEEDLE";
    need(file.open()->apply({{bytesOf(1, early + std::string(3 * mebibyte, 'y') + "\n" + std::string(mebibyte, 'z') +
                                             "NEEDLE\nshort NEEDLE\n")}}));
    const auto lines = found(file, {.text = "needle", .source = {}, .from = {}, .to = {}});
    QCOMPARE(lines.size(), 2U);
    QVERIFY(lines[0].second == early);
    QCOMPARE(lines[1].second, "short NEEDLE");
}

void TestLogSearch::continuationsHaveTheTimeOfTheirRecord() {
    StoreFile file;
    need(file.open()->apply({{bytesOf(1, "before any record\n" + line(1, "failed") + "Traceback\n  File \"x.py\"\n" +
                                             line(2, "next") + "ValueError: bad\n")}}));
    QCOMPARE(ask(*file.reader(), "SELECT text, (t_ns - 1767600000000000000) / 1000000000, level, logger FROM "
                                 "log_search('') WHERE text NOT LIKE '2026%'"),
             "before any record|NULL|NULL|NULL\nTraceback|1|INFO|runner.1001\n  File \"x.py\"|1|INFO|runner.1001\n"
             "ValueError: bad|2|INFO|runner.1001");
    // A line has its record whatever else was found before it.
    std::string text;
    for (int record = 0; record < 50; ++record) {
        text += line(record, "begins");
        for (int more = 0; more < record * 3; ++more)
            text += "more of " + std::to_string(record) + (more % 7 == 0 ? " rare\n" : "\n");
    }
    need(file.open()->apply({{bytesOf(2, text)}}));
    const auto mismatches = [&](const std::string &needle) {
        return ask(*file.reader(), "SELECT count(*), sum((t_ns - 1767600000000000000) / 1000000000 <> "
                                   "CAST(substr(text, 9) AS INTEGER)) FROM log_search('" +
                                       needle + "') WHERE source_id = 2 AND text LIKE 'more%'");
    };
    QCOMPARE(mismatches(""), "3675|0");
    QCOMPARE(mismatches("more"), "3675|0");
    QCOMPARE(mismatches("rare"), "546|0");
    // Too far from its record, a line has no time, whatever was found in between.
    need(file.open()->apply({{bytesOf(3, line(5, "begins") + std::string(70'000, 'x') + "\nfar mid\nfar end\n")}}));
    QCOMPARE(ask(*file.reader(), "SELECT text, t_ns FROM log_search('far')"), "far mid|NULL\nfar end|NULL");
    QCOMPARE(ask(*file.reader(), "SELECT t_ns FROM log_search('') WHERE text = 'far end'"), "NULL");
    // Found by itself, it has to look for the record.
    QCOMPARE(ask(*file.reader(), "SELECT (t_ns - 1767600000000000000) / 1000000000, logger FROM log_search('x.py')"),
             "1|runner.1001");
}

void TestLogSearch::timesAreReadInTheSourcesZone() {
    StoreFile file;
    ingest::Batch batch = bytesOf(1, line(0, "here"));
    batch.zone = "Europe/Berlin";
    need(file.open()->apply({{batch}}));
    QCOMPARE(ask(*file.reader(), "SELECT (t_ns - 1767600000000000000) / 1000000000 FROM log_search('here')"), "-3600");
}

void TestLogSearch::linesAreLeftOutByTimeAndSource() {
    StoreFile file;
    {
        auto store = file.open();
        need(store->apply({{bytesOf(1, "no time\n" + line(1, "one") + line(2, "two") + line(3, "three"))}}));
        need(store->apply({{bytesOf(2, line(2, "other"))}}));
    }
    const auto reader = file.reader();
    const auto messages = [&](const std::string &arguments, const std::string &where = "1") {
        return ask(*reader, "SELECT group_concat(substr(text, 45)) FROM (SELECT text FROM log_search(" + arguments +
                                ") WHERE " + where + ")");
    };
    const std::string second = "1767600000000000000 + 1000000000 * ";
    QCOMPARE(messages("'', " + second + "2"), "two,three,other");
    QCOMPARE(messages("'', NULL, " + second + "2"), "one");
    QCOMPARE(messages("'', " + second + "1, " + second + "3"), "one,two,other");
    QCOMPARE(messages("'', " + second + "3, " + second + "1"), "NULL");
    QCOMPARE(messages("'', " + second + "2", "source_id = 2"), "other");
    QCOMPARE(messages("''", "source_id = 9"), "NULL");
    QCOMPARE(messages("''", "source_id = NULL"), "NULL");
    QCOMPARE(messages("NULL"), "NULL");
    QCOMPARE(messages("''", "t_ns = " + second + "2 ORDER BY t_ns, source_id DESC"), "other,two");
}

namespace {

std::string stamp(LocalTime time, char between, const char *end) {
    const auto seconds = std::chrono::floor<std::chrono::seconds>(time.time_since_epoch());
    return QDateTime::fromSecsSinceEpoch(seconds.count(), Qt::UTC)
               .toString(QStringLiteral("yyyy-MM-dd"))
               .toStdString() +
           between +
           QDateTime::fromSecsSinceEpoch(seconds.count(), Qt::UTC).toString(QStringLiteral("HH:mm:ss")).toStdString() +
           end;
}

/// A log of all kinds of lines, mostly in the order of their times: local ones, moments, continuations that may look
/// like records further in, long ones, none.
std::string anyLog(std::mt19937 &random, std::size_t size, Time begin, const Zone &zone) {
    std::string text;
    Time time = begin;
    const auto any = [&](unsigned below) { return random() % below; };
    while (text.size() < size) {
        time += std::chrono::seconds(any(6));
        if (any(200) == 0)
            time += std::chrono::minutes(any(40));
        const Time told = any(50) == 0 ? time - std::chrono::minutes(any(20)) : time; // another process was slower
        const std::string local = stamp(zone.toLocal(told), ' ', "");
        const std::string word = "abc"[any(3)] + std::to_string(any(1'000));
        switch (any(10)) {
        case 0:
        case 1:
            text += "  File \"x.py\", line " + word;
            break;
        case 2:
            text += R"({"timestamp": ")" + stamp(LocalTime(told.time_since_epoch()), 'T', ".250000+00:00") +
                    R"(", "level": "INFO", "logger_name": "l", "message": ")" + word +
                    R"(", "context_id": null, "recipe_name": null, "step_name": null, "execution_id": "e", )"
                    R"("thread_id": "1", "process_id": 1, "extra_data": {}})";
            break;
        case 3:
            if (any(4) == 0)
                text.append(any(3'000), static_cast<char>('a' + any(3)));
            else
                text.append("> ").append(local).append(" [    INFO] inner: no record ").append(word);
            break;
        case 4:
            text += any(3) == 0 ? "\xff\xfe not UTF-8 " + word : "";
            break;
        default:
            text.append(local).append(" [    INFO] runner.1001: ").append(word);
        }
        text += any(20) == 0 ? "\r\n" : "\n";
    }
    if (any(2) == 0)
        text += stamp(zone.toLocal(time), ' ', " [    INFO] x: the last line has no end");
    return text;
}

struct FoundLine {
    std::int64_t source = 0;
    std::uint64_t offset = 0;
    std::string text;
    std::optional<Time> time;
    bool operator==(const FoundLine &) const = default;
};

std::vector<FoundLine> linesOf(const SQLite::Database &db, query::LogQuery query, std::uint64_t *unpacked = nullptr) {
    query::LogSearch search(db, std::move(query));
    std::vector<FoundLine> lines;
    while (auto line = search.next())
        lines.push_back({line->sourceId, line->offset, std::move(line->text), line->time});
    if (unpacked)
        *unpacked = search.unpacked();
    return lines;
}

} // namespace

void TestLogSearch::aTimeGivesWhatLeavingOutAfterwardsDoes_data() {
    QTest::addColumn<unsigned>("seed");
    QTest::addColumn<QString>("zone");
    QTest::addColumn<unsigned>("size");
    QTest::addColumn<unsigned>("piece"); // of the bytes that come at a time, at most
    for (const unsigned seed : {1U, 2U, 3U, 4U, 5U, 6U})
        QTest::addRow("small pieces %u", seed) << seed << QStringLiteral("UTC") << 200'000U << 2'000U;
    for (const unsigned seed : {1U, 2U, 3U, 4U})
        QTest::addRow("clocks are set back %u", seed) << seed << QStringLiteral("Europe/Berlin") << 300'000U << 9'000U;
    for (const unsigned seed : {1U, 2U})
        QTest::addRow("large pieces %u", seed) << seed << QStringLiteral("Asia/Kolkata") << 2'500'000U << 1'500'000U;
}

void TestLogSearch::aTimeGivesWhatLeavingOutAfterwardsDoes() {
    QFETCH(const unsigned, seed);
    QFETCH(const QString, zone);
    QFETCH(const unsigned, size);
    QFETCH(const unsigned, piece);
    std::mt19937 random(seed);
    const Zone its = need(Zone::fromName(zone.toStdString()));
    const Time begin = fromNs(1'761'431'400'000'000'000); // 2025-10-25 22:30 UTC, 2.5 h before Berlin's clocks go back
    StoreFile file;
    std::vector<std::string> logs;
    {
        auto store = file.open();
        for (int source = 1; source <= 3; ++source) {
            logs.push_back(anyLog(random, size, begin + source * 1h, its));
            const std::string &log = logs.back();
            // In pieces cut anywhere; now and then one is left out, and the third source is read again as a whole.
            for (std::size_t at = 0; at < log.size();) {
                const std::size_t length = 1 + random() % piece;
                ingest::Batch batch = bytesOf(source, log.substr(at, length), at);
                batch.zone = zone.toStdString();
                if (source == 1 || random() % 30 != 0)
                    need(store->apply({{std::move(batch)}}));
                at += length;
            }
            if (source == 3) {
                ingest::Batch batch = bytesOf(source, log);
                batch.zone = zone.toStdString();
                batch.checkpoint.offset += 1; // not older than what is there
                need(store->apply({{std::move(batch)}}));
            }
        }
    }
    const auto report = need(store::verify(file.path()));
    QVERIFY2(report.isSound(), report.isSound() ? "" : (report.damage[0].where + report.damage[0].what).c_str());
    const SQLite::Database db(file.path(), SQLite::OPEN_READONLY);
    std::uint64_t all = 0;
    std::uint64_t least = UINT64_MAX;
    for (const char *needle : {"", "a7"}) {
        const std::vector<FoundLine> lines = linesOf(db, {.text = needle, .source = {}, .from = {}, .to = {}}, &all);
        QVERIFY(lines.size() > 100);
        for (int i = 0; i < 16; ++i) {
            const auto someTime = [&]() -> std::optional<Time> {
                const auto &line = lines[random() % lines.size()];
                return random() % 10 == 0 ? std::nullopt : line.time;
            };
            query::LogQuery query{.text = needle, .source = {}, .from = someTime(), .to = someTime()};
            if (i % 2 == 0 && query.from) // short ones
                query.to = *query.from + std::chrono::seconds(1 + random() % 600);
            std::vector<FoundLine> expected;
            std::copy_if(lines.begin(), lines.end(), std::back_inserter(expected), [&](const FoundLine &line) {
                return (!query.from || (line.time && *line.time >= *query.from)) &&
                       (!query.to || (line.time && *line.time < *query.to));
            });
            std::uint64_t unpacked = 0;
            const std::vector<FoundLine> found = linesOf(db, query, &unpacked);
            QVERIFY(unpacked <= all);
            least = std::min(least, unpacked);
            if (found != expected) {
                const auto [a, b] = std::mismatch(found.begin(), found.end(), expected.begin(), expected.end());
                qInfo("%zu lines for %zu, the first other one: found at %lld in %lld, expected at %lld in %lld",
                      found.size(), expected.size(), a == found.end() ? -1LL : static_cast<long long>(a->offset),
                      a == found.end() ? 0LL : static_cast<long long>(a->source),
                      b == expected.end() ? -1LL : static_cast<long long>(b->offset),
                      b == expected.end() ? 0LL : static_cast<long long>(b->source));
            }
            QVERIFY(found == expected);
        }
    }
    QVERIFY2(least < all, "it has spared nothing");
    // Newest first they are the same.
    const auto sorted = [](std::vector<FoundLine> lines) {
        std::sort(lines.begin(), lines.end(), [](const FoundLine &a, const FoundLine &b) {
            return std::tuple(b.time, a.source, a.offset) < std::tuple(a.time, b.source, b.offset);
        });
        return lines;
    };
    for (const char *needle : {"", "e"}) {
        query::NewestFirst search(db, {.text = needle, .source = {}, .from = {}, .to = {}});
        std::vector<FoundLine> found;
        while (auto line = search.next()) {
            QVERIFY(found.empty() || !(line->time > found.back().time));
            found.push_back({line->sourceId, line->offset, std::move(line->text), line->time});
        }
        QVERIFY(sorted(found) == sorted(linesOf(db, {.text = needle, .source = {}, .from = {}, .to = {}})));
    }
}

namespace {

/// Ten sources of a MiB and a half, an hour each, one after the other.
void writeHours(store::Store &store) {
    for (int source = 1; source <= 10; ++source) {
        std::string text;
        for (int second = 0; second < 3'600; ++second)
            text += stamp(LocalTime((monday + source * 1h + second * 1s).time_since_epoch()), ' ',
                          " [    INFO] runner.1001: ") +
                    std::string(400, static_cast<char>('a' + second % 26)) + '\n';
        need(store.apply({{bytesOf(source, text)}}));
    }
}

/// A store of them.
void fillHours(const StoreFile &file) {
    static const QByteArray filled = [] {
        const StoreFile first;
        writeHours(*first.open());
        return contentOf(first.path());
    }();
    put(file.path(), filled);
}

} // namespace

void TestLogSearch::onlyBlocksOfTheTimeAreUnpacked() {
    StoreFile file;
    fillHours(file);
    const SQLite::Database db(file.path(), SQLite::OPEN_READONLY);
    std::uint64_t unpacked = 0;
    const auto search = [&](std::optional<Time> from, std::optional<Time> to) {
        return linesOf(db, {.text = "runner", .source = {}, .from = from, .to = to}, &unpacked).size();
    };
    QCOMPARE(search({}, {}), 36'000U);
    QCOMPARE(unpacked, 20U); // two a source
    QCOMPARE(search(monday + 5h, monday + 5h + 1s), 1U);
    QCOMPARE(unpacked, 2U); // the last line of the first may go on in the second
    QCOMPARE(search(monday + 5h + 59min, monday + 6h), 60U);
    QCOMPARE(unpacked, 1U);
    QCOMPARE(search(monday + 5h + 59min, monday + 7h), 3'660U);
    QCOMPARE(unpacked, 3U);
    QCOMPARE(search(monday + 9h + 59min, {}), 3'660U);
    QCOMPARE(unpacked, 3U);
    QCOMPARE(search({}, monday), 0U);
    QCOMPARE(unpacked, 0U);
    QCOMPARE(search(monday + 12h, {}), 0U);
    QCOMPARE(unpacked, 0U);
}

void TestLogSearch::blocksOfAnEarlierSchemaAreToldByTheirTimesWhenTheyAreKnown() {
    StoreFile file;
    fillHours(file);
    std::uint64_t unpacked = 0;
    const auto search = [&] {
        const SQLite::Database db(file.path(), SQLite::OPEN_READONLY);
        return linesOf(db, {.text = "", .source = {}, .from = monday + 5h, .to = monday + 5h + 1min}, &unpacked).size();
    };
    SQLite::Database(file.path(), SQLite::OPEN_READWRITE).exec("DELETE FROM block_times");
    QCOMPARE(search(), 60U);
    QCOMPARE(unpacked, 20U);
    {
        const auto store = file.open();
        while (need(store->tidy())) {
        }
        QVERIFY(!need(store->tidy()));
    }
    QCOMPARE(search(), 60U);
    QCOMPARE(unpacked, 2U);
    QVERIFY(need(store::verify(file.path())).isSound());
    // What the times say is looked at, too.
    SQLite::Database(file.path(), SQLite::OPEN_READWRITE)
        .exec("UPDATE block_times SET local_last = local_last - 2000000000 WHERE block = 3");
    QVERIFY(!need(store::verify(file.path())).isSound());
}

void TestLogSearch::conditionsOnTheTimeSpareBlocksToo_data() {
    QTest::addColumn<QByteArray>("where"); // :n: hour n after eight
    QTest::addColumn<int>("lines");
    QTest::addColumn<bool>("spares"); // the damaged ninth hour
    const auto row = [](const char *where, int lines, bool spares) {
        QTest::newRow(where) << QByteArray(where) << lines << spares;
    };
    row("t_ns < :2", 3'600, true);
    row("t_ns <= :2", 3'601, true);
    row("t_ns >= :7 AND t_ns < :8", 3'600, true);
    row("t_ns > :7 AND t_ns < :8", 3'599, true);
    row("t_ns BETWEEN :7 AND :8 AND t_ns < :7 + 5000000000", 5, true);
    row("t_ns < 'x'", 0, false);
    row("t_ns IS NOT NULL", 0, false);
    row("t_ns < :2 ORDER BY t_ns DESC LIMIT 3", 3, true);
    row("t_ns < 1e18", 0, false);
    row("t_ns < 9223372036854775807 AND t_ns < :2", 3'600, true);
    row("t_ns >= NULL", 0, true);
}

void TestLogSearch::conditionsOnTheTimeSpareBlocksToo() {
    QFETCH(QByteArray, where);
    QFETCH(const int, lines);
    QFETCH(const bool, spares);
    StoreFile file;
    fillHours(file);
    for (int hour = 1; hour <= 9; ++hour)
        where.replace(':' + QByteArray::number(hour), QByteArray::number(qlonglong(toNs(monday + hour * 1h))));
    SQLite::Database(file.path(), SQLite::OPEN_READWRITE).exec("UPDATE blocks SET codec = 99 WHERE source_id = 9");
    const auto found = file.reader()->sql("SELECT t_ns FROM log_search('') WHERE " + where.toStdString());
    if (spares)
        QVERIFY2(found.has_value(), found ? "" : describe(found.error()).c_str());
    QCOMPARE(found.has_value(), spares);
    if (found)
        QCOMPARE(found->rows.size(), static_cast<std::size_t>(lines));
}

void TestLogSearch::theNewestLinesComeWithoutReadingAll_data() {
    QTest::addColumn<QByteArray>("sql"); // :n: hour n after eight
    QTest::addColumn<int>("damaged");    // of the ten hours; the others must do
    QTest::addColumn<int>("lines");
    const auto row = [](const char *sql, int damaged, int lines) {
        QTest::newRow(sql) << QByteArray(sql) << damaged << lines;
    };
    row("SELECT t_ns FROM log_search('') ORDER BY t_ns DESC LIMIT 5", 9, 5);
    row("SELECT t_ns FROM log_search('') ORDER BY t_ns DESC LIMIT 4000", 5, 4'000);
    row("SELECT t_ns FROM log_search('') ORDER BY t_ns DESC LIMIT 5 OFFSET 3590", 8, 5);
    row("SELECT t_ns FROM log_search('', NULL, :4) ORDER BY t_ns DESC LIMIT 5", 2, 5);
    row("SELECT t_ns FROM log_search('') WHERE t_ns < :4 ORDER BY t_ns DESC LIMIT 5", 1, 5);
    row("SELECT t_ns FROM log_search('') WHERE level = 'INFO' ORDER BY t_ns DESC LIMIT 5", 9, 5);
    row("SELECT t_ns FROM log_search('bbb') WHERE source_id = 4 ORDER BY t_ns DESC LIMIT 200", 5, 139);
    row("SELECT t_ns FROM log_search('nowhere') ORDER BY t_ns DESC LIMIT 5", 0, 0);
    row("SELECT t_ns FROM log_search('') ORDER BY t_ns DESC LIMIT 36000", 0, 36'000);
}

void TestLogSearch::theNewestLinesComeWithoutReadingAll() {
    QFETCH(QByteArray, sql);
    QFETCH(const int, damaged);
    QFETCH(const int, lines);
    StoreFile file;
    fillHours(file);
    for (int hour = 1; hour <= 9; ++hour)
        sql.replace(':' + QByteArray::number(hour), QByteArray::number(qlonglong(toNs(monday + hour * 1h))));
    QByteArray slowly = sql; // as it is without the help
    slowly.replace("ORDER BY t_ns", "ORDER BY +t_ns");
    const std::string expected = ask(*file.reader(), slowly.toStdString());
    QCOMPARE(expected.empty() ? 0 : static_cast<int>(std::count(expected.begin(), expected.end(), '\n')) + 1, lines);
    // The oldest ones; in the eighth row another one.
    SQLite::Database(file.path(), SQLite::OPEN_READWRITE)
        .exec("UPDATE blocks SET codec = 99 WHERE source_id " +
              (sql.contains("source_id") ? "> " + std::to_string(damaged) : "<= " + std::to_string(damaged)));
    const auto found = file.reader()->sql(sql.toStdString());
    QVERIFY2(found.has_value(), found ? "" : describe(found.error()).c_str());
    QCOMPARE(ask(*file.reader(), sql.toStdString()), expected);
    if (damaged > 0)
        QVERIFY(!file.reader()->sql(slowly.toStdString()) || sql.contains("source_id"));
}

void TestLogSearch::linesWithoutATimeComeLast() {
    StoreFile file;
    {
        auto store = file.open();
        need(store->apply({{bytesOf(1, "no time\n" + line(1, "a") + line(3, "b") + " goes on\n"),
                            bytesOf(2, line(2, "c") + line(9, "d")), bytesOf(3, "nor here\n")}}));
    }
    for (const bool known : {true, false}) {
        if (!known)
            SQLite::Database(file.path(), SQLite::OPEN_READWRITE).exec("DELETE FROM block_times");
        QCOMPARE(ask(*file.reader(),
                     "SELECT group_concat(iif(t_ns IS NULL, '', substr(text, -1)), ' ') FROM (SELECT t_ns, text FROM "
                     "log_search('') ORDER BY t_ns DESC LIMIT 9)"),
                 std::string("d b n c a  "));
    }
}

void TestLogSearch::aLineIsTheRunsThatClaimsIt() {
    const std::string text =
        line(0, "a of one") + line(0, "b of two") + line(1, "c of one") + line(1, "d of none") + line(2, "e of two");
    const auto length = static_cast<std::uint32_t>(line(0, "a of one").size());
    StoreFile file;
    ingest::RunChange one = changeOf(textRun(1, monday), 0);
    one.spans = {{0, length, Certainty::Certain}, {2 * std::uint64_t(length), length, Certainty::Certain}};
    ingest::RunChange two = changeOf(textRun(2, monday), length);
    two.spans = {{length, length, Certainty::Certain},
                 {4 * std::uint64_t(length) + 1, length, Certainty::Certain}}; // "d of none" is one longer
    ingest::Batch batch = batchOf(1, text.size(), {one, two});
    batch.raw = {{0, text}};
    need(file.open()->apply({{batch}}));
    QCOMPARE(ask(*file.reader(), "SELECT substr(text, 45), run_id FROM log_search('of')"),
             "a of one|" + idOf(1) + "\nb of two|" + idOf(2) + "\nc of one|" + idOf(1) + "\nd of none|NULL\ne of two|" +
                 idOf(2));
    QCOMPARE(ask(*file.reader(), "SELECT count(*) FROM log_search('of') WHERE run_id = '" + idOf(2) + "'"), "2");
}

void TestLogSearch::ofTwoRunsTheSurerOwnsALine() {
    const std::string text = line(0, "whose");
    const auto length = static_cast<std::uint32_t>(text.size());
    StoreFile file;
    ingest::RunChange one = changeOf(textRun(1, monday), 0);
    one.spans = {{0, length, Certainty::Possible}};
    ingest::RunChange two = changeOf(textRun(2, monday), 1);
    two.spans = {{0, length, Certainty::Likely}};
    need(file.open()->apply({{batchOf(1, length, {one, two})}}));
    const SQLite::Database db(file.path(), SQLite::OPEN_READONLY);
    query::LineOwners owners(db);
    QCOMPARE(owners.runIdAt(1, length - 1U).value_or("none"), idOf(2));
    QVERIFY(!owners.runIdAt(1, length));
    QVERIFY(!owners.runIdAt(2, 0));
}

void TestLogSearch::aMergedSightingSpeaksForItsRun() {
    StoreFile file;
    ingest::RunChange change = changeOf(textRun(1, monday), 0);
    change.spans = {{0, 10, Certainty::Certain}};
    need(file.open()->apply({{batchOf(1, 10, {change})}}));
    {
        SQLite::Database db(file.path(), SQLite::OPEN_READWRITE);
        db.exec("INSERT INTO runs SELECT 77, 1, 4660, NULL, recipe_id, status, start_ns, end_ns, duration_ns, "
                "total_steps, completed_steps, failed_steps, skipped_steps, first_error, NULL, 0, 0, NULL, flags, "
                "runner, pid, resolution_ns, step_count, execution_id, thread, notes, provenance FROM runs");
        db.exec("UPDATE runs SET shown = 0, merged_into = 77 WHERE id <> 77");
    }
    const SQLite::Database db(file.path(), SQLite::OPEN_READONLY);
    query::LineOwners owners(db);
    QCOMPARE(owners.runIdAt(1, 5).value_or("none"), "0000000000001234");
}

void TestLogSearch::askingBackwardsGivesTheSame() {
    StoreFile file;
    std::vector<ingest::RunChange> runs;
    std::mt19937 random(1);
    std::vector<std::uint64_t> owner; // by line of ten bytes
    for (std::uint64_t i = 0; i < 300; ++i)
        runs.push_back(changeOf(textRun(i + 1, monday + Duration(1s) * static_cast<int>(i)), i * 100));
    for (std::uint64_t at = 0; at < 3'000; ++at) {
        const std::uint64_t newest = at / 10; // has begun
        owner.push_back(newest - std::min<std::uint64_t>(newest, random() % 8));
        runs[owner.back()].spans.push_back({at * 10, 10, Certainty::Certain});
    }
    need(file.open()->apply({{batchOf(1, 30'000, runs)}}));
    const SQLite::Database db(file.path(), SQLite::OPEN_READONLY);
    query::LineOwners forwards(db);
    query::LineOwners backwards(db);
    for (std::uint64_t i = 0; i < owner.size(); ++i)
        QCOMPARE(forwards.runIdAt(1, i * 10 + 3).value_or("none"), idOf(owner[i] + 1));
    for (std::uint64_t i = owner.size(); i > 37; i -= 37)
        QCOMPARE(backwards.runIdAt(1, (i - 1) * 10).value_or("none"), idOf(owner[i - 1] + 1));
}

void TestLogSearch::wrongArgumentsAreNamed_data() {
    QTest::addColumn<QString>("arguments");
    QTest::addColumn<QString>("why");
    QTest::newRow("nothing to look for") << ""
                                         << "needs what to look for";
    QTest::newRow("a time that is none") << "'x', 'monday'"
                                         << "from_ns is no whole number";
    QTest::newRow("a fraction") << "'x', 1, 2.5"
                                << "to_ns is no whole number";
}

void TestLogSearch::wrongArgumentsAreNamed() {
    QFETCH(QString, arguments);
    QFETCH(QString, why);
    StoreFile file;
    need(file.open()->apply({{bytesOf(1, "x\n")}}));
    const auto answer = file.reader()->sql("SELECT * FROM log_search(" + arguments.toStdString() + ")");
    QVERIFY(!answer);
    QVERIFY2(QString::fromStdString(answer.error().sentence()).contains(why), answer.error().sentence().c_str());
}

void TestLogSearch::theFirstLinesComeWithoutReadingAll() {
    StoreFile file;
    {
        auto store = file.open();
        for (int source = 1; source <= 20; ++source)
            need(store->apply({{bytesOf(source, std::string(1'000'000, 'x') + "\nhit\n")}}));
    }
    {
        SQLite::Database db(file.path(), SQLite::OPEN_READWRITE); // the last one cannot be read
        db.exec("UPDATE blocks SET codec = 1, data = x'00' WHERE source_id = 20");
    }
    QCOMPARE(ask(*file.reader(), "SELECT source_id FROM log_search('hit') LIMIT 3"), "1\n2\n3");
    QVERIFY(!file.reader()->sql("SELECT source_id FROM log_search('hit')"));
}

void TestLogSearch::aStopEndsASearchBetweenBlocks() {
    StoreFile file;
    {
        auto store = file.open();
        for (int source = 1; source <= 20; ++source)
            need(store->apply({{bytesOf(source, std::string(1'000'000, 'x') + "\n")}}));
    }
    const SQLite::Database db(file.path(), SQLite::OPEN_READONLY);
    int asked = 0;
    query::LogSearch search(db, {.text = "nothing", .source = {}, .from = {}, .to = {}}, [&] { return ++asked == 2; });
    QVERIFY_THROWS_EXCEPTION(SQLite::Exception, static_cast<void>(search.next()));
    QCOMPARE(asked, 2);

    std::stop_source stop;
    stop.request_stop();
    const auto answer = file.reader()->sql("SELECT count(*) FROM log_search('nothing')", {}, stop.get_token());
    QVERIFY(!answer);
    QCOMPARE(answer.error().kind, ErrorKind::Cancelled);
}

void TestLogSearch::aDamagedBlockIsAnError() {
    StoreFile file;
    need(file.open()->apply({{bytesOf(1, std::string(5'000, 'x') + "\n")}}));
    {
        SQLite::Database db(file.path(), SQLite::OPEN_READWRITE);
        db.exec("UPDATE blocks SET data = substr(data, 1, length(data) / 2)");
    }
    const auto answer = file.reader()->sql("SELECT count(*) FROM log_search('x')");
    QVERIFY(!answer);
    QVERIFY2(answer.error().sentence().find("cannot be unpacked") != std::string::npos,
             answer.error().sentence().c_str());
}

QTEST_GUILESS_MAIN(TestLogSearch)
#include "tst_logsearch.moc"
