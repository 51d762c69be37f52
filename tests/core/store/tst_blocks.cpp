// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/store/blocks.h"
#include "core/store/codec.h"
#include "tests/core/store/storefixture.h"

#include <QRandomGenerator>

#include <SQLiteCpp/SQLiteCpp.h>

using namespace ra;
using namespace ra::test;
using store::Codec;

class TestBlocks : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void whatIsPackedComesBack_data();
    void whatIsPackedComesBack();
    void damagedBlocksAreErrors();
    void realisticTextTakesAtMostFifteenPerCent();
    void smallAppendsAreFoldedAndComeBack();
    void anyChunkingGivesTheSameBytes();
    void anyNumberOfThreadsStoresTheSame();
    void readingStopsAtGapsAndAtTheEnd();
};

namespace {

/// Lines as the runner writes them, with the variety of a real log.
std::string runnerLog(std::size_t bytes, quint32 seed) {
    QRandomGenerator random(seed);
    std::string text;
    Time time = monday;
    while (text.size() < bytes) {
        time += std::chrono::seconds(random.bounded(3));
        const std::string stamp = QDateTime::fromSecsSinceEpoch(toNs(time) / 1'000'000'000, Qt::UTC)
                                      .toString(QStringLiteral("yyyy-MM-dd HH:mm:ss"))
                                      .toStdString();
        const std::string runner = "runner.1398" + std::to_string(random.bounded(40) * 7919 + 10'000'000);
        const std::string step = "Step" + std::to_string(random.bounded(30));
        const auto number = [&](int below) { return std::to_string(random.bounded(below)); };
        const auto add = [&text](std::initializer_list<std::string_view> parts) {
            for (const std::string_view part : parts)
                text += part;
        };
        switch (random.bounded(4)) {
        case 0:
            add({stamp, " [    INFO] scriptlets.framework: Starting execution of ", step, "\n"});
            break;
        case 1:
            add({stamp, " [    INFO] scriptlets.framework: Completed ", step, " in ", number(90), ".", number(100),
                 "s (success: True, exit_code: 0)\n"});
            break;
        case 2:
            add({stamp, " [    INFO] ", runner, ": Step '", step, "' completed successfully (", number(90), ".",
                 number(1000), "s)\n"});
            break;
        default:
            add({stamp, " [    INFO] ", step, ": read ", number(100'000), " rows of orders_", number(500),
                 " from the warehouse\n"});
        }
    }
    text.resize(bytes);
    return text;
}

std::string noise(std::size_t bytes) {
    QRandomGenerator random(7);
    std::string text(bytes, '\0');
    for (char &c : text)
        c = static_cast<char>(random.bounded(256));
    return text;
}

ingest::Batch rawBatch(std::uint64_t offset, std::string bytes) {
    ingest::Batch batch = batchOf(1, offset + bytes.size());
    batch.raw = {{offset, std::move(bytes)}};
    return batch;
}

std::string stored(const StoreFile &file, std::uint64_t offset, std::uint64_t length) {
    const SQLite::Database db(file.path());
    return store::BlockReader(db).read(1, offset, length);
}

} // namespace

void TestBlocks::whatIsPackedComesBack_data() {
    QTest::addColumn<QByteArray>("bytes");
    QTest::addColumn<int>("codec");
    const auto add = [](const char *name, const std::string &bytes, Codec codec) {
        QTest::newRow(name) << QByteArray::fromStdString(bytes) << static_cast<int>(codec);
    };
    add("a small text", runnerLog(3'000, 1), Codec::ZstdDictionary1);
    add("a large text", runnerLog(700'000, 1), Codec::Zstd);
    add("nothing", {}, Codec::Checked);
    add("small noise", noise(500), Codec::Checked);
    add("large noise", noise(300'000), Codec::Checked);
}

void TestBlocks::whatIsPackedComesBack() {
    QFETCH(QByteArray, bytes);
    QFETCH(int, codec);
    for (const bool quick : {true, false}) {
        const store::Packed packed = store::pack(bytes.toStdString(), quick);
        QCOMPARE(static_cast<int>(packed.codec), codec);
        QVERIFY(store::unpack(packed.codec, packed.bytes, static_cast<std::size_t>(bytes.size())) ==
                bytes.toStdString());
    }
}

void TestBlocks::damagedBlocksAreErrors() {
    const std::string text = runnerLog(3'000, 1);
    const store::Packed packed = store::pack(text, false);
    QVERIFY_THROWS_EXCEPTION(std::runtime_error,
                             static_cast<void>(store::unpack(packed.codec, packed.bytes.substr(0, 50), text.size())));
    QVERIFY_THROWS_EXCEPTION(std::runtime_error,
                             static_cast<void>(store::unpack(packed.codec, packed.bytes, text.size() + 1)));
    QVERIFY_THROWS_EXCEPTION(std::runtime_error, static_cast<void>(store::unpack(Codec::Raw, "abc", 4)));
    QCOMPARE(store::unpack(Codec::Raw, "abc", 3), "abc"); // as earlier versions wrote it
    QVERIFY_THROWS_EXCEPTION(std::runtime_error, static_cast<void>(store::unpack(Codec::Checked, "abcd", 1)));
    // Any bit of what is packed: also one that would unpack to something else.
    for (const std::string &bytes : {text, noise(600), runnerLog(400'000, 1)}) {
        const store::Packed whole = store::pack(bytes, true);
        for (std::size_t at = 0; at < whole.bytes.size(); at += 1 + whole.bytes.size() / 97) {
            std::string damaged = whole.bytes;
            damaged[at] = static_cast<char>(damaged[at] ^ (1 << (at % 8)));
            std::string read = bytes;
            try {
                read = store::unpack(whole.codec, damaged, bytes.size());
            } catch (const std::runtime_error &) {
                continue;
            }
            QVERIFY2(read == bytes, qPrintable(QString::number(at))); // a bit of the frame that says nothing
        }
    }
    QVERIFY_THROWS_EXCEPTION(std::runtime_error, static_cast<void>(store::unpack(static_cast<Codec>(77), "abc", 3)));
    QVERIFY_THROWS_EXCEPTION(std::runtime_error,
                             static_cast<void>(store::unpack(Codec::Zstd, "abc", std::size_t(1) << 40)));
}

void TestBlocks::realisticTextTakesAtMostFifteenPerCent() {
    StoreFile file;
    auto store = file.open();
    const std::string text = runnerLog(8'000'000, 3);
    for (std::size_t at = 0; at < text.size(); at += 4'000'000)
        need(store->apply({{rawBatch(at, text.substr(at, 4'000'000))}}));
    const StoreInfo info = need(store->info());
    QCOMPARE(info.logBytesRaw, text.size());
    QVERIFY2(static_cast<double>(info.logBytesStored) < 0.15 * static_cast<double>(text.size()),
             qPrintable(QString::number(info.logBytesStored)));
    QVERIFY(stored(file, 0, text.size()) == text);
    QVERIFY(stored(file, 3'999'990, 20) == text.substr(3'999'990, 20));
}

void TestBlocks::smallAppendsAreFoldedAndComeBack() {
    StoreFile file;
    auto store = file.open();
    const std::string text = runnerLog(1'500'000, 4);
    QRandomGenerator random(5);
    std::size_t at = 0;
    while (at < text.size()) {
        std::vector<ingest::Batch> batches; // several commits' worth, to be quick
        for (int i = 0; i < 20 && at < text.size(); ++i) {
            const std::size_t length = std::min<std::size_t>(1 + random.bounded(900), text.size() - at);
            batches.push_back(rawBatch(at, text.substr(at, length)));
            at += length;
        }
        need(store->apply(batches));
    }
    QVERIFY(stored(file, 0, text.size()) == text);
    const StoreInfo info = need(store->info());
    QVERIFY2(static_cast<double>(info.logBytesStored) < 0.15 * static_cast<double>(text.size()),
             qPrintable(QString::number(info.logBytesStored)));
    SQLite::Database db(file.path());
    QVERIFY(db.execAndGet("SELECT count(*) FROM blocks").getInt() < 100);
}

void TestBlocks::anyChunkingGivesTheSameBytes() {
    const std::string text = runnerLog(120'000, 6);
    for (quint32 seed = 1; seed <= 8; ++seed) {
        QRandomGenerator random(seed);
        StoreFile file;
        auto store = file.open();
        // Stretches that overlap what is stored, in front of it and behind it.
        for (int i = 0; i < 60; ++i) {
            const std::size_t from = random.bounded(static_cast<quint32>(text.size()));
            const std::size_t length = std::min<std::size_t>(random.bounded(9'000), text.size() - from);
            ingest::Batch batch = rawBatch(from, text.substr(from, length));
            batch.checkpoint = {};
            need(store->apply({{batch}}));
        }
        ingest::Batch whole = rawBatch(0, text);
        need(store->apply({{whole}}));
        QVERIFY2(stored(file, 0, text.size() + 100) == text, qPrintable(QStringLiteral("seed %1").arg(seed)));
        QCOMPARE(need(store->info()).logBytesRaw, text.size());
    }
}

void TestBlocks::anyNumberOfThreadsStoresTheSame() {
    const std::string text = runnerLog(9'300'000, 4);
    const auto storedWith = [&](unsigned threads) {
        const StoreFile file;
        (void)file.open(); // makes the tables
        SQLite::Database db(file.path(), SQLite::OPEN_READWRITE);
        store::BlockWriter writer(db, threads);
        store::Source source;
        source.state.sourceId = 1;
        std::vector<ingest::Batch> batches;
        std::size_t at = 0;
        for (const std::size_t size : {4'194'304UL, 70'000UL, 3'000'000UL, 900UL, 2'000'000UL}) { // large and small
            batches.push_back(rawBatch(at, text.substr(at, size)));
            at += size;
        }
        writer.begin(batches);
        for (const ingest::Batch &batch : batches)
            writer.put(source, batch);
        writer.finish();
        std::vector<std::string> rows;
        SQLite::Statement all(db, "SELECT id, offset, length, codec, hex(data) FROM blocks ORDER BY id");
        while (all.executeStep()) {
            std::string row;
            for (int column = 0; column < 5; ++column)
                row += all.getColumn(column).getString() + " ";
            rows.push_back(std::move(row));
        }
        return rows;
    };
    const std::vector<std::string> one = storedWith(1);
    QVERIFY(one.size() >= 11);
    for (const unsigned threads : {0U, 2U, 3U, 64U})
        QVERIFY(storedWith(threads) == one);
}

void TestBlocks::readingStopsAtGapsAndAtTheEnd() {
    StoreFile file;
    auto store = file.open();
    const auto put = [&](std::uint64_t offset, const std::string &bytes) {
        ingest::Batch batch = rawBatch(offset, bytes);
        batch.checkpoint = {};
        need(store->apply({{batch}}));
    };
    put(100, "hello");
    put(200, "world");
    put(205, "");
    QCOMPARE(stored(file, 100, 5), "hello");
    QCOMPARE(stored(file, 102, 200), "llo");
    QCOMPARE(stored(file, 0, 10), "");
    QCOMPARE(stored(file, 150, 60), "");
    QCOMPARE(stored(file, 203, 60), "ld");
    const SQLite::Database db(file.path());
    QCOMPARE(store::BlockReader(db).read(2, 100, 5), "");
}

QTEST_GUILESS_MAIN(TestBlocks)
#include "tst_blocks.moc"
