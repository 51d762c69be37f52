// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/crashpoint.h"
#include "core/store/verify.h"
#include "tests/core/store/populated.h"

#include <QFile>

#include <SQLiteCpp/SQLiteCpp.h>

#include <filesystem>
#include <random>
#include <set>
#include <sys/wait.h>
#include <unistd.h>
#include <zstd.h>

using namespace ra;
using namespace ra::test;

class TestArchive : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void init();
    void whatIsOldMovesAndComesBack();
    void aCopyLeavesTheStoreAsItIs();
    void attachingTwiceIsAttachingOnce();
    void anArchiveCanBeAttachedToAnotherStore();
    void archivesOfSeveralYearsComeBackInAnyOrder();
    void pinnedRunsStayAndComeBackWithTheirSurroundings();
    void whatStayedForAPinGoesIntoALaterArchive_data();
    void whatStayedForAPinGoesIntoALaterArchive();
    void onlyTheUserMayReadIt();
    void otherFilesBesideItStay();
    void whatComesWhileMovingIsNotFinishedStays_data();
    void whatComesWhileMovingIsNotFinishedStays();
    void whatIsBroughtBackStaysWhereMovingWasNotFinished();
    void aFileIsNeverOverwritten();
    void todayIsNotArchived();
    void damagedArchivesAreRefused_data();
    void damagedArchivesAreRefused();
    void anotherStoreSumsUpWhatItHadAndWhatCame();
    void besideDamageNothingIsAttachedByHalf();
    void bothCanBeCancelled();
    void killedAnywhereNothingIsLostOrTwice_data();
    void killedAnywhereNothingIsLostOrTwice();

private:
    std::unique_ptr<StoreFile> m_file;
    std::unique_ptr<store::Store> m_store;

    [[nodiscard]] std::string out(const char *name = "old.zst") const { return m_file->folder() + "/" + name; }
};

namespace {

constexpr Duration day = 24h;
constexpr Time before = monday + 40 * day;

/// All that a reader can see, whatever numbers rows have.
std::string visibleIn(const StoreFile &file) {
    const auto reader = file.reader();
    std::string text;
    for (const char *sql :
         {"SELECT * FROM runs_v ORDER BY run_id", "SELECT * FROM steps_v ORDER BY run_id, idx",
          "SELECT * FROM attempts_v ORDER BY run_id, idx, attempt",
          "SELECT * FROM errors_v ORDER BY run_id, step, attempt",
          "SELECT name, unit, kind, tags, pid, t_ns, value FROM series_v s, samples(s.series) ORDER BY 1, 6",
          "SELECT path, offset, text, run_id FROM log_search('') ORDER BY path, offset",
          "SELECT name, t_ns, count, sum, min, max, hex(sketch) FROM series_v s, rollups(s.series, 'hour') ORDER BY 1, "
          "2",
          "SELECT recipe, step, t_ns, completed, failed, sum_ns, hex(sketch) FROM step_rollups('minute') ORDER BY 1, "
          "2, 3",
          "SELECT path, line, reason FROM rejected_v ORDER BY 1, 2"})
        text += ask(*reader, sql) + "\n--\n";
    return text;
}

std::string runsBefore(const StoreFile &file) {
    return ask(*file.reader(), "SELECT count(*) FROM runs_v WHERE end_ns < " + std::to_string(toNs(before)));
}

/// Where two contents part; empty if nowhere.
std::string difference(const std::string &a, const std::string &b) {
    const auto [x, y] = std::mismatch(a.begin(), a.end(), b.begin(), b.end());
    if (x == a.end() && y == b.end())
        return {};
    const auto at = static_cast<std::size_t>(x - a.begin());
    const std::size_t from = at < 200 ? 0 : at - 200;
    return a.substr(from, 400) + "\n<>\n" + b.substr(from, 400);
}

void checkSound(const StoreFile &file) {
    const store::VerifyReport report = need(store::verify(file.path()));
    QVERIFY2(report.isSound(), (report.damage.empty() ? "" : report.damage[0].where + report.damage[0].what).c_str());
}

} // namespace

void TestArchive::init() {
    m_store.reset();
    m_file = std::make_unique<StoreFile>();
    m_store = m_file->open();
    populate(*m_store);
    need(m_store->apply({{[] {
        ingest::Batch batch = batchOf(7, 100);
        batch.rejected.push_back({.offset = 3, .line = 2, .reason = "no line of any format", .excerpt = "?"});
        return batch;
    }()}}));
}

void TestArchive::whatIsOldMovesAndComesBack() {
    const std::string all = visibleIn(*m_file);
    const Archived moved = need(m_store->archive(out(), before, false));
    QCOMPARE(moved.runs, 40U * runsADay);
    QCOMPARE(moved.steps, 3U * moved.runs);
    QVERIFY(moved.samples > 0 && moved.logBytes > 0);
    QCOMPARE(moved.bytes, std::filesystem::file_size(out()));
    QCOMPARE(runsBefore(*m_file), "0");
    QCOMPARE(ask(*m_file->reader(), "SELECT count(*) FROM samples WHERE t_ns < " +
                                        std::to_string(toNs(before) / (day / 1ns) * (day / 1ns))),
             "0");
    checkSound(*m_file);
    QVERIFY(!m_store->nextTidy()); // all has gone
    const Archived back = need(m_store->attach(out()));
    QCOMPARE(back.runs, moved.runs);
    QCOMPARE(back.steps, moved.steps);
    QCOMPARE(back.samples, moved.samples);
    QCOMPARE(QString::fromStdString(difference(visibleIn(*m_file), all)), QString());
    checkSound(*m_file);
    // It goes on, and knows what it had known.
    need(m_store->apply({{batchOf(3, 100, {changeOf(textRun(9'000, monday + 70 * day), 0)})}}));
    QVERIFY(need(m_file->reader()->run(idOf(9'000))).status == RunStatus::Completed);
    QVERIFY(need(m_file->reader()->run(idOf(1))).status == RunStatus::Completed);
    for (const auto &entry : std::filesystem::directory_iterator(m_file->folder()))
        QVERIFY2(entry.path().string().find(".part") == std::string::npos &&
                     entry.path().string().find(".attach") == std::string::npos,
                 entry.path().c_str());
}

void TestArchive::aCopyLeavesTheStoreAsItIs() {
    const std::string all = visibleIn(*m_file);
    QVERIFY(need(m_store->archive(out(), before, true)).runs > 0);
    QCOMPARE(QString::fromStdString(difference(visibleIn(*m_file), all)), QString());
    const Archived back = need(m_store->attach(out()));
    QCOMPARE(back.runs + back.samples + back.logBytes, 0U);
    QCOMPARE(QString::fromStdString(difference(visibleIn(*m_file), all)), QString());
    checkSound(*m_file);
}

void TestArchive::attachingTwiceIsAttachingOnce() {
    const std::string all = visibleIn(*m_file);
    need(m_store->archive(out(), before, false));
    need(m_store->attach(out()));
    const Archived again = need(m_store->attach(out()));
    QCOMPARE(again.runs + again.samples + again.logBytes, 0U);
    QCOMPARE(QString::fromStdString(difference(visibleIn(*m_file), all)), QString());
}

void TestArchive::anArchiveCanBeAttachedToAnotherStore() {
    const Archived moved = need(m_store->archive(out(), before, true));
    const StoreFile other;
    const auto store = other.open();
    need(store->apply({{batchOf(3, 100, {changeOf(textRun(9'000, monday + 70 * day), 0)})}}));
    const Archived back = need(store->attach(out()));
    QCOMPARE(back.runs, moved.runs);
    QCOMPARE(back.samples, moved.samples);
    QCOMPARE(runsBefore(other), runsBefore(*m_file));
    checkSound(other);
    const std::string old = "SELECT * FROM steps_v WHERE run_id IN (SELECT run_id FROM runs_v WHERE end_ns < " +
                            std::to_string(toNs(before)) + ") ORDER BY run_id, idx";
    QVERIFY(ask(*other.reader(), old) == ask(*m_file->reader(), old));
}

void TestArchive::archivesOfSeveralYearsComeBackInAnyOrder() {
    const std::string all = visibleIn(*m_file);
    need(m_store->archive(out("a.zst"), monday + 20 * day, false));
    need(m_store->archive(out("b.zst"), monday + 40 * day, false));
    QVERIFY(need(m_store->archive(out("c.zst"), monday + 50 * day, false)).runs == 10U * runsADay);
    for (const char *name : {"b.zst", "c.zst", "a.zst"})
        need(m_store->attach(out(name)));
    QCOMPARE(QString::fromStdString(difference(visibleIn(*m_file), all)), QString());
    checkSound(*m_file);
}

void TestArchive::pinnedRunsStayAndComeBackWithTheirSurroundings() {
    need(m_store->pin(std::vector{idOf(50)}, true));
    const std::string all = visibleIn(*m_file);
    need(m_store->archive(out(), before, false));
    QCOMPARE(runsBefore(*m_file), "1");
    checkSound(*m_file);
    need(m_store->attach(out()));
    QCOMPARE(QString::fromStdString(difference(visibleIn(*m_file), all)), QString());
    checkSound(*m_file);
    QCOMPARE(need(m_store->pinned()), std::vector{idOf(50)});
}

void TestArchive::whatStayedForAPinGoesIntoALaterArchive_data() {
    QTest::addColumn<QStringList>("order");
    QTest::newRow("as they were written") << QStringList{QStringLiteral("a.zst"), QStringLiteral("b.zst")};
    QTest::newRow("the other way round") << QStringList{QStringLiteral("b.zst"), QStringLiteral("a.zst")};
}

// The samples of the pinned run are in both, among others of the one and of the other.
void TestArchive::whatStayedForAPinGoesIntoALaterArchive() {
    QFETCH(QStringList, order);
    need(m_store->pin(std::vector{idOf(50)}, true));
    const std::string all = visibleIn(*m_file);
    need(m_store->archive(out("a.zst"), before, false));
    need(m_store->pin(std::vector{idOf(50)}, false));
    need(m_store->archive(out("b.zst"), before + 10 * day, false));
    checkSound(*m_file);
    for (const QString &name : order) {
        need(m_store->attach(out(name.toUtf8().constData())));
        checkSound(*m_file);
    }
    QCOMPARE(QString::fromStdString(difference(visibleIn(*m_file), all)), QString());
}

void TestArchive::onlyTheUserMayReadIt() {
    const auto privately = std::filesystem::perms::owner_read | std::filesystem::perms::owner_write;
    std::set<std::string> seen;
    const auto look = [&](const Progress &) {
        for (const auto &entry : std::filesystem::directory_iterator(m_file->folder())) {
            const std::string name = entry.path().filename();
            for (const char *kind : {"old.zst.part.", "old.zst.packed.", "a.store.attach."}) {
                if (!name.starts_with(kind))
                    continue;
                seen.insert(kind);
                QVERIFY2(entry.status().permissions() == privately, name.c_str());
            }
        }
    };
    need(m_store->archive(out(), before, false, {}, look));
    QVERIFY(std::filesystem::status(out()).permissions() == privately);
    need(m_store->attach(out(), {}, look));
    QCOMPARE(seen, (std::set<std::string>{"old.zst.part.", "old.zst.packed.", "a.store.attach."}));
}

void TestArchive::otherFilesBesideItStay() {
    const std::vector<std::string> others = {out("old.zst.part"), out("old.zst.part-wal"), out("old.zst.part.zst"),
                                             out("old.zst.lock"), out("a.store.attach.lock")};
    for (const std::string &file : others)
        put(file, "precious");
    // Left by one that was killed: nobody holds it any more.
    put(out("old.zst.part.Abc123"), "half");
    const std::string all = visibleIn(*m_file);
    need(m_store->archive(out(), before, false));
    QVERIFY(!std::filesystem::exists(out("old.zst.part.Abc123")));
    // An archive may be called as what it is unpacked into begins.
    std::filesystem::rename(out(), m_file->path() + ".attach");
    need(m_store->attach(m_file->path() + ".attach"));
    QCOMPARE(QString::fromStdString(difference(visibleIn(*m_file), all)), QString());
    QVERIFY(std::filesystem::exists(m_file->path() + ".attach"));
    for (const std::string &file : others)
        QCOMPARE(contentOf(file), QByteArray("precious"));
}

namespace {

/// Moves what is old into an archive, and is killed when that is written and nothing has gone yet.
void archiveAndBeKilled(const std::string &store, const std::string &file, const char *point) {
    const pid_t child = ::fork();
    if (child == 0) {
        ::setenv("RA_CRASH_AT", point, 1);
        armCrashPoints();
        const auto opened = store::Store::open(store);
        ::_exit(opened && (*opened)->archive(file, before, false) ? 0 : 1);
    }
    int status = 0;
    ::waitpid(child, &status, 0);
    QVERIFY(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
}

} // namespace

void TestArchive::whatComesWhileMovingIsNotFinishedStays_data() {
    QTest::addColumn<QByteArray>("point");
    for (const char *point : {"archive.noted", "retain.samples", "retain.runs"})
        QTest::newRow(point) << QByteArray(point);
}

// A log that nobody has read yet, of runs as old as what is in the archive.
void TestArchive::whatComesWhileMovingIsNotFinishedStays() {
    QFETCH(QByteArray, point);
    m_store.reset();
    archiveAndBeKilled(m_file->path(), out(), point.constData());
    m_store = m_file->open();
    need(m_store->apply({{batchOf(55, 100, {changeOf(textRun(7'777, monday + 3h), 0)})}}));
    while (need(m_store->tidy())) {
    }
    QCOMPARE(ask(*m_file->reader(), "SELECT count(*) FROM runs_v WHERE run_id = '" + idOf(7'777) + "'"), "1");
    QCOMPARE(runsBefore(*m_file), "1");
    checkSound(*m_file);
}

void TestArchive::whatIsBroughtBackStaysWhereMovingWasNotFinished() {
    const std::string all = visibleIn(*m_file);
    m_store.reset();
    archiveAndBeKilled(m_file->path(), out(), "archive.noted");
    m_store = m_file->open();
    need(m_store->attach(out()));
    while (need(m_store->tidy())) {
    }
    need(m_store->apply({{batchOf(7, 200)}}));
    QCOMPARE(QString::fromStdString(difference(visibleIn(*m_file), all)), QString());
    checkSound(*m_file);
}

void TestArchive::aFileIsNeverOverwritten() {
    put(out(), "precious");
    const std::string all = visibleIn(*m_file);
    const auto archived = m_store->archive(out(), before, false);
    QVERIFY(!archived);
    QVERIFY(archived.error().kind == ErrorKind::Invalid);
    QCOMPARE(contentOf(out()), QByteArray("precious"));
    const auto nowhere = m_store->archive("/nowhere/at/all.zst", before, false);
    QVERIFY(!nowhere && !nowhere.error().why.empty());
    QCOMPARE(QString::fromStdString(difference(visibleIn(*m_file), all)), QString());
}

void TestArchive::todayIsNotArchived() {
    const auto archived = m_store->archive(out(), now() + 2 * day, false);
    QVERIFY(!archived);
    QVERIFY(archived.error().kind == ErrorKind::Invalid);
}

void TestArchive::damagedArchivesAreRefused_data() {
    QTest::addColumn<QString>("kind");
    for (const char *kind : {"missing", "empty", "text", "cut off", "a bit", "another database", "a bomb"})
        QTest::newRow(kind) << QString::fromLatin1(kind);
}

void TestArchive::damagedArchivesAreRefused() {
    QFETCH(QString, kind);
    const std::string tag = kind.toStdString();
    need(m_store->archive(out(), before, false));
    const std::string left = visibleIn(*m_file);
    const QByteArray sound = contentOf(out());
    std::mt19937 random(5);
    for (int round = 0; round < 8; ++round) {
        const std::string path = out("damaged");
        std::filesystem::remove(path);
        QByteArray bytes = sound;
        if (tag == "empty") {
            bytes.clear();
        } else if (tag == "text") {
            bytes = QByteArray(100'000, 'x');
        } else if (tag == "cut off") {
            bytes.truncate(static_cast<qsizetype>(random() % static_cast<unsigned>(bytes.size())));
        } else if (tag == "a bit") {
            const auto at = static_cast<qsizetype>(random() % static_cast<unsigned>(bytes.size()));
            bytes[at] = static_cast<char>(bytes[at] ^ (1 << (random() % 8)));
        } else if (tag == "a bomb") {
            const std::string zeros(std::size_t{64} << 20, '\0');
            bytes.resize(static_cast<qsizetype>(ZSTD_compressBound(zeros.size())));
            bytes.truncate(static_cast<qsizetype>(
                ZSTD_compress(bytes.data(), static_cast<std::size_t>(bytes.size()), zeros.data(), zeros.size(), 1)));
        } else if (tag == "another database") {
            SQLite::Database(out("other"), SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE)
                .exec("CREATE TABLE IF NOT EXISTS t(a)");
            bytes = contentOf(out("other"));
        }
        if (tag != "missing")
            put(path, bytes);
        const auto attached = m_store->attach(path);
        QVERIFY2(!attached, tag.c_str());
        QVERIFY(tag != "a bomb" || attached.error().why.find("200 times") != std::string::npos);
        QVERIFY2(attached.error().kind == (tag == "missing" ? ErrorKind::NotFound : ErrorKind::Damaged),
                 describe(attached.error()).c_str());
        QCOMPARE(QString::fromStdString(difference(visibleIn(*m_file), left)), QString());
    }
    QVERIFY(need(m_store->attach(out())).runs > 0);
}

void TestArchive::anotherStoreSumsUpWhatItHadAndWhatCame() {
    need(m_store->archive(out(), before, true));
    StoreFile other;
    const auto store = other.open();
    ingest::Batch batch = batchOf(3, 100);
    batch.samples.series = {{.name = "memory", .unit = "bytes", .kind = "gauge", .tags = R"({"recipe":"daily"})"},
                            {.name = "rss", .unit = "bytes", .subjectKind = SubjectKind::Process, .subject = 77},
                            {.name = "files", .unit = "1", .kind = "counter"}};
    for (int i = 0; i < 20; ++i) // not sealed here: the same, and others
        batch.samples.samples.push_back({2, toNs(monday + i * Duration(12h)), 3.0 * i / 2});
    for (int i = 0; i < 2'000; ++i) // among those of the archive, by day only
        batch.samples.samples.push_back({0, toNs(monday + 5min + i * Duration(10min)), 7.0 * i});
    for (int i = 0; i < 3'600 * 4; ++i) // that hour has minutes here, and others there
        batch.samples.samples.push_back({1, toNs(monday + 45min + i * Duration(250ms) + 125ms), 7.0 * i});
    need(store->apply({{std::move(batch)}}));
    while (need(store->tidy())) {
    }
    for (int round = 0; round < 2; ++round) {
        need(store->attach(out()));
        const store::VerifyReport report = need(store::verify(other.path()));
        QVERIFY2(report.isSound(), report.damage.empty() ? "" : report.damage[0].what.c_str());
        const auto reader = other.reader();
        for (const char *name : {"memory", "rss", "cpu", "files"}) {
            const std::string samples =
                ask(*reader, std::string("SELECT count(value), sum(value), min(value), max(value) "
                                         "FROM series_v s, samples(s.series) WHERE name = '") +
                                 name + "'");
            for (const char *level : {"minute", "hour", "day"})
                QCOMPARE(ask(*reader, std::string("SELECT sum(count), sum(sum), min(min), max(max) FROM series_v s, "
                                                  "rollups(s.series, '") +
                                          level + "') WHERE name = '" + name + "'"),
                         samples);
        }
    }
}

void TestArchive::besideDamageNothingIsAttachedByHalf() {
    need(m_store->archive(out(), before, true));
    StoreFile other;
    ingest::Batch batch = batchOf(3, 100);
    batch.samples.series = {{.name = "memory", .unit = "bytes", .kind = "gauge", .tags = R"({"recipe":"daily"})"}};
    for (int i = 0; i < 2'000; ++i) // before the archived ones and among them
        batch.samples.samples.push_back({0, toNs(monday + i * Duration(1s) - 1h), 7.0 * i});
    need(other.open()->apply({{std::move(batch)}}));
    SQLite::Database(other.path(), SQLite::OPEN_READWRITE)
        .exec("UPDATE segments SET data = substr(data, 1, length(data) - 40) || zeroblob(40)");
    const std::string rollups = "SELECT count(*), sum(count), sum(sum) FROM series_v s, rollups(s.series, 'day')";
    const std::string left = ask(*other.reader(), rollups);
    const auto attached = other.open()->attach(out());
    QVERIFY(!attached);
    QVERIFY2(attached.error().why.find("segment of samples") != std::string::npos, describe(attached.error()).c_str());
    QCOMPARE(ask(*other.reader(), rollups), left);
}

void TestArchive::bothCanBeCancelled() {
    const std::string all = visibleIn(*m_file);
    const auto stopAt = [](std::stop_source &stop, const char *stage) {
        return [&stop, stage](const Progress &progress) {
            if (progress.stage == stage)
                stop.request_stop();
        };
    };
    for (const char *stage : {"log", "archive"}) {
        std::stop_source stop;
        const auto archived = m_store->archive(out(), before, false, stop.get_token(), stopAt(stop, stage));
        QVERIFY2(!archived, stage);
        QVERIFY(archived.error().kind == ErrorKind::Cancelled);
        QVERIFY(!std::filesystem::exists(out()));
        QCOMPARE(QString::fromStdString(difference(visibleIn(*m_file), all)), QString());
    }
    need(m_store->archive(out(), before, false));
    const std::string left = visibleIn(*m_file);
    for (const char *stage : {"attach", "samples"}) {
        std::stop_source stop;
        const auto attached = m_store->attach(out(), stop.get_token(), stopAt(stop, stage));
        QVERIFY2(!attached, stage);
        QVERIFY(attached.error().kind == ErrorKind::Cancelled);
        QCOMPARE(QString::fromStdString(difference(visibleIn(*m_file), left)), QString());
    }
    need(m_store->attach(out()));
    QCOMPARE(QString::fromStdString(difference(visibleIn(*m_file), all)), QString());
}

void TestArchive::killedAnywhereNothingIsLostOrTwice_data() {
    QTest::addColumn<QByteArray>("point");
    bool isNumber = false;
    const int asked = qEnvironmentVariableIntValue("RA_CRASHES", &isNumber);
    const int rounds = isNumber ? asked : 1;
    for (const char *point : {"archive.copied", "archive.packed", "archive.named", "archive.noted", "retain.samples",
                              "retain.runs", "retain.log", "attach.copied", "attach.committed"}) {
        for (int n = 0; n < rounds; ++n)
            QTest::addRow("%s %d", point, n + 1) << QByteArray(point);
    }
}

void TestArchive::killedAnywhereNothingIsLostOrTwice() {
    QFETCH(QByteArray, point);
    const std::string all = visibleIn(*m_file);
    m_store.reset();
    const bool whileAttaching = point.startsWith("attach");
    if (whileAttaching)
        need(m_file->open()->archive(out(), before, false));
    const pid_t child = ::fork();
    if (child == 0) {
        ::setenv("RA_CRASH_AT", point.constData(), 1);
        armCrashPoints();
        const auto store = store::Store::open(m_file->path());
        const bool done = store && (whileAttaching ? (*store)->attach(out()).has_value()
                                                   : (*store)->archive(out(), before, false).has_value());
        ::_exit(done ? 0 : 1);
    }
    int status = 0;
    ::waitpid(child, &status, 0);
    QVERIFY(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
    m_store = m_file->open();
    checkSound(*m_file);
    while (need(m_store->tidy())) { // finishes what was begun
    }
    checkSound(*m_file);
    if (std::filesystem::exists(out()))
        need(m_store->attach(out()));
    QCOMPARE(QString::fromStdString(difference(visibleIn(*m_file), all)), QString());
    // A try that was killed is in nobody's way.
    std::filesystem::remove(out());
    QVERIFY(need(m_store->archive(out(), before, false)).runs == 40U * runsADay);
}

QTEST_GUILESS_MAIN(TestArchive)
#include "tst_archive.moc"
