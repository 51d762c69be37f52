// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/query/lineowners.h"
#include "core/query/logsearch.h"
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
