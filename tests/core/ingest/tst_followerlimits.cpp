// SPDX-License-Identifier: GPL-3.0-or-later
// Following where the system gives little: descriptors, watches, the event queue, time.
#include "core/ingest/folderwatch.h"
#include "followerfixture.h"

#include <algorithm>
#include <atomic>
#include <latch>

using namespace ra::ingest;
using namespace ra::ingest::test;
using namespace std::chrono_literals;
namespace fs = std::filesystem;

class tst_followerlimits : public QObject, private FollowerFixture {
    Q_OBJECT
private Q_SLOTS:
    void init() { setUp(); }
    void cleanup() { tearDown(); }

    void manyFilesWithFewDescriptors_data() { ways(); }
    void manyFilesWithFewDescriptors();
    void thousandsOfFiles();
    void watchesRunOut();
    void moreEventsThanTheQueueHolds();
    void newsComeFast();
    void networkFileSystems();
    void holesAreReadAsZeros_data() { ways(); }
    void holesAreReadAsZeros();
};

void tst_followerlimits::manyFilesWithFewDescriptors() {
    const int files = 60;
    for (int i = 0; i < files; ++i)
        write(at("f" + std::to_string(i)), line("one"));
    FollowerLog &log = follow({.maxOpenFiles = 4});
    QTRY_COMPARE(log.count(), static_cast<std::size_t>(files));
    QTRY_COMPARE(log.text(at("f59")), line("one"));
    const auto descriptors = std::distance(fs::directory_iterator("/proc/self/fd"), {});
    QVERIFY2(descriptors < 30, std::to_string(descriptors).c_str());
    for (int round = 0; round < 3; ++round) {
        for (int i = 0; i < files; ++i)
            append(at("f" + std::to_string(i)), line("round " + std::to_string(round)));
    }
    for (int i = 0; i < files; ++i)
        QTRY_COMPARE(log.text(at("f" + std::to_string(i))),
                     line("one") + line("round 0") + line("round 1") + line("round 2"));
    // Replaced while it is not open: another file by its inode, or, if that was used again, by its content.
    fs::remove(at("f0"));
    write(at("f0"), line("new"));
    QTRY_COMPARE(log.text(at("f0")), line("new"));
}

void tst_followerlimits::thousandsOfFiles() {
    const int folders = 60;
    const int files = 100;
    const auto path = [&](int i) { return at("d" + std::to_string(i % folders) + "/f" + std::to_string(i) + ".log"); };
    for (int i = 0; i < folders; ++i)
        fs::create_directory(at("d" + std::to_string(i)));
    for (int i = 0; i < folders * files; ++i)
        write(path(i), line("file " + std::to_string(i)));
    m_log = std::make_unique<FollowerLog>();
    QElapsedTimer timer;
    timer.start();
    m_log->follower().addFolder(m_root);
    m_log->start();
    QTRY_COMPARE_WITH_TIMEOUT(m_log->count(), static_cast<std::size_t>(folders * files), 60'000);
    const qint64 first = timer.restart();
    for (int i = 0; i < folders * files; i += 7)
        append(path(i), line("more"));
    for (int i = 0; i < folders * files; i += 7 * 50)
        QTRY_COMPARE_WITH_TIMEOUT(m_log->text(path(i)), line("file " + std::to_string(i)) + line("more"), 60'000);
    qInfo("6,000 files found in %lld ms, 858 appends followed in %lld ms", first, timer.elapsed());
    QVERIFY(m_log->notices().empty());
}

void tst_followerlimits::watchesRunOut() {
    for (int i = 0; i < 10; ++i) {
        fs::create_directory(at("d" + std::to_string(i)));
        write(at("d" + std::to_string(i) + "/a.log"), line("one"));
    }
    m_log =
        std::make_unique<FollowerLog>(Follower::Options{.pollInterval = 20ms, .deletedQuiet = 100ms, .maxWatches = 4});
    m_log->follower().addFolder(m_root);
    m_log->start();
    QTRY_COMPARE(m_log->count(), 10U);
    QTRY_COMPARE(m_log->notices().size(), 1U);
    QVERIFY(QString::fromStdString(m_log->notices()[0]).contains(QStringLiteral("max_user_watches")));
    for (int i = 0; i < 10; ++i) {
        append(at("d" + std::to_string(i) + "/a.log"), line("two"));
        write(at("d" + std::to_string(i) + "/b.log"), line("new"));
    }
    for (int i = 0; i < 10; ++i) {
        QTRY_COMPARE(m_log->text(at("d" + std::to_string(i) + "/a.log")), line("one") + line("two"));
        QTRY_COMPARE(m_log->text(at("d" + std::to_string(i) + "/b.log")), line("new"));
    }
    fs::create_directory(at("d9/later"));
    write(at("d9/later/c.log"), line("deep"));
    QTRY_COMPARE(m_log->text(at("d9/later/c.log")), line("deep"));
    fs::remove_all(at("d9"));
    QTRY_VERIFY(m_log->content(at("d9/later/c.log")).gone);
}

void tst_followerlimits::moreEventsThanTheQueueHolds() {
    write(at("a.log"), line("a"));
    write(at("b.log"), line("b"));
    m_log = std::make_unique<FollowerLog>();
    std::latch ready(1);
    std::latch full(1);
    std::atomic<bool> first = true;
    m_log->onBytes = [&](const FollowedFile &) {
        if (first.exchange(false)) {
            ready.count_down();
            full.wait();
        }
    };
    m_log->follower().addFolder(m_root);
    m_log->start();
    ready.wait();
    // The follower is held up while more happens than the kernel notes down.
    std::string a = line("a");
    std::string b = line("b");
    std::ofstream writerA(at("a.log"), std::ios::app);
    std::ofstream writerB(at("b.log"), std::ios::app);
    for (int i = 0; i < 9000; ++i) {
        writerA << line(std::to_string(i)) << std::flush;
        writerB << line(std::to_string(i)) << std::flush;
        a += line(std::to_string(i));
        b += line(std::to_string(i));
    }
    write(at("c.log"), line("unannounced"));
    fs::create_directory(at("d"));
    write(at("d/d.log"), line("nor this"));
    full.count_down();
    QTRY_VERIFY(m_log->text(at("a.log")) == a);
    QTRY_VERIFY(m_log->text(at("b.log")) == b);
    QTRY_COMPARE(m_log->text(at("c.log")), line("unannounced"));
    QTRY_COMPARE(m_log->text(at("d/d.log")), line("nor this"));
}

void tst_followerlimits::newsComeFast() {
    write(at("a.log"), line("one"));
    m_log = std::make_unique<FollowerLog>();
    std::mutex mutex;
    std::condition_variable told;
    int pieces = 0;
    m_log->onBytes = [&](const FollowedFile &) {
        const std::lock_guard lock(mutex);
        ++pieces;
        told.notify_one();
    };
    m_log->follower().addFolder(m_root);
    m_log->start();
    const int descriptor = open(at("a.log").c_str(), O_WRONLY | O_APPEND);
    std::vector<double> micros;
    const std::string text = line("more");
    for (int i = 1; i <= 1000; ++i) {
        std::unique_lock lock(mutex);
        QVERIFY(told.wait_for(lock, 10s, [&] { return pieces >= i; }));
        const auto begin = std::chrono::steady_clock::now();
        QCOMPARE(::write(descriptor, text.data(), text.size()), static_cast<ssize_t>(text.size()));
        QVERIFY(told.wait_for(lock, 10s, [&] { return pieces >= i + 1; }));
        micros.push_back(std::chrono::duration<double, std::micro>(std::chrono::steady_clock::now() - begin).count());
    }
    close(descriptor);
    std::sort(micros.begin(), micros.end());
    qInfo("append until the callback: p50 %.0f us, p99 %.0f us, max %.0f us", micros[500], micros[990], micros.back());
    // A sleep anywhere on the way would show; a busy machine does not make half of them slow.
    QVERIFY(micros[500] < 5000);
}

void tst_followerlimits::networkFileSystems() {
    QVERIFY(!isOnNetwork(m_root));
    QVERIFY(!isOnNetwork("/proc"));
    QVERIFY(!isOnNetwork(at("none")));
}

void tst_followerlimits::holesAreReadAsZeros() {
    write(at("a.log"), line("one"));
    FollowerLog &log = follow();
    QTRY_COMPARE(log.text(at("a.log")), line("one"));
    constexpr std::size_t hole = 3'000'000;
    fs::resize_file(at("a.log"), line("one").size() + hole); // as after a crash of the machine
    append(at("a.log"), "\n" + line("two"));
    const std::string expected = line("one") + std::string(hole, '\0') + "\n" + line("two");
    QTRY_VERIFY(log.text(at("a.log")) == expected);
    QVERIFY(log.content(at("a.log")).faults.empty());
}

QTEST_GUILESS_MAIN(tst_followerlimits)
#include "tst_followerlimits.moc"
