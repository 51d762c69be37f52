// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/processwatch.h"
#include "tests/core/engine/enginefixture.h"
#include "tests/support/soon.h"

#include <atomic>
#include <latch>
#include <mutex>
#include <set>
#include <sys/stat.h>
#include <thread>
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

/// A folder with logs that nobody holds, and a watch.
struct Fixture {
    explicit Fixture(const std::vector<std::string> &logs) {
        for (const std::string &log : logs)
            folder.write(log, "x\n");
    }
    [[nodiscard]] OpenRun run(const std::string &id, const std::string &log) const { return runOf(folder, id, log); }

    LogFolder folder;
    Told told;
    ProcessWatch watch{told.callbacks()};
};

} // namespace

class TestProcessWatch : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void aRunIsToldWhenNobodyHoldsItsLogAnyMore() {
        Fixture f({"lost.log", "held.log"});
        HeldOpen held(f.folder.path("held.log"));
        f.watch.setOpen(1, {f.run("lost", "lost.log"), f.run("held", "held.log")});
        SOON_VERIFY(f.told.abandoned().size() >= 2); // at every look for as long as it is open
        QCOMPARE(f.told.abandoned()[0], Runs{"lost"});
        QCOMPARE(f.told.abandoned()[1], Runs{"lost"});
        held.letGo();
        SOON_COMPARE(f.told.abandoned().back(), (Runs{"lost", "held"}));
        QVERIFY(f.told.orphaned().empty());
    }

    void aRunThatHasEndedIsToldNoMore() {
        Fixture f({"a.log"});
        f.watch.setOpen(1, {f.run("one", "a.log")});
        f.watch.setOpen(2, {f.run("two", "a.log")});
        SOON_VERIFY(!f.told.abandoned().empty() && f.told.abandoned().back() == (Runs{"one", "two"}));
        f.watch.setOpen(1, {});
        SOON_COMPARE(f.told.abandoned().back(), Runs{"two"});
    }

    void ofASourceThatIsReadNoMoreTheRunsAreOrphans() {
        Fixture f({"a.log"});
        const std::vector<OpenRun> runs{f.run("a", "a.log")};
        f.watch.setOpen(1, runs);
        f.watch.orphan(1, runs);
        SOON_VERIFY(!f.told.orphaned().empty());
        QCOMPARE(f.told.orphaned()[0], Runs{"a"});
        QVERIFY(f.told.abandoned().empty());
    }

    void anOrphanIsHeldUntilItIsSettled() {
        Fixture f({"a.log"});
        f.watch.hold({"a"});
        f.watch.addOrphans({f.run("a", "a.log"), f.run("b", "a.log")});
        SOON_VERIFY(!f.told.orphaned().empty());
        QCOMPARE(f.told.orphaned()[0], Runs{"b"});
        f.watch.settle({"a"}, false); // it could not be marked: it comes up again
        SOON_COMPARE(f.told.orphaned().back(), (Runs{"a", "b"}));
        f.watch.settle({"b"}, true);
        SOON_COMPARE(f.told.orphaned().back(), Runs{"a"});
    }

    void theStopWaitsForACallThatIsUnderWay() {
        const LogFolder folder;
        folder.write("a.log", "x\n");
        std::latch entered(1), release(1);
        std::atomic<bool> left{false};
        ProcessWatch watch({.abandoned =
                                [&](const Runs &) {
                                    if (left)
                                        return; // a later look
                                    entered.count_down();
                                    release.wait();
                                    left = true;
                                },
                            .orphaned = {}});
        watch.setOpen(1, {runOf(folder, "a", "a.log")});
        entered.wait();
        const std::jthread releaser([&] { release.count_down(); });
        watch.stop();
        QVERIFY(left);
        watch.stop(); // once more does nothing
    }
};

QTEST_GUILESS_MAIN(TestProcessWatch)
#include "tst_processwatch.moc"
