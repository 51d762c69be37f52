// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/ingest/follower.h"

#include <condition_variable>
#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace ra::ingest::test {

/// A Follower on its own thread, and all that it has said so far.
class FollowerLog {
public:
    struct Content {
        FollowedFile file; ///< as last told
        std::map<std::uint64_t, std::string> generations;
        bool atEnd = false;
        bool gone = false;
        std::vector<std::string> faults; ///< bytes out of place, calls that should not have come
    };

    explicit FollowerLog(Follower::Options options = {})
        : m_follower(callbacks(), options) {}
    ~FollowerLog() { stop(); }
    FollowerLog(const FollowerLog &) = delete;
    FollowerLog &operator=(const FollowerLog &) = delete;

    Follower &follower() { return m_follower; }
    void start(std::function<void()> onThread = {}) {
        m_thread = std::jthread([this, onThread = std::move(onThread)](const std::stop_token &stop) {
            if (onThread)
                onThread();
            m_follower.run(stop);
        });
    }
    void stop() {
        m_thread.request_stop();
        if (m_thread.joinable())
            m_thread.join();
    }

    /// Where to start a file; default 0.
    std::function<std::uint64_t(const FollowedFile &)> checkpoint;
    /// Called on the follower's thread for every piece.
    std::function<void(const FollowedFile &)> onBytes;

    std::map<std::uint64_t, Content> files() const {
        const std::lock_guard lock(m_mutex);
        return m_files;
    }
    /// The newest generation of the newest file that is or was last called that.
    std::string text(const std::string &path) const {
        const std::lock_guard lock(m_mutex);
        for (auto it = m_files.rbegin(); it != m_files.rend(); ++it) {
            if (it->second.file.path == path && !it->second.gone && !it->second.generations.empty())
                return it->second.generations.rbegin()->second;
        }
        return "(none)";
    }
    Content content(const std::string &path) const {
        const std::lock_guard lock(m_mutex);
        for (auto it = m_files.rbegin(); it != m_files.rend(); ++it) {
            if (it->second.file.path == path)
                return it->second;
        }
        return {};
    }
    std::vector<std::string> documents() const {
        const std::lock_guard lock(m_mutex);
        return m_documents;
    }
    std::vector<std::string> notices() const {
        const std::lock_guard lock(m_mutex);
        return m_notices;
    }
    std::vector<std::string> faults() const {
        std::vector<std::string> all;
        for (const auto &[id, content] : files())
            all.insert(all.end(), content.faults.begin(), content.faults.end());
        return all;
    }
    std::size_t count() const {
        const std::lock_guard lock(m_mutex);
        return m_files.size();
    }

private:
    Follower::Callbacks callbacks() {
        Follower::Callbacks c;
        c.opened = [this](const FollowedFile &file) {
            const std::uint64_t offset = checkpoint ? checkpoint(file) : 0;
            const std::lock_guard lock(m_mutex);
            Content &content = m_files[file.id];
            if (content.file.id != 0)
                content.faults.push_back("opened twice: " + file.path);
            content.file = file;
            if (offset != Follower::skip)
                content.generations[0] = {};
            m_next[file.id] = offset;
            return offset;
        };
        c.bytes = [this](const FollowedFile &file, std::uint64_t offset, std::span<const char> bytes) {
            if (onBytes)
                onBytes(file);
            const std::lock_guard lock(m_mutex);
            Content &content = m_files[file.id];
            content.file = file;
            content.atEnd = false;
            if (content.gone || offset != m_next[file.id] || bytes.empty())
                content.faults.push_back("bytes at " + std::to_string(offset) + " of " + file.path);
            content.generations[file.generation].append(bytes.data(), bytes.size());
            m_next[file.id] = offset + bytes.size();
        };
        c.atEnd = [this](const FollowedFile &file) {
            const std::lock_guard lock(m_mutex);
            m_files[file.id].atEnd = true;
        };
        c.replaced = [this](const FollowedFile &file) {
            const std::lock_guard lock(m_mutex);
            Content &content = m_files[file.id];
            if (file.generation != content.generations.rbegin()->first + 1)
                content.faults.push_back("generation " + std::to_string(file.generation));
            content.file = file;
            content.generations[file.generation] = {};
            m_next[file.id] = 0;
        };
        c.renamed = [this](const FollowedFile &file) {
            const std::lock_guard lock(m_mutex);
            m_files[file.id].file = file;
        };
        c.gone = [this](const FollowedFile &file) {
            const std::lock_guard lock(m_mutex);
            m_files[file.id].gone = true;
        };
        c.document = [this](const std::string &path, const DocumentFormat &format) {
            const std::lock_guard lock(m_mutex);
            m_documents.push_back(std::string(format.name) + " " + path);
        };
        c.notice = [this](const std::string &text) {
            const std::lock_guard lock(m_mutex);
            m_notices.push_back(text);
        };
        return c;
    }

    mutable std::mutex m_mutex;
    std::map<std::uint64_t, Content> m_files;
    std::map<std::uint64_t, std::uint64_t> m_next;
    std::vector<std::string> m_documents;
    std::vector<std::string> m_notices;
    Follower m_follower;
    std::jthread m_thread;
};

} // namespace ra::ingest::test
