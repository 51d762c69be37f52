// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/live/processes.h"

#include <QProcess>
#include <QStandardPaths>
#include <QTemporaryDir>
#include <QTest>

#include <algorithm>
#include <functional>
#include <grp.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

using namespace ra::live;

namespace {

FileKey keyOf(const QString &path) {
    struct stat info {};
    return stat(path.toLocal8Bit().constData(), &info) == 0 ? FileKey{info.st_dev, info.st_ino} : FileKey{};
}

constexpr uid_t nobody = 65534;

bool mapsAddress(std::int64_t pid, std::uint64_t address) {
    return hasAddress(writableMemory(pid), address);
}

/// Asks in a process of an ordinary user, whoever runs the tests.
bool asOrdinaryUser(const std::function<bool()> &question) {
    if (geteuid() != 0)
        return question();
    const pid_t child = fork();
    if (child == 0) {
        const bool changed = setgroups(0, nullptr) == 0 && setgid(nobody) == 0 && setuid(nobody) == 0;
        _exit(changed && question() ? 0 : 1);
    }
    int status = 0;
    return child > 0 && waitpid(child, &status, 0) == child && WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

/// A Python process that holds a file open for appending and says at which address an object of it lies.
class PythonWriter {
public:
    explicit PythonWriter(const QString &path) {
        m_process.start(QStringLiteral("python3"),
                        {QStringLiteral("-c"),
                         QStringLiteral("import sys\nf = open(sys.argv[1], 'a')\nclass R: pass\nr = R()\n"
                                        "print(id(r), flush=True)\nsys.stdin.read()"),
                         path});
        m_started = m_process.waitForStarted() && m_process.waitForReadyRead();
        m_address = m_process.readLine().trimmed().toULongLong();
    }
    ~PythonWriter() { end(); }
    void end() {
        m_process.closeWriteChannel();
        m_process.waitForFinished();
    }
    [[nodiscard]] bool isStarted() const { return m_started && m_address != 0; }
    [[nodiscard]] std::uint64_t address() const { return m_address; }
    [[nodiscard]] qint64 pid() const { return m_process.processId(); }

private:
    QProcess m_process;
    bool m_started = false;
    std::uint64_t m_address = 0;
};

} // namespace

class TestProcesses : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void initTestCase() {
        if (QStandardPaths::findExecutable(QStringLiteral("python3")).isEmpty())
            QSKIP("python3 is not installed: the processes of runs are Python processes");
    }

    void aFileThatNobodyHoldsHasNoHolders() {
        QTemporaryDir dir;
        QFile file(dir.filePath(QStringLiteral("a.log")));
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.close();
        const auto holders = holdersOf(keyOf(file.fileName()), geteuid());
        QVERIFY(holders.has_value());
        QVERIFY(holders->empty());
        QVERIFY(ownerOf(42, holders).liveness == Liveness::Gone);
    }

    void anOrdinaryUserKnowsOfTheOwnFilesThatNobodyHoldsThem() {
        QTemporaryDir dir;
        QFile file(dir.filePath(QStringLiteral("a.log")));
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.close();
        const FileKey key = keyOf(file.fileName());
        QVERIFY(asOrdinaryUser([&] {
            const auto holders = holdersOf(key, geteuid());
            return holders && holders->empty() && ownerOf(42, holders).liveness == Liveness::Gone;
        }));
    }

    void anOrdinaryUserCannotKnowThatOfFilesOfRoot() {
        const FileKey key = keyOf(QStringLiteral("/etc/passwd"));
        QVERIFY(asOrdinaryUser([&] { return !holdersOf(key, 0); }));
    }

    void theOwnerOfAFileThatIsGoneIsTakenToBeTheOwnUser() {
        const QString path = QStringLiteral("/etc/passwd");
        const FileKey key = keyOf(path);
        QCOMPARE(fileOwnerOf(path.toStdString(), key), 0U);
        QVERIFY(asOrdinaryUser([&] { return fileOwnerOf("/etc/passwd", {key.device, key.inode + 1}) == geteuid(); }));
    }

    void manyFilesAreAskedAboutAtOnce() {
        QTemporaryDir dir;
        const QString path = dir.filePath(QStringLiteral("a.log"));
        const QString other = dir.filePath(QStringLiteral("b.log"));
        const QString unheld = dir.filePath(QStringLiteral("c.log"));
        QVERIFY(QFile(unheld).open(QIODevice::WriteOnly));
        const PythonWriter one(path);
        const PythonWriter two(path);
        const PythonWriter three(other);
        QVERIFY(one.isStarted() && two.isStarted() && three.isStarted());
        const std::vector<OwnedFile> files = {
            {keyOf(path), geteuid()}, {keyOf(unheld), geteuid()}, {keyOf(other), geteuid()}, {keyOf(path), geteuid()}};
        const auto holders = holdersOf(files);
        QCOMPARE(holders.size(), files.size());
        const auto pidsOf = [&](std::size_t i) {
            std::vector<std::int64_t> pids;
            for (const Holder &holder : holders[i].value())
                pids.push_back(holder.pid);
            std::sort(pids.begin(), pids.end());
            return pids;
        };
        std::vector<std::int64_t> both = {one.pid(), two.pid()};
        std::sort(both.begin(), both.end());
        QCOMPARE(pidsOf(0), both);
        QVERIFY(pidsOf(1).empty());
        QCOMPARE(pidsOf(2), std::vector<std::int64_t>{three.pid()});
        QCOMPARE(pidsOf(3), both);
        QVERIFY(hasAddress(holders[2]->front().writable, three.address()));
        QVERIFY(holdersOf(std::vector<OwnedFile>()).empty());
    }

    void theProcessOfARunIsTheOneThatHasItsAddress() {
        QTemporaryDir dir;
        const QString path = dir.filePath(QStringLiteral("a.log"));
        PythonWriter one(path);
        PythonWriter two(path);
        QVERIFY(one.isStarted() && two.isStarted());
        auto holders = holdersOf(keyOf(path), geteuid());
        QVERIFY(holders.has_value());
        QCOMPARE(holders->size(), 2U);
        QVERIFY((*holders)[0].isPython);
        QVERIFY(mapsAddress(one.pid(), one.address()));
        QVERIFY(!mapsAddress(one.pid(), 8));
        const Owner owner = ownerOf(one.address(), holders);
        QVERIFY(owner.liveness == Liveness::Alive);
        if (!mapsAddress(two.pid(), one.address()))
            QCOMPARE(owner.pid, one.pid());

        const std::uint64_t address = two.address();
        const bool shared = mapsAddress(one.pid(), address);
        two.end();
        holders = holdersOf(keyOf(path), geteuid());
        QCOMPARE(holders->size(), 1U);
        if (!shared)
            QVERIFY(ownerOf(address, holders).liveness == Liveness::Gone);
        QVERIFY(ownerOf(one.address(), holders).liveness == Liveness::Alive);
    }

    void readersAreNoHolders() {
        QTemporaryDir dir;
        const QString path = dir.filePath(QStringLiteral("a.log"));
        QFile file(path);
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write("x\n");
        file.close();
        QProcess reader;
        reader.start(QStringLiteral("tail"), {QStringLiteral("-f"), path});
        QVERIFY(reader.waitForReadyRead());
        QVERIFY(holdersOf(keyOf(path), geteuid())->empty());
        reader.terminate();
        reader.waitForFinished();
    }

    void aHolderThatIsNoInterpreterMayStandForTheRun() {
        QVERIFY(ownerOf(42, std::vector<Holder>{{getpid(), false, {}}}).liveness == Liveness::Alive);
        QVERIFY(ownerOf(42, std::vector<Holder>{{getpid(), true, {}}}).liveness == Liveness::Gone);
        QVERIFY(ownerOf(42, std::nullopt).liveness == Liveness::Unknown);
    }

    void aLookAtAProcessHoldsForAllItsRuns() {
        // The ranges are read once: which run is asked about makes no difference to what was seen.
        const std::vector<Holder> holders{{1, true, {{0x1000, 0x2000}, {0x3000, 0x4000}, {0x4000, 0x5000}}}};
        const auto alive = [&](std::uint64_t runner) { return ownerOf(runner, holders).liveness == Liveness::Alive; };
        for (const std::uint64_t runner : {0x1000, 0x1FFF, 0x3000, 0x4000, 0x4FFF})
            QVERIFY2(alive(runner), qPrintable(QString::number(runner, 16)));
        for (const std::uint64_t runner : {0x0FFF, 0x2000, 0x2FFF, 0x5000})
            QVERIFY2(!alive(runner), qPrintable(QString::number(runner, 16)));
        QVERIFY(!hasAddress({}, 0x1000));
    }

    void aProcessThatIsNotThereMapsNothing() { QVERIFY(!mapsAddress(0x7FFFFFFF, 42)); }
};

QTEST_GUILESS_MAIN(TestProcesses)
#include "tst_processes.moc"
