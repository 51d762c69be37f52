// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/core/store/storefixture.h"

#include <sys/stat.h>
#include <unistd.h>
#include <xxhash.h>

using namespace ra;
using namespace ra::test;
using ingest::SourceIdentity;

class TestSources : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void whatIsNotKnownIsNew();
    void aSourceIsFoundAgainAfterARestart();
    void aRenamedFileIsTheSameSource();
    void aFileThatHasGrownIsTheSameSource();
    void anotherFileUnderTheSameInodeIsNew();
    void aFileThatHasShrunkIsNew();
    void aCopyOfAVanishedFileGoesOnWithIt();
    void aCopyBesideItsOriginalIsNew();
    void aCopyOfWhatWasEmptiedSinceGoesOnWithIt();
    void generationsAreSourcesOfTheirOwn();
    void streamsWithoutInodeAreKnownByName();
};

namespace {

std::uint64_t hashOf(std::string_view text) {
    return XXH3_64bits(text.data(), text.size());
}

ingest::Batch batchWith(const std::string &path, const SourceIdentity &identity, std::uint64_t end,
                        std::uint64_t generation = 0) {
    ingest::Batch batch = batchOf(1, end);
    batch.path = path;
    batch.identity = identity;
    batch.generation = generation;
    return batch;
}

std::size_t sourcesOf(store::Store &store) {
    return need(store.sources()).size();
}

/// A real file and its identity.
struct RealFile {
    explicit RealFile(const std::string &filePath, const std::string &text = "log")
        : path(filePath) {
        QFile file(QString::fromStdString(path));
        if (file.open(QIODevice::WriteOnly))
            file.write(text.data(), static_cast<qint64>(text.size()));
        file.close();
        struct stat info = {};
        ::stat(path.c_str(), &info);
        identity = {info.st_dev, info.st_ino, 0xfeed, 1024};
    }
    std::string path;
    SourceIdentity identity;
};

} // namespace

void TestSources::whatIsNotKnownIsNew() {
    StoreFile file;
    auto store = file.open();
    QVERIFY(!need(store->findSource({1, 2, 3, 1024}, "/a")));
    need(store->apply({{batchWith("/a", {1, 2, 3, 1024}, 100)}}));
    QVERIFY(!need(store->findSource({1, 9, 4, 1024}, "/a")));
    QVERIFY(!need(store->findSource({1, 2, 4, 1024}, "/a")));
}

void TestSources::aSourceIsFoundAgainAfterARestart() {
    StoreFile file;
    ingest::Batch batch = batchOf(1, 1234, {changeOf(textRun(1, monday), 7)});
    batch.raw = {{0, std::string(1234, 'x')}};
    batch.generation = 3;
    batch.checkpoint.state = std::string("a\0b", 3);
    need(file.open()->apply({{batch}}));
    auto store = file.open();
    const auto state = need(store->findSource(batch.identity, "/elsewhere"));
    QVERIFY(state);
    QCOMPARE(state->path, batch.path);
    QVERIFY(state->identity == batch.identity);
    QCOMPARE(state->format, batch.format);
    QCOMPARE(state->zone, "UTC");
    QCOMPARE(state->generation, 3U);
    QCOMPARE(state->checkpoint.offset, 1234U);
    QCOMPARE(state->checkpoint.lines, 12U);
    QCOMPARE(state->checkpoint.state, batch.checkpoint.state);
    QCOMPARE(sourcesOf(*store), 1U);
    // What is stored is known again, too: nothing doubles.
    QVERIFY(need(store->apply({{batch}})).added.empty());
    QCOMPARE(need(store->info()).logBytesRaw, 1234U);
}

void TestSources::aRenamedFileIsTheSameSource() {
    StoreFile file;
    auto store = file.open();
    const SourceIdentity identity = {1, 2, 3, 1024};
    need(store->apply({{batchWith("/log", identity, 100)}}));
    need(store->apply({{batchWith("/log.1", identity, 200)}}));
    QCOMPARE(sourcesOf(*store), 1U);
    QCOMPARE(need(store->findSource(identity, "/log.1"))->path, "/log.1");
}

void TestSources::aFileThatHasGrownIsTheSameSource() {
    StoreFile file;
    auto store = file.open();
    const std::string text = "the first forty characters of the log..." + std::string(2'000, '-');
    const SourceIdentity young = {1, 2, hashOf(text.substr(0, 40)), 40};
    const SourceIdentity grown = {1, 2, hashOf(text.substr(0, 1024)), 1024};
    ingest::Batch batch = batchWith("/log", young, 40);
    batch.raw = {{0, text.substr(0, 40)}};
    need(store->apply({{batch}}));

    QVERIFY(need(store->findSource(grown, "/log")));
    const auto head = [&](std::uint32_t length) { return std::optional(hashOf(text.substr(0, length))); };
    QVERIFY(need(store->findSource(grown, "/log", head)));
    const auto other = [](std::uint32_t) { return std::optional<std::uint64_t>(1); };
    QVERIFY(!need(store->findSource(grown, "/log", other)));
    const auto unknown = [](std::uint32_t) { return std::optional<std::uint64_t>(); };
    QVERIFY(need(store->findSource(grown, "/log", unknown)));

    batch = batchWith("/log", grown, text.size());
    batch.raw = {{40, text.substr(40)}};
    need(store->apply({{batch}}));
    QCOMPARE(sourcesOf(*store), 1U);
    QVERIFY(need(store->sources())[0].identity == grown);
    QVERIFY(need(store->findSource(grown, "/log")));
    QVERIFY(!need(store->findSource(young, "/log")));
}

void TestSources::anotherFileUnderTheSameInodeIsNew() {
    StoreFile file;
    auto store = file.open();
    ingest::Batch first = batchWith("/log", {1, 2, hashOf("short"), 5}, 5);
    first.raw = {{0, "short"}};
    need(store->apply({{first}}));
    ingest::Batch second = batchWith("/log", {1, 2, hashOf("other text"), 10}, 10);
    second.raw = {{0, "other "}, {6, "text"}};
    need(store->apply({{second}}));
    QCOMPARE(sourcesOf(*store), 2U);
    // With a gap before the head ends it cannot be told; it is taken to have grown.
    ingest::Batch third = batchWith("/log", {1, 2, 77, 12}, 12);
    third.raw = {{11, "!"}};
    need(store->apply({{third}}));
    QCOMPARE(sourcesOf(*store), 2U);
}

void TestSources::aFileThatHasShrunkIsNew() {
    StoreFile file;
    auto store = file.open();
    need(store->apply({{batchWith("/log", {1, 2, 3, 1024}, 5'000)}}));
    QVERIFY(!need(store->findSource({1, 2, 4, 100}, "/log")));
    need(store->apply({{batchWith("/log", {1, 2, 4, 100}, 100)}}));
    QCOMPARE(sourcesOf(*store), 2U);
}

void TestSources::aCopyOfAVanishedFileGoesOnWithIt() {
    StoreFile file;
    auto store = file.open();
    const RealFile log(file.folder() + "/log");
    need(store->apply({{batchWith(log.path, log.identity, 5'000)}}));
    SourceIdentity packed = log.identity; // log.gz: another inode, the same text
    packed.inode += 1'000'000;
    QVERIFY(!need(store->findSource(packed, log.path + ".gz")));
    ::unlink(log.path.c_str());
    const auto found = need(store->findSource(packed, log.path + ".gz"));
    QVERIFY(found);
    QCOMPARE(found->checkpoint.offset, 5'000U);
    need(store->apply({{batchWith(log.path + ".gz", packed, 6'000)}}));
    QCOMPARE(sourcesOf(*store), 1U);
    QVERIFY(need(store->findSource(packed, log.path + ".gz"))->path.ends_with(".gz"));

    SourceIdentity untold = packed;
    untold.inode += 5;
    untold.headLength = 63;
    QVERIFY(!need(store->findSource(untold, "/x")));
}

void TestSources::aCopyBesideItsOriginalIsNew() {
    StoreFile file;
    auto store = file.open();
    const RealFile log(file.folder() + "/log");
    need(store->apply({{batchWith(log.path, log.identity, 5'000)}}));
    SourceIdentity copy = log.identity;
    copy.inode += 1'000'000;
    need(store->apply({{batchWith(log.path + ".copy", copy, 5'000)}}));
    QCOMPARE(sourcesOf(*store), 2U);
}

void TestSources::aCopyOfWhatWasEmptiedSinceGoesOnWithIt() {
    StoreFile file;
    auto store = file.open();
    const RealFile log(file.folder() + "/log");
    need(store->apply({{batchWith(log.path, log.identity, 5'000)}}));
    SourceIdentity fresh = log.identity; // copied and truncated: the next generation begins in place
    fresh.headHash = 99;
    need(store->apply({{batchWith(log.path, fresh, 2'000, 1)}}));
    SourceIdentity copy = log.identity;
    copy.inode += 1'000'000;
    const auto found = need(store->findSource(copy, log.path + ".1"));
    QVERIFY(found);
    QCOMPARE(found->generation, 0U);
    need(store->apply({{batchWith(log.path + ".1", copy, 6'000)}}));
    QCOMPARE(sourcesOf(*store), 2U);
}

void TestSources::generationsAreSourcesOfTheirOwn() {
    StoreFile file;
    auto store = file.open();
    const SourceIdentity identity = {1, 2, 3, 1024};
    need(store->apply({{batchWith("/log", identity, 5'000, 0), batchWith("/log", identity, 100, 1)}}));
    QCOMPARE(sourcesOf(*store), 2U);
    QCOMPARE(need(store->findSource(identity, "/log"))->generation, 1U);
}

void TestSources::streamsWithoutInodeAreKnownByName() {
    StoreFile file;
    auto store = file.open();
    need(store->apply({{batchWith("pipe:1", {0, 0, 3, 10}, 100)}}));
    need(store->apply({{batchWith("pipe:1", {0, 0, 3, 10}, 200)}}));
    need(store->apply({{batchWith("pipe:2", {0, 0, 3, 10}, 100)}}));
    QCOMPARE(sourcesOf(*store), 2U);
}

QTEST_GUILESS_MAIN(TestSources)
#include "tst_sources.moc"
