// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/processwatch.h"
#include "tests/core/engine/enginefixture.h"
#include "tests/support/soon.h"

#include <mutex>
#include <set>
#include <sys/stat.h>
#include <unistd.h>

using namespace ra;
using namespace ra::engine;
using namespace ra::test;

namespace {

/// What a watch told, in the order of its looks.
class Told {
public:
    ProcessWatch::Callbacks callbacks() {
        return {.abandoned =
                    [this](const std::set<std::string> &runs) {
                        const std::lock_guard lock(m_mutex);
                        m_abandoned.push_back(runs);
                    },
                .orphaned =
                    [this](const std::vector<std::string> &runs) {
                        const std::lock_guard lock(m_mutex);
                        m_orphaned.emplace_back(runs.begin(), runs.end());
                    }};
    }
    [[nodiscard]] std::vector<std::set<std::string>> abandoned() const {
        const std::lock_guard lock(m_mutex);
        return m_abandoned;
    }
    [[nodiscard]] std::vector<std::set<std::string>> orphaned() const {
        const std::lock_guard lock(m_mutex);
        return m_orphaned;
    }

private:
    mutable std::mutex m_mutex;
    std::vector<std::set<std::string>> m_abandoned;
    std::vector<std::set<std::string>> m_orphaned;
};

OpenRun runOf(const LogFolder &folder, const std::string &id, const std::string &log) {
    struct stat info {};
    if (stat(folder.path(log).c_str(), &info) != 0)
        qFatal("no file %s", log.c_str());
    return {.id = id, .runner = 7, .file = {info.st_dev, info.st_ino}, .fileOwner = geteuid()};
}

using Runs = std::set<std::string>;

} // namespace

class TestProcessWatch : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void aRunIsToldWhenNobodyHoldsItsLogAnyMore() {
        const LogFolder folder;
        folder.write("lost.log", "x\n");
        folder.write("held.log", "x\n");
        HeldOpen held(folder.path("held.log"));
        Told told;
        ProcessWatch watch(told.callbacks());
        watch.setOpen(1, {runOf(folder, "lost", "lost.log"), runOf(folder, "held", "held.log")});
        SOON_VERIFY(told.abandoned().size() >= 2); // at every look for as long as it is open
        QCOMPARE(told.abandoned()[0], Runs{"lost"});
        QCOMPARE(told.abandoned()[1], Runs{"lost"});
        held.letGo();
        SOON_COMPARE(told.abandoned().back(), (Runs{"lost", "held"}));
        QVERIFY(told.orphaned().empty());
    }

    void aRunThatHasEndedIsToldNoMore() {
        const LogFolder folder;
        folder.write("one.log", "x\n");
        folder.write("two.log", "x\n");
        Told told;
        ProcessWatch watch(told.callbacks());
        watch.setOpen(1, {runOf(folder, "one", "one.log")});
        watch.setOpen(2, {runOf(folder, "two", "two.log")});
        SOON_VERIFY(!told.abandoned().empty() && told.abandoned().back() == (Runs{"one", "two"}));
        watch.setOpen(1, {});
        SOON_COMPARE(told.abandoned().back(), Runs{"two"});
    }

    void ofASourceThatIsReadNoMoreTheRunsAreOrphans() {
        const LogFolder folder;
        folder.write("a.log", "x\n");
        Told told;
        ProcessWatch watch(told.callbacks());
        const std::vector<OpenRun> runs{runOf(folder, "a", "a.log")};
        watch.setOpen(1, runs);
        watch.orphan(1, runs);
        SOON_VERIFY(!told.orphaned().empty());
        QCOMPARE(told.orphaned()[0], Runs{"a"});
        QVERIFY(told.abandoned().empty());
    }

    void anOrphanIsHeldUntilItIsSettled() {
        const LogFolder folder;
        folder.write("a.log", "x\n");
        Told told;
        ProcessWatch watch(told.callbacks());
        watch.hold({"a"});
        watch.addOrphans({runOf(folder, "a", "a.log"), runOf(folder, "b", "a.log")});
        SOON_VERIFY(!told.orphaned().empty());
        QCOMPARE(told.orphaned()[0], Runs{"b"});
        watch.settle({"a"}, false); // it could not be marked: it comes up again
        SOON_COMPARE(told.orphaned().back(), (Runs{"a", "b"}));
        watch.settle({"b"}, true);
        SOON_COMPARE(told.orphaned().back(), Runs{"a"});
    }

    void nothingIsToldAfterTheStop() {
        const LogFolder folder;
        folder.write("a.log", "x\n");
        Told told;
        ProcessWatch watch(told.callbacks());
        watch.setOpen(1, {runOf(folder, "a", "a.log")});
        SOON_VERIFY(!told.abandoned().empty());
        watch.stop();
        const std::size_t before = told.abandoned().size();
        watch.setOpen(2, {runOf(folder, "b", "a.log")});
        watch.stop(); // once more does nothing
        QCOMPARE(told.abandoned().size(), before);
    }
};

QTEST_GUILESS_MAIN(TestProcessWatch)
#include "tst_processwatch.moc"
