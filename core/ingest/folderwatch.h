// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/ingest/descriptor.h"

#include <cstdint>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

struct inotify_event;

namespace ra::ingest {

/// Why a path is worth a look.
struct Cause {
    bool written = false;   ///< somebody wrote to it; nothing else happened to the name
    bool closed = false;    ///< somebody who could write to it closed it
    bool arrived = false;   ///< it was created or moved there
    bool changed = false;   ///< its rights or links changed
    bool scan = false;      ///< nothing is known to have happened
    bool knownOnly = false; ///< of no interest unless the file is already known
};

/// Tells what happens to the files below some folders: by inotify, and by listing where that is not to be had.
/// Not thread-safe.
class FolderWatch {
public:
    struct Hooks {
        std::function<void(const std::string &path, const Cause &)> look;
        std::function<void(const std::string &folder)> lost; ///< nothing is below it any more under this name
        /// A folder was listed: files that are not among `names` are no longer in it.
        std::function<void(const std::string &folder, const std::set<std::string> &names)> listed;
        std::function<void(int watch)> watched; ///< something happened to the file of watchFile()
        std::function<void(std::string)> notice;
    };

    FolderWatch(Hooks hooks, bool polling, int maxWatches);

    /// For poll(); -1 if there is no inotify.
    [[nodiscard]] int descriptor() const { return m_inotify.get(); }

    void addFolder(const std::string &path);
    void addFile(const std::string &path);
    /// What is known below is the caller's to forget.
    void remove(const std::string &path);

    /// Handles everything that inotify has to tell. Does not wait.
    void readEvents();

    /// Whether poll() should be called from time to time, and does nothing otherwise.
    [[nodiscard]] bool needsPolling() const;
    void poll();

    /// A watch on one file, by a name or by /proc/self/fd; -1 if there is none to be had.
    [[nodiscard]] int watchFile(const std::string &path);
    void unwatchFile(int watch);

private:
    using Key = std::pair<std::uint64_t, std::uint64_t>;
    struct Folder {
        int watch = -1;
        bool everything = false; ///< else only files given by name, and those known
        bool polled = false;
        Key key;
    };
    using Folders = std::map<std::string, Folder>;

    void addTree(const std::string &path);
    [[nodiscard]] Folder *open(const std::string &path, bool everything);
    [[nodiscard]] bool watch(const std::string &path, Folder &folder);
    void list(const std::string &path, std::vector<std::string> &subfolders);
    void drop(const std::string &path);
    Folders::iterator close(Folders::iterator folder);
    void rescan();
    void handle(const inotify_event &event);
    void handleEntry(const std::string &folderPath, const Folder &folder, const std::string &name, std::uint32_t mask);
    void startPolling(const std::string &path, Folder &folder, const std::string &why);
    void noticeOnce(const std::string &text);
    [[nodiscard]] bool isBelowRoot(const std::string &path) const;

    Hooks m_hooks;
    int m_maxWatches;
    Descriptor m_inotify;
    Folders m_folders;
    std::map<int, std::string> m_byWatch;
    std::map<Key, std::string> m_byKey;
    std::set<int> m_fileWatches;
    std::set<std::string> m_roots;
    std::set<std::string> m_named;
    std::set<std::string> m_noticed;
};

/// Whether the file system of `path` may be changed by other machines, which inotify does not see.
[[nodiscard]] bool isOnNetwork(const std::string &path);

} // namespace ra::ingest
