// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/ingest/archive.h"
#include "core/ingest/factlog.h"
#include "core/ingest/openrunarchive.h"

#include <QTest>

using namespace ra;
using namespace ra::ingest;

namespace {

Record record(std::uint64_t offset, RecordKind kind, std::string_view text, std::string_view rest = {},
              std::string_view thread = {}) {
    Record r;
    r.offset = offset;
    r.length = 80;
    r.kind = kind;
    r.resolutionNs = 1'000'000'000;
    r.runner = 139'000'000'000'007;
    r.durationNs = 405'000'000;
    r.a = -1;
    r.b = 3;
    r.text = text;
    r.rest = rest;
    r.thread = thread;
    return r;
}

bool same(const Record &a, const Record &b) {
    return a.offset == b.offset && a.length == b.length && a.kind == b.kind && a.resolutionNs == b.resolutionNs &&
           a.runner == b.runner && a.durationNs == b.durationNs && a.a == b.a && a.b == b.b && a.text == b.text &&
           a.rest == b.rest && a.thread == b.thread;
}

std::string saved(FactLog &log) {
    SavingArchive archive;
    io(archive, log);
    return archive.take();
}

} // namespace

class TestFactLog : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void whatIsKeptComesBackInOrder() {
        const std::vector<Record> records = {
            record(0, RecordKind::RunStarted, "jobs/a.yaml", "jobs/a.yaml [job-1]", "job-1"),
            record(300, RecordKind::StepCompleted, "", {}, {}),
            record(700, RecordKind::StepFailed, std::string_view("na\0me", 5), "['x']", "Thread-1 (work)"),
        };
        FactLog log;
        QVERIFY(log.isEmpty());
        for (std::size_t i = 0; i < records.size(); ++i)
            log.add(records[i], fromNs(static_cast<std::int64_t>(i) * 1'000));
        QCOMPARE(log.size(), records.size());
        const std::vector<Fact> facts = log.all();
        QCOMPARE(facts.size(), records.size());
        for (std::size_t i = 0; i < records.size(); ++i) {
            QVERIFY(same(facts[i].view(), records[i]));
            QCOMPARE(toNs(facts[i].time), static_cast<std::int64_t>(i) * 1'000);
        }
        log.clear();
        QVERIFY(log.isEmpty() && log.all().empty());
    }

    void aCheckpointKeepsThem() {
        FactLog log;
        log.add(record(5, RecordKind::RetryStarted, "connect", "rest", "t"), fromNs(9));
        const std::string bytes = saved(log);
        FactLog loaded;
        LoadingArchive archive(bytes);
        io(archive, loaded);
        QVERIFY(archive.ok() && archive.atEnd());
        QCOMPARE(loaded.size(), 1U);
        QVERIFY(same(loaded.all()[0].view(), record(5, RecordKind::RetryStarted, "connect", "rest", "t")));
    }

    void aDamagedCheckpointIsRefused() {
        FactLog log;
        log.add(record(5, RecordKind::RetryStarted, "connect", "rest", "t"), fromNs(9));
        log.add(record(6, RecordKind::StepCompleted, "connect"), fromNs(10));
        const std::string whole = saved(log);
        int refused = 0;
        for (std::size_t i = 0; i < whole.size(); ++i) {
            std::string damaged = whole;
            damaged[i] = static_cast<char>(damaged[i] ^ 0x55);
            FactLog victim;
            LoadingArchive archive(damaged);
            io(archive, victim);
            if (!archive.ok())
                ++refused;
            else
                QCOMPARE(victim.all().size(), victim.size()); // other values, but whole facts
        }
        QVERIFY(refused >= 8 + 4 + 2 * 12); // the sizes of the buffer, the texts, and the count are never trusted
    }
};

QTEST_GUILESS_MAIN(TestFactLog)
#include "tst_factlog.moc"
