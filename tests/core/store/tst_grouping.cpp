// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/core/store/storefixture.h"

#include <QRandomGenerator>

#include <SQLiteCpp/SQLiteCpp.h>
#include <algorithm>
#include <set>

using namespace ra;
using namespace ra::test;

class TestGrouping : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void aRunSeenInTwoSourcesIsOneRun();
    void theNumbersOfAllSightingsLeadToTheRun();
    void whatDoesNotStandAloneIsNotShownByItself();
    void aMergedRunFollowsItsMembers();
    void aGroupFallsApartWhenItsMembersNoLongerAgree();
    void withdrawnMembersLeaveTheRestStanding();
    void aRunThatGoesOnWithoutItsBeginningIsOneRun();
    void differentRunsOfOneNumberGetDifferentNumbers();
    void anAbandonedRunIsAbandonedInAllItsSources();
    void theOrderOfReadingDoesNotMatter_data();
    void theOrderOfReadingDoesNotMatter();
    void thousandsOfRunsOfOneRecipeStayQuick();
    void moreAlikeThanCanBeComparedStillMakeRuns();
};

namespace {

/// The same run as a result document tells it: exact times, no runner.
Run documentOf(Run run) {
    run.id = idOf(0xd000 + std::stoull(run.id, nullptr, 16));
    run.runner = 0;
    run.executionId = "result of " + run.id;
    run.recipePath = "/srv/framework0/" + run.recipePath;
    *run.start += 250ms;
    *run.end += 250ms;
    run.resolution = 1us;
    for (Step &step : run.steps)
        step.attempts.clear();
    return run;
}

ingest::RunChange attachmentOf(Run run, std::uint64_t offset) {
    ingest::RunChange change = changeOf(std::move(run), offset);
    change.standsAlone = false;
    return change;
}

std::string shown(const StoreFile &file) {
    const auto reader = file.reader();
    std::string text;
    for (const char *sql : {"SELECT * FROM runs_v ORDER BY run_id", "SELECT * FROM steps_v ORDER BY run_id, idx",
                            "SELECT * FROM attempts_v ORDER BY run_id, idx, attempt",
                            "SELECT * FROM errors_v ORDER BY run_id, step, attempt, message"})
        text += ask(*reader, sql) + "\n--\n";
    return text;
}

} // namespace

void TestGrouping::aRunSeenInTwoSourcesIsOneRun() {
    StoreFile file;
    auto store = file.open();
    const Run text = textRun(1, monday);
    const Run document = documentOf(text);
    QCOMPARE(need(store->apply({{batchOf(1, 100, {changeOf(text, 0)})}})).added, std::vector<std::string>{text.id});
    const auto summary = need(store->apply({{batchOf(2, 100, {changeOf(document, 0)})}}));
    QVERIFY(summary.added.empty());
    QCOMPARE(summary.updated, std::vector<std::string>{text.id});

    auto reader = file.reader();
    const auto runs = need(reader->runs({}, 10));
    QCOMPARE(runs.size(), 1U);
    QCOMPARE(runs[0].executionId, text.executionId);
    QCOMPARE(toNs(*runs[0].start), toNs(*document.start)); // the more precise
    QVERIFY(runs[0].resolution == 1us);
    QCOMPARE(runs[0].steps.size(), 3U);
    QCOMPARE(runs[0].steps[0].attempts.size(), 1U);
    QCOMPARE(need(reader->countRuns({})), 1U);
    QCOMPARE(need(reader->runColumns())->size(), 1U);
    QCOMPARE(need(store->info()).steps, 3U);
    QVERIFY(need(store->apply({{batchOf(2, 100, {changeOf(document, 0)})}})).updated.empty());
}

void TestGrouping::theNumbersOfAllSightingsLeadToTheRun() {
    StoreFile file;
    auto store = file.open();
    const Run text = textRun(1, monday);
    const Run document = documentOf(text);
    need(store->apply({{batchOf(2, 100, {changeOf(document, 0)})}}));
    auto reader = file.reader();
    QCOMPARE(need(reader->run(document.id)).id, document.id);
    need(store->apply({{batchOf(1, 100, {changeOf(text, 0)})}}));
    QCOMPARE(need(reader->run(document.id)).id, text.id);
    QCOMPARE(need(reader->run(text.id)).id, text.id);

    // A sighting that gets another number is still found by its first.
    Run renumbered = text;
    renumbered.id = idOf(77);
    need(store->apply({{batchOf(1, 200, {changeOf(renumbered, 0)})}}));
    for (const std::string &id : {renumbered.id, text.id, document.id})
        QCOMPARE(need(reader->run(id)).id, renumbered.id);
}

void TestGrouping::whatDoesNotStandAloneIsNotShownByItself() {
    StoreFile file;
    auto store = file.open();
    const Run text = textRun(1, monday);
    const Run document = documentOf(text);
    auto reader = file.reader();
    const auto first = need(store->apply({{batchOf(2, 100, {attachmentOf(document, 0)})}}));
    QVERIFY(first.added.empty() && first.updated.empty());
    QCOMPARE(need(reader->countRuns({})), 0U);
    QVERIFY(reader->run(document.id).error().kind == ErrorKind::NotFound);
    need(store->apply({{batchOf(3, 100, {attachmentOf(document, 0)})}}));
    QCOMPARE(need(reader->countRuns({})), 0U);

    const auto summary = need(store->apply({{batchOf(1, 100, {changeOf(text, 0)})}}));
    QCOMPARE(summary.added, std::vector<std::string>{text.id});
    QCOMPARE(need(reader->countRuns({})), 1U);
    QCOMPARE(toNs(*need(reader->run(document.id)).start), toNs(*document.start));

    // And when it learns to stand alone, it is shown even without the other.
    ingest::RunChange gone = changeOf(text, 0);
    gone.withdrawn = true;
    need(store->apply({{batchOf(1, 200, {gone})}}));
    QCOMPARE(need(reader->countRuns({})), 0U);
    QCOMPARE(need(store->apply({{batchOf(2, 200, {changeOf(document, 0)})}})).added.size(), 1U);
}

void TestGrouping::aMergedRunFollowsItsMembers() {
    StoreFile file;
    auto store = file.open();
    Run log = textRun(1, monday, 2);
    log.status = RunStatus::Running;
    log.duration.reset();
    log.end.reset();
    log.steps.pop_back();
    Run console = log;
    console.id = idOf(2);
    need(store->apply({{batchOf(1, 100, {changeOf(log, 0)}), batchOf(2, 100, {changeOf(console, 0)})}}));
    auto reader = file.reader();
    QCOMPARE(need(reader->countRuns({})), 1U);
    const Run before = need(reader->runs({}, 1)).at(0);
    QVERIFY(before.status == RunStatus::Running);
    QCOMPARE(before.steps.size(), 1U);

    const Run done = textRun(1, monday, 2);
    const auto summary = need(store->apply({{batchOf(1, 200, {changeOf(done, 0)})}}));
    QCOMPARE(summary.updated, std::vector<std::string>{before.id});
    const Run after = need(reader->run(before.id));
    QVERIFY(after.status == RunStatus::Completed);
    QCOMPARE(after.steps.size(), 2U);
}

void TestGrouping::aGroupFallsApartWhenItsMembersNoLongerAgree() {
    StoreFile file;
    auto store = file.open();
    const Run text = textRun(1, monday);
    Run other = textRun(2, monday, 3, text.runner);
    need(store->apply({{batchOf(1, 100, {changeOf(text, 0)}), batchOf(2, 100, {changeOf(other, 0)})}}));
    auto reader = file.reader();
    QCOMPARE(need(reader->countRuns({})), 1U);

    other = textRun(2, monday + 1h, 3, text.runner);
    const auto summary = need(store->apply({{batchOf(2, 200, {changeOf(other, 0)})}}));
    QCOMPARE(need(reader->countRuns({})), 2U);
    QCOMPARE(summary.updated.size(), 2U);
    QVERIFY(need(reader->run(text.id)) == text);
    QVERIFY(need(reader->run(other.id)) == other);
    QCOMPARE(ask(*reader, "SELECT count(*) FROM runs WHERE source_id IS NULL"), "0");
    QCOMPARE(ask(*reader, "SELECT count(*) FROM steps"), "6");
}

void TestGrouping::withdrawnMembersLeaveTheRestStanding() {
    StoreFile file;
    auto store = file.open();
    const Run text = textRun(1, monday);
    const Run second = textRun(2, monday, 3, text.runner);
    const Run document = documentOf(text);
    need(store->apply({{batchOf(1, 100, {changeOf(text, 0)}), batchOf(2, 100, {changeOf(second, 0)}),
                        batchOf(3, 100, {changeOf(document, 0)})}}));
    auto reader = file.reader();
    QCOMPARE(need(reader->countRuns({})), 1U);
    const auto withdraw = [&](int source, const Run &run, std::uint64_t end) {
        ingest::RunChange change = changeOf(run, 0);
        change.withdrawn = true;
        return need(store->apply({{batchOf(source, end, {change})}}));
    };
    QCOMPARE(withdraw(1, text, 200).updated.size(), 1U);
    QCOMPARE(need(reader->countRuns({})), 1U);
    QCOMPARE(need(reader->run(second.id)).id, second.id);
    withdraw(2, second, 200);
    QVERIFY(need(reader->run(document.id)) == document);
    withdraw(3, document, 200);
    QCOMPARE(need(reader->countRuns({})), 0U);
    QCOMPARE(ask(*reader, "SELECT count(*) FROM runs"), "0");
}

void TestGrouping::aRunThatGoesOnWithoutItsBeginningIsOneRun() {
    Run head = textRun(1, monday, 4);
    Run tail = head;
    head.status = RunStatus::Abandoned;
    head.duration.reset();
    head.end.reset();
    head.steps.resize(2);
    tail.id = idOf(2);
    tail.start.reset();
    tail.recipe = tail.recipePath = {};
    tail.steps.erase(tail.steps.begin(), tail.steps.begin() + 2);
    for (int i = 0; i < 2; ++i)
        tail.steps[static_cast<std::size_t>(i)].index = i;
    ingest::RunChange rest = changeOf(tail, 0);
    rest.headless = true;
    for (const bool tailFirst : {true, false}) {
        StoreFile file;
        auto store = file.open();
        if (tailFirst)
            need(store->apply({{batchOf(2, 100, {rest})}}));
        need(store->apply({{batchOf(1, 100, {changeOf(head, 0)})}}));
        if (!tailFirst)
            need(store->apply({{batchOf(2, 100, {rest})}}));
        const auto runs = need(file.reader()->runs({}, 10));
        QCOMPARE(runs.size(), 1U);
        QVERIFY(runs[0].status == RunStatus::Completed);
        QCOMPARE(runs[0].steps.size(), 4U);
        QCOMPARE(runs[0].recipePath, "jobs/daily.yaml");
    }
}

void TestGrouping::differentRunsOfOneNumberGetDifferentNumbers() {
    // Three runs that have nothing in common but their number, and one that has the number after it.
    std::vector<ingest::Batch> batches;
    for (int source = 1; source <= 3; ++source)
        batches.push_back(batchOf(source, 100, {changeOf(textRun(9, monday + source * 1h, source, 500), 0)}));
    batches.push_back(batchOf(4, 100, {changeOf(textRun(10, monday + 9h), 0)}));
    std::vector<int> order = {0, 1, 2, 3};
    std::string expected;
    do {
        StoreFile file;
        auto store = file.open();
        std::set<std::string> known;
        for (const int i : order) {
            for (const std::string &id : need(store->apply({{batches[static_cast<std::size_t>(i)]}})).added)
                known.insert(id);
        }
        auto reader = file.reader();
        for (const std::string &id : known)
            QVERIFY2(reader->run(id).has_value(), id.c_str());
        const std::string result = ask(*reader, "SELECT run_id, total_steps FROM runs_v ORDER BY run_id");
        if (expected.empty())
            expected = result;
        QCOMPARE(result, expected);
    } while (std::next_permutation(order.begin(), order.end()));
    QCOMPARE(expected, idOf(9) + "|1\n" + idOf(10) + "|3\n" + idOf(11) + "|2\n" + idOf(12) + "|3");

    // In one batch as well.
    StoreFile file;
    need(file.open()->apply(batches));
    QCOMPARE(ask(*file.reader(), "SELECT run_id, total_steps FROM runs_v ORDER BY run_id"), expected);
    // When the first goes, its number passes on.
    batches[0].runs[0].withdrawn = true;
    batches[0].checkpoint.offset = 200;
    need(file.open()->apply({{batches[0]}}));
    QCOMPARE(ask(*file.reader(), "SELECT run_id, total_steps FROM runs_v ORDER BY run_id"),
             idOf(9) + "|2\n" + idOf(10) + "|3\n" + idOf(11) + "|3");
}

void TestGrouping::anAbandonedRunIsAbandonedInAllItsSources() {
    StoreFile file;
    auto store = file.open();
    Run log = textRun(1, monday);
    log.status = RunStatus::Running;
    log.duration.reset();
    log.end.reset();
    need(store->apply({{batchOf(1, 100, {changeOf(log, 0)}), batchOf(2, 100, {changeOf(log, 0)})}}));
    auto reader = file.reader();
    const std::vector<std::string> ids = {log.id};
    QCOMPARE(need(store->markAbandoned(ids)).updated, ids);
    QVERIFY(need(reader->run(log.id)).status == RunStatus::Abandoned);
    QCOMPARE(ask(*reader, "SELECT count(*) FROM runs WHERE status = 9"), "3");
}

void TestGrouping::theOrderOfReadingDoesNotMatter_data() {
    QTest::addColumn<quint32>("seed");
    for (quint32 seed = 1; seed <= 25; ++seed)
        QTest::addRow("seed %u", seed) << seed;
}

void TestGrouping::theOrderOfReadingDoesNotMatter() {
    QFETCH(quint32, seed);
    QRandomGenerator random(seed);
    // A log and a console copy of it, result documents of some runs, attachments, a headless rest, numbers that
    // collide.
    std::vector<std::vector<ingest::RunChange>> sources(6);
    Time time = monday;
    for (std::uint64_t i = 1; i <= 12; ++i) {
        time += std::chrono::milliseconds(random.bounded(4'000));
        const Time second = std::chrono::floor<std::chrono::seconds>(time);
        Run run = textRun(random.bounded(4) ? i * 16 : 16, second, 1 + static_cast<int>(random.bounded(3U)),
                          1000 + random.bounded(5U));
        *run.duration += Duration(1ms) * static_cast<int>(random.bounded(200U));
        if (random.bounded(4) == 0) {
            run.status = RunStatus::Failed;
            run.steps.push_back(failedStep(static_cast<int>(run.steps.size()), "broken", second + 5s));
            run.failedSteps = 1;
        }
        const std::uint64_t offset = i * 1'000;
        sources[0].push_back(changeOf(run, offset));
        if (random.bounded(2)) {
            Run copy = run;
            if (random.bounded(2))
                copy.id = idOf(5'000 + i);
            sources[1].push_back(changeOf(copy, offset));
        }
        if (random.bounded(2))
            sources[2].push_back(changeOf(documentOf(run), offset));
        if (random.bounded(3) == 0)
            sources[3].push_back(attachmentOf(documentOf(run), offset));
        if (random.bounded(4) == 0) {
            Run rest = run;
            rest.start.reset();
            rest.recipe = rest.recipePath = {};
            ingest::RunChange change = changeOf(rest, offset);
            change.headless = true;
            sources[4].push_back(change);
        }
        if (random.bounded(4) == 0) {
            Run bare = documentOf(run);
            bare.start.reset();
            bare.end.reset();
            bare.steps.clear();
            sources[5].push_back(attachmentOf(bare, offset));
        }
    }

    std::string expected;
    for (int round = 0; round < 6; ++round) {
        StoreFile file;
        auto store = file.open();
        // Each source is told in its own order, cut into batches, the sources shuffled among each other.
        std::vector<std::size_t> at(sources.size());
        std::vector<ingest::Batch> batches;
        for (;;) {
            std::vector<std::size_t> left;
            for (std::size_t s = 0; s < sources.size(); ++s) {
                if (at[s] < sources[s].size())
                    left.push_back(s);
            }
            if (left.empty())
                break;
            const std::size_t s = left[random.bounded(static_cast<quint32>(left.size()))];
            const std::size_t count = std::min<std::size_t>(1 + random.bounded(4U), sources[s].size() - at[s]);
            std::vector<ingest::RunChange> changes;
            for (std::size_t i = 0; i < count; ++i) {
                ingest::RunChange change = sources[s][at[s]++];
                if (random.bounded(3) == 0) { // first as it looked while it ran
                    ingest::RunChange early = change;
                    early.run.status = RunStatus::Running;
                    early.run.duration.reset();
                    early.run.steps.clear();
                    changes.push_back(early);
                }
                changes.push_back(change);
            }
            batches.push_back(batchOf(static_cast<int>(s), changes.back().firstOffset + 500, changes));
            if (random.bounded(2)) {
                need(store->apply(batches));
                batches.clear();
            }
        }
        need(store->apply(batches));
        const std::string result = shown(file);
        if (expected.empty())
            expected = result;
        QVERIFY2(result == expected, (expected + "\n=====\n" + result).c_str());
        QCOMPARE(ask(*file.reader(), "SELECT count(*) FROM runs m WHERE m.source_id IS NULL AND NOT EXISTS "
                                     "(SELECT 1 FROM runs r WHERE r.merged_into = m.id)"),
                 "0");
    }
}

void TestGrouping::thousandsOfRunsOfOneRecipeStayQuick() {
    StoreFile file;
    auto store = file.open();
    QElapsedTimer timer;
    timer.start();
    for (int source = 1; source <= 2; ++source) {
        std::vector<ingest::RunChange> changes;
        for (std::uint64_t i = 1; i <= 4'000; ++i)
            changes.push_back(changeOf(textRun(i, monday + Duration(1s) * static_cast<int>(i / 10), 2), i * 100));
        need(store->apply({{batchOf(source, 1'000'000, changes)}}));
    }
    QCOMPARE(need(file.reader()->countRuns({})), 4'000U);
    QVERIFY2(timer.elapsed() < 30'000, qPrintable(QString::number(timer.elapsed())));
}

void TestGrouping::moreAlikeThanCanBeComparedStillMakeRuns() {
    StoreFile file;
    auto store = file.open();
    std::vector<ingest::Batch> batches;
    for (int source = 1; source <= 600; ++source)
        batches.push_back(batchOf(source, 100, {changeOf(textRun(5, monday, 1), 0)}));
    need(store->apply(batches));
    const auto runs = need(file.reader()->countRuns({}));
    QCOMPARE(runs, 2U); // 512 and the rest
}

QTEST_GUILESS_MAIN(TestGrouping)
#include "tst_grouping.moc"
