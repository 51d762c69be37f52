// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/store/sqlerror.h"

#include <QTest>

#include <sqlite3.h>
#include <stdexcept>

using namespace ra;
using namespace ra::store;

class TestSqlError : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void everyFailureSaysWhatToDo_data();
    void everyFailureSaysWhatToDo();
    void nothingEscapesFromTheRoom();
};

void TestSqlError::everyFailureSaysWhatToDo_data() {
    QTest::addColumn<int>("code");
    QTest::addColumn<int>("kind");
    QTest::addColumn<QString>("hint"); ///< a word of it; empty: there is nothing to be done
    const auto row = [](const char *name, int code, ErrorKind kind, const char *hint) {
        QTest::newRow(name) << code << static_cast<int>(kind) << QString::fromLatin1(hint);
    };
    row("damaged", SQLITE_CORRUPT, ErrorKind::Damaged, "store repair");
    row("damaged index", SQLITE_CORRUPT_INDEX, ErrorKind::Damaged, "store repair");
    row("some other file", SQLITE_NOTADB, ErrorKind::Damaged, "another file");
    row("in use", SQLITE_BUSY, ErrorKind::Busy, "try again");
    row("in use after a crash", SQLITE_BUSY_RECOVERY, ErrorKind::Busy, "try again");
    row("locked", SQLITE_LOCKED, ErrorKind::Busy, "try again");
    row("disk full", SQLITE_FULL, ErrorKind::Failed, "space");
    row("called off", SQLITE_INTERRUPT, ErrorKind::Cancelled, "");
    row("disk full, met as a short write", SQLITE_IOERR_WRITE, ErrorKind::Failed, "space");
    row("read-only", SQLITE_READONLY_DIRECTORY, ErrorKind::Failed, "read and write");
    row("no right to open", SQLITE_CANTOPEN, ErrorKind::Failed, "read and write");
    row("no right", SQLITE_PERM, ErrorKind::Failed, "read and write");
    row("wrong SQL", SQLITE_ERROR, ErrorKind::Failed, "");
}

void TestSqlError::everyFailureSaysWhatToDo() {
    QFETCH(const int, code);
    QFETCH(const int, kind);
    QFETCH(const QString, hint);
    const Error error = fromException(SQLite::Exception("the library's words", code), "read the store", "/a.store");
    QCOMPARE(static_cast<int>(error.kind), kind);
    QCOMPARE(error.what, std::string("read the store"));
    QCOMPARE(error.where, std::string("/a.store"));
    QVERIFY(!error.why.empty());
    QCOMPARE(error.hint.empty(), hint.isEmpty());
    QVERIFY2(QString::fromStdString(error.hint).contains(hint), error.hint.c_str());
}

void TestSqlError::nothingEscapesFromTheRoom() {
    const auto good = guarded("do it", "here", []() -> Result<int> { return 42; });
    QCOMPARE(*good, 42);
    const auto sql = guarded("do it", "here", []() -> Result<int> { throw SQLite::Exception("full", SQLITE_FULL); });
    QCOMPARE(sql.error().sentence().substr(0, 22), std::string("Cannot do it here: ful"));
    const auto other = guarded("do it", "here", []() -> Result<int> { throw std::runtime_error("out of luck"); });
    QCOMPARE(other.error().sentence(), std::string("Cannot do it here: out of luck"));
}

QTEST_GUILESS_MAIN(TestSqlError)
#include "tst_sqlerror.moc"
