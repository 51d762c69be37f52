// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/core/engine/enginefixture.h"

#include <QSignalSpy>
#include <SQLiteCpp/SQLiteCpp.h>

#include <set>

using namespace ra;
using namespace ra::test;
using namespace std::chrono_literals;

class TestEngine : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void readingOnceAndTwiceGivesTheSame();
    void anotherProcessReadsOnWhereItWasLeft();
    void halfALineIsReadOnceItIsWhole();
    void anotherZoneMovesTheTimesAndNothingElse();
    void anotherZoneMovesAllOfALongLog();
    void aFileThatWasEmptiedIsReadAgainBesideTheOld();
    void aFileCutShortIsReadAgainToTheSameEffect();
    void cancelledInTheMiddleNothingIsLostOrDoubled();
    void progressOnlyGrowsAndEndsAtItsTotal();
    void whatCannotBeReadIsListedAndKept();
    void packedLogsAreUnpackedAgainOnlyWhenTheyHaveChanged();
    void aLastLineWithoutItsEndIsTakenAtEveryReading();
    void documentsOfHalfAWorldAreRefused();
    void documentsBelongToTheirRuns();
    void aRunWhoseProcessIsGoneIsAbandoned();
    void aFullDiskIsSaidAndReadingAgainFillsTheGap();
    void aSecondEngineOnlyReads();
    void aReaderIsToldThatAnotherProcessStored();
    void aReaderTakesTheStoreOverWhenTheWriterEnds();
    void cancellingDoesNotWaitForTheStore();
    void whatIsFollowedAfterCancellingWaitsForItsEnd();
    void committedRunsAreTold();
    void questionsAreAnsweredOrSaidWhyNot();
    void storesThatCannotBeOpened_data();
    void storesThatCannotBeOpened();
    void infoNeedsNoEngine();
};

namespace {

engine::IngestReport read(engine::Engine &engine, const LogFolder &folder, const ProgressSink &progress = {}) {
    return need(engine.ingest({folder.path()}, {}, progress));
}

const engine::IngestedFile &fileOf(const engine::IngestReport &report, const std::string &name) {
    for (const engine::IngestedFile &file : report.files) {
        if (file.path.ends_with("/" + name))
            return file;
    }
    qFatal("no file %s in the report", name.c_str());
    return report.files.front();
}

std::string recipeFile() {
    return "name: Daily orders\nsteps:\n- {name: load, module: m, function: Load}\n"
           "- {name: save, module: m, function: Save}\n";
}

} // namespace

void TestEngine::readingOnceAndTwiceGivesTheSame() {
    const LogFolder folder;
    folder.write("app.log", manyRuns(3));
    folder.writeGzip("app.log.1.gz", manyRuns(2, 2000, "older"));
    folder.write("notes.txt", "nothing of ours\n");
    const auto engine = openEngine(folder);

    const engine::IngestReport first = read(*engine, folder);
    QCOMPARE(first.runsAdded, 5U);
    QCOMPARE(first.runsUpdated, 0U);
    QVERIFY(first.rejected.empty());
    QCOMPARE(first.files.size(), 2U); // the notes are not a log
    const engine::IngestedFile &log = fileOf(first, "app.log");
    QCOMPARE(log.format, "runner-text");
    QCOMPARE(log.bytes, manyRuns(3).size());
    QCOMPARE(log.lines, 12U);
    QCOMPARE(log.records, 12U);
    QCOMPARE(fileOf(first, "app.log.1.gz").bytes, manyRuns(2, 2000, "older").size());
    const std::vector<Run> runs = runsOf(*engine);
    QCOMPARE(runs.size(), 5U);
    QCOMPARE(logOf(*engine, runs.front().id), wholeRun(6, 1002, "daily"));

    const engine::IngestReport second = read(*engine, folder);
    QCOMPARE(second.runsAdded, 0U);
    QCOMPARE(second.runsUpdated, 0U);
    QCOMPARE(fileOf(second, "app.log").bytes, 0U);
    QVERIFY(runsOf(*engine) == runs);
    QCOMPARE(logOf(*engine, runs.front().id), wholeRun(6, 1002, "daily"));
}

void TestEngine::anotherProcessReadsOnWhereItWasLeft() {
    const LogFolder folder;
    const std::string text = manyRuns(3);
    // Cut within the second run: its facts are in the checkpoint.
    const std::size_t cut = text.find("save", text.size() / 3);
    const std::size_t half = text.rfind('\n', cut) + 1;
    folder.write("app.log", text.substr(0, half));
    const HeldOpen writer(folder.path("app.log"));
    {
        const auto engine = openEngine(folder);
        QCOMPARE(read(*engine, folder).runsAdded, 2U);
        QCOMPARE(told(*engine), "daily completed 2/2\ndaily running 1/?\n");
    }
    folder.append("app.log", text.substr(half));
    const auto engine = openEngine(folder);
    const engine::IngestReport report = read(*engine, folder);
    QCOMPARE(fileOf(report, "app.log").bytes, text.size() - half);
    QCOMPARE(report.runsAdded, 1U);
    QCOMPARE(report.runsUpdated, 1U);
    QCOMPARE(told(*engine), "daily completed 2/2\ndaily completed 2/2\ndaily completed 2/2\n");
    const std::vector<Run> runs = runsOf(*engine);
    QCOMPARE(logOf(*engine, runs[1].id), wholeRun(3, 1001, "daily"));
}

void TestEngine::halfALineIsReadOnceItIsWhole() {
    const LogFolder folder;
    const std::string text = wholeRun(0, 7, "daily");
    folder.write("app.log", text.substr(0, text.size() - 30));
    const auto engine = openEngine(folder);
    read(*engine, folder);
    folder.append("app.log", text.substr(text.size() - 30));
    QVERIFY(read(*engine, folder).rejected.empty());
    QCOMPARE(told(*engine), "daily completed 2/2\n");
    QCOMPARE(logOf(*engine, runsOf(*engine).front().id), text);
}

void TestEngine::anotherZoneMovesTheTimesAndNothingElse() {
    const LogFolder folder;
    folder.write("app.log", manyRuns(2));
    read(*openEngine(folder, "UTC"), folder);
    const auto engine = openEngine(folder, "Europe/Berlin"); // an hour ahead of UTC in November
    const engine::IngestReport report = read(*engine, folder);
    QCOMPARE(report.runsAdded + report.runsUpdated, 2U);
    const std::vector<Run> runs = runsOf(*engine);
    QCOMPARE(runs.size(), 2U);
    QCOMPARE(toNs(*runs[1].start), toNs(firstSecond - 1h));
    QCOMPARE(logOf(*engine, runs[1].id), wholeRun(0, 1000, "daily"));
}

void TestEngine::anotherZoneMovesAllOfALongLog() {
    const LogFolder folder;
    const int runs = 15'000; // several chunks
    const std::string log = manyRuns(runs);
    QVERIFY(log.size() > 5'000'000);
    folder.write("app.log", log);
    for (const char *zone : {"UTC", "Asia/Tokyo"}) {
        const auto engine = openEngine(folder, zone);
        need(engine->ingest({folder.path()}, {}, {}));
    }
    const auto engine = openEngine(folder, "Asia/Tokyo");
    const auto table = ask<query::Table>(*engine, [](query::Reader &reader, const std::stop_token &) {
        return reader.sql("SELECT count(*), min(start_ns) FROM runs_v");
    });
    QVERIFY(table.rows[0][0] == query::Cell(std::int64_t{runs}));
    QVERIFY(table.rows[0][1] == query::Cell(toNs(firstSecond - std::chrono::hours(9))));
}

void TestEngine::aFileThatWasEmptiedIsReadAgainBesideTheOld() {
    const LogFolder folder;
    folder.write("app.log", manyRuns(3));
    const auto engine = openEngine(folder);
    read(*engine, folder);
    folder.write("app.log", wholeRun(600, 5000, "daily")); // in place, as copy-truncate does
    QCOMPARE(read(*engine, folder).runsAdded, 1U);
    QCOMPARE(runsOf(*engine).size(), 4U);
    QCOMPARE(logOf(*engine, runsOf(*engine).front().id), wholeRun(600, 5000, "daily"));
    // And from there it goes on.
    folder.append("app.log", wholeRun(700, 5001, "daily"));
    QCOMPARE(fileOf(read(*engine, folder), "app.log").bytes, wholeRun(700, 5001, "daily").size());
    QCOMPARE(runsOf(*engine).size(), 5U);
}

void TestEngine::aFileCutShortIsReadAgainToTheSameEffect() {
    const LogFolder folder;
    folder.write("app.log", manyRuns(10));
    const auto engine = openEngine(folder);
    read(*engine, folder);
    // It begins as it did, but less of it is there than was read: an editor, or a disk that was restored.
    const std::string kept = manyRuns(6);
    std::filesystem::resize_file(folder.path("app.log"), kept.size());
    folder.append("app.log", wholeRun(500, 5000, "after"));
    QCOMPARE(fileOf(read(*engine, folder), "app.log").bytes, kept.size() + wholeRun(500, 5000, "after").size());
    QCOMPARE(runsOf(*engine).size(), 11U);
    QCOMPARE(read(*engine, folder).runsAdded, 0U);
}

void TestEngine::cancelledInTheMiddleNothingIsLostOrDoubled() {
    const LogFolder folder;
    const std::uint64_t runs = 20'000; // some chunks of 4 MB
    folder.write("app.log", manyRuns(static_cast<int>(runs)));
    const auto engine = openEngine(folder);
    std::stop_source stop;
    const auto cancelled = engine->ingest({folder.path()}, stop.get_token(), [&](const Progress &progress) {
        if (progress.stage == "index" && progress.done > 0)
            stop.request_stop();
    });
    QVERIFY(!cancelled);
    QVERIFY(cancelled.error().kind == ErrorKind::Cancelled);
    const auto count = [&] {
        return ask<std::uint64_t>(*engine,
                                  [](query::Reader &reader, const std::stop_token &) { return reader.countRuns({}); });
    };
    QVERIFY(count() > 0); // what was read by then is kept
    QVERIFY(count() < runs);

    read(*engine, folder);
    QCOMPARE(count(), runs);
    query::RunFilter unfinished;
    unfinished.statuses = {RunStatus::Running, RunStatus::Abandoned};
    QVERIFY(runsOf(*engine, unfinished).empty());
}

void TestEngine::progressOnlyGrowsAndEndsAtItsTotal() {
    const LogFolder folder;
    // Three files with their own sizes; the packed one gives many times the bytes that it has.
    folder.writeGzip("a.log.gz", manyRuns(20'000));
    folder.write("b.log", manyRuns(100, 30'000, "other"));
    folder.write("daily.yaml", recipeFile());
    const auto engine = openEngine(folder);
    std::vector<Progress> seen;
    read(*engine, folder, [&](const Progress &progress) {
        if (progress.stage == "index")
            seen.push_back(progress);
    });
    QVERIFY(seen.size() >= 3);
    for (std::size_t i = 1; i < seen.size(); ++i) {
        QCOMPARE(seen[i].total, seen[0].total);
        QVERIFY2(seen[i].done >= seen[i - 1].done, seen[i].item.c_str());
    }
    QCOMPARE(seen.back().done, seen.back().total);
    std::uint64_t size = 0;
    for (const char *name : {"a.log.gz", "b.log", "daily.yaml"})
        size += std::filesystem::file_size(folder.path(name));
    QCOMPARE(seen.back().total, size);
}

void TestEngine::whatCannotBeReadIsListedAndKept() {
    const LogFolder folder;
    folder.write("app.log", wholeRun(0, 7, "daily"));
    folder.write("broken.json", resultOfDaily().substr(0, 250));
    folder.writeGzip("packed.log.gz", manyRuns(50'000, 10'000));
    // A download that broke off: the end of the packed file is missing.
    const auto whole = std::filesystem::file_size(folder.path("packed.log.gz"));
    std::filesystem::resize_file(folder.path("packed.log.gz"), whole / 2);
    const auto engine = openEngine(folder);
    const engine::IngestReport report =
        need(engine->ingest({folder.path(), folder.path("gone.log")}, {}, ProgressSink()));

    std::map<std::string, std::string> reasons;
    for (const query::RejectedRow &row : report.rejected)
        reasons[std::filesystem::path(row.path).filename().string()] = row.reason;
    QCOMPARE(reasons.size(), 3U);
    for (const char *name : {"broken.json", "packed.log.gz", "gone.log"})
        QVERIFY2(!reasons[name].empty(), name);
    QCOMPARE(fileOf(report, "broken.json").rejected, 1U);
    QCOMPARE(fileOf(report, "packed.log.gz").rejected, 1U);
    QCOMPARE(fileOf(report, "app.log").rejected, 0U);
    // What comes before the damage stands.
    QVERIFY(report.runsAdded > 1'000);

    const auto kept = ask<std::vector<query::RejectedRow>>(
        *engine, [](query::Reader &reader, const std::stop_token &) { return reader.rejected(100); });
    std::set<std::string> names;
    for (const query::RejectedRow &row : kept)
        names.insert(std::filesystem::path(row.path).filename().string());
    QVERIFY(names.contains("broken.json"));
    QVERIFY(names.contains("packed.log.gz"));
}

void TestEngine::packedLogsAreUnpackedAgainOnlyWhenTheyHaveChanged() {
    const LogFolder folder;
    folder.writeGzip("packed.log.gz", manyRuns(2'000));
    const auto engine = openEngine(folder);
    QCOMPARE(read(*engine, folder).runsAdded, 2'000U);
    // Whoever unpacked it would stumble.
    folder.damageUnseen("packed.log.gz");
    const engine::IngestReport again = read(*engine, folder);
    QVERIFY(again.rejected.empty());
    QCOMPARE(fileOf(again, "packed.log.gz").bytes, 0U);
    QCOMPARE(fileOf(again, "packed.log.gz").format, "runner-text");
    folder.rewrite("packed.log.gz");
    QCOMPARE(read(*engine, folder).rejected.size(), 1U);
    QCOMPARE(read(*engine, folder).rejected.size(), 1U); // what is damaged is never taken for read
    QCOMPARE(runsOf(*engine).size(), 2'000U);
    folder.writeGzip("packed.log.gz", manyRuns(2'001));
    const engine::IngestReport mended = read(*engine, folder);
    QVERIFY(mended.rejected.empty());
    QCOMPARE(mended.runsAdded, 1U);
}

void TestEngine::aLastLineWithoutItsEndIsTakenAtEveryReading() {
    const LogFolder folder;
    std::string text = wholeRun(0, 7, "daily");
    text.pop_back();
    folder.writeGzip("packed.log.gz", text);
    text = wholeRun(10, 8, "hourly");
    text.pop_back();
    folder.write("plain.log", text);
    const auto engine = openEngine(folder);
    for (int reading = 0; reading < 3; ++reading) {
        read(*engine, folder);
        QCOMPARE(told(*engine), "daily completed 2/2\nhourly completed 2/2\n");
    }
}

void TestEngine::documentsOfHalfAWorldAreRefused() {
    const LogFolder folder;
    std::string text = recipeFile();
    while (text.size() <= 64U << 20) // the limit of FAULTS.md I6
        text += "# " + std::string(1000, '.') + "\n";
    folder.write("huge.yaml", text);
    const auto engine = openEngine(folder);
    const engine::IngestReport report = read(*engine, folder);
    QCOMPARE(report.rejected.size(), 1U);
    QVERIFY2(report.rejected[0].reason.find("64 MB") != std::string::npos, report.rejected[0].reason.c_str());
}

void TestEngine::documentsBelongToTheirRuns() {
    const LogFolder folder;
    folder.write("app.log", wholeRun(0, 7, "daily"));
    folder.write("jobs/daily.yaml", recipeFile());
    folder.write("result.json", resultOfDaily());
    const auto engine = openEngine(folder);
    const engine::IngestReport report = read(*engine, folder);
    QVERIFY(report.rejected.empty());
    QCOMPARE(fileOf(report, "daily.yaml").format, "recipe");
    QCOMPARE(fileOf(report, "result.json").format, "runner-result");
    const std::vector<Run> runs = runsOf(*engine);
    QCOMPARE(runs.size(), 1U); // one execution, seen twice
    QCOMPARE(toNs(*runs[0].start), toNs(firstSecond + 250ms));
    QVERIFY(runs[0].resolution < 1s);
    QCOMPARE(logOf(*engine, runs[0].id), wholeRun(0, 7, "daily"));
    const auto recipe = ask<std::optional<Recipe>>(
        *engine, [&](query::Reader &reader, const std::stop_token &) { return reader.recipeOf(runs[0].id); });
    QVERIFY(recipe.has_value());
    QCOMPARE(recipe->name, "Daily orders");
    // A new start knows the recipes that were read before.
    QCOMPARE(read(*engine, folder).runsAdded, 0U);
}

void TestEngine::aRunWhoseProcessIsGoneIsAbandoned() {
    const LogFolder folder;
    folder.write("app.log", starts(0, 7, "daily") + stepDone(1, 7, "load"));
    const auto engine = openEngine(folder);
    HeldOpen writer(folder.path("app.log"));
    read(*engine, folder);
    QCOMPARE(told(*engine), "daily running 1/?\n");
    writer.letGo();
    QCOMPARE(read(*engine, folder).runsUpdated, 1U); // though there is nothing new in the file
    QCOMPARE(told(*engine), "daily abandoned 1/?\n");
    // It speaks again after all.
    folder.append("app.log", stepDone(2, 7, "save") + ends(2, 7, 2, 2));
    read(*engine, folder);
    QCOMPARE(told(*engine), "daily completed 2/2\n");
}

void TestEngine::aFullDiskIsSaidAndReadingAgainFillsTheGap() {
    const LogFolder folder;
    const int runs = 30'000;
    folder.write("app.log", manyRuns(runs));
    folder.write("b.log", wholeRun(0, 7, "small")); // would still fit after the first file did not
    const auto engine = openEngine(folder);
    {
        const FullDisk disk(2'000'000);
        const auto report = engine->ingest({folder.path()}, {}, ProgressSink());
        QVERIFY(!report);
        QVERIFY2(report.error().hint.find("disk") != std::string::npos, report.error().sentence().c_str());
    }
    read(*engine, folder);
    query::RunFilter daily;
    daily.recipe = "daily";
    daily.statuses = {RunStatus::Completed};
    const auto count = ask<std::uint64_t>(
        *engine, [&](query::Reader &reader, const std::stop_token &) { return reader.countRuns(daily); });
    QCOMPARE(count, static_cast<std::uint64_t>(runs));
    const auto bytes =
        ask<StoreInfo>(*engine, [](query::Reader &reader, const std::stop_token &) { return reader.info(); });
    QCOMPARE(bytes.logBytesRaw, manyRuns(runs).size() + wholeRun(0, 7, "small").size());
}

void TestEngine::aSecondEngineOnlyReads() {
    const LogFolder folder;
    folder.write("app.log", manyRuns(2));
    const auto writer = openEngine(folder);
    const auto reader = openEngine(folder);
    QVERIFY(!writer->isReadOnly());
    QVERIFY(reader->isReadOnly());
    const auto refused = reader->ingest({folder.path()}, {}, ProgressSink());
    QVERIFY(!refused);
    QVERIFY(refused.error().kind == ErrorKind::Busy);
    reader->follow({folder.path()});
    QVERIFY(reader->followedFolders().empty());
    QVERIFY(reader->live()->runs.empty());
    QCOMPARE(reader->idleFor().count(), 0);
    reader->stopFollowing();

    read(*writer, folder);
    QCOMPARE(told(*reader), "daily completed 2/2\ndaily completed 2/2\n"); // it shows what the other stores
}

void TestEngine::aReaderIsToldThatAnotherProcessStored() {
    const LogFolder folder;
    folder.write("app.log", manyRuns(2));
    const auto writer = openEngine(folder);
    const auto reader = openEngine(folder);
    QSignalSpy committed(reader.get(), &engine::Engine::runsCommitted);
    read(*writer, folder);
    SOON_VERIFY(!committed.isEmpty());
    QVERIFY(committed[0][0].value<std::vector<std::string>>().empty()); // any run may have changed
    QCOMPARE(told(*reader), "daily completed 2/2\ndaily completed 2/2\n");
    const auto before = committed.size();
    folder.append("app.log", wholeRun(60, 9, "nightly"));
    read(*writer, folder);
    SOON_VERIFY(committed.size() > before);
}

void TestEngine::aReaderTakesTheStoreOverWhenTheWriterEnds() {
    const LogFolder folder;
    folder.write("logs/app.log", manyRuns(2));
    folder.write("recipes/daily.yaml", recipeFile());
    auto writer = openEngine(folder);
    const auto reader = need(engine::Engine::open({folder.store(), "UTC", {folder.path("logs")}}));
    const auto third = openEngine(folder);
    QVERIFY(reader->isReadOnly() && third->isReadOnly());
    QVERIFY(reader->followedFolders().empty());
    QSignalSpy became(reader.get(), &engine::Engine::becameWriter);
    QSignalSpy committed(reader.get(), &engine::Engine::runsCommitted);
    QSignalSpy failed(reader.get(), &engine::Engine::failed);
    QVERIFY(reader->isReadOnly()); // the other lives
    writer.reset();
    SOON_VERIFY(!reader->isReadOnly() || !third->isReadOnly());
    if (reader->isReadOnly())
        return; // the third was quicker, and one of them is enough
    QCOMPARE(became.size(), 1);
    QVERIFY(failed.isEmpty());
    QVERIFY(third->isReadOnly());
    QCOMPARE(reader->followedFolders(), std::vector<std::string>{folder.path("logs")});
    SOON_COMPARE(told(*reader), "daily completed 2/2\ndaily completed 2/2\n");
    QCOMPARE(read(*reader, folder).runsAdded, 0U);
    QCOMPARE(told(*third), told(*reader));
}

void TestEngine::cancellingDoesNotWaitForTheStore() {
    const LogFolder folder;
    folder.write("app.log", manyRuns(2) + starts(60, 7, "open"));
    HeldOpen log(folder.path("app.log"));
    const auto engine = openEngine(folder);
    SQLite::Database other(folder.store(), SQLite::OPEN_READWRITE);
    other.exec("BEGIN IMMEDIATE"); // whatever waits for the store waits for this
    engine->follow({folder.path()});
    SOON_VERIFY(!engine->live()->runs.empty()); // all is read, and can't be stored
    engine->cancelFollowing();
    QVERIFY(engine->followedFolders().empty());
    QVERIFY(engine->live()->runs.empty());
    QCOMPARE(told(*engine), "");
    other.exec("ROLLBACK");
    SOON_COMPARE(told(*engine), "daily completed 2/2\ndaily completed 2/2\nopen running 0/?\n");
}

void TestEngine::whatIsFollowedAfterCancellingWaitsForItsEnd() {
    const LogFolder folder;
    folder.write("app.log", manyRuns(2));
    const auto engine = openEngine(folder);
    SQLite::Database other(folder.store(), SQLite::OPEN_READWRITE);
    other.exec("BEGIN IMMEDIATE");
    engine->follow({folder.path()});
    SOON_COMPARE(engine->live()->sources, 1);
    engine->cancelFollowing();
    engine->cancelFollowing(); // once more is no more
    engine->follow({folder.path()});
    QCOMPARE(engine->followedFolders(), std::vector<std::string>{folder.path()});
    QCOMPARE(engine->live()->sources, 0);
    other.exec("ROLLBACK");
    SOON_COMPARE(engine->live()->sources, 1);
    folder.append("app.log", wholeRun(60, 9, "nightly"));
    SOON_COMPARE(told(*engine), "daily completed 2/2\ndaily completed 2/2\nnightly completed 2/2\n");
    // To end for good in the middle of an end is to wait for it.
    engine->cancelFollowing();
    engine->follow({folder.path()});
    QVERIFY(engine->stopFollowing().has_value());
    QVERIFY(engine->followedFolders().empty());
}

void TestEngine::committedRunsAreTold() {
    const LogFolder folder;
    folder.write("app.log", manyRuns(3));
    const auto engine = openEngine(folder);
    QSignalSpy committed(engine.get(), &engine::Engine::runsCommitted);
    read(*engine, folder);
    SOON_VERIFY(!committed.isEmpty()); // in this thread, as soon as it gets round to it
    std::set<std::string> ids;
    for (const QList<QVariant> &call : committed) {
        for (const std::string &id : call[0].value<std::vector<std::string>>())
            ids.insert(id);
    }
    std::set<std::string> expected;
    for (const Run &run : runsOf(*engine))
        expected.insert(run.id);
    QVERIFY(ids == expected);
}

void TestEngine::questionsAreAnsweredOrSaidWhyNot() {
    const LogFolder folder;
    folder.write("app.log", manyRuns(2));
    const auto engine = openEngine(folder);
    QCOMPARE(engine->config().storePath, folder.store());
    read(*engine, folder);
    auto info = engine->info();
    info.waitForFinished();
    QCOMPARE(need(info.result()).runs, 2U);

    // A question that is called off hears of it.
    std::stop_source stop;
    stop.request_stop();
    auto asked = engine->ask<bool>(
        [](query::Reader &, const std::stop_token &token) -> Result<bool> { return token.stop_requested(); },
        stop.get_token());
    asked.waitForFinished();
    QVERIFY(need(asked.result()));

    // The file is taken away before anybody of the pool has opened it.
    const LogFolder other;
    const auto lost = openEngine(other);
    for (const char *suffix : {"", "-wal", "-shm"})
        std::filesystem::remove(other.store() + suffix);
    auto unanswered = lost->info();
    unanswered.waitForFinished();
    QVERIFY(!unanswered.result());
    QVERIFY(unanswered.result().error().kind == ErrorKind::NotFound);
}

void TestEngine::storesThatCannotBeOpened_data() {
    QTest::addColumn<QString>("what");
    QTest::addColumn<QString>("zone");
    QTest::addColumn<int>("kind");
    const auto row = [](const char *what, const char *zone, ErrorKind kind) {
        QTest::newRow(what) << QString::fromLatin1(what) << QString::fromLatin1(zone) << static_cast<int>(kind);
    };
    row("not a database", "UTC", ErrorKind::Damaged);
    row("of a newer program", "UTC", ErrorKind::Damaged);
    row("of another program", "UTC", ErrorKind::Damaged);
    row("below a file", "UTC", ErrorKind::Failed);
    row("with a zone that is none", "Moon/Crater", ErrorKind::Invalid);
}

void TestEngine::storesThatCannotBeOpened() {
    QFETCH(const QString, what);
    QFETCH(const QString, zone);
    QFETCH(const int, kind);
    const LogFolder folder;
    std::string path = folder.store();
    if (what == QLatin1String("not a database")) {
        folder.write("../a.store", std::string(5000, 'x'));
    } else if (what == QLatin1String("of a newer program")) {
        openEngine(folder).reset();
        SQLite::Database(path, SQLite::OPEN_READWRITE).exec("PRAGMA user_version = 100000");
    } else if (what == QLatin1String("of another program")) {
        SQLite::Database(path, SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE)
            .exec("CREATE TABLE theirs(x); PRAGMA application_id = 42");
    } else if (what == QLatin1String("below a file")) {
        folder.write("../file", "x");
        path = folder.path("../file") + "/a.store";
    }
    const auto engine = engine::Engine::open({path, zone.toStdString(), {}});
    QVERIFY(!engine);
    QVERIFY2(static_cast<int>(engine.error().kind) == kind, engine.error().sentence().c_str());
    QVERIFY(!engine.error().why.empty());
}

void TestEngine::infoNeedsNoEngine() {
    const LogFolder folder;
    const auto none = engine::Engine::storeInfo(folder.store());
    QVERIFY(!none);
    QVERIFY(none.error().kind == ErrorKind::NotFound);
    folder.write("app.log", manyRuns(2));
    read(*openEngine(folder), folder);
    const StoreInfo info = need(engine::Engine::storeInfo(folder.store()));
    QCOMPARE(info.runs, 2U);
    QCOMPARE(info.steps, 4U);
    QCOMPARE(info.logBytesRaw, manyRuns(2).size());
}

QTEST_GUILESS_MAIN(TestEngine)
#include "tst_engine.moc"
