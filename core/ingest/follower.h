// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/ingest/batch.h"
#include "core/ingest/document.h"

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <stop_token>
#include <string>

namespace ra::ingest {

/// A file that the Follower reads. One inode is one file, whatever it is called.
struct FollowedFile {
    std::uint64_t id = 0;         ///< stable while the Follower lives; never used again
    std::string path;             ///< as it is called now, or was last
    SourceIdentity identity;      ///< the head grows with the file up to 1,024 bytes
    std::uint64_t generation = 0; ///< counts from 0 how often its content was replaced since it was opened
    std::string_view format;      ///< of its first record; "text" for a file given by name in which none was found
    bool compressed = false; ///< read once whole when nothing writes to it any more; offsets are of what it unpacks to
    FileStamp stamp;         ///< of a compressed one as it is read
};

/// Reads files while they grow: all below some folders, and single ones. Waits on inotify; polls where that is not to
/// be had (network file systems, no watches left), and says so.
///
/// Rotation by renaming is followed by inode: the old file is read on under its new name, and what takes the old name
/// is another file. Truncated and rewritten files begin a new generation at offset 0. A deleted file is read on until
/// nothing was written to it for a while. Within a generation every byte is handed out once and in order.
class Follower {
public:
    /// All are called on the thread of run(), one at a time. Those left empty are not called.
    struct Callbacks {
        /// A file of a line format was found. Returns the offset to start from (a checkpoint's), or `skip`, or, of a
        /// compressed one, `unchanged`. A checkpoint beyond the end counts as replaced.
        std::function<std::uint64_t(const FollowedFile &)> opened;
        std::function<void(const FollowedFile &, std::uint64_t offset, std::span<const char>)> bytes;
        /// All that the file holds for now has been handed out.
        std::function<void(const FollowedFile &)> atEnd;
        /// The content is another one: generation is one higher, and the bytes begin again at 0.
        std::function<void(const FollowedFile &)> replaced;
        /// The same file has another path now.
        std::function<void(const FollowedFile &)> renamed;
        /// Deleted, moved away or no longer asked for: nothing more comes from it.
        std::function<void(const FollowedFile &)> gone;
        /// A document has been written completely; again after every change.
        std::function<void(const std::string &path, const DocumentFormat &)> document;
        /// For people: something works less well than it could.
        std::function<void(std::string)> notice;
    };

    static constexpr std::uint64_t skip = UINT64_MAX;
    static constexpr std::uint64_t unchanged = UINT64_MAX - 1; ///< at its end until it is written to

    struct Options {
        bool polling = false;                           ///< do not use inotify at all
        std::chrono::milliseconds pollInterval{200};    ///< where polling is needed; also for folders not there yet
        std::chrono::milliseconds quiet{200};           ///< a document untouched for this long is complete
        std::chrono::milliseconds lostGrace{100};       ///< for a file without a name to turn up under another
        std::chrono::milliseconds deletedQuiet{10'000}; ///< a deleted file unwritten for this long is given up
        int maxWatches = 0;   ///< most inotify watches to take; 0: as many as the system gives
        int maxOpenFiles = 0; ///< most descriptors to hold; 0: half of what the process may
    };

    explicit Follower(Callbacks callbacks);
    Follower(Callbacks callbacks, const Options &options);
    Follower(const Follower &) = delete;
    Follower &operator=(const Follower &) = delete;
    ~Follower();

    /// Follows until stopped. Blocks; once only.
    void run(const std::stop_token &stop);

    // From any thread, before or during run():
    /// Everything below, hidden folders left out; need not exist yet.
    void addFolder(const std::string &path);
    /// One file, whatever it holds; need not exist yet.
    void addFile(const std::string &path);
    /// Calls `job` on the thread of run(), between two callbacks, after what inotify had to tell by now was looked at;
    /// not if run() ends before.
    void post(std::function<void()> job);
    /// Ends what addFolder or addFile began; its files are gone.
    void remove(const std::string &path);
    void removeFolder(const std::string &path) { remove(path); }

private:
    class Loop;
    std::unique_ptr<Loop> m_loop;
};

} // namespace ra::ingest
