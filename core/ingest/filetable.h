// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/ingest/bytesource.h"
#include "core/ingest/folderwatch.h"
#include "core/ingest/follower.h"
#include "core/ingest/tail.h"

#include <chrono>
#include <deque>
#include <list>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include <sys/stat.h>

namespace ra::ingest {

/// The files that a Follower knows: what each is, under which name, how far it is read, and what is due when. Told of
/// paths that are worth a look, it looks for itself, so that it does not matter how late or in which order it is told.
/// Not thread-safe.
class FileTable {
public:
    using Clock = std::chrono::steady_clock;

    /// A watch on single files, for those that no watched folder holds.
    struct Watches {
        std::function<int(const std::string &path)> add;
        std::function<void(int watch)> drop;
    };

    FileTable(const Follower::Callbacks &callbacks, const Follower::Options &options, Watches watches);
    ~FileTable();

    /// Files asked for by name are read whatever they hold.
    void addNamed(const std::string &path) { m_named.insert(path); }
    void removeNamed(const std::string &path) { m_named.erase(path); }

    void look(const std::string &path, const Cause &cause);
    void lookAtWatched(int watch);
    /// Nothing is below that folder under its old name.
    void lose(const std::string &folder);
    /// The folder holds just these names.
    void keepOnly(const std::string &folder, const std::set<std::string> &names);
    /// Forgets files for which `isWanted` is false.
    void forgetUnless(const std::function<bool(const std::string &path)> &isWanted);

    /// Reads a piece of every file that has something to read. Returns whether there may be more.
    bool readSome();

    /// Does what is due, and says when the next thing will be.
    void tick(Clock::time_point now);
    [[nodiscard]] std::optional<Clock::time_point> nextDue() const;

    /// For files that no watch tells of.
    [[nodiscard]] bool needsPolling() const;
    void poll();

private:
    using Key = std::pair<std::uint64_t, std::uint64_t>;
    enum class State {
        Unknown, ///< nothing recognised in it yet
        Ignored, ///< nothing will be
        Skipped, ///< the owner does not want it
        Lines,
        Packed, ///< compressed lines, read once nobody writes to it
        Document,
    };
    struct File {
        File(std::uint64_t device, std::uint64_t inode)
            : key(device, inode)
            , tail(device, inode) {}
        FollowedFile shown;
        Key key;
        State state = State::Unknown;
        Tail tail;
        FileStamp seen;
        bool opened = false;  ///< whether the owner knows of it
        bool named = true;    ///< whether shown.path leads to it
        bool deleted = false; ///< without a name for longer than the grace
        bool link = false;    ///< shown.path is a symbolic link
        bool queued = false;
        bool atEnd = false; ///< the owner was told
        int watch = -1;
        std::optional<Clock::time_point> due;
        const DocumentFormat *document = nullptr;
        std::unique_ptr<ByteSource> packed;
        std::uint64_t packedOffset = 0;
        std::list<std::uint64_t>::iterator use; ///< in m_open, while the tail is open
    };

    File *at(const std::string &path);
    File *find(const Key &key);
    File &create(const std::string &path, const Key &key);
    void erase(File &file);
    void lose(File &file);
    void giveUp(File &file);
    void rename(File &file, const std::string &path);
    void update(File &file, const struct stat &status, const Cause &cause);
    void classifyFile(File &file, const struct stat &status, const Cause &cause);
    void beginLines(File &file, std::string_view format);
    [[nodiscard]] Clock::duration packedQuiet() const;
    void reportDocument(File &file);
    void beginPacked(File &file);

    void queue(File &file);
    void readPiece(File &file);
    void readLines(File &file);
    void readPacked(File &file);
    void replace(File &file);
    void tellAtEnd(File &file);
    [[nodiscard]] bool openTail(File &file);
    void closeTail(File &file);

    void schedule(File &file, Clock::time_point due);
    void unschedule(File &file);
    void doDue(File &file);
    void noticeOnce(const std::string &text);

    const Follower::Callbacks &m_callbacks;
    const Follower::Options &m_options;
    Watches m_watches;
    std::size_t m_openLimit;
    std::uint64_t m_nextId = 1;
    std::map<std::uint64_t, std::unique_ptr<File>> m_files;
    std::map<std::string, std::uint64_t> m_byPath;
    std::map<Key, std::uint64_t> m_byKey;
    std::map<int, std::uint64_t> m_byWatch;
    std::set<std::string> m_named;
    std::set<std::string> m_noticed;
    std::set<std::pair<Clock::time_point, std::uint64_t>> m_due;
    std::deque<std::uint64_t> m_ready;
    std::list<std::uint64_t> m_open; ///< files with an open descriptor, the least recently used first
    std::set<std::string> m_links;   ///< paths of symbolic links to followed files
    std::vector<char> m_buffer;
};

} // namespace ra::ingest
