// SPDX-License-Identifier: GPL-3.0-or-later
// Documents are read whole: what one says anew takes the place of what it said before, and of nothing else.
#include "tests/core/store/storefixture.h"

using namespace ra;
using namespace ra::test;

class TestWholeSources : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void aShorterDocumentTakesThePlaceOfTheLonger_data();
    void aShorterDocumentTakesThePlaceOfTheLonger();
    void readingItAgainChangesNothing();
    void whatALogSaysOfTheRunStays();
    void aRunThatMovesWithinItsDocumentKeepsItsId();
    void aCorrectedRunIsFoundUnderItsEarlierId();
    void theResultOfTheNextExecutionIsADocumentOfItsOwn();
    void whatCannotBeUnderstoodTakesNothingBack();
};

namespace {

/// The run as a document has it.
ingest::RunChange partOf(Run run, std::uint32_t part) {
    ingest::RunChange change = changeOf(std::move(run), 0);
    change.part = part;
    return change;
}

Run result(std::uint64_t id, Time start) {
    Run run = textRun(id, start);
    run.runner = 0;
    run.executionId = "runner.0";
    run.resolution = 1us;
    return run;
}

/// A document of `bytes` bytes that tells of the runs; its first bytes are told by `head`.
ingest::Batch document(std::uint64_t bytes, const std::vector<Run> &runs, std::uint64_t head = 1,
                       std::uint32_t headLength = 1024) {
    std::vector<ingest::RunChange> changes;
    for (const Run &run : runs)
        changes.push_back(partOf(run, static_cast<std::uint32_t>(changes.size())));
    ingest::Batch batch = batchOf(1, bytes, std::move(changes));
    batch.path = "/nowhere/result.json";
    batch.format = "runner-result";
    batch.identity.headHash = head;
    batch.identity.headLength = headLength;
    batch.checkpoint.state.clear();
    batch.whole = true;
    return batch;
}

std::string shown(const StoreFile &file) {
    return ask(*file.reader(), "SELECT run_id, status FROM runs_v ORDER BY start_ns");
}

std::string sourcesOf(const StoreFile &file) {
    return ask(*file.reader(), "SELECT path, bytes, records FROM sources_v ORDER BY path, bytes");
}

} // namespace

void TestWholeSources::aShorterDocumentTakesThePlaceOfTheLonger_data() {
    QTest::addColumn<quint64>("head");
    QTest::addColumn<quint32>("headLength");
    QTest::addColumn<quint64>("inode");
    QTest::newRow("begins as before") << quint64(1) << 1024U << quint64(101);
    QTest::newRow("begins otherwise") << quint64(2) << 1024U << quint64(101);
    QTest::newRow("shorter than a head") << quint64(2) << 300U << quint64(101);
    QTest::newRow("put in its place by renaming") << quint64(2) << 1024U << quint64(555);
}

void TestWholeSources::aShorterDocumentTakesThePlaceOfTheLonger() {
    QFETCH(const quint64, head);
    QFETCH(const quint32, headLength);
    QFETCH(const quint64, inode);
    const StoreFile file;
    const auto store = file.open();
    Run first = result(1, monday);
    need(store->apply({{document(9'000, {first, result(2, monday + 1h)})}}));
    QCOMPARE(shown(file), idOf(1) + "|completed\n" + idOf(2) + "|completed");

    first.status = RunStatus::Failed;
    ingest::Batch shorter = document(5'000, {first}, head, headLength);
    shorter.identity.inode = inode;
    QCOMPARE(need(store->apply({{shorter}})).updated, std::vector<std::string>{idOf(1)});
    QCOMPARE(shown(file), idOf(1) + "|failed");
    QCOMPARE(sourcesOf(file), "/nowhere/result.json|5000|1");
    QCOMPARE(ask(*file.reader(), "SELECT count(*) FROM steps"), "3");

    need(store->apply({{document(20, {}, 7, 20)}}));
    QCOMPARE(shown(file), "");
    QCOMPARE(sourcesOf(file), "/nowhere/result.json|20|0");
}

void TestWholeSources::readingItAgainChangesNothing() {
    const StoreFile file;
    const auto store = file.open();
    const ingest::Batch longer = document(9'000, {result(1, monday), result(2, monday + 1h)});
    const ingest::Batch shorter = document(5'000, {result(1, monday)});
    const auto first = need(store->apply({{longer, shorter, shorter}}));
    QCOMPARE(first.added, std::vector<std::string>{idOf(1)}); // and none that is gone by the end of the commit
    QVERIFY(first.updated.empty());
    const auto summary = need(store->apply({{shorter}}));
    QVERIFY(summary.added.empty() && summary.updated.empty() && summary.rejected == 0);
    QCOMPARE(shown(file), idOf(1) + "|completed");
    // Also by a writer that knows it from the file only.
    need(store->apply({{longer}}));
    QCOMPARE(shown(file), idOf(1) + "|completed\n" + idOf(2) + "|completed");
}

void TestWholeSources::whatALogSaysOfTheRunStays() {
    const StoreFile file;
    const auto store = file.open();
    ingest::Batch log = batchOf(2, 1'000, {changeOf(textRun(5, monday), 0)});
    need(store->apply({{log}}));
    const std::string before = ask(*file.reader(), "SELECT * FROM runs_v");
    const std::string steps = ask(*file.reader(), "SELECT * FROM steps_v");

    need(store->apply({{document(9'000, {result(1, monday + 300ms), result(2, monday + 1h)})}}));
    QCOMPARE(ask(*file.reader(), "SELECT count(*), sum(resolution_s < 0.5) FROM runs_v"), "2|2"); // log and document
    need(store->apply({{document(5'000, {result(2, monday + 1h)})}}));
    QCOMPARE(ask(*file.reader(), "SELECT count(*) FROM runs_v"), "2");
    need(store->apply({{document(20, {})}}));
    QCOMPARE(ask(*file.reader(), "SELECT * FROM runs_v"), before);
    QCOMPARE(ask(*file.reader(), "SELECT * FROM steps_v"), steps);
}

void TestWholeSources::aRunThatMovesWithinItsDocumentKeepsItsId() {
    const StoreFile file;
    const auto store = file.open();
    need(store->apply({{document(9'000, {result(1, monday), result(2, monday + 1h), result(3, monday + 2h)})}}));
    need(store->apply({{document(5'000, {result(2, monday + 1h), result(3, monday + 2h)})}}));
    QCOMPARE(shown(file), idOf(2) + "|completed\n" + idOf(3) + "|completed");
    QCOMPARE(need(file.reader()->run(idOf(2))).start, std::optional(Time(monday + 1h)));
    QCOMPARE(file.reader()->run(idOf(1)).error().kind, ErrorKind::NotFound); // no link leads to another run
}

void TestWholeSources::aCorrectedRunIsFoundUnderItsEarlierId() {
    const StoreFile file;
    const auto store = file.open();
    need(store->apply({{document(9'000, {result(1, monday)})}}));
    need(store->apply({{document(5'000, {result(2, monday)})}})); // its duration is part of its id
    QCOMPARE(shown(file), idOf(2) + "|completed");
    QCOMPARE(need(file.reader()->run(idOf(1))).id, idOf(2));
}

void TestWholeSources::theResultOfTheNextExecutionIsADocumentOfItsOwn() {
    const StoreFile file;
    const auto store = file.open();
    need(store->apply({{document(700, {result(1, monday)}, 1, 700)}}));
    need(store->apply({{document(600, {result(2, monday + 1h)}, 2, 600)}})); // written over the first
    need(store->apply({{document(800, {result(3, monday + 2h)}, 3, 800)}}));
    QCOMPARE(shown(file), idOf(1) + "|completed\n" + idOf(2) + "|completed\n" + idOf(3) + "|completed");
}

void TestWholeSources::whatCannotBeUnderstoodTakesNothingBack() {
    const StoreFile file;
    const auto store = file.open();
    need(store->apply({{document(9'000, {result(1, monday), result(2, monday + 1h)})}}));
    const std::string before = shown(file);
    ingest::Batch half = document(4'000, {}, 4);
    half.rejected = {{0, 0, "JSON ends early", {}}};
    QCOMPARE(need(store->apply({{half}})).rejected, 1U);
    QCOMPARE(need(store->apply({{half}})).rejected, 0U);
    QCOMPARE(shown(file), before);
    QCOMPARE(ask(*file.reader(), "SELECT reason FROM rejected_v"), "JSON ends early");
    half.rejected = {{0, 0, "it is no object", {}}};
    QCOMPARE(need(store->apply({{half}})).rejected, 1U);
    QCOMPARE(ask(*file.reader(), "SELECT reason FROM rejected_v"), "it is no object");

    need(store->apply({{document(5'000, {result(1, monday)}, 5)}}));
    QCOMPARE(shown(file), idOf(1) + "|completed");
    QCOMPARE(ask(*file.reader(), "SELECT count(*) FROM rejected"), "0");
    QCOMPARE(sourcesOf(file), "/nowhere/result.json|5000|1");
}

QTEST_GUILESS_MAIN(TestWholeSources)
#include "tst_wholesources.moc"
