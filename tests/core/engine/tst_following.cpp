// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/core/engine/enginefixture.h"

#include <SQLiteCpp/SQLiteCpp.h>

#include <QProcess>
#include <QSignalSpy>

#include <mutex>

using namespace ra;
using namespace ra::test;
using namespace std::chrono_literals;

namespace {

/// What following told, from its thread.
class Events {
public:
    void listenTo(engine::Engine &engine) {
        engine.setEventSink([this](const engine::RunEvent &event) {
            const std::lock_guard lock(m_mutex);
            m_events.push_back(event);
        });
    }
    [[nodiscard]] std::vector<engine::RunEvent> all() const {
        const std::lock_guard lock(m_mutex);
        return m_events;
    }
    /// "run_started daily, step_started daily/load, ..."
    [[nodiscard]] std::string text() const {
        std::string text;
        for (const engine::RunEvent &event : all()) {
            text += (text.empty() ? "" : ", ") + event.event + " " + event.recipe;
            if (!event.step.empty())
                text += "/" + event.step;
            if (!event.status.empty())
                text += " " + event.status;
        }
        return text;
    }

private:
    mutable std::mutex m_mutex;
    std::vector<engine::RunEvent> m_events;
};

/// The run of that recipe on the live board; one that is not there has no id.
live::LiveRun liveRun(const engine::Engine &engine, const std::string &recipe) {
    const auto snapshot = engine.live();
    for (const live::LiveRun &run : snapshot->runs) {
        if (run.recipe == recipe)
            return run;
    }
    return {};
}

/// Its status; "none" where the board has no such run.
std::string statusOf(const engine::Engine &engine, const std::string &recipe) {
    const live::LiveRun run = liveRun(engine, recipe);
    return run.id.empty() ? "none" : std::string(toString(run.status));
}

} // namespace

class TestFollowing : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void whatIsThereIsIndexedThenWhatComesIsShown();
    void everythingThatHappensIsTold();
    void stoppedItGoesOnWhereItWasLeft();
    void aKilledProcessLeavesAnAbandonedRun();
    void aRunIsAbandonedThoughItsLogIsDeleted();
    void anAbandonedRunIsMarkedAgainWhereTheStoreRefusedAtFirst();
    void aLastLineWithoutItsEndIsRead_data();
    void aLastLineWithoutItsEndIsRead();
    void packedLogsAreUnpackedAgainOnlyWhenTheyHaveChanged();
    void rotationLosesNothing_data();
    void rotationLosesNothing();
    void aFullDiskHoldsTheReaderBackUntilThereIsRoom();
    void nobodyWaitsForAFullDiskToEnd();
    void whatRanBeforeIsLiveAgainAtOnce();
    void documentsComeInWhileFollowing();
    void anEstimateRestsOnEarlierRuns();
    void aRecipeThatIsKnownNamesTheStepsToCome();
    void filesAndFoldersMayComeLater();
    void moreFoldersJoinThoseBefore();
    void theTailShowsTheNewestLines();
    void anEngineMayEndInTheMiddleOfAnything();
};

void TestFollowing::whatIsThereIsIndexedThenWhatComesIsShown() {
    const LogFolder folder;
    folder.write("app.log", manyRuns(20'000)); // more than a batch
    const HeldOpen writer(folder.path("app.log"));
    const auto engine = openEngine(folder);
    QSignalSpy progress(engine.get(), &engine::Engine::indexProgress);
    QSignalSpy live(engine.get(), &engine::Engine::liveChanged);
    QSignalSpy committed(engine.get(), &engine::Engine::runsCommitted);
    QSignalSpy failed(engine.get(), &engine::Engine::failed);
    engine->follow({folder.path()});
    QVERIFY(engine->followedFolders() == std::vector<std::string>{folder.path()});
    const auto isComplete = [&] {
        const auto last = progress.isEmpty() ? Progress() : progress.last()[0].value<Progress>();
        return last.total > 0 && last.done == last.total;
    };
    SOON_VERIFY(isComplete());
    QCOMPARE(progress.last()[0].value<Progress>().total, manyRuns(20'000).size());
    for (qsizetype i = 1; i < progress.size(); ++i)
        QVERIFY(progress[i][0].value<Progress>().done >= progress[i - 1][0].value<Progress>().done);
    QCOMPARE(engine->live()->sources, 1);

    folder.append("app.log", starts(70'000, 7, "now"));
    SOON_COMPARE(statusOf(*engine, "now"), "running");
    folder.append("app.log", stepDone(70'001, 7, "load"));
    SOON_COMPARE(liveRun(*engine, "now").stepIndex, 1);
    QVERIFY(!live.isEmpty());
    const std::string id = liveRun(*engine, "now").id;
    folder.append("app.log", stepDone(70'002, 7, "save") + ends(70'002, 7, 2, 2));
    SOON_COMPARE(statusOf(*engine, "now"), "completed");

    engine->stopFollowing();
    QVERIFY(engine->followedFolders().empty());
    query::RunFilter now;
    now.recipe = "now";
    const std::vector<Run> runs = runsOf(*engine, now);
    QCOMPARE(runs.size(), 1U);
    QCOMPARE(runs[0].id, id); // the same on the board and in the store
    QCOMPARE(logOf(*engine, id), wholeRun(70'000, 7, "now"));
    SOON_VERIFY(!committed.isEmpty());
    QVERIFY(failed.isEmpty());
}

void TestFollowing::everythingThatHappensIsTold() {
    const LogFolder folder;
    folder.write("app.log", starts(0, 7, "daily"));
    const HeldOpen writer(folder.path("app.log"));
    const auto engine = openEngine(folder);
    Events events;
    events.listenTo(*engine);
    engine->follow({folder.path()});
    SOON_COMPARE(events.text(), "run_started daily");
    folder.append("app.log", stepDone(1, 7, "load"));
    SOON_VERIFY(events.text().find("step_finished daily/load completed") != std::string::npos);
    folder.append("app.log", stepDone(2, 7, "save") + ends(2, 7, 2, 2));
    SOON_VERIFY(events.text().ends_with("run_finished daily completed"));
    QCOMPARE(events.text(), "run_started daily, step_started daily/load, step_finished daily/load completed, "
                            "step_started daily/save, step_finished daily/save completed, "
                            "run_finished daily completed");
    const auto all = events.all();
    QCOMPARE(toNs(*all.front().time), toNs(firstSecond));
    QCOMPARE(toNs(*all.back().time), toNs(firstSecond + 2s));
    QCOMPARE(all.back().duration->count(), Duration(2s).count());
    QCOMPARE(all.front().runId, liveRun(*engine, "daily").id);
}

void TestFollowing::stoppedItGoesOnWhereItWasLeft() {
    const LogFolder folder;
    const std::string text = manyRuns(2);
    const std::size_t half = text.size() / 2 + 100; // in the middle of a line
    folder.write("app.log", text.substr(0, half));
    const HeldOpen writer(folder.path("app.log"));
    {
        const auto engine = openEngine(folder);
        engine->follow({folder.path()});
        SOON_COMPARE(told(*engine), "daily completed 2/2\ndaily running 0/?\n");
    } // ends with what it read in the store
    folder.append("app.log", text.substr(half));
    const auto engine = openEngine(folder);
    engine->follow({folder.path()});
    SOON_COMPARE(told(*engine), "daily completed 2/2\ndaily completed 2/2\n");
    engine->stopFollowing();
    const std::vector<Run> runs = runsOf(*engine);
    QCOMPARE(logOf(*engine, runs[1].id), wholeRun(0, 1000, "daily"));
    QCOMPARE(logOf(*engine, runs[0].id), wholeRun(3, 1001, "daily"));
    const auto info =
        ask<StoreInfo>(*engine, [](query::Reader &reader, const std::stop_token &) { return reader.info(); });
    QCOMPARE(info.logBytesRaw, text.size());
    // Read once after following: there is nothing new.
    QCOMPARE(need(engine->ingest({folder.path()}, {}, {})).runsUpdated, 0U);
}

void TestFollowing::aKilledProcessLeavesAnAbandonedRun() {
    const LogFolder folder;
    QProcess process; // writes a log and waits
    process.start(QStringLiteral("sh"),
                  {QStringLiteral("-c"), QStringLiteral("exec >>\"$1\"; printf '%s' \"$2\"; read wait"),
                   QStringLiteral("sh"), QString::fromStdString(folder.path("app.log")),
                   QString::fromStdString(starts(0, 7, "daily") + stepDone(1, 7, "load"))});
    QVERIFY(process.waitForStarted());
    const auto engine = openEngine(folder);
    engine->follow({folder.path()});
    SOON_COMPARE(liveRun(*engine, "daily").stepIndex, 1);
    QCOMPARE(statusOf(*engine, "daily"), "running");
    process.kill();
    QVERIFY(process.waitForFinished());
    SOON_COMPARE(statusOf(*engine, "daily"), "abandoned");
    SOON_COMPARE(told(*engine), "daily abandoned 1/?\n");
}

void TestFollowing::aRunIsAbandonedThoughItsLogIsDeleted() {
    const LogFolder folder;
    folder.write("app.log", starts(0, 7, "daily"));
    HeldOpen writer(folder.path("app.log"));
    const auto engine = openEngine(folder);
    engine->follow({folder.path()});
    SOON_COMPARE(statusOf(*engine, "daily"), "running");
    std::filesystem::remove(folder.path("app.log"));
    SOON_COMPARE(engine->live()->sources, 0);        // given up after a while
    QCOMPARE(statusOf(*engine, "daily"), "running"); // its process may still be at work
    writer.letGo();
    SOON_COMPARE(statusOf(*engine, "daily"), "abandoned");
    SOON_COMPARE(told(*engine), "daily abandoned 0/?\n");
}

void TestFollowing::anAbandonedRunIsMarkedAgainWhereTheStoreRefusedAtFirst() {
    const LogFolder folder;
    folder.write("app.log", starts(0, 7, "daily"));
    {
        const HeldOpen writer(folder.path("app.log"));
        const auto engine = openEngine(folder);
        engine->follow({folder.path()});
        SOON_COMPARE(told(*engine), "daily running 0/?\n");
    }
    std::filesystem::remove(folder.path("app.log")); // nobody will ever read its end
    SQLite::Database store(folder.store(), SQLite::OPEN_READWRITE);
    store.setBusyTimeout(10'000);
    store.exec("CREATE TRIGGER refuse BEFORE UPDATE ON runs WHEN new.status = 9 "
               "BEGIN SELECT RAISE(ABORT, 'not now'); END");
    const auto engine = openEngine(folder);
    QSignalSpy failed(engine.get(), &engine::Engine::failed);
    engine->follow({folder.path()});
    SOON_COMPARE(failed.size(), 1);
    QVERIFY(failed[0][0].value<Error>().why.find("not now") != std::string::npos);
    QCOMPARE(told(*engine), "daily running 0/?\n");
    store.exec("DROP TRIGGER refuse");
    SOON_COMPARE(told(*engine), "daily abandoned 0/?\n");
    QCOMPARE(failed.size(), 1); // however often it was tried
}

void TestFollowing::aLastLineWithoutItsEndIsRead_data() {
    QTest::addColumn<std::string>("name");
    QTest::newRow("its file is gone") << std::string("removed.log");
    QTest::newRow("it is compressed") << std::string("app.log.gz");
}

void TestFollowing::aLastLineWithoutItsEndIsRead() {
    QFETCH(const std::string, name);
    const LogFolder folder;
    std::string text = wholeRun(0, 7, "daily");
    text.pop_back();
    if (name.ends_with(".gz"))
        folder.writeGzip(name, text);
    else
        folder.write(name, text);
    auto engine = openEngine(folder);
    if (name == "removed.log") {
        HeldOpen writer(folder.path(name));
        engine->follow({folder.path()});
        SOON_COMPARE(statusOf(*engine, "daily"), "running");
        std::filesystem::remove(folder.path(name));
        SOON_COMPARE(engine->live()->sources, 0);
        SOON_COMPARE(told(*engine), "daily completed 2/2\n");
        return;
    }
    engine->follow({folder.path()});
    SOON_COMPARE(told(*engine), "daily completed 2/2\n");
    // The next session has the run open again until it comes to that line.
    engine.reset();
    engine = openEngine(folder);
    engine->follow({folder.path()});
    SOON_VERIFY(!engine->live()->runs.empty() && engine->live()->runs.front().status != RunStatus::Running);
    QVERIFY(engine->live()->runs.front().status == RunStatus::Completed);
    QCOMPARE(told(*engine), "daily completed 2/2\n");
}

void TestFollowing::packedLogsAreUnpackedAgainOnlyWhenTheyHaveChanged() {
    const LogFolder folder;
    folder.writeGzip("a.log.gz", manyRuns(2'000));
    {
        const auto engine = openEngine(folder);
        engine->follow({folder.path()});
        SOON_COMPARE(runsOf(*engine).size(), 2'000U);
        need(engine->stopFollowing());
    }
    // Whoever unpacked it would stumble.
    folder.damageUnseen("a.log.gz");
    folder.writeGzip("b.log.gz", wholeRun(0, 7, "later"));
    const auto engine = openEngine(folder);
    engine->follow({folder.path()});
    SOON_COMPARE(runsOf(*engine).size(), 2'001U); // files are read in the order of their names
    QCOMPARE(engine->live()->notice, std::string());
    folder.rewrite("a.log.gz");
    SOON_VERIFY(engine->live()->notice.find("a.log.gz") != std::string::npos);
}

void TestFollowing::rotationLosesNothing_data() {
    QTest::addColumn<bool>("byRenaming");
    QTest::newRow("renamed and begun anew") << true;
    QTest::newRow("copied and emptied") << false;
}

void TestFollowing::rotationLosesNothing() {
    QFETCH(const bool, byRenaming);
    const LogFolder folder;
    folder.write("app.log", wholeRun(0, 1, "first") + starts(3, 2, "across"));
    HeldOpen writer(folder.path("app.log"));
    const auto engine = openEngine(folder);
    engine->follow({folder.path()});
    SOON_VERIFY(!liveRun(*engine, "across").id.empty());
    if (byRenaming) {
        std::filesystem::rename(folder.path("app.log"), folder.path("app.log.1"));
        folder.append("app.log.1", stepDone(4, 2, "load") + stepDone(5, 2, "save") + ends(5, 2, 2, 2));
    } else {
        std::filesystem::copy_file(folder.path("app.log"), folder.path("app.log.1"));
    }
    folder.write("app.log", wholeRun(10, 3, "second"));
    SOON_COMPARE(told(*engine), byRenaming ? "first completed 2/2\nacross completed 2/2\nsecond completed 2/2\n"
                                           : "first completed 2/2\nacross running 0/?\nsecond completed 2/2\n");
    engine->stopFollowing();
    for (const Run &run : runsOf(*engine)) {
        if (run.recipe == "second")
            QCOMPARE(logOf(*engine, run.id), wholeRun(10, 3, "second"));
    }
}

void TestFollowing::aFullDiskHoldsTheReaderBackUntilThereIsRoom() {
    const LogFolder folder;
    folder.write("app.log", wholeRun(0, 1, "first"));
    const HeldOpen writer(folder.path("app.log"));
    const auto engine = openEngine(folder);
    QSignalSpy failed(engine.get(), &engine::Engine::failed);
    engine->follow({folder.path()});
    SOON_COMPARE(told(*engine), "first completed 2/2\n");
    const int runs = 3'000;
    const std::string much = manyRuns(runs, 10'000, "much") + starts(10'000, 7, "open");
    folder.write("../later.log", much);
    const HeldOpen other(folder.path("../later.log"));
    {
        const FullDisk disk(300'000);
        std::filesystem::rename(folder.path("../later.log"), folder.path("later.log"));
        SOON_COMPARE(failed.size(), 1);
        SOON_VERIFY(!liveRun(*engine, "open").id.empty()); // what runs is shown all the same
        QCOMPARE(told(*engine), "first completed 2/2\n");
        QCOMPARE(failed.size(), 1); // said once, tried on
        QVERIFY(!failed[0][0].value<Error>().hint.empty());
        QVERIFY(engine->live()->notice.starts_with("Nothing is stored: "));
    }
    SOON_COMPARE(engine->live()->notice, std::string());
    const auto count = [&] {
        return ask<std::uint64_t>(*engine,
                                  [](query::Reader &reader, const std::stop_token &) { return reader.countRuns({}); });
    };
    SOON_COMPARE(count(), static_cast<std::uint64_t>(runs) + 2);
    engine->stopFollowing();
    const auto info =
        ask<StoreInfo>(*engine, [](query::Reader &reader, const std::stop_token &) { return reader.info(); });
    QCOMPARE(info.logBytesRaw, wholeRun(0, 1, "first").size() + much.size());
}

void TestFollowing::nobodyWaitsForAFullDiskToEnd() {
    const LogFolder folder;
    folder.write("app.log", wholeRun(0, 1, "first"));
    const int runs = 60'000; // decoded, they are more than the writer's queue takes
    const std::string much = manyRuns(runs, 10'000, "much");
    {
        const auto engine = openEngine(folder);
        QSignalSpy failed(engine.get(), &engine::Engine::failed);
        engine->follow({folder.path()});
        SOON_COMPARE(told(*engine), "first completed 2/2\n");
        const FullDisk disk(static_cast<rlim_t>(much.size()) * 2); // room for the log, none for its store
        folder.write("later.log", much);
        disk.tighten(300'000);
        SOON_VERIFY(!engine->live()->notice.empty());
        engine->stopFollowing();
        QCOMPARE(told(*engine), "first completed 2/2\n");
        QVERIFY(engine->live()->notice.empty());
        engine->follow({folder.path()});
        SOON_VERIFY(!engine->live()->notice.empty());
    } // closed on a full disk
    const auto engine = openEngine(folder);
    need(engine->ingest({folder.path()}, {}, {}));
    QCOMPARE(ask<std::uint64_t>(*engine,
                                [](query::Reader &reader, const std::stop_token &) { return reader.countRuns({}); }),
             static_cast<std::uint64_t>(runs) + 1);
}

void TestFollowing::whatRanBeforeIsLiveAgainAtOnce() {
    const LogFolder folder;
    folder.write("app.log", starts(0, 7, "daily") + stepDone(1, 7, "load"));
    const HeldOpen writer(folder.path("app.log"));
    for (int session = 0; session < 2; ++session) {
        const auto engine = openEngine(folder);
        engine->follow({folder.path()});
        SOON_COMPARE(statusOf(*engine, "daily"), "running");
        SOON_COMPARE(engine->live()->runs.size(), 1U);
        QCOMPARE(engine->live()->runs[0].step, std::string("load"));
        // Other folders come and go without touching it.
        std::filesystem::create_directory(folder.path("../other"));
        engine->follow({folder.path("../other")});
        engine->unfollow(folder.path("../other"));
        QCOMPARE(engine->live()->runs.size(), 1U);
        QCOMPARE(engine->followedFolders(), std::vector<std::string>{folder.path()});
    }
}

void TestFollowing::documentsComeInWhileFollowing() {
    const LogFolder folder;
    folder.write("app.log", starts(0, 7, "daily"));
    folder.write("jobs/daily.yaml", "steps:\n- {name: load, module: m, function: Load}\n"
                                    "- {name: save, module: m, function: Save}\n");
    const HeldOpen writer(folder.path("app.log"));
    const auto engine = openEngine(folder);
    QSignalSpy failed(engine.get(), &engine::Engine::failed);
    engine->follow({folder.path()});
    SOON_VERIFY(!liveRun(*engine, "daily").id.empty());
    folder.append("app.log", stepDone(1, 7, "load") + stepDone(2, 7, "save") + ends(2, 7, 2, 2));
    SOON_COMPARE(statusOf(*engine, "daily"), "completed");
    // The result object is written when the run has ended; its times are finer than those of the log.
    const std::string result = resultOfDaily();
    folder.write("result.json", result);
    folder.write("broken.json", result.substr(0, result.size() - 1));
    const auto isFiner = [&] {
        const std::vector<Run> runs = runsOf(*engine);
        return runs.size() == 1 && runs[0].start == firstSecond + 250ms;
    };
    SOON_VERIFY(isFiner());
    const auto rejected = [&] {
        return ask<std::vector<query::RejectedRow>>(
            *engine, [](query::Reader &reader, const std::stop_token &) { return reader.rejected(10); });
    };
    SOON_COMPARE(rejected().size(), 1U);
    QVERIFY(rejected()[0].path.ends_with("broken.json"));
    QVERIFY(failed.isEmpty());

    std::string text = "steps:\n- {module: m, function: F}\n";
    while (text.size() <= 64U << 20)
        text += "# " + std::string(1000, '.') + "\n";
    folder.write("huge.yaml", text);
    SOON_VERIFY(!failed.isEmpty()); // too large to be read: said, and the rest goes on
    QVERIFY(failed[0][0].value<Error>().why.find("64 MB") != std::string::npos);
}

void TestFollowing::anEstimateRestsOnEarlierRuns() {
    const LogFolder folder;
    folder.write("old.log", manyRuns(5));
    const auto engine = openEngine(folder);
    need(engine->ingest({folder.path()}, {}, {}));
    folder.write("app.log", starts(100, 7, "daily") + stepDone(101, 7, "load"));
    const HeldOpen writer(folder.path("app.log"));
    QSignalSpy live(engine.get(), &engine::Engine::liveChanged);
    engine->follow({folder.path()});
    const auto running = [&] {
        const auto snapshot = engine->live();
        for (const live::LiveRun &run : snapshot->runs) {
            if (run.status == RunStatus::Running)
                return run;
        }
        return live::LiveRun();
    };
    SOON_VERIFY(running().estimate.has_value());
    QCOMPARE(running().estimate->basisRuns, 5);
    QVERIFY(!live.isEmpty());
}

void TestFollowing::aRecipeThatIsKnownNamesTheStepsToCome() {
    const LogFolder folder;
    folder.write("jobs/daily.yaml", "steps:\n- {name: load, module: m, function: Load}\n"
                                    "- {name: save, module: m, function: Save}\n");
    need(openEngine(folder)->ingest({folder.path()}, {}, {}));
    folder.write("app.log", starts(0, 7, "daily"));
    const HeldOpen writer(folder.path("app.log"));
    const auto engine = openEngine(folder); // knows it from the store
    engine->follow({folder.path()});
    SOON_COMPARE(statusOf(*engine, "daily"), "running");
    QCOMPARE(liveRun(*engine, "daily").totalSteps.value_or(0), 2); // the log itself says so at the end only
    folder.append("app.log", stepDone(1, 7, "load"));
    SOON_COMPARE(liveRun(*engine, "daily").stepIndex, 1);
    QCOMPARE(liveRun(*engine, "daily").step, "load");
}

void TestFollowing::filesAndFoldersMayComeLater() {
    const LogFolder folder;
    const auto engine = openEngine(folder);
    folder.write("given.log", wholeRun(0, 1, "file"));
    engine->follow({folder.path("given.log"), folder.path("later")});
    SOON_COMPARE(told(*engine), "file completed 2/2\n");
    std::filesystem::create_directories(folder.path("later/deep"));
    folder.write("later/deep/app.log", wholeRun(5, 2, "folder"));
    folder.write("other.log", wholeRun(9, 3, "stranger")); // beside them: nobody asked for it
    SOON_COMPARE(told(*engine), "file completed 2/2\nfolder completed 2/2\n");
}

void TestFollowing::moreFoldersJoinThoseBefore() {
    const LogFolder one;
    const LogFolder two;
    one.write("app.log", wholeRun(0, 1, "one"));
    two.write("app.log", wholeRun(5, 2, "two"));
    const auto engine = need(engine::Engine::open({one.store(), "UTC", {one.path()}})); // followed from the start
    SOON_COMPARE(told(*engine), "one completed 2/2\n");
    engine->follow({two.path()});
    QCOMPARE(engine->followedFolders().size(), 2U);
    SOON_COMPARE(told(*engine), "one completed 2/2\ntwo completed 2/2\n");
    one.append("app.log", wholeRun(10, 3, "again"));
    SOON_COMPARE(told(*engine), "one completed 2/2\ntwo completed 2/2\nagain completed 2/2\n");
}

void TestFollowing::theTailShowsTheNewestLines() {
    const LogFolder folder;
    const std::string text = manyRuns(300); // more than the tail shows of one batch
    folder.write("app.log", text);
    const auto engine = openEngine(folder);
    engine->follow({folder.path()});
    SOON_VERIFY(!engine->live()->tail.empty());
    std::string newest = engine->live()->tail.back().second;
    QCOMPARE(newest + "\n", text.substr(text.rfind('\n', text.size() - 2) + 1));
    // Whole lines only, though the batch was cut.
    QVERIFY(engine->live()->tail.front().second.starts_with("2026-11-23 "));
    folder.append("app.log", starts(2'000, 7, "now"));
    const auto last = [&] { return engine->live()->tail.back().second + "\n"; };
    SOON_COMPARE(last(), starts(2'000, 7, "now"));
    QVERIFY(engine->idleFor() > Duration::zero());
}

void TestFollowing::anEngineMayEndInTheMiddleOfAnything() {
    const LogFolder folder;
    folder.write("old.log", manyRuns(200));
    need(openEngine(folder)->ingest({folder.path()}, {}, {}));
    std::string running;
    for (int i = 0; i < 50; ++i)
        running += starts(1'000 + i, 9'000 + i, "r" + std::to_string(i)); // a history is asked for each
    folder.write("app.log", running);
    const HeldOpen writer(folder.path("app.log"));
    for (int round = 0; round < 5; ++round) {
        const auto engine = openEngine(folder);
        // Questions that keep the pool busy, so that those of the session are still waiting when it ends.
        std::vector<QFuture<Result<std::uint64_t>>> answers;
        for (int i = 0; i < 20; ++i) {
            answers.push_back(engine->ask<std::uint64_t>(
                [](query::Reader &reader, const std::stop_token &) { return reader.countRuns({}); }));
        }
        engine->follow({folder.path()});
        SOON_VERIFY(engine->live()->sources > 0);
        if (round % 2)
            engine->stopFollowing();
        else
            engine->follow({folder.path()});
    }
    QCOMPARE(runsOf(*openEngine(folder)).size(), 250U);
}

QTEST_GUILESS_MAIN(TestFollowing)
#include "tst_following.moc"
