// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/query/logreader.h"
#include "tests/core/store/storefixture.h"

#include <SQLiteCpp/SQLiteCpp.h>

using namespace ra;
using namespace ra::test;
using ingest::Certainty;

class TestLog : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void linesAreDecoded();
    void onlyTheRunsOwnSpansAreRead();
    void localTimesAreReadInTheSourcesZone();
    void linesAreFoundByStep_data();
    void linesAreFoundByStep();
    void theStepThatStillRunsHasItsLines();
    void linesAreFoundByText();
    void whatIsNotUtf8IsMadeSo();
    void oneLineOfSeveralSourcesIsShownOnce();
    void documentsAreShownOnlyWhereThereIsNoLog();
    void theFoundationsLinesOfARunAreShownWithTheirCertainty();
    void aLongFoundationLogIsSearchedByTime();
    void whatIsReadOfTheFoundationsLogsIsBounded_data();
    void whatIsReadOfTheFoundationsLogsIsBounded();
    void readingTheFoundationsLogsCanBeCancelled();
    void aRunWithoutLinesHasNone();
    void whatRetentionHasRemovedIsSaid();
    void whatAnArchiveHasTakenIsSaid();
    void whatIsStillThereOfARunIsShown();
    void damagedBytesAreAnError();
};

namespace {

const std::string log1 =
    "2026-01-05 08:00:00 [    INFO] runner.1001: Starting enhanced recipe execution: jobs/daily.yaml\n"
    "2026-01-05 08:00:00 [    INFO] scriptlets.framework: Starting execution of Class0\n"
    "2026-01-05 08:00:00 [ WARNING] Class0: disk is nearly full\r\n"
    "2026-01-05 08:00:01 [    INFO] runner.1001: Step 'step_0' completed successfully (1.000s)\n"
    "2026-01-05 08:00:01 [    INFO] scriptlets.framework: Starting execution of Class1\n"
    "2026-01-05 08:00:02 [   ERROR] scriptlets.framework: Execution failed for Class1: bad\n"
    "Traceback (most recent call last):\n"
    "ValueError: bad\n"
    "2026-01-05 08:00:02 [   ERROR] runner.1001: Step 'step_1' failed: ['bad']\n"
    "2026-01-05 08:00:02 [    INFO] runner.1001: Continuing execution after step failure: step_1\n"
    "2026-01-05 08:00:02 [    INFO] scriptlets.framework: Starting execution of Class2\n"
    "2026-01-05 08:00:03 [    INFO] Class2: working\n"
    "2026-01-05 08:00:03 [    INFO] runner.1001: Step 'step_2' completed successfully (1.000s)\n"
    "2026-01-05 08:00:03 [    INFO] runner.1001: Recipe execution completed - Status: partial, Steps: "
    "2/3, Duration: 3.000s, Success Rate: 66.7%\n";

/// A batch of one run whose lines are all of `text`.
ingest::Batch logBatch(int source, const std::string &text, Run run) {
    ingest::RunChange change = changeOf(std::move(run), 0);
    change.spans = {{0, static_cast<std::uint32_t>(text.size()), Certainty::Certain}};
    ingest::Batch batch = batchOf(source, text.size(), {change});
    batch.raw = {{0, text}};
    return batch;
}

QString textOf(const std::vector<query::LogLine> &lines) {
    QStringList text;
    for (const query::LogLine &line : lines)
        text += QString::fromStdString(line.text);
    return text.join(QLatin1Char('\n'));
}

/// The lines of the log at these numbers, from 0.
QString linesOf(const std::string &log, const QList<int> &numbers) {
    const QStringList all = QString::fromStdString(log).remove(QLatin1Char('\r')).split(QLatin1Char('\n'));
    QStringList some;
    for (const int number : numbers)
        some += all.at(number);
    return some.join(QLatin1Char('\n'));
}

} // namespace

void TestLog::linesAreDecoded() {
    StoreFile file;
    const Run run = textRun(1, monday);
    need(file.open()->apply({{logBatch(1, log1, run)}}));
    const auto lines = need(file.reader()->log(run.id));
    QCOMPARE(lines.size(), 14U);
    QVERIFY(lines[0].time == monday);
    QCOMPARE(lines[0].level, "INFO");
    QCOMPARE(lines[0].logger, "runner.1001");
    QCOMPARE(lines[0].offset, 0U);
    QVERIFY(lines[0].startsRecord);
    QVERIFY(lines[0].certainty == Certainty::Certain);
    QCOMPARE(lines[2].level, "WARNING");
    QVERIFY(lines[2].text.ends_with("nearly full"));
    // What continues a record has its time and level.
    QVERIFY(!lines[6].startsRecord);
    QVERIFY(lines[6].time == monday + 2s);
    QCOMPARE(lines[6].level, "ERROR");
    QCOMPARE(lines[7].text, "ValueError: bad");
    QCOMPARE(lines[7].offset, log1.find("ValueError"));
    QVERIFY(lines[13].time == monday + 3s);
}

void TestLog::onlyTheRunsOwnSpansAreRead() {
    StoreFile file;
    const std::string text = "one\ntwo\nthree\nfour\nfive";
    ingest::RunChange change = changeOf(textRun(1, monday), 0);
    change.spans = {{0, 4, Certainty::Certain}, {8, 6, Certainty::Possible}, {19, 4, Certainty::Likely}};
    ingest::Batch batch = batchOf(1, text.size(), {change});
    batch.raw = {{0, text}};
    auto store = file.open();
    need(store->apply({{batch}}));
    auto reader = file.reader();
    auto lines = need(reader->log(idOf(1)));
    QCOMPARE(textOf(lines), QStringLiteral("one\nthree\nfive"));
    QVERIFY(lines[1].certainty == Certainty::Possible);
    QVERIFY(lines[2].certainty == Certainty::Likely);
    QVERIFY(!lines[0].time);
    QCOMPARE(lines[0].level, "");

    // More lines come, far more than lie in one chunk; then all are told anew.
    std::string more;
    change.spans.clear();
    for (std::uint64_t i = 0; i < 3'000; ++i) {
        change.spans.push_back({text.size() + more.size(), 2, Certainty::Certain});
        more += "x\ny\n";
    }
    batch = batchOf(1, text.size() + more.size(), {change});
    batch.raw = {{text.size(), more}};
    need(store->apply({{batch}}));
    lines = need(reader->log(idOf(1)));
    QCOMPARE(lines.size(), 3'003U);
    QCOMPARE(lines.back().text, "x");
    batch.runs[0].spans = {{4, 4, Certainty::Certain}};
    batch.runs[0].replaceSpans = true;
    need(store->apply({{batch}}));
    QCOMPARE(textOf(need(reader->log(idOf(1)))), QStringLiteral("two"));
    batch.runs[0].spans.clear();
    need(store->apply({{batch}}));
    QVERIFY(need(reader->log(idOf(1))).empty());
}

void TestLog::localTimesAreReadInTheSourcesZone() {
    // The night of 2026-10-25 in Berlin has two hours from 2 to 3.
    const std::string text =
        "2026-10-25 01:59:59 [    INFO] runner.1001: Starting enhanced recipe execution: jobs/daily.yaml\n"
        "2026-10-25 02:59:58 [    INFO] A: summer\n"
        "2026-10-25 02:00:05 [    INFO] A: winter\n"
        "2026-10-25 03:00:00 [    INFO] A: morning\n";
    const Time start = fromNs(1'792'886'399'000'000'000); // 23:59:59 UTC on the 24th
    StoreFile file;
    ingest::Batch batch = logBatch(1, text, textRun(1, start));
    batch.zone = "Europe/Berlin";
    need(file.open()->apply({{batch}}));
    const auto lines = need(file.reader()->log(idOf(1)));
    QVERIFY(lines[0].time == start);
    QVERIFY(lines[1].time == start + 59min + 59s);
    QVERIFY(lines[2].time == start + 1h + 6s);
    QVERIFY(lines[3].time == start + 2h + 1s);

    StoreFile other;
    batch.zone = "Nowhere/Land"; // no reason to show no log
    need(other.open()->apply({{batch}}));
    QCOMPARE(need(other.reader()->log(idOf(1))).size(), 4U);
}

void TestLog::linesAreFoundByStep_data() {
    QTest::addColumn<QString>("step");
    QTest::addColumn<QList<int>>("numbers");
    QTest::newRow("the first") << "step_0" << QList<int>{1, 2, 3};
    QTest::newRow("a failed one with its traceback and what follows") << "step_1" << QList<int>{4, 5, 6, 7, 8, 9};
    QTest::newRow("the last") << "step_2" << QList<int>{10, 11, 12};
    QTest::newRow("none of that name") << "step_9" << QList<int>{};
}

void TestLog::linesAreFoundByStep() {
    QFETCH(QString, step);
    QFETCH(QList<int>, numbers);
    StoreFile file;
    need(file.open()->apply({{logBatch(1, log1, textRun(1, monday))}}));
    QCOMPARE(textOf(need(file.reader()->log(idOf(1), step.toStdString()))), linesOf(log1, numbers));
}

void TestLog::theStepThatStillRunsHasItsLines() {
    const std::string text =
        "2026-01-05 08:00:00 [    INFO] runner.1001: Starting enhanced recipe execution: jobs/daily.yaml\n"
        "2026-01-05 08:00:00 [   DEBUG] runner.1001: Skipping step 'step_0' (in skip list)\n"
        "2026-01-05 08:00:00 [    INFO] scriptlets.framework: Starting execution of Class1\n"
        "2026-01-05 08:00:01 [    INFO] Class1: working\n"
        "more of it\n";
    Run run = textRun(1, monday);
    run.status = RunStatus::Running;
    run.steps[0].status = StepStatus::Skipped;
    run.steps[1].status = StepStatus::Running;
    run.steps[2].status = StepStatus::NotReached;
    StoreFile file;
    need(file.open()->apply({{logBatch(1, text, run)}}));
    auto reader = file.reader();
    QCOMPARE(textOf(need(reader->log(run.id, "step_0"))), linesOf(text, {1}));
    QCOMPARE(textOf(need(reader->log(run.id, "step_1"))), linesOf(text, {2, 3, 4}));
    QVERIFY(need(reader->log(run.id, "step_2")).empty());

    // The run breaks off in the middle of a step.
    const std::string end = text +
                            "2026-01-05 08:00:02 [   ERROR] runner.1001: Recipe execution failed: out of memory\n"
                            "rest of the message\n";
    StoreFile ended;
    need(ended.open()->apply({{logBatch(1, end, run)}}));
    reader = ended.reader();
    QCOMPARE(textOf(need(reader->log(run.id, "step_1"))), linesOf(end, {2, 3, 4}));
    QCOMPARE(need(reader->log(run.id)).size(), 7U);

    // All steps are through, and something is said after the last.
    Run done = textRun(1, monday, 1);
    const std::string after =
        "2026-01-05 08:00:01 [    INFO] runner.1001: Step 'step_0' completed successfully (1.000s)\n"
        "2026-01-05 08:00:01 [    INFO] Else: bye\n";
    StoreFile third;
    need(third.open()->apply({{logBatch(1, after, done)}}));
    QCOMPARE(textOf(need(third.reader()->log(run.id, "step_0"))), linesOf(after, {0}));
}

void TestLog::linesAreFoundByText() {
    StoreFile file;
    need(file.open()->apply({{logBatch(1, log1, textRun(1, monday))}}));
    auto reader = file.reader();
    QCOMPARE(textOf(need(reader->log(idOf(1), {}, "NEARLY"))), linesOf(log1, {2}));
    QCOMPARE(textOf(need(reader->log(idOf(1), "step_2", "class2"))), linesOf(log1, {10, 11}));
    QVERIFY(need(reader->log(idOf(1), {}, "zebra")).empty());
}

void TestLog::whatIsNotUtf8IsMadeSo() {
    StoreFile file;
    need(file.open()->apply({{logBatch(1, "2026-01-05 08:00:00 [    INFO] A: gr\xfc\xdf\n", textRun(1, monday))}}));
    const auto lines = need(file.reader()->log(idOf(1)));
    QCOMPARE(lines.size(), 1U);
    QVERIFY2(lines[0].text.ends_with("grüß"), lines[0].text.c_str());
    QCOMPARE(lines[0].logger, "A");
}

void TestLog::oneLineOfSeveralSourcesIsShownOnce() {
    // The console has what the log lost, and the log goes on in another file.
    const QString whole = QString::fromStdString(log1);
    const QStringList all = whole.split(QLatin1Char('\n'), Qt::SkipEmptyParts);
    const auto without = [&](const QList<int> &numbers) {
        QStringList some = all;
        for (auto it = numbers.rbegin(); it != numbers.rend(); ++it)
            some.removeAt(*it);
        return (some.join(QLatin1Char('\n')) + QLatin1Char('\n')).toStdString();
    };
    Run run = textRun(1, monday);
    for (const bool logFirst : {true, false}) {
        StoreFile file;
        auto store = file.open();
        const ingest::Batch log = logBatch(1, without({2, 11}), run);
        const ingest::Batch console = logBatch(2, without({4}), run);
        need(store->apply({{logFirst ? log : console}}));
        need(store->apply({{logFirst ? console : log}}));
        QCOMPARE(need(file.reader()->countRuns({})), 1U);
        const auto lines = need(file.reader()->log(run.id));
        QCOMPARE(lines.size(), 14U);
        // Within a second the order of lines that only one source has cannot be known; every line is there once.
        QStringList texts = textOf(lines).split(QLatin1Char('\n'));
        QStringList expected =
            QString::fromStdString(log1).remove(QLatin1Char('\r')).split(QLatin1Char('\n'), Qt::SkipEmptyParts);
        texts.sort();
        expected.sort();
        QCOMPARE(texts, expected);
        QVERIFY(
            std::is_sorted(lines.begin(), lines.end(), [](const auto &a, const auto &b) { return *a.time < *b.time; }));
    }
}

void TestLog::documentsAreShownOnlyWhereThereIsNoLog() {
    const std::string json = "{\n \"status\": \"completed\"\n}\n";
    Run run = textRun(1, monday);
    Run document = run;
    document.runner = 0;
    document.executionId = "e1";
    document.resolution = 1us;
    StoreFile file;
    auto store = file.open();
    need(store->apply({{logBatch(2, json, document)}}));
    QCOMPARE(need(file.reader()->log(run.id)).size(), 3U);
    need(store->apply({{logBatch(1, log1, run)}}));
    QCOMPARE(need(file.reader()->countRuns({})), 1U);
    QCOMPARE(need(file.reader()->log(run.id)).size(), 14U);
}

/// Lines of the foundation's log from 08:00:00 UTC on, `apart` from each other.
std::string foundationLog(int count, std::chrono::milliseconds apart) {
    std::string text;
    for (int i = 0; i < count; ++i) {
        const auto ms = (apart * i).count();
        const QString time = QStringLiteral("2026-01-05T%1:%2:%3.%4000+00:00")
                                 .arg(8 + ms / 3'600'000, 2, 10, QLatin1Char('0'))
                                 .arg(ms / 60'000 % 60, 2, 10, QLatin1Char('0'))
                                 .arg(ms / 1'000 % 60, 2, 10, QLatin1Char('0'))
                                 .arg(ms % 1'000, 3, 10, QLatin1Char('0'));
        text += "{\"timestamp\": \"" + time.toStdString() +
                "\", \"level\": \"INFO\", \"logger_name\": \"framework0.pipeline\", \"message\": \"number " +
                std::to_string(i) + "\", \"recipe_name\": \"daily\", \"thread_id\": \"1\", \"process_id\": 7}\n";
    }
    return text;
}

ingest::Batch foundationBatch(int source, const std::string &text) {
    ingest::Batch batch = batchOf(source, text.size());
    batch.format = "foundation-json";
    batch.raw = {{0, text}};
    return batch;
}

void TestLog::theFoundationsLinesOfARunAreShownWithTheirCertainty() {
    StoreFile file;
    auto store = file.open();
    need(store->apply({{logBatch(1, log1, textRun(1, monday))}}));
    need(store->apply({{foundationBatch(2, foundationLog(8, 1s))}}));
    const auto lines = need(file.reader()->log(idOf(1)));
    std::vector<std::string> found;
    for (const query::LogLine &line : lines) {
        if (line.sourceId == 1)
            continue;
        QVERIFY(line.certainty == Certainty::Likely);
        QCOMPARE(line.logger, std::string("framework0.pipeline"));
        found.push_back(line.text.substr(line.text.find("number "), 8));
    }
    // The run ends at 08:00:03, known to a second.
    QCOMPARE(found, (std::vector<std::string>{"number 0", "number 1", "number 2", "number 3", "number 4"}));
    QVERIFY(std::is_sorted(lines.begin(), lines.end(), [](const auto &a, const auto &b) {
        return std::chrono::floor<std::chrono::seconds>(*a.time) < std::chrono::floor<std::chrono::seconds>(*b.time);
    }));
}

void TestLog::aLongFoundationLogIsSearchedByTime() {
    StoreFile file;
    auto store = file.open();
    const std::string text = foundationLog(40'000, 250ms); // many times what is read at once, over some hours
    Run run = textRun(1, monday + 1h + 30min);
    need(store->apply({{logBatch(1, log1, run)}}));
    need(store->apply({{foundationBatch(2, text)}}));
    const auto lines = need(file.reader()->log(idOf(1), {}, "number"));
    QCOMPARE(lines.size(), 17U); // four seconds of four lines, both ends included
    QVERIFY(lines.front().text.find("\"number 21600\"") != std::string::npos);
    QCOMPARE(lines.front().offset, static_cast<std::uint64_t>(text.find(lines.front().text)));
}

void TestLog::whatIsReadOfTheFoundationsLogsIsBounded_data() {
    QTest::addColumn<quint64>("bytes");
    QTest::addColumn<quint64>("lines");
    QTest::addColumn<bool>("complete");
    QTest::newRow("enough for all") << quint64(10'000'000) << quint64(4'000) << true;
    QTest::newRow("a line too few") << quint64(10'000'000) << quint64(3'999) << false;
    QTest::newRow("too few bytes") << quint64(300'000) << quint64(1'000'000) << false;
    QTest::newRow("nothing") << quint64(0) << quint64(0) << false;
}

void TestLog::whatIsReadOfTheFoundationsLogsIsBounded() {
    QFETCH(const quint64, bytes);
    QFETCH(const quint64, lines);
    QFETCH(const bool, complete);
    const StoreFile file;
    Run run = textRun(1, monday); // it never ended
    run.status = RunStatus::Running;
    run.end.reset();
    run.duration.reset();
    const auto store = file.open();
    need(store->apply({{logBatch(1, log1, run)}}));
    need(store->apply({{foundationBatch(2, foundationLog(2'000, 1s)), foundationBatch(3, foundationLog(2'000, 1s))}}));
    SQLite::Database db(file.path());
    store::RunLoader loader(db);
    query::LogReader reader(db, loader, {.bytes = bytes, .lines = lines});
    const auto row = loader.byNumber(1);
    QVERIFY(row);
    // Said whatever is asked for.
    for (const char *grep : {"", "number", "nothing that is there"}) {
        const auto found = reader.lines(*row, {}, grep, {});
        QVERIFY(found);
        const bool noted = !found->empty() && found->back().isNote;
        QCOMPARE(noted, !complete);
        QCOMPARE(std::count_if(found->begin(), found->end(), [](const auto &line) { return line.isNote; }), noted);
        const auto read = std::count_if(found->begin(), found->end(),
                                        [](const auto &line) { return line.text.find("number") != std::string::npos; });
        if (complete && *grep == 'n' && std::string(grep) == "number")
            QCOMPARE(read, 2'000); // each stands in both files
        QVERIFY(read <= static_cast<qint64>(lines));
    }
}

void TestLog::readingTheFoundationsLogsCanBeCancelled() {
    const StoreFile file;
    const auto store = file.open();
    need(store->apply({{logBatch(1, log1, textRun(1, monday))}}));
    need(store->apply({{foundationBatch(2, foundationLog(2'000, 1s))}}));
    std::stop_source stop;
    stop.request_stop();
    QCOMPARE(file.reader()->log(idOf(1), {}, {}, stop.get_token()).error().kind, ErrorKind::Cancelled);
}

void TestLog::aRunWithoutLinesHasNone() {
    StoreFile file;
    need(file.open()->apply({{batchOf(1, 100, {changeOf(textRun(1, monday), 0)})}}));
    QVERIFY(need(file.reader()->log(idOf(1))).empty());
}

void TestLog::whatRetentionHasRemovedIsSaid() {
    StoreFile file;
    const auto store = file.open();
    need(store->apply({{logBatch(1, log1, textRun(1, monday))}}));
    need(store->retain({.log = 24h}, monday + 24h * 30, false));
    for (const char *grep : {"", "nothing that is there"}) {
        const auto lines = need(file.reader()->log(idOf(1), {}, grep));
        QCOMPARE(lines.size(), 1U);
        QVERIFY(lines[0].isNote);
        QCOMPARE(lines[0].text,
                 "The raw lines of this run are no longer in the store: retention has removed those from "
                 "before 2026-02-03.");
    }
    // One that came later has all of its lines, and no note.
    need(store->apply({{logBatch(2, "x\n", textRun(2, monday + 24h * 40))}}));
    QCOMPARE(textOf(need(file.reader()->log(idOf(2)))), QStringLiteral("x"));
}

/// One run goes by retention, the next into an archive, then the horizon of retention passes that one, too.
void TestLog::whatAnArchiveHasTakenIsSaid() {
    StoreFile file;
    const auto store = file.open();
    need(store->apply({{logBatch(1, log1, textRun(1, monday)), logBatch(2, log1, textRun(2, monday + 24h * 10)),
                        logBatch(3, log1, textRun(3, monday + 24h * 40))}}));
    const auto said = [&](std::uint64_t run) { return need(file.reader()->log(idOf(run))).back().text; };
    const std::string retention = "The raw lines of this run are no longer in the store: retention has removed those "
                                  "from before ";
    const std::string out = file.folder() + "/old.zst";
    need(store->pin(std::vector{idOf(1), idOf(2)}, true)); // the runs stay, and so would their lines
    SQLite::Database db(file.path(), SQLite::OPEN_READWRITE);
    db.exec("DELETE FROM blocks WHERE source_id = 1; INSERT INTO horizons VALUES('log', " +
            std::to_string(toNs(monday + 24h * 5)) + ")");
    QCOMPARE(said(1), retention + "2026-01-10.");
    need(store->archive(out, monday + 24h * 20, false));
    db.exec("DELETE FROM blocks WHERE source_id = 2");
    QCOMPARE(said(1), retention + "2026-01-10."); // it was not there any more when the archive was made
    const std::string archived = said(2);
    QVERIFY2(archived.starts_with("The raw lines of this run are no longer in the store: they went into the archive " +
                                  out + " of 20") &&
                 archived.ends_with(", from where store attach brings them back."),
             archived.c_str());
    need(store->retain({.log = 24h}, monday + 24h * 60, false));
    QCOMPARE(said(2), archived);
    QCOMPARE(said(3), retention + "2026-03-05.");
}

void TestLog::whatIsStillThereOfARunIsShown() {
    StoreFile file;
    const auto store = file.open();
    std::string text;
    for (int i = 0; text.size() < 2'500'000; ++i) // three blocks
        text += "line " + std::to_string(i) + '\n';
    need(store->apply({{logBatch(1, text, textRun(1, monday))}}));
    const auto all = need(file.reader()->log(idOf(1)));
    SQLite::Database db(file.path(), SQLite::OPEN_READWRITE);
    QCOMPARE(db.execAndGet("SELECT count(*) FROM blocks").getInt(), 3);
    db.exec("DELETE FROM blocks WHERE offset = (SELECT offset FROM blocks ORDER BY offset LIMIT 1 OFFSET 1)");
    const auto lines = need(file.reader()->log(idOf(1)));
    QVERIFY(lines.size() > all.size() / 2 && lines.size() < all.size());
    QVERIFY(lines.back().isNote);
    QCOMPARE(lines.back().text, "Some of the raw lines of this run are no longer in the store.");
    QCOMPARE(lines.front().text, all.front().text);
    QCOMPARE(lines[lines.size() - 2].text, all.back().text);
    QCOMPARE(lines[lines.size() - 2].offset, all.back().offset);
}

void TestLog::damagedBytesAreAnError() {
    StoreFile file;
    need(file.open()->apply({{logBatch(1, log1, textRun(1, monday))}}));
    SQLite::Database(file.path(), SQLite::OPEN_READWRITE).exec("UPDATE blocks SET data = x'00112233'");
    const auto lines = file.reader()->log(idOf(1));
    QVERIFY(!lines);
    QVERIFY2(lines.error().why.find("block") != std::string::npos, describe(lines.error()).c_str());
}

QTEST_GUILESS_MAIN(TestLog)
#include "tst_log.moc"
