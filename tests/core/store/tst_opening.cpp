// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/store/schema.h"
#include "tests/core/store/storefixture.h"

#include <SQLiteCpp/SQLiteCpp.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

using namespace ra;
using namespace ra::test;

class TestOpening : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void aNewStoreIsForItsOwnerOnly();
    void missingFoldersAreMade();
    void aSecondWriterIsTurnedAway();
    void theLockDiesWithItsOwner();
    void anotherNameOfTheFileIsTheSameStore();
    void aNewerSchemaIsRefused();
    void anotherProgramsDatabaseIsRefused();
    void whatIsNoDatabaseIsRefused();
    void whatIsRefusedStaysAsItWas_data();
    void whatIsRefusedStaysAsItWas();
    void aDamagedStoreIsSaidToBeDamaged();
    void whatCannotBeOpenedSaysWhy();
    void aMigrationIsAllOrNothing();
    void readersNeedAStore();
    void readersWorkWithAndWithoutAWriter();
    void readersWorkInAFolderThatCannotBeWritten();
    void readersNeverCheckpoint();
};

namespace {

mode_t modeOf(const std::string &path) {
    struct stat info = {};
    return ::stat(path.c_str(), &info) == 0 ? info.st_mode & 0777 : 0;
}

void overwrite(const std::string &path, qint64 offset, const QByteArray &bytes) {
    QFile file(QString::fromStdString(path));
    QVERIFY(file.open(QIODevice::ReadWrite));
    QVERIFY(file.seek(offset));
    QCOMPARE(file.write(bytes), bytes.size());
}

Error errorOfStore(const std::string &path) {
    auto store = store::Store::open(path);
    return store ? Error{} : store.error();
}

Error errorOfReader(const std::string &path) {
    auto reader = query::Reader::open(path);
    return reader ? Error{} : reader.error();
}

bool has(const std::string &text, const char *part) {
    return text.find(part) != std::string::npos;
}

} // namespace

void TestOpening::aNewStoreIsForItsOwnerOnly() {
    StoreFile file;
    auto store = file.open();
    need(store->apply({{batchOf(1, 100, {changeOf(textRun(1, monday), 0)})}}));
    for (const char *end : {"", "-wal", "-shm", ".lock"})
        QCOMPARE(modeOf(file.path() + end), mode_t(0600));
    store.reset();
    QCOMPARE(::chmod(file.path().c_str(), 0644), 0);
    store = file.open();
    QCOMPARE(modeOf(file.path()), mode_t(0600));
    QCOMPARE(QString::fromStdString(store->path()), QFileInfo(QString::fromStdString(file.path())).canonicalFilePath());
}

void TestOpening::missingFoldersAreMade() {
    StoreFile file;
    const std::string path = file.folder() + "/data/recipes/a.store";
    need(store::Store::open(path));
    QCOMPARE(modeOf(file.folder() + "/data/recipes"), mode_t(0700));
}

void TestOpening::aSecondWriterIsTurnedAway() {
    StoreFile file;
    auto first = file.open();
    const Error error = errorOfStore(file.path());
    QVERIFY(error.kind == ErrorKind::Busy);
    QVERIFY2(has(error.why, ("process " + std::to_string(::getpid())).c_str()), error.why.c_str());
    file.reader();
    first.reset();
    file.open();
}

void TestOpening::theLockDiesWithItsOwner() {
    StoreFile file;
    file.open();
    int ready[2];
    QCOMPARE(::pipe(ready), 0);
    const pid_t child = ::fork();
    if (child == 0) {
        auto store = store::Store::open(file.path());
        const char sign = store ? 'y' : 'n';
        if (::write(ready[1], &sign, 1) == 1)
            ::pause();
        ::_exit(1);
    }
    char sign = 0;
    QCOMPARE(::read(ready[0], &sign, 1), 1);
    QCOMPARE(sign, 'y');
    const Error error = errorOfStore(file.path());
    QVERIFY(error.kind == ErrorKind::Busy);
    QVERIFY2(has(error.why, ("process " + std::to_string(child)).c_str()), error.why.c_str());
    QCOMPARE(::kill(child, SIGKILL), 0);
    QCOMPARE(::waitpid(child, nullptr, 0), child);
    file.open();
    ::close(ready[0]);
    ::close(ready[1]);
}

void TestOpening::anotherNameOfTheFileIsTheSameStore() {
    StoreFile file;
    auto store = file.open();
    const std::string link = file.folder() + "/link.store";
    QCOMPARE(::symlink(file.path().c_str(), link.c_str()), 0);
    QVERIFY(errorOfStore(link).kind == ErrorKind::Busy);
}

void TestOpening::aNewerSchemaIsRefused() {
    StoreFile file;
    file.open();
    SQLite::Database(file.path(), SQLite::OPEN_READWRITE).exec("PRAGMA user_version = 999");
    for (const Error &error : {errorOfStore(file.path()), errorOfReader(file.path())}) {
        QVERIFY(error.kind == ErrorKind::Damaged);
        QVERIFY2(has(error.why, "schema 999"), error.why.c_str());
    }
}

void TestOpening::anotherProgramsDatabaseIsRefused() {
    StoreFile file;
    SQLite::Database(file.path(), SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE).exec("CREATE TABLE t(a)");
    for (const Error &error : {errorOfStore(file.path()), errorOfReader(file.path())}) {
        QVERIFY(error.kind == ErrorKind::Damaged);
        QVERIFY2(has(error.why, "another program"), error.why.c_str());
    }
}

void TestOpening::whatIsNoDatabaseIsRefused() {
    StoreFile file;
    QFile text(QString::fromStdString(file.path()));
    QVERIFY(text.open(QIODevice::WriteOnly));
    text.write(QByteArray(20'000, 'x'));
    text.close();
    for (const Error &error : {errorOfStore(file.path()), errorOfReader(file.path())}) {
        QVERIFY(error.kind == ErrorKind::Damaged);
        QVERIFY2(has(error.why, "not a store"), error.why.c_str());
    }
    // It is not touched.
    QVERIFY(text.open(QIODevice::ReadOnly));
    QCOMPARE(text.readAll(), QByteArray(20'000, 'x'));
}

void TestOpening::whatIsRefusedStaysAsItWas_data() {
    QTest::addColumn<QByteArray>("sql");
    const auto row = [](const char *name, const char *sql) { QTest::newRow(name) << QByteArray(sql); };
    row("another program's database", "CREATE TABLE t(a); INSERT INTO t VALUES(1)");
    row("one with a WAL", "PRAGMA journal_mode = WAL; CREATE TABLE t(a); INSERT INTO t VALUES(1)");
    row("one with a mark and nothing else", "PRAGMA application_id = 77; PRAGMA user_version = 3");
    row("one with our schema's number", "CREATE TABLE t(a); PRAGMA user_version = 2");
    row("a newer store", "PRAGMA application_id = 1382236526; PRAGMA user_version = 999; CREATE TABLE t(a)");
    row("no database", "");
}

void TestOpening::whatIsRefusedStaysAsItWas() {
    QFETCH(const QByteArray, sql);
    const StoreFile file;
    if (sql.isEmpty())
        overwrite(file.path(), 0, "these are no pages of a database, and they are somebody's");
    else
        SQLite::Database(file.path(), SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE).exec(sql.toStdString());
    QCOMPARE(::chmod(file.path().c_str(), 0644), 0);
    const auto facts = [&] {
        QFile content(QString::fromStdString(file.path()));
        const QDir folder(QString::fromStdString(file.folder()));
        const QByteArray bytes = content.open(QIODevice::ReadOnly) ? content.readAll() : QByteArray("?");
        return std::tuple(bytes, modeOf(file.path()), folder.entryList(QDir::Files | QDir::Hidden, QDir::Name));
    };
    const auto before = facts();
    QVERIFY(!std::get<0>(before).isEmpty());
    QVERIFY(errorOfStore(file.path()).kind == ErrorKind::Damaged);
    QVERIFY(facts() == before);
}

void TestOpening::aDamagedStoreIsSaidToBeDamaged() {
    StoreFile file;
    {
        auto store = file.open();
        std::vector<ingest::RunChange> changes;
        for (std::uint64_t i = 1; i <= 2'000; ++i)
            changes.push_back(changeOf(textRun(i, monday + Duration(1min) * static_cast<int>(i)), i * 100));
        need(store->apply({{batchOf(1, 1'000'000, changes)}}));
    }
    const qint64 size = QFileInfo(QString::fromStdString(file.path())).size();
    for (qint64 at = 200'000; at < size; at += 8'192)
        overwrite(file.path(), at, QByteArray(2'000, '\xee'));
    auto reader = query::Reader::open(file.path());
    if (reader) {
        const auto runs = (*reader)->runColumns();
        QVERIFY(!runs);
        QVERIFY2(runs.error().kind == ErrorKind::Damaged, describe(runs.error()).c_str());
        const auto count = (*reader)->sql("SELECT count(*) FROM steps_v");
        QVERIFY(!count);
        QVERIFY2(count.error().kind == ErrorKind::Damaged, describe(count.error()).c_str());
    } else {
        QVERIFY(reader.error().kind == ErrorKind::Damaged);
    }
}

void TestOpening::whatCannotBeOpenedSaysWhy() {
    StoreFile file;
    const Error folder = errorOfStore(file.folder());
    QVERIFY2(has(folder.why, "directory"), folder.why.c_str());
    const Error read = errorOfReader(file.folder());
    QVERIFY2(has(read.why, "directory") && !read.hint.empty(), read.sentence().c_str());
    const Error nowhere = errorOfStore("/proc/none/a.store");
    QVERIFY(!nowhere.why.empty() && !nowhere.hint.empty());
    const Error inFile = errorOfStore("/dev/null/a.store");
    QVERIFY(!inFile.why.empty());
    QCOMPARE(::mkdir((file.path() + ".lock").c_str(), 0700), 0);
    const Error lock = errorOfStore(file.path());
    QVERIFY2(has(lock.what, "lock"), describe(lock).c_str());
}

void TestOpening::aMigrationIsAllOrNothing() {
    StoreFile file;
    {
        SQLite::Database db(file.path(), SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE);
        db.exec("PRAGMA max_page_count = 4"); // the schema needs more
        QVERIFY_THROWS_EXCEPTION(SQLite::Exception, static_cast<void>(store::migrate(db, file.path())));
        QCOMPARE(db.execAndGet("PRAGMA user_version").getInt(), 0);
        QCOMPARE(db.execAndGet("SELECT count(*) FROM sqlite_schema").getInt(), 0);
    }
    auto store = file.open();
    SQLite::Database db(file.path());
    QCOMPARE(db.execAndGet("PRAGMA user_version").getInt(), store::newestSchema());
    QCOMPARE(db.execAndGet("PRAGMA application_id").getInt(), store::applicationId);
    QCOMPARE(db.execAndGet("PRAGMA journal_mode").getString(), "wal");
}

void TestOpening::readersNeedAStore() {
    StoreFile file;
    QVERIFY(errorOfReader(file.path()).kind == ErrorKind::NotFound);
    SQLite::Database(file.path(), SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE).exec("PRAGMA user_version = 0; VACUUM");
    const Error empty = errorOfReader(file.path());
    QVERIFY2(empty.kind == ErrorKind::Invalid, describe(empty).c_str());
}

void TestOpening::readersWorkWithAndWithoutAWriter() {
    StoreFile file;
    auto store = file.open();
    auto early = file.reader();
    QCOMPARE(need(early->countRuns({})), 0U);
    need(store->apply({{batchOf(1, 100, {changeOf(textRun(1, monday), 0)})}}));
    QCOMPARE(need(early->countRuns({})), 1U);
    store.reset();
    QCOMPARE(need(early->countRuns({})), 1U);
    QCOMPARE(need(file.reader()->countRuns({})), 1U);
    early.reset();
    QCOMPARE(need(file.reader()->countRuns({})), 1U);
}

void TestOpening::readersWorkInAFolderThatCannotBeWritten() {
    StoreFile file;
    need(file.open()->apply({{batchOf(1, 100, {changeOf(textRun(1, monday), 0)})}}));
    QVERIFY(!QFile::exists(QString::fromStdString(file.path() + "-wal")));
    // What binds others does not bind root: be somebody else for a moment.
    constexpr uid_t nobody = 65534;
    const bool isRoot = ::geteuid() == 0;
    if (isRoot) {
        QCOMPARE(::chown(file.folder().c_str(), nobody, nobody), 0);
        QCOMPARE(::chown(file.path().c_str(), nobody, nobody), 0);
    }
    QCOMPARE(::chmod(file.folder().c_str(), 0500), 0);
    if (isRoot)
        QCOMPARE(::seteuid(nobody), 0);
    const auto reader = query::Reader::open(file.path());
    if (isRoot)
        QCOMPARE(::seteuid(0), 0);
    QCOMPARE(::chmod(file.folder().c_str(), 0700), 0);
    QVERIFY2(reader.has_value(), reader ? "" : describe(reader.error()).c_str());
    QCOMPARE(need((*reader)->countRuns({})), 1U);
}

void TestOpening::readersNeverCheckpoint() {
    StoreFile file;
    // A writer that was killed leaves its WAL.
    const pid_t child = ::fork();
    if (child == 0) {
        auto store = store::Store::open(file.path());
        if (store && (*store)->apply({{batchOf(1, 100, {changeOf(textRun(1, monday), 0)})}}))
            ::kill(::getpid(), SIGKILL);
        ::_exit(1);
    }
    int status = 0;
    QCOMPARE(::waitpid(child, &status, 0), child);
    QVERIFY(WIFSIGNALED(status));
    const qint64 pending = QFileInfo(QString::fromStdString(file.path() + "-wal")).size();
    QVERIFY(pending > 0);
    QCOMPARE(need(file.reader()->countRuns({})), 1U);
    QCOMPARE(QFileInfo(QString::fromStdString(file.path() + "-wal")).size(), pending);
    file.open();
    QVERIFY(!QFile::exists(QString::fromStdString(file.path() + "-wal")));
}

QTEST_GUILESS_MAIN(TestOpening)
#include "tst_opening.moc"
