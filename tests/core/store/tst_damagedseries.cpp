// SPDX-License-Identifier: GPL-3.0-or-later
// A damaged segment costs its series the sealing in the background, and nothing else.
#include "core/store/repair.h"
#include "core/store/verify.h"
#include "tests/core/store/storefixture.h"

#include <SQLiteCpp/SQLiteCpp.h>

using namespace ra;
using namespace ra::test;

class TestDamagedSeries : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void init();
    void theOthersAreSealedAndItIsSaidOnce();
    void whatComesBehindIsSealedBesideTheDamage();
    void afterARepairAllIsSealed();

private:
    void damage(int series);
    std::string ask(const std::string &sql) { return test::ask(*m_file->reader(), sql); }

    std::unique_ptr<StoreFile> m_file;
};

namespace {

const std::string tails = "SELECT m.name, count(*) FROM tail_samples t JOIN series s ON s.id = t.series JOIN metrics m "
                          "ON m.id = s.metric GROUP BY m.name ORDER BY m.name";

/// Samples of three series, one a second from a moment on.
ingest::Batch batchFrom(std::uint64_t end, Time start, int count) {
    ingest::Batch batch = batchOf(1, end);
    for (const char *name : {"a", "b", "c"})
        batch.samples.series.push_back({.name = name, .unit = "1", .kind = "gauge"});
    for (int i = 0; i < count; ++i) {
        for (std::uint32_t series = 0; series < 3; ++series)
            batch.samples.samples.push_back({series, toNs(start + i * 1s), 1.0 * i + series});
    }
    return batch;
}

int tidyAll(store::Store &store) {
    int pieces = 0;
    while (need(store.tidy()))
        ++pieces;
    return pieces;
}

} // namespace

/// Each series has a segment, and a tail that lies among its samples and waits to be sealed.
void TestDamagedSeries::init() {
    m_file = std::make_unique<StoreFile>();
    const auto store = m_file->open();
    need(store->apply({{batchFrom(100, monday, 1'200)}}));
    QCOMPARE(ask("SELECT count(*) FROM segments"), "3");
    for (int i = 0; i < 4; ++i)
        need(store->apply({{batchFrom(200 + static_cast<std::uint64_t>(i), monday + i * 300s + 500ms, 299)}}));
    QCOMPARE(ask(tails), "a|1196\nb|1196\nc|1196");
}

/// Turns a bit in the middle of the bytes of a segment, in the file.
void TestDamagedSeries::damage(int series) {
    const QByteArray data = QByteArray::fromHex(QByteArray::fromStdString(
        ask("SELECT hex(data) FROM segments WHERE series = " + std::to_string(series) + " ORDER BY t_min LIMIT 1")));
    QByteArray bytes = test::contentOf(m_file->path());
    const qsizetype at = bytes.indexOf(data);
    QVERIFY2(at > 0, "the segment is not in one page");
    bytes[at + data.size() / 2] = static_cast<char>(bytes[at + data.size() / 2] ^ 0x10);
    put(m_file->path(), bytes);
    QVERIFY(!need(store::verify(m_file->path())).isSound());
}

void TestDamagedSeries::theOthersAreSealedAndItIsSaidOnce() {
    damage(2);
    const std::string b = "SELECT count(*), sum(count), sum(sum) FROM segments WHERE series = 2";
    const std::string before = ask(b);
    auto store = m_file->open();
    tidyAll(*store);
    QCOMPARE(ask(tails), "b|1196");
    QCOMPARE(ask(b), before);
    const std::vector<Error> warnings = store->takeWarnings();
    QCOMPARE(warnings.size(), 1U);
    QVERIFY(warnings[0].kind == ErrorKind::Damaged);
    const std::string sentence = warnings[0].sentence();
    for (const char *part : {"number 2 (b)", "all others are sealed", "store repair"})
        QVERIFY2(sentence.find(part) != std::string::npos, sentence.c_str());
    QVERIFY(store->takeWarnings().empty());
    // More comes, is stored and sealed; what is damaged is not tried again, nor told.
    for (int i = 0; i < 4; ++i)
        need(store->apply({{batchFrom(300 + static_cast<std::uint64_t>(i), monday + 2h + i * 300s, 300)}}));
    QVERIFY(tidyAll(*store) < 20);
    QCOMPARE(ask(tails), "b|2396");
    QVERIFY(store->takeWarnings().empty());
    // The next one who opens it says it again.
    store.reset();
    store = m_file->open();
    tidyAll(*store);
    QCOMPARE(store->takeWarnings().size(), 1U);
    QCOMPARE(ask("SELECT count(*) FROM series_v s, samples(s.series) WHERE name IN ('a', 'c')"),
             std::to_string(2 * (1'200 + 1'196 + 1'200)));
}

void TestDamagedSeries::whatComesBehindIsSealedBesideTheDamage() {
    damage(2);
    const auto store = m_file->open();
    need(store->apply({{batchFrom(400, monday + 5h, 1'000)}})); // sealed at once, and would be joined
    QCOMPARE(ask("SELECT sum(count) FROM segments WHERE series = 2"), "2200");
    QCOMPARE(store->takeWarnings().size(), 1U);
    QCOMPARE(ask("SELECT count(*) FROM samples(2, " + std::to_string(toNs(monday + 5h)) + ")"), "1000");
}

void TestDamagedSeries::afterARepairAllIsSealed() {
    damage(2);
    tidyAll(*m_file->open());
    const store::RepairReport report = need(store::repair(m_file->path()));
    QVERIFY(report.check.isSound());
    const auto store = m_file->open();
    tidyAll(*store);
    QVERIFY(store->takeWarnings().empty());
    QCOMPARE(ask(tails), "");
    QCOMPARE(ask("SELECT series, sum(count) FROM segments GROUP BY series"), "1|2396\n2|1196\n3|2396");
    QVERIFY(need(store::verify(m_file->path())).isSound());
}

QTEST_GUILESS_MAIN(TestDamagedSeries)
#include "tst_damagedseries.moc"
