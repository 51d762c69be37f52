// SPDX-License-Identifier: GPL-3.0-or-later
// At every named place the program is killed in a child process, RA_CRASHES times (default 1) with other data: what is
// on the disk is the state before or after, and going on comes to the same as if nothing had been.
#include "core/store/repair.h"
#include "core/store/verify.h"
#include "tests/core/store/crashchild.h"
#include "tests/core/store/populated.h"
#include "tests/core/store/storework.h"
#include "tests/support/faultyvfs.h"

#include <SQLiteCpp/SQLiteCpp.h>

#include <csignal>
#include <map>
#include <random>

using namespace ra;
using namespace ra::test;

class TestCrashPoints : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void initTestCase();
    void killedThereTheStoreIsOldOrNew_data();
    void killedThereTheStoreIsOldOrNew();
    void aKilledRepairLeavesTheOldOrTheNewStore_data();
    void aKilledRepairLeavesTheOldOrTheNewStore();
    void killedRetentionGoesOn_data();
    void killedRetentionGoesOn();

private:
    QTemporaryDir m_folder;
    QByteArray m_damaged;
    QByteArray m_populated;
};

namespace {

constexpr const char *pointsOfWork[] = {"migrate.changed",      "migrate.before-commit",
                                        "migrate.committed",    "ingest.begun",
                                        "ingest.sources",       "ingest.runs",
                                        "ingest.grouped",       "ingest.blocks",
                                        "ingest.before-commit", "ingest.committed",
                                        "fold.removed",         "fold.written",
                                        "seal.written",         "seal.sealed",
                                        "seal.tail-removed",    "seal.rolled-up",
                                        "merge.removed",        "merge.written",
                                        "join.removed",         "edit.removed",
                                        "rollup.minutes",       "rollup.hours",
                                        "rollup.days",          "step-rollup.hour",
                                        "step-rollup.unmarked", "step-rollup.day-dropped",
                                        "tidy.before-commit",   "tidy.committed",
                                        "held.before-commit",   "held.committed",
                                        "commit.log-write",     "commit.log-written",
                                        "checkpoint.write",     "checkpoint.written",
                                        "checkpoint.sync",      "checkpoint.log-sync"};
constexpr const char *pointsOfRepair[] = {"repair.empty",     "repair.salvaged",    "repair.mended",
                                          "repair.filled",    "repair.whole",       "repair.aside",
                                          "repair.log-aside", "repair.before-swap", "repair.swapped"};

constexpr const char *pointsOfRetention[] = {"retain.sealed", "retain.split", "retain.samples", "retain.runs",
                                             "retain.log",    "retain.texts", "retain.piece",   "compact.vacuumed"};

int rounds() {
    bool isNumber = false;
    const int asked = qEnvironmentVariableIntValue("RA_CRASHES", &isNumber);
    return isNumber ? asked : 1;
}

/// How often each place is passed.
template <typename Body>
std::map<std::string, int> passed(const std::string &log, Body body) {
    if (inChild("RA_CRASH_LOG", log, body) != 0)
        qFatal("undisturbed it fails");
    QFile file(QString::fromStdString(log));
    if (!file.open(QIODevice::ReadOnly))
        qFatal("no log");
    std::map<std::string, int> counts;
    for (const QByteArray &line : file.readAll().split('\n'))
        ++counts[line.toStdString()];
    return counts;
}

/// What is half in the store; empty if nothing is.
std::string halfOf(const std::string &path) {
    SQLite::Database db(path, SQLite::OPEN_READWRITE); // a journal may be left to be rolled back
    if (db.execAndGet("PRAGMA integrity_check").getString() != "ok")
        return "integrity_check";
    const int version = db.execAndGet("PRAGMA user_version").getInt();
    const int tables = db.execAndGet("SELECT count(*) FROM sqlite_schema WHERE name IN ('runs', 'forks', 'segments', "
                                     "'sealed_rollups')")
                           .getInt();
    const int expected[] = {0, 1, 2, 2, 3, 4};
    if (version < static_cast<int>(std::size(expected)) && tables != expected[version])
        return "half a migration";
    if (version < static_cast<int>(std::size(expected)) - 1)
        return {};
    const int runs = db.execAndGet("SELECT count(*) FROM runs").getInt();
    if (runs % runsOfWork != 0)
        return "half a batch";
    const std::int64_t end = std::int64_t{runs} / runsOfWork * static_cast<std::int64_t>(bytesOfWork);
    if (db.execAndGet("SELECT total(offset) FROM sources WHERE path = '/nowhere/log1'").getInt64() != end)
        return "the checkpoint is of another batch";
    if (db.execAndGet("SELECT total(length) FROM blocks").getInt64() != end)
        return "bytes are missing or doubled";
    if (db.execAndGet("SELECT count(*) FROM steps").getInt() != 3 * runs)
        return "steps are missing";
    const std::string ofSeries =
        "(SELECT s.id FROM series s JOIN metrics m ON m.id = s.metric WHERE m.name = 'memory')";
    if (db.execAndGet("SELECT (SELECT total(count) FROM segments WHERE series = " + ofSeries +
                      ") + (SELECT count(*) FROM tail_samples WHERE series = " + ofSeries + ")")
            .getInt() != runs / runsOfWork * 600)
        return "samples are missing or doubled";
    return {};
}

} // namespace

void TestCrashPoints::initTestCase() {
    FaultyDisk::install();
    const StoreFile file;
    QVERIFY(doWork(file.path(), 1));
    m_damaged = contentOf(file.path());
    std::fill_n(m_damaged.begin() + 9 * 8'192, 8'192, '\0');
}

void TestCrashPoints::killedThereTheStoreIsOldOrNew_data() {
    QTest::addColumn<QByteArray>("point");
    for (const char *point : pointsOfWork)
        QTest::newRow(point) << QByteArray(point);
}

void TestCrashPoints::killedThereTheStoreIsOldOrNew() {
    QFETCH(QByteArray, point);
    for (int round = 0; round < rounds(); ++round) {
        const int seed = round + 1;
        const StoreFile undisturbed;
        const std::string log = undisturbed.folder() + "/passed";
        const auto counts = passed(log, [&] { return doWork(undisturbed.path(), seed).has_value(); });
        const auto count = counts.find(point.toStdString());
        QVERIFY2(count != counts.end(), "it is never passed");
        std::mt19937 random(static_cast<unsigned>(seed) * 7'919 + static_cast<unsigned>(qHash(point, 1)));
        const int passing = static_cast<int>(random() % static_cast<unsigned>(count->second)) + 1;
        const StoreFile file;
        std::string at = point.toStdString();
        at.append(":").append(std::to_string(passing));
        const auto work = [&] { return doWork(file.path(), seed).has_value(); };
        if (inChild("RA_CRASH_AT", at, work) != SIGKILL) {
            // What is tidied at a time is a matter of time: there may be fewer pieces. The first there is always.
            for (const char *end : {"", "-wal", "-shm"})
                QFile::remove(QString::fromStdString(file.path()) + QLatin1String(end));
            at = point.toStdString();
            QCOMPARE(inChild("RA_CRASH_AT", at, work), SIGKILL);
        }
        const std::string half = halfOf(file.path());
        QVERIFY2(half.empty(), half.c_str());
        const auto resumed = doWork(file.path(), seed);
        QVERIFY2(resumed, resumed ? "" : describe(resumed.error()).c_str());
        QCOMPARE(halfOf(file.path()), "");
        const auto check = need(store::verify(file.path()));
        QVERIFY2(check.isSound(), check.isSound() ? "" : check.damage.front().what.c_str());
        QVERIFY2(contentOfWork(file.path()) == contentOfWork(undisturbed.path()), at.c_str());
    }
}

void TestCrashPoints::aKilledRepairLeavesTheOldOrTheNewStore_data() {
    QTest::addColumn<QByteArray>("point");
    for (const char *point : pointsOfRepair)
        QTest::newRow(point) << QByteArray(point);
}

void TestCrashPoints::aKilledRepairLeavesTheOldOrTheNewStore() {
    QFETCH(QByteArray, point);
    const StoreFile undisturbed;
    put(undisturbed.path(), m_damaged);
    need(store::repair(undisturbed.path()));
    const StoreFile file;
    put(file.path(), m_damaged);
    QCOMPARE(inChild("RA_CRASH_AT", point.toStdString(), [&] { return store::repair(file.path()).has_value(); }),
             SIGKILL);
    const bool isOld = contentOf(file.path()) == m_damaged;
    QVERIFY(isOld || need(store::verify(file.path())).isSound());
    need(store::repair(file.path()));
    QVERIFY(need(store::verify(file.path())).isSound());
    QVERIFY(contentOfWork(file.path()) == contentOfWork(undisturbed.path()));
    QVERIFY(contentOf(file.path() + ".damaged") == m_damaged);
    QVERIFY(!store::isRepairPending(file.path()));
}

void TestCrashPoints::killedRetentionGoesOn_data() {
    QTest::addColumn<QByteArray>("point");
    for (const char *point : pointsOfRetention)
        QTest::newRow(point) << QByteArray(point);
}

/// Each piece is a whole: at every passing something else has gone, and the next time comes to the same.
void TestCrashPoints::killedRetentionGoesOn() {
    QFETCH(QByteArray, point);
    static constexpr Duration day = 24h;
    const auto retain = [](const std::string &path) {
        const auto store = store::Store::open(path);
        return store &&
               (*store)->retain({.samples = 5 * day, .log = 5 * day, .rollups = 20 * day, .runs = 5 * day},
                                monday + populatedDays * day, false) &&
               (*store)->compact();
    };
    if (m_populated.isEmpty()) {
        const StoreFile file;
        populate(*file.open());
        m_populated = contentOf(file.path());
    }
    const auto left = [](const StoreFile &file) {
        return ask(
            *file.reader(),
            "SELECT (SELECT count(*) || ' ' || total(end_ns) FROM runs_v), (SELECT count(*) || ' ' || total(value) "
            "FROM samples), (SELECT count(*) FROM log_search('')), (SELECT count(*) || ' ' || sum(sum_ns) FROM "
            "step_rollups('minute')), (SELECT count(*) FROM errors_v), (SELECT count(*) || ' ' || sum(count) FROM "
            "series_v s, rollups(s.series, 'minute')), (SELECT count(*) || ' ' || sum(count) FROM series_v s, "
            "rollups(s.series, 'hour'))");
    };
    const StoreFile undisturbed;
    put(undisturbed.path(), m_populated);
    const auto counts = passed(undisturbed.folder() + "/passed", [&] { return retain(undisturbed.path()); });
    const auto count = counts.find(point.toStdString());
    QVERIFY2(count != counts.end(), "it is never passed");
    std::mt19937 random(static_cast<unsigned>(qHash(point, 1)));
    for (int round = 0; round < rounds(); ++round) {
        const int passing = static_cast<int>(random() % static_cast<unsigned>(count->second)) + 1;
        const StoreFile file;
        put(file.path(), m_populated);
        const std::string at = point.toStdString() + ":" + std::to_string(passing);
        QCOMPARE(inChild("RA_CRASH_AT", at, [&] { return retain(file.path()); }), SIGKILL);
        const auto half = need(store::verify(file.path()));
        QVERIFY2(half.isSound(), half.isSound() ? "" : half.damage.front().what.c_str());
        QVERIFY(retain(file.path()));
        QVERIFY(need(store::verify(file.path())).isSound());
        QVERIFY2(left(file) == left(undisturbed), at.c_str());
    }
}

QTEST_GUILESS_MAIN(TestCrashPoints)
#include "tst_crashpoints.moc"
