// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/ingest/forkcluster.h"
#include "core/ingest/forkresolver.h"

#include <QTest>

#include <algorithm>
#include <atomic>
#include <cstdlib>
#include <malloc.h>
#include <new>

using namespace ra;
using namespace ra::ingest;

namespace {

/// Bytes that the program has allocated by `new`, now and at most.
std::atomic<std::size_t> heldBytes = 0;
std::atomic<std::size_t> peakBytes = 0;

void *allocate(std::size_t size) {
    void *memory = std::malloc(size);
    if (memory == nullptr)
        throw std::bad_alloc();
    const std::size_t held = heldBytes += malloc_usable_size(memory);
    std::size_t peak = peakBytes;
    while (held > peak && !peakBytes.compare_exchange_weak(peak, held)) {
    }
    return memory;
}

void release(void *memory) {
    if (memory != nullptr)
        heldBytes -= malloc_usable_size(memory);
    std::free(memory);
}

constexpr std::int64_t second = 1'000'000'000;

ForkFact start(std::int64_t at) {
    return {RecordKind::RunStarted, at * second, "jobs/w.yaml", Record::kNoDuration, 0, 0, {}};
}
ForkFact done(std::int64_t at, std::string_view step, std::int64_t seconds) {
    return {RecordKind::StepCompleted, at * second, step, seconds * second, 0, 0, {}};
}

Fact fact(RecordKind kind, std::int64_t at, std::uint64_t offset, const char *text) {
    Record record;
    record.kind = kind;
    record.runner = 9;
    record.offset = offset;
    record.length = 100;
    record.resolutionNs = second;
    record.text = text;
    return Fact::of(record, fromNs(at * second));
}

/// Two runs of one runner, of which the second spoke last.
ForkCluster twoSilentRuns() {
    ForkCluster cluster;
    cluster.runner = 9;
    cluster.ids = {"one", "two"};
    cluster.facts.push_back(fact(RecordKind::RunStarted, 0, 0, "jobs/a.yaml"));
    cluster.facts.push_back(fact(RecordKind::RunStarted, 60, 100, "jobs/b.yaml"));
    return cluster;
}

} // namespace

void *operator new(std::size_t size) {
    return allocate(size);
}
void *operator new(std::size_t size, const std::nothrow_t &) noexcept { // std::stable_sort's
    try {
        return allocate(size);
    } catch (const std::bad_alloc &) {
        return nullptr;
    }
}
void operator delete(void *memory) noexcept {
    release(memory);
}
void operator delete(void *memory, const std::nothrow_t &) noexcept {
    release(memory);
}
void operator delete(void *memory, std::size_t) noexcept {
    release(memory);
}

class TestForkResolver : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void deadRunsOfOneNameTakeBoundedMemory_data() {
        QTest::addColumn<int>("runs");
        QTest::newRow("a few") << 30;
        QTest::newRow("hundreds") << 400;
        QTest::newRow("thousands") << 4'000;
    }
    void deadRunsOfOneNameTakeBoundedMemory() {
        QFETCH(int, runs);
        std::vector<ForkFact> facts;
        for (int i = 0; i < runs; ++i)
            facts.push_back(start(std::int64_t{10} * i));
        for (const char *step : {"one", "two", "three"})
            facts.push_back(done(std::int64_t{10} * runs, step, 1));
        const std::size_t before = heldBytes;
        peakBytes = before;
        const std::vector<int> given = resolveForks(facts);
        QCOMPARE(given.size(), facts.size());
        QVERIFY2(peakBytes - before < std::size_t{8} * 1024 * 1024, qPrintable(QString::number(peakBytes - before)));
    }

    void aStepGoesToTheRunThatItsTimeFitsAmongManyDeadOnes() {
        std::vector<ForkFact> facts;
        for (int i = 0; i < 500; ++i)
            facts.push_back(start(std::int64_t{10} * i));
        facts.push_back(done(4'993, "read", 3));
        facts.push_back(done(4'995, "write", 2));
        const std::vector<int> given = resolveForks(facts);
        QCOMPARE(given[500], 499);
        QCOMPARE(given[501], 499);
    }

    void aLineThatNamesNobodyDecidesNothingAnew() {
        ForkCluster cluster = twoSilentRuns();
        cluster.resolve(nullptr);
        static_cast<void>(takeChange(*cluster.runs[0]));
        static_cast<void>(takeChange(*cluster.runs[1]));
        cluster.addOther(200, 50);
        cluster.addOther(300, 50);
        QVERIFY(!cluster.dirty);
        QVERIFY(!cluster.runs[0]->dirty);
        const RunChange change = takeChange(*cluster.runs[1]);
        QVERIFY(!change.replaceSpans);
        const std::vector<LineSpan> added = {{200, 50, Certainty::Possible}, {300, 50, Certainty::Possible}};
        QVERIFY(change.spans == added);

        // And it says the same as deciding everything at once.
        ForkCluster whole = twoSilentRuns();
        whole.addOther(200, 50);
        whole.addOther(300, 50);
        whole.resolve(nullptr);
        QVERIFY(whole.resolved == cluster.resolved);
        cluster.resolve(nullptr);
        QVERIFY2(!cluster.runs[1]->dirty, "what was said is not said again");
    }

    void silentRunsTakeNoMoreLinesThanCanBeKept() {
        ForkCluster cluster = twoSilentRuns();
        for (std::uint64_t i = 0; i < ForkCluster::maxOthers; ++i)
            cluster.addOther(1'000 + 100 * i, 50);
        QVERIFY(!cluster.isFull());
        cluster.addOther(0xFFFF'FFFF, 50);
        QVERIFY(cluster.isFull());
    }
};

QTEST_APPLESS_MAIN(TestForkResolver)
#include "tst_forkresolver.moc"
