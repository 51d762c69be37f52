// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/writerthread.h"
#include "core/store/blocks.h"
#include "tests/core/store/storefixture.h"
#include "tests/support/fulldisk.h"
#include "tests/support/soon.h"

#include <SQLiteCpp/SQLiteCpp.h>

#include <atomic>
#include <latch>
#include <mutex>
#include <set>
#include <thread>

using namespace ra;
using namespace ra::test;
using engine::WriterThread;

namespace {

/// What a writer told; its callbacks come from the writer's thread.
struct Told {
    std::atomic<int> commits{0};
    std::atomic<int> failures{0};
    std::atomic<int> waits{0};
    std::atomic<int> goesOn{0};
    WriterThread::Callbacks callbacks() {
        return {[this](const store::CommitSummary &) { ++commits; }, [this](const Error &) { ++failures; },
                [this](const Error &) { ++waits; }, [this] { ++goesOn; }};
    }
};

/// `bytes` of text that hardly packs, and is another for every `n`.
std::string nthText(int n, std::size_t bytes) {
    std::string text(bytes, '\n');
    std::uint64_t seed = 0x9E3779B97F4A7C15U * (static_cast<std::uint64_t>(n) + 1);
    for (char &c : text) {
        seed = seed * 6364136223846793005U + 1442695040888963407U;
        c = static_cast<char>(' ' + (seed >> 40) % 90);
    }
    text.back() = '\n';
    return text;
}

/// The batch number `n` of a source: a run and `bytes` of text.
ingest::Batch nthBatch(int n, std::size_t bytes, int source = 1) {
    const std::uint64_t offset = static_cast<std::uint64_t>(n) * bytes;
    const auto number = static_cast<std::uint64_t>(source) * 1'000 + static_cast<std::uint64_t>(n);
    const Run run = textRun(number, monday + std::chrono::hours(source) + Duration(1s) * n);
    ingest::Batch batch = batchOf(source, offset + bytes, {changeOf(run, offset)});
    batch.raw = {{offset, nthText(source * 1'000 + n, bytes)}};
    return batch;
}

struct Contents {
    std::string runs;
    std::string bytes;
    bool operator==(const Contents &) const = default;
};

Contents contentsOf(const StoreFile &file) {
    const auto reader = file.reader();
    const StoreInfo info = need(reader->info());
    return {std::to_string(info.runs), std::to_string(info.logBytesRaw)};
}

} // namespace

class TestWriterThread : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void commitsInTheOrderOfTheQueue();
    void whatIsQueuedIsCommittedBeforeTheEnd();
    void aReaderThatIsTooFastWaits();
    void moreThanIsHeldAtATimeArrivesFromSeveralThreads();
    void aFailedCommitIsTriedUntilItSucceeds();
    void failingFastDropsAllThatFollows();
    void aWriterThatEndsOnAFullDiskStoresNothingBeyondTheGap();
    void jobsTellTheirOutcome();
    void samplesAreSealedWhileNothingElseIsToDo();
    void whatCanWaitIsDoneWhenItIsWaitedFor();
    void whoMayNotWaitDoesNot();
};

void TestWriterThread::commitsInTheOrderOfTheQueue() {
    const StoreFile file;
    Told told;
    WriterThread writer(file.open(), told.callbacks());
    for (int n = 0; n < 5; ++n) {
        writer.push(nthBatch(n, 1'000));
        // A job sees all that was pushed before it.
        const auto runs = writer.call<std::uint64_t>([](store::Store &store) { return store.info()->runs; });
        QCOMPARE(runs, static_cast<std::uint64_t>(n) + 1);
    }
    QVERIFY(writer.flush().has_value());
    QCOMPARE(told.commits.load(), 5);
    QCOMPARE(told.failures.load(), 0);
}

void TestWriterThread::whatIsQueuedIsCommittedBeforeTheEnd() {
    const StoreFile file;
    std::latch hold(1);
    {
        WriterThread writer(file.open(), {});
        writer.post([&](store::Store &) -> Result<store::CommitSummary> {
            hold.wait();
            return store::CommitSummary();
        });
        for (int n = 0; n < 10; ++n)
            writer.push(nthBatch(n, 1'000));
        hold.count_down();
    }
    QVERIFY((contentsOf(file) == Contents{"10", "10000"}));
}

void TestWriterThread::whoMayNotWaitDoesNot() {
    const StoreFile file;
    std::latch hold(1);
    std::promise<std::uint64_t> runs;
    {
        WriterThread writer(file.open(), {});
        writer.run([&](store::Store &) { hold.wait(); });
        ingest::Batch large = nthBatch(0, 1'000);
        large.raw = {{0, std::string(WriterThread::maxHeld, '.')}};
        large.checkpoint.offset = WriterThread::maxHeld;
        writer.push(std::move(large)); // from now on whoever pushes waits
        writer.run([&](store::Store &store) { runs.set_value(store.info()->runs); });
        hold.count_down();
    }
    QCOMPARE(runs.get_future().get(), std::uint64_t(1));
}

void TestWriterThread::aReaderThatIsTooFastWaits() {
    const StoreFile file;
    Told told;
    WriterThread writer(file.open(), told.callbacks());
    constexpr std::size_t piece = 8U << 20;
    constexpr int fit = (WriterThread::maxHeld + piece - 1) / piece; // the last one may go over the limit
    constexpr int all = 2 * fit;
    std::vector<ingest::Batch> batches;
    for (int n = 0; n < all; ++n) {
        batches.push_back(nthBatch(n, 1'000));
        batches.back().raw = {{static_cast<std::uint64_t>(n) * piece, std::string(piece, '.')}};
        batches.back().checkpoint.offset = static_cast<std::uint64_t>(n + 1) * piece;
    }
    std::latch hold(1);
    writer.post([&](store::Store &) -> Result<store::CommitSummary> {
        hold.wait();
        return store::CommitSummary();
    });
    std::atomic<int> pushed{0};
    std::jthread reader([&] {
        for (ingest::Batch &batch : batches) {
            writer.push(std::move(batch));
            ++pushed;
        }
    });
    // No further one gets in while the writer is held up.
    const bool held = QTest::qWaitFor([&] { return pushed == fit; }, 60'000);
    const int whileHeld = pushed;
    hold.count_down();
    QVERIFY2(held, std::to_string(whileHeld).c_str());
    reader.join();
    QVERIFY(writer.flush().has_value());
    QCOMPARE(pushed.load(), all);
    QVERIFY((contentsOf(file) == Contents{std::to_string(all), std::to_string(all * piece)}));
}

void TestWriterThread::moreThanIsHeldAtATimeArrivesFromSeveralThreads() {
    constexpr std::size_t piece = 4U << 20;
    constexpr int all = 3 * (WriterThread::maxHeld / piece) / 4; // the pushing threads have to wait, and to free
    const StoreFile file;
    std::mutex mutex;
    std::set<std::string> added;
    {
        WriterThread::Callbacks callbacks;
        callbacks.committed = [&](const store::CommitSummary &summary) {
            const std::lock_guard lock(mutex);
            added.insert(summary.added.begin(), summary.added.end());
        };
        WriterThread writer(file.open(), std::move(callbacks));
        {
            std::vector<std::jthread> readers;
            for (const int source : {1, 2}) {
                readers.emplace_back([&writer, source] {
                    for (int n = 0; n < all; ++n)
                        writer.push(nthBatch(n, piece, source));
                });
            }
        }
        QVERIFY(writer.flush().has_value());
        const std::string spare = writer.spareBuffer();
        QVERIFY(spare.empty() || spare.size() == piece);
    }
    QCOMPARE(added.size(), std::size_t{2 * all});
    const SQLite::Database db(file.path());
    store::BlockReader blocks(db);
    for (const std::int64_t id : {1, 2}) {
        // Which of the two came first is open; the first piece tells.
        const int source = blocks.read(id, 0, piece) == nthText(1'000, piece) ? 1 : 2;
        for (int n = 0; n < all; ++n)
            QVERIFY(blocks.read(id, static_cast<std::uint64_t>(n) * piece, piece) ==
                    nthText(source * 1'000 + n, piece));
    }
}

void TestWriterThread::aFailedCommitIsTriedUntilItSucceeds() {
    const StoreFile file;
    Told told;
    WriterThread writer(file.open(), told.callbacks());
    writer.push(nthBatch(0, 1'000));
    QVERIFY(writer.flush().has_value());
    {
        const FullDisk disk(200'000);
        writer.push(nthBatch(1, 1'000'000));
        writer.push(nthBatch(2, 1'000'000));
        SOON_COMPARE(told.waits.load(), 1);
        QCOMPARE(told.failures.load(), 1);
        QCOMPARE(told.commits.load(), 1);
        QCOMPARE(told.goesOn.load(), 0);
    }
    // By itself, as soon as there is room.
    SOON_VERIFY(told.commits.load() > 1);
    const auto flushed = writer.flush();
    QVERIFY(!flushed); // it went wrong in between, and that is said once
    QVERIFY(!flushed.error().hint.empty());
    QVERIFY(writer.flush().has_value());
    QCOMPARE(told.failures.load(), 1);
    QCOMPARE(told.waits.load(), 1);
    QCOMPARE(told.goesOn.load(), 1);
    QCOMPARE(contentsOf(file).runs, "3");
}

void TestWriterThread::failingFastDropsAllThatFollows() {
    const StoreFile file;
    Told told;
    WriterThread writer(file.open(), told.callbacks());
    writer.setFailFast(true);
    {
        const FullDisk disk(200'000);
        writer.push(nthBatch(0, 1'000'000));
        SOON_COMPARE(told.failures.load(), 1);
    }
    // There is room again, but its checkpoint would say that everything before it is stored.
    writer.push(nthBatch(1, 1'000'000));
    QVERIFY(!writer.flush());
    QVERIFY((contentsOf(file) == Contents{"0", "0"}));
    // What is read again from the last checkpoint is welcome.
    writer.push(nthBatch(0, 1'000'000));
    writer.push(nthBatch(1, 1'000'000));
    QVERIFY(writer.flush().has_value());
    QVERIFY((contentsOf(file) == Contents{"2", "2000000"}));
}

void TestWriterThread::aWriterThatEndsOnAFullDiskStoresNothingBeyondTheGap() {
    const StoreFile file;
    Told told;
    {
        auto store = file.open();
        const FullDisk disk(200'000);
        WriterThread writer(std::move(store), told.callbacks());
        writer.push(nthBatch(0, 1'000'000));
        SOON_COMPARE(told.failures.load(), 1);
        writer.post([&](store::Store &) -> Result<store::CommitSummary> { return store::CommitSummary(); });
        ingest::Batch small = nthBatch(1, 1'000); // would find room
        small.raw.clear();
        writer.push(std::move(small));
    }
    QVERIFY((contentsOf(file) == Contents{"0", "0"}));
}

void TestWriterThread::jobsTellTheirOutcome() {
    const StoreFile file;
    Told told;
    WriterThread writer(file.open(), told.callbacks());
    Run running = textRun(1, monday);
    running.status = RunStatus::Running;
    running.end.reset();
    running.duration.reset();
    writer.push(batchOf(1, 100, {changeOf(running, 0)}));
    writer.post([&](store::Store &store) -> Result<store::CommitSummary> {
        return store.markAbandoned(std::vector<std::string>{running.id, "ffffffffffffffff", "no id"});
    });
    QVERIFY(writer.flush().has_value());
    QCOMPARE(told.commits.load(), 2);
    QCOMPARE(ask(*file.reader(), "SELECT status FROM runs_v"), "abandoned");
    writer.post([](store::Store &) -> Result<store::CommitSummary> { return fail({.what = "do it"}); });
    QVERIFY(writer.flush().has_value()); // a job's failure is the callback's, not that of a commit
    QCOMPARE(told.commits.load(), 2);
    QCOMPARE(told.failures.load(), 1);
}

namespace {

constexpr int pieces = 20;

/// The samples of one series, so few at a time that each alone is not worth sealing.
ingest::Batch nthSamples(int n) {
    constexpr int count = 100;
    ingest::Batch batch = batchOf(1, 100 + static_cast<std::uint64_t>(n));
    batch.samples.series = {{.name = "m"}};
    for (int i = 0; i < count; ++i)
        batch.samples.samples.push_back({.timeNs = n * count + i, .value = 1});
    return batch;
}

} // namespace

void TestWriterThread::samplesAreSealedWhileNothingElseIsToDo() {
    const StoreFile file;
    WriterThread writer(file.open(), {});
    for (int n = 0; n < pieces; ++n)
        writer.push(nthSamples(n));
    QTRY_VERIFY(need(file.reader()->info()).segments > 0);
    QTRY_COMPARE(need(file.reader()->info()).samples, 2'000U);
}

void TestWriterThread::whatCanWaitIsDoneWhenItIsWaitedFor() {
    const StoreFile file;
    WriterThread writer(file.open(), {});
    for (int n = 0; n < pieces; ++n)
        writer.push(nthSamples(n));
    QVERIFY(writer.settle().has_value());
    QVERIFY(need(file.reader()->info()).segments > 0);
}

QTEST_GUILESS_MAIN(TestWriterThread)
#include "tst_writerthread.moc"
