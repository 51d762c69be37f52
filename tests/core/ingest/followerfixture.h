// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/ingest/follower.h"
#include "followerlog.h"

#include <QTemporaryDir>
#include <QtTest>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <memory>
#include <string>

#include <fcntl.h>
#include <unistd.h>

namespace ra::ingest::test {

/// A record of the runner's text log.
inline std::string line(const std::string &message) {
    return "2026-11-23 16:59:24 [    INFO] Loader: " + message + "\n";
}

inline void append(const std::string &path, const std::string &text) {
    std::ofstream file(path, std::ios::binary | std::ios::app);
    file << text;
}

inline void write(const std::string &path, const std::string &text) {
    std::ofstream file(path, std::ios::binary | std::ios::trunc);
    file << text;
}

/// Overwrites the file where it is, without emptying it first.
inline void overwrite(const std::string &path, const std::string &text) {
    const int descriptor = open(path.c_str(), O_WRONLY);
    if (pwrite(descriptor, text.data(), text.size(), 0) != static_cast<ssize_t>(text.size()))
        qFatal("cannot overwrite");
    close(descriptor);
}

/// A folder of its own for each test, and one that follows it.
class FollowerFixture {
protected:
    void setUp();
    void tearDown();
    void ways() {
        QTest::addColumn<bool>("polling");
        QTest::newRow("inotify") << false;
        QTest::newRow("polling") << true;
    }
    /// Follows the test's folder, as the data row says.
    FollowerLog &follow(Follower::Options options = {}, bool start = true) {
        options.polling = *static_cast<bool *>(QTest::qData("polling", QMetaType::Bool));
        options.pollInterval = std::chrono::milliseconds(20);
        if (options.deletedQuiet == std::chrono::seconds(10))
            options.deletedQuiet = std::chrono::milliseconds(300);
        m_log = std::make_unique<FollowerLog>(options);
        if (start) {
            m_log->follower().addFolder(m_root);
            m_log->start();
        }
        return *m_log;
    }
    std::string at(const std::string &name) const { return m_root + '/' + name; }

    std::unique_ptr<QTemporaryDir> m_folder;
    std::string m_root;
    std::unique_ptr<FollowerLog> m_log;
};

inline void FollowerFixture::setUp() {
    m_folder = std::make_unique<QTemporaryDir>();
    m_root = m_folder->path().toStdString() + "/logs";
    std::filesystem::create_directory(m_root);
}

inline void FollowerFixture::tearDown() {
    if (m_log) {
        m_log->stop();
        const auto faults = m_log->faults();
        QVERIFY2(faults.empty(), faults.empty() ? "" : faults[0].c_str());
    }
    m_log.reset();
}

} // namespace ra::ingest::test
