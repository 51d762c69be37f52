// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/core/store/storefixture.h"

#include <QRandomGenerator>

#include <SQLiteCpp/SQLiteCpp.h>
#include <atomic>
#include <csignal>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

using namespace ra;
using namespace ra::test;

class TestDurability : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void killedAtAnyMomentAPrefixIsThere();
    void aFullDiskIsSaidAndNothingIsHalf();
    void aFailedCommitIsForgotten();
    void aReaderThatStaysDoesNotStopTheWriter();
};

namespace {

constexpr int runsPerBatch = 5;

std::string textOf(int batch) {
    return "2026-01-05 08:00:00 [    INFO] runner.1: line of batch " + std::to_string(batch) + std::string(300, '.') +
           "\n";
}

/// The batch number `n` of an endless source: some runs and their text.
ingest::Batch nthBatch(int n) {
    const auto length = textOf(n).size();
    std::uint64_t offset = 0;
    for (int i = 0; i < n; ++i)
        offset += textOf(i).size();
    std::vector<ingest::RunChange> changes;
    for (int i = 0; i < runsPerBatch; ++i) {
        const int number = n * runsPerBatch + i;
        ingest::RunChange change =
            changeOf(textRun(static_cast<std::uint64_t>(number) + 1, monday + Duration(1s) * number), offset);
        change.part = static_cast<std::uint32_t>(i);
        change.spans = {{offset, static_cast<std::uint32_t>(length), ingest::Certainty::Certain}};
        changes.push_back(change);
    }
    ingest::Batch batch = batchOf(1, offset + length, std::move(changes));
    batch.raw = {{offset, textOf(n)}};
    return batch;
}

/// What is wrong with a store that should hold exactly the first batches; empty if nothing is.
std::string faultOf(const StoreFile &file, int acknowledged, int *found) {
    SQLite::Database db(file.path());
    if (db.execAndGet("PRAGMA integrity_check").getString() != "ok")
        return "integrity_check";
    const int runs = db.execAndGet("SELECT count(*) FROM runs").getInt();
    *found = runs / runsPerBatch;
    if (runs % runsPerBatch != 0)
        return "half a batch";
    if (*found < acknowledged)
        return "lost what was acknowledged";
    if (runs == 0)
        return {};
    const ingest::Batch last = nthBatch(*found - 1);
    if (db.execAndGet("SELECT offset FROM sources").getInt64() != static_cast<std::int64_t>(last.checkpoint.offset))
        return "the checkpoint is of another batch";
    if (db.execAndGet("SELECT sum(length) FROM blocks").getInt64() != static_cast<std::int64_t>(last.checkpoint.offset))
        return "bytes are missing or doubled";
    if (db.execAndGet("SELECT count(*) FROM steps").getInt() != runs * 3)
        return "steps are missing";
    return {};
}

} // namespace

void TestDurability::killedAtAnyMomentAPrefixIsThere() {
    StoreFile file;
    file.open();
    QRandomGenerator random(11);
    auto *const acknowledged = static_cast<std::atomic<int> *>(
        ::mmap(nullptr, sizeof(std::atomic<int>), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0));
    QVERIFY(acknowledged != MAP_FAILED);
    int done = 0;
    for (int kill = 0; kill < 25; ++kill) {
        acknowledged->store(done);
        const pid_t child = ::fork();
        if (child == 0) {
            auto store = store::Store::open(file.path());
            for (int n = done; store; ++n) {
                const ingest::Batch batch = nthBatch(n);
                if (!(*store)->apply({{batch}}))
                    ::_exit(1);
                acknowledged->store(n + 1);
            }
            ::_exit(2);
        }
        ::usleep(2'000 + random.bounded(60'000));
        // On a slow machine the child may not have got that far; every other one is given the time.
        for (int wait = 0; kill % 2 && acknowledged->load() == done && wait < 10'000; ++wait)
            ::usleep(1'000);
        QCOMPARE(::kill(child, SIGKILL), 0);
        int status = 0;
        QCOMPARE(::waitpid(child, &status, 0), child);
        QVERIFY(WIFSIGNALED(status));
        const std::string fault = faultOf(file, acknowledged->load(), &done);
        QVERIFY2(fault.empty(), fault.c_str());
    }
    QVERIFY(done > 0);
    ::munmap(acknowledged, sizeof(std::atomic<int>));
    // And it goes on as if nothing had been.
    need(file.open()->apply({{nthBatch(done)}}));
    int found = 0;
    QCOMPARE(faultOf(file, done + 1, &found), "");
    QCOMPARE(found, done + 1);
}

void TestDurability::aFullDiskIsSaidAndNothingIsHalf() {
    StoreFile file;
    auto store = file.open();
    need(store->apply({{nthBatch(0)}}));
    rlimit before = {};
    QCOMPARE(::getrlimit(RLIMIT_FSIZE, &before), 0);
    ::signal(SIGXFSZ, SIG_IGN); // the write fails instead
    const rlimit tight = {400'000, before.rlim_max};
    QCOMPARE(::setrlimit(RLIMIT_FSIZE, &tight), 0);
    Error error;
    int n = 1;
    for (; n < 2'000 && error.why.empty(); ++n) {
        const auto applied = store->apply({{nthBatch(n)}});
        if (!applied)
            error = applied.error();
    }
    QCOMPARE(::setrlimit(RLIMIT_FSIZE, &before), 0);
    QVERIFY2(!error.why.empty(), "the limit was never met");
    QVERIFY2(error.hint.find("disk") != std::string::npos, describe(error).c_str());
    int found = 0;
    QCOMPARE(faultOf(file, n - 1, &found), "");
    // There is room again: the same writer goes on with the batch that failed.
    need(store->apply({{nthBatch(n - 1)}}));
    QCOMPARE(faultOf(file, n, &found), "");
}

void TestDurability::aFailedCommitIsForgotten() {
    StoreFile file;
    auto store = file.open();
    {
        // Half way through a batch something refuses: everything that the writer had learned since must go with it.
        SQLite::Database db(file.path(), SQLite::OPEN_READWRITE);
        db.exec("CREATE TRIGGER refuse BEFORE INSERT ON rejected BEGIN SELECT RAISE(ABORT, 'refused by a test'); END");
    }
    ingest::Batch batch = nthBatch(0);
    batch.raw.push_back({batch.checkpoint.offset, std::string(600'000, 'x')}); // packed on the other thread meanwhile
    batch.rejected = {{5, 1, "why", "what"}};
    const auto failed = store->apply({{batch}});
    QVERIFY(!failed);
    QVERIFY2(failed.error().why.find("refused by a test") != std::string::npos, describe(failed.error()).c_str());
    QVERIFY(need(store->sources()).empty());
    {
        SQLite::Database db(file.path(), SQLite::OPEN_READWRITE);
        QCOMPARE(db.execAndGet("SELECT (SELECT count(*) FROM runs) + (SELECT count(*) FROM texts)").getInt(), 0);
        db.exec("DROP TRIGGER refuse");
    }
    const auto summary = need(store->apply({{batch}}));
    QCOMPARE(summary.added.size(), std::size_t(runsPerBatch));
    QVERIFY(need(file.reader()->run(idOf(1))) == nthBatch(0).runs[0].run);
    QCOMPARE(need(store->info()).logBytesRaw, batch.checkpoint.offset + 600'000);
}

void TestDurability::aReaderThatStaysDoesNotStopTheWriter() {
    StoreFile file;
    auto store = file.open();
    need(store->apply({{nthBatch(0)}}));
    SQLite::Database reading(file.path());
    reading.exec("BEGIN");
    QCOMPARE(reading.execAndGet("SELECT count(*) FROM runs").getInt(), runsPerBatch);
    for (int n = 1; n < 30; ++n)
        need(store->apply({{nthBatch(n)}}));
    QCOMPARE(reading.execAndGet("SELECT count(*) FROM runs").getInt(), runsPerBatch);
    reading.exec("COMMIT");
    QCOMPARE(reading.execAndGet("SELECT count(*) FROM runs").getInt(), 30 * runsPerBatch);
}

QTEST_GUILESS_MAIN(TestDurability)
#include "tst_durability.moc"
