// SPDX-License-Identifier: GPL-3.0-or-later
#include "followerlog.h"

#include <QTemporaryDir>
#include <QtTest>

#include <filesystem>
#include <map>
#include <random>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

using namespace ra::ingest;
using namespace ra::ingest::test;
using namespace std::chrono_literals;
namespace fs = std::filesystem;

namespace {

/// What was really written, by inode and generation. An inode number may be used again: then there are several.
struct Written {
    int descriptor = -1;
    std::vector<std::string> generations{std::string()};
    bool deleted = false;
};

/// Does random things to files of a folder and notes what every file holds.
class Mischief {
public:
    Mischief(std::string folder, unsigned seed)
        : m_folder(std::move(folder))
        , m_random(seed) {}
    ~Mischief() {
        for (const Written &file : files)
            close(file.descriptor);
    }
    Mischief(const Mischief &) = delete;
    Mischief &operator=(const Mischief &) = delete;

    /// Appends up to a few hundred bytes, often not ending in a line end.
    void append(Written &file) {
        std::string text;
        for (unsigned lines = m_random() % 4 + 1; lines > 0; --lines)
            text += "2026-11-23 16:59:24 [    INFO] Writer: " + std::to_string(m_random()) +
                    std::string(m_random() % 90, '.') + "\n";
        if (!file.generations.back().empty())
            text = text.substr(m_random() % 30, m_random() % text.size() + 1);
        for (std::size_t at = 0; at < text.size();) { // in one or several writes
            const std::size_t length = std::min<std::size_t>(text.size() - at, m_random() % text.size() + 1);
            if (write(file.descriptor, text.data() + at, length) != static_cast<ssize_t>(length))
                qFatal("cannot write");
            at += length;
        }
        file.generations.back() += text;
    }

    void create() {
        const std::string path = name();
        if (fs::exists(path))
            return;
        Written file;
        file.descriptor = open(path.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_EXCL, 0600);
        files.push_back(std::move(file));
        append(files.back());
    }

    void rename() {
        const std::string from = name();
        const std::string to = name();
        if (from == to || !fs::exists(from) || fs::exists(to))
            return;
        fs::rename(from, to);
    }

    /// Whoever truncates or deletes what has not been read takes it from every reader; the caller waits before.
    void truncate(Written &file) {
        if (file.generations.back().empty() || ftruncate(file.descriptor, 0) != 0)
            return;
        file.generations.emplace_back();
        append(file); // at once, so that the file may be longer again before anybody looks
    }

    void remove() {
        const std::string path = name();
        struct stat status {};
        if (stat(path.c_str(), &status) != 0)
            return;
        for (Written &file : files) {
            struct stat own {};
            if (fstat(file.descriptor, &own) == 0 && own.st_ino == status.st_ino)
                file.deleted = true;
        }
        fs::remove(path);
    }

    Written *pick() {
        std::vector<Written *> living;
        for (Written &file : files) {
            if (!file.deleted)
                living.push_back(&file);
        }
        return living.empty() ? nullptr : living[m_random() % living.size()];
    }

    unsigned next(unsigned below) { return m_random() % below; }

    std::vector<Written> files;

private:
    std::string name() {
        const unsigned folder = m_random() % 3;
        const std::string path = folder == 0 ? m_folder : m_folder + "/sub" + std::to_string(folder);
        fs::create_directories(path);
        return path + "/f" + std::to_string(m_random() % 5);
    }

    std::string m_folder;
    std::mt19937 m_random;
};

/// The contents that the follower was given, all files and generations, empty ones left out.
std::vector<std::string> contents(const FollowerLog &log) {
    std::vector<std::string> all;
    for (const auto &[id, content] : log.files()) {
        for (const auto &[generation, text] : content.generations) {
            if (!text.empty())
                all.push_back(text);
        }
    }
    std::sort(all.begin(), all.end());
    return all;
}

std::vector<std::string> contents(const Mischief &mischief) {
    std::vector<std::string> all;
    for (const Written &file : mischief.files) {
        for (const std::string &text : file.generations) {
            if (!text.empty())
                all.push_back(text);
        }
    }
    std::sort(all.begin(), all.end());
    return all;
}

} // namespace

class tst_followerproperty : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void everyByteOnceAndInPlace_data();
    void everyByteOnceAndInPlace();
};

void tst_followerproperty::everyByteOnceAndInPlace_data() {
    QTest::addColumn<unsigned>("seed");
    QTest::addColumn<bool>("polling");
    QTest::addColumn<int>("maxOpenFiles");
    for (unsigned seed = 1; seed <= 12; ++seed)
        QTest::addRow("inotify, seed %u", seed) << seed << false << 0;
    for (unsigned seed = 13; seed <= 16; ++seed)
        QTest::addRow("inotify, few descriptors, seed %u", seed) << seed << false << 2;
    for (unsigned seed = 17; seed <= 20; ++seed)
        QTest::addRow("polling, seed %u", seed) << seed << true << 0;
}

void tst_followerproperty::everyByteOnceAndInPlace() {
    QFETCH(unsigned, seed);
    QFETCH(bool, polling);
    QFETCH(int, maxOpenFiles);
    const QTemporaryDir folder;
    FollowerLog log({.polling = polling, .pollInterval = 10ms, .deletedQuiet = 200ms, .maxOpenFiles = maxOpenFiles});
    log.follower().addFolder(folder.path().toStdString());
    Mischief mischief(folder.path().toStdString(), seed);
    if (seed % 2 == 0) {
        for (int i = 0; i < 5; ++i)
            mischief.create(); // some are there before
    }
    log.start();
    const auto isComplete = [&] { return QTest::qWaitFor([&] { return contents(log) == contents(mischief); }); };
    for (int step = 0; step < 250; ++step) {
        switch (mischief.next(12)) {
        case 0:
        case 1:
            mischief.create();
            break;
        case 2:
        case 3:
            mischief.rename();
            break;
        case 4:
            QVERIFY2(isComplete(), qPrintable(QStringLiteral("before truncating, step %1").arg(step)));
            if (Written *file = mischief.pick())
                mischief.truncate(*file);
            break;
        case 5:
            QVERIFY2(isComplete(), qPrintable(QStringLiteral("before deleting, step %1").arg(step)));
            mischief.remove();
            break;
        default:
            if (Written *file = mischief.pick())
                mischief.append(*file);
            break;
        }
    }
    QVERIFY(isComplete());
    log.stop();
    const auto faults = log.faults();
    QVERIFY2(faults.empty(), faults.empty() ? "" : faults[0].c_str());
}

QTEST_GUILESS_MAIN(tst_followerproperty)
#include "tst_followerproperty.moc"
