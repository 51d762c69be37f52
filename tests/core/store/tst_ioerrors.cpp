// SPDX-License-Identifier: GPL-3.0-or-later
// The disk fails at call N, once or from then on, for some N of all there are; for every N with RA_EVERY_CALL=1. What
// fails is said, nothing is lost without a word, and when the disk is well again the work comes to the same.
#include "core/store/repair.h"
#include "core/store/verify.h"
#include "tests/core/store/storework.h"
#include "tests/support/faultyvfs.h"

#include <SQLiteCpp/SQLiteCpp.h>

#include <filesystem>
#include <sched.h>
#include <sys/mount.h>
#include <sys/wait.h>
#include <unistd.h>

using namespace ra;
using namespace ra::test;

class TestIoErrors : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void initTestCase();
    void whateverFailsIsSaidAndNothingIsLost_data();
    void whateverFailsIsSaidAndNothingIsLost();
    void aQuestionThatCannotBeAnsweredSaysSo();
    void aCheckThatCannotReadSaysSo();
    void aRepairThatCannotWriteLeavesTheStoreAsItWas();
    void aSmallDiskThatFillsUpLosesNothing();

private:
    std::string m_content;
    QByteArray m_store;
};

namespace {

/// So many of `calls` that a test takes some seconds.
long strideOf(long calls, long some) {
    return qEnvironmentVariableIsSet("RA_EVERY_CALL") ? 1 : std::max(1L, calls / some);
}

std::string soundness(const std::string &path) {
    const auto check = store::verify(path);
    if (!check)
        return describe(check.error());
    return check->isSound() ? "" : check->damage.front().where + ": " + check->damage.front().what;
}

} // namespace

void TestIoErrors::initTestCase() {
    FaultyDisk::install();
    const StoreFile file;
    QVERIFY(doWork(file.path(), 1));
    m_content = contentOfWork(file.path());
    m_store = contentOf(file.path());
    QVERIFY(m_content.size() > 100'000);
}

void TestIoErrors::whateverFailsIsSaidAndNothingIsLost_data() {
    QTest::addColumn<int>("fault");
    QTest::addColumn<bool>("persistent");
    const std::pair<const char *, Fault> faults[] = {
        {"reading", Fault::ReadError}, {"writing", Fault::WriteError}, {"half a write", Fault::ShortWrite},
        {"disk full", Fault::Full},    {"syncing", Fault::SyncError},  {"anything", Fault::AnyError}};
    for (const auto &[name, fault] : faults) {
        QTest::addRow("%s, once", name) << static_cast<int>(fault) << false;
        QTest::addRow("%s, from then on", name) << static_cast<int>(fault) << true;
    }
}

void TestIoErrors::whateverFailsIsSaidAndNothingIsLost() {
    QFETCH(int, fault);
    QFETCH(bool, persistent);
    const auto kind = static_cast<Fault>(fault);
    long calls = 0;
    {
        const StoreFile file;
        FaultyDisk::failAt(kind, 0, false);
        QVERIFY(doWork(file.path(), 1));
        calls = FaultyDisk::calls();
    }
    QVERIFY(calls > 0);
    long tried = 0;
    long said = 0;
    const long stride = strideOf(calls, 10);
    for (long n = 1; n <= calls; n += stride) {
        const std::string where = "call " + std::to_string(n) + " of " + std::to_string(calls) + ": ";
        const StoreFile file;
        std::vector<Error> failures;
        FaultyDisk::failAt(kind, n, persistent);
        const Result<void> result = doWork(file.path(), 1, &failures);
        const bool hasFailed = FaultyDisk::failures() > 0;
        FaultyDisk::heal();
        ++tried;
        said += failures.empty() ? 0 : 1;
        QVERIFY2(result || hasFailed, (where + "it fails without a cause").c_str());
        for (const Error &error : failures)
            QVERIFY2(!error.what.empty() && !error.why.empty() && !error.hint.empty(),
                     (where + describe(error)).c_str());
        if (result) {
            // Whether it was told of or SQLite got over it: all of it must be there.
            QCOMPARE(soundness(file.path()), "");
            QVERIFY2(contentOfWork(file.path()) == m_content, where.c_str());
        } else {
            const Result<void> again = doWork(file.path(), 1);
            QVERIFY2(again, (where + (again ? "" : describe(again.error()))).c_str());
            QCOMPARE(soundness(file.path()), "");
            QVERIFY2(contentOfWork(file.path()) == m_content, where.c_str());
        }
    }
    qInfo("%ld of %ld calls failed, %ld of them were told of", tried, calls, said);
}

void TestIoErrors::aQuestionThatCannotBeAnsweredSaysSo() {
    const StoreFile file;
    put(file.path(), m_store);
    const auto askAll = [&](Error *error) {
        std::string text;
        const auto reader = query::Reader::open(file.path());
        if (!reader) {
            *error = reader.error();
            return text;
        }
        for (const char *sql : questionsOfWork) {
            const auto table = (*reader)->sql(sql);
            if (!table) {
                *error = table.error();
                return text;
            }
            text += std::to_string(table->rows.size()) + '\n';
        }
        return text;
    };
    Error none;
    FaultyDisk::failAt(Fault::AnyError, 0, false);
    const std::string all = askAll(&none);
    const long calls = FaultyDisk::calls();
    QCOMPARE(describe(none), describe(Error{}));
    for (long n = 1; n <= calls; n += strideOf(calls, 40)) {
        for (const bool persistent : {false, true}) {
            Error error;
            FaultyDisk::failAt(Fault::AnyError, n, persistent);
            const std::string text = askAll(&error);
            FaultyDisk::heal();
            QVERIFY2(text == all || !error.why.empty(), qPrintable(QString::number(n)));
        }
    }
    QCOMPARE(askAll(&none), all);
}

void TestIoErrors::aCheckThatCannotReadSaysSo() {
    const StoreFile file;
    put(file.path(), m_store);
    FaultyDisk::failAt(Fault::ReadError, 0, false);
    QVERIFY(need(store::verify(file.path())).isSound());
    const long calls = FaultyDisk::calls();
    for (long n = 1; n <= calls; n += strideOf(calls, 40)) {
        FaultyDisk::failAt(Fault::ReadError, n, true);
        const auto check = store::verify(file.path());
        FaultyDisk::heal();
        QVERIFY2(!check || !check->isSound(), qPrintable(QString::number(n)));
    }
}

void TestIoErrors::aRepairThatCannotWriteLeavesTheStoreAsItWas() {
    QByteArray damaged = m_store;
    std::fill_n(damaged.begin() + 9 * 8'192, 8'192, '\0');
    long calls = 0;
    {
        const StoreFile file;
        put(file.path(), damaged);
        FaultyDisk::failAt(Fault::Full, 0, false);
        need(store::repair(file.path()));
        calls = FaultyDisk::calls();
    }
    QVERIFY(calls > 10);
    for (long n = 1; n <= calls; n += strideOf(calls, 20)) {
        const StoreFile file;
        put(file.path(), damaged);
        FaultyDisk::failAt(Fault::Full, n, true);
        const auto report = store::repair(file.path());
        FaultyDisk::heal();
        QVERIFY2(!report, qPrintable(QString::number(n)));
        QVERIFY2(report.error().hint.find("space") != std::string::npos, describe(report.error()).c_str());
        QVERIFY(contentOf(file.path()) == damaged);
        QVERIFY(!std::filesystem::exists(file.path() + ".repairing"));
        need(store::repair(file.path()));
        QCOMPARE(soundness(file.path()), "");
    }
}

void TestIoErrors::aSmallDiskThatFillsUpLosesNothing() {
    // A disk of its own, in name spaces of a child's own, so that no rights are needed but those to make them.
    const QTemporaryDir folder;
    const std::string place = folder.path().toStdString();
    constexpr int notPermitted = 77;
    const pid_t child = ::fork();
    if (child == 0) {
        const uid_t self = ::getuid();
        if (self != 0 && ::unshare(CLONE_NEWUSER) != 0)
            ::_exit(notPermitted);
        if (::unshare(CLONE_NEWNS) != 0 || ::mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0 ||
            ::mount("tmpfs", place.c_str(), "tmpfs", 0, "size=1500k") != 0)
            ::_exit(notPermitted);
        const std::string path = place + "/a.store";
        std::vector<Error> failures;
        const Result<void> result = doWork(path, 1, &failures);
        if (result || failures.empty())
            ::_exit(1); // it fitted
        for (const Error &error : failures) {
            if (error.hint.find("disk") == std::string::npos)
                ::_exit(2);
        }
        if (::mount("tmpfs", place.c_str(), "tmpfs", MS_REMOUNT, "size=64m") != 0)
            ::_exit(notPermitted);
        if (!doWork(path, 1))
            ::_exit(3);
        if (!soundness(path).empty())
            ::_exit(4);
        ::_exit(contentOfWork(path) == m_content ? 0 : 5);
    }
    int status = 0;
    QCOMPARE(::waitpid(child, &status, 0), child);
    QVERIFY(WIFEXITED(status));
    if (WEXITSTATUS(status) == notPermitted)
        QSKIP("mounting a tmpfs is not permitted here");
    QCOMPARE(WEXITSTATUS(status), 0);
}

QTEST_GUILESS_MAIN(TestIoErrors)
#include "tst_ioerrors.moc"
