// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/crashpoint.h"

#include <QtTest>
#include <sys/wait.h>
#include <unistd.h>

using namespace ra;

class TestCrashPoint : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void killsAtThePassingThatWasAskedFor_data();
    void killsAtThePassingThatWasAskedFor();
    void tellsWhatWasPassed();
};

namespace {

/// What a child that passes a, b, a, b comes to: the signal that killed it, or 0.
int signalOf(const char *at, const char *log) {
    const pid_t child = ::fork();
    if (child == 0) {
        at ? ::setenv("RA_CRASH_AT", at, 1) : ::unsetenv("RA_CRASH_AT");
        log ? ::setenv("RA_CRASH_LOG", log, 1) : ::unsetenv("RA_CRASH_LOG");
        armCrashPoints();
        for (const char *name : {"a", "b", "a", "b"})
            crashPoint(name);
        ::_exit(0);
    }
    int status = 0;
    ::waitpid(child, &status, 0);
    return WIFSIGNALED(status) ? WTERMSIG(status) : 0;
}

} // namespace

void TestCrashPoint::killsAtThePassingThatWasAskedFor_data() {
    QTest::addColumn<QByteArray>("at");
    QTest::addColumn<int>("signal");
    QTest::newRow("nothing asked for") << QByteArray() << 0;
    QTest::newRow("first") << QByteArray("a") << SIGKILL;
    QTest::newRow("first, by number") << QByteArray("a:1") << SIGKILL;
    QTest::newRow("second") << QByteArray("b:2") << SIGKILL;
    QTest::newRow("third, of two") << QByteArray("b:3") << 0;
    QTest::newRow("another place") << QByteArray("c") << 0;
    QTest::newRow("longer name") << QByteArray("aa") << 0;
}

void TestCrashPoint::killsAtThePassingThatWasAskedFor() {
    QFETCH(QByteArray, at);
    QFETCH(int, signal);
    QCOMPARE(signalOf(at.isNull() ? nullptr : at.constData(), nullptr), signal);
}

void TestCrashPoint::tellsWhatWasPassed() {
    const QTemporaryDir folder;
    const QByteArray log = folder.filePath(QStringLiteral("log")).toLocal8Bit();
    QCOMPARE(signalOf("a:2", log.constData()), SIGKILL);
    QFile file(QString::fromLocal8Bit(log));
    QVERIFY(file.open(QIODevice::ReadOnly));
    QCOMPARE(file.readAll(), QByteArray("a\nb\na\n"));
}

QTEST_GUILESS_MAIN(TestCrashPoint)
#include "tst_crashpoint.moc"
