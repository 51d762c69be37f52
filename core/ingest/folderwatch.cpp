// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/ingest/folderwatch.h"

#include "core/ingest/rotation.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <memory>
#include <optional>

#include <dirent.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <sys/vfs.h>

namespace ra::ingest {

namespace {

constexpr std::uint32_t folderMask = IN_MODIFY | IN_CLOSE_WRITE | IN_ATTRIB | IN_CREATE | IN_DELETE | IN_MOVED_FROM |
                                     IN_MOVED_TO | IN_DELETE_SELF | IN_MOVE_SELF | IN_ONLYDIR | IN_EXCL_UNLINK;
constexpr std::uint32_t fileMask = IN_MODIFY | IN_CLOSE_WRITE | IN_ATTRIB | IN_MOVE_SELF | IN_DELETE_SELF;

std::string parentOf(const std::string &path) {
    const auto slash = path.rfind('/');
    return slash == 0 ? "/" : path.substr(0, slash);
}

std::string join(const std::string &folder, const std::string &name) {
    return folder.ends_with('/') ? folder + name : folder + '/' + name;
}

bool isBelow(const std::string &path, const std::string &folder) {
    return path.size() > folder.size() && path.starts_with(folder) &&
           (folder.ends_with('/') || path[folder.size()] == '/');
}

std::optional<std::pair<std::uint64_t, std::uint64_t>> folderKey(const std::string &path) {
    struct stat status {};
    if (stat(path.c_str(), &status) != 0 || !S_ISDIR(status.st_mode))
        return std::nullopt;
    return std::pair<std::uint64_t, std::uint64_t>(status.st_dev, status.st_ino);
}

} // namespace

bool isOnNetwork(const std::string &path) {
    struct statfs status {};
    if (statfs(path.c_str(), &status) != 0)
        return false;
    // NFS, SMB and its two successors, 9P, AFS, Ceph, Coda, Lustre, and FUSE (sshfs and the like), from linux/magic.h.
    constexpr std::array<std::uint32_t, 10> network = {0x6969,     0x517B,     0xFE534D42, 0xFF534D42, 0x01021997,
                                                       0x5346414F, 0x00C36400, 0x73757245, 0x0BD00BD0, 0x65735546};
    const auto type = static_cast<std::uint32_t>(status.f_type);
    return std::find(network.begin(), network.end(), type) != network.end();
}

FolderWatch::FolderWatch(Hooks hooks, bool polling, int maxWatches)
    : m_hooks(std::move(hooks))
    , m_maxWatches(maxWatches) {
    if (polling)
        return;
    m_inotify = Descriptor(inotify_init1(IN_NONBLOCK | IN_CLOEXEC));
    if (!m_inotify.isOpen())
        noticeOnce(std::string("The system gives no inotify instance (") + std::strerror(errno) +
                   "): folders are polled");
}

void FolderWatch::noticeOnce(const std::string &text) {
    if (m_noticed.insert(text).second)
        m_hooks.notice(text);
}

void FolderWatch::startPolling(const std::string &path, Folder &folder, const std::string &why) {
    folder.polled = true;
    if (!why.empty())
        noticeOnce(why + ": " + path + " is polled, so news from there come later");
}

bool FolderWatch::watch(const std::string &path, Folder &folder) {
    if (!m_inotify.isOpen()) {
        startPolling(path, folder, {});
        return true;
    }
    if (isOnNetwork(path)) {
        startPolling(path, folder, "It lies on a network file system");
        return true;
    }
    const bool full = m_maxWatches > 0 && static_cast<int>(m_byWatch.size()) >= m_maxWatches;
    folder.watch = full ? -1 : inotify_add_watch(m_inotify.get(), path.c_str(), folderMask);
    if (folder.watch >= 0) {
        m_byWatch[folder.watch] = path;
        return true;
    }
    if (full || errno == ENOSPC || errno == ENOMEM) {
        // The first folder stands for all others.
        if (m_noticed.insert("watches").second)
            m_hooks.notice("No more inotify watches are to be had: " + path +
                           " and other folders are polled, so news from "
                           "there come later. A higher fs.inotify.max_user_watches helps");
        startPolling(path, folder, {});
        return true;
    }
    if (errno == EACCES)
        noticeOnce("No right to read the folder " + path);
    return false;
}

FolderWatch::Folder *FolderWatch::open(const std::string &path, bool everything) {
    const auto key = folderKey(path);
    if (const auto found = m_folders.find(path); found != m_folders.end()) {
        if (key == found->second.key) {
            found->second.everything |= everything;
            return &found->second;
        }
        drop(path); // another folder has taken the name
    }
    if (!key)
        return nullptr;
    if (const auto other = m_byKey.find(*key); other != m_byKey.end()) {
        const std::string otherPath = other->second;
        if (folderKey(otherPath) == key)
            return nullptr; // the same folder by another link; one name is enough
        drop(otherPath);
    }
    Folder &folder = m_folders[path];
    folder.everything = everything;
    folder.key = *key;
    m_byKey[*key] = path;
    if (watch(path, folder))
        return &folder;
    m_byKey.erase(*key);
    m_folders.erase(path);
    return nullptr;
}

void FolderWatch::list(const std::string &path, std::vector<std::string> &subfolders) {
    const std::unique_ptr<DIR, int (*)(DIR *)> folder(opendir(path.c_str()), closedir);
    if (!folder) {
        if (errno == EACCES)
            noticeOnce("No right to read the folder " + path);
        return;
    }
    std::set<std::string> names;
    std::vector<std::string> files;
    while (const dirent *entry = readdir(folder.get())) {
        const std::string name = entry->d_name;
        if (name == "." || name == "..")
            continue;
        names.insert(name);
        const std::string child = join(path, name);
        const bool perhapsFolder = entry->d_type == DT_DIR || entry->d_type == DT_LNK || entry->d_type == DT_UNKNOWN;
        if (perhapsFolder && folderKey(child)) {
            if (!name.starts_with('.'))
                subfolders.push_back(child);
        } else {
            files.push_back(child);
        }
    }
    std::sort(files.begin(), files.end(), isReadBefore);
    const auto found = m_folders.find(path);
    const bool everything = found != m_folders.end() && found->second.everything;
    for (const std::string &file : files)
        m_hooks.look(file, {.scan = true, .knownOnly = !everything && !m_named.contains(file)});
    m_hooks.listed(path, names);
    std::vector<std::string> vanished;
    for (auto known = m_folders.lower_bound(join(path, "")); known != m_folders.end() && isBelow(known->first, path);
         ++known) {
        if (parentOf(known->first) == path && !names.contains(known->first.substr(join(path, "").size())))
            vanished.push_back(known->first);
    }
    for (const std::string &child : vanished)
        drop(child);
}

void FolderWatch::addTree(const std::string &path) {
    std::vector<std::string> pending = {path};
    while (!pending.empty()) {
        const std::string next = std::move(pending.back());
        pending.pop_back();
        // The watch comes before the list, so that nothing happens unseen between the two.
        if (open(next, true)) {
            std::vector<std::string> subfolders;
            list(next, subfolders);
            pending.insert(pending.end(), subfolders.rbegin(), subfolders.rend());
        }
    }
}

void FolderWatch::addFolder(const std::string &path) {
    m_roots.insert(path);
    addTree(path);
}

void FolderWatch::addFile(const std::string &path) {
    m_named.insert(path);
    if (open(parentOf(path), false))
        m_hooks.look(path, {.scan = true});
}

/// Hidden folders are not below the root as far as watching goes.
bool FolderWatch::isBelowRoot(const std::string &path) const {
    return std::any_of(m_roots.begin(), m_roots.end(), [&](const std::string &root) {
        return path == root || (isBelow(path, root) && path.find("/.", root.size() - (root == "/")) == path.npos);
    });
}

void FolderWatch::remove(const std::string &path) {
    m_roots.erase(path);
    m_named.erase(path);
    std::set<std::string> needed;
    for (const std::string &file : m_named)
        needed.insert(parentOf(file));
    // Each for itself: below a folder that nobody wants any more there may be one that holds a file given by name.
    for (auto it = m_folders.begin(); it != m_folders.end();) {
        it->second.everything = isBelowRoot(it->first);
        it = it->second.everything || needed.contains(it->first) ? std::next(it) : close(it);
    }
}

FolderWatch::Folders::iterator FolderWatch::close(Folders::iterator folder) {
    if (folder->second.watch >= 0) {
        inotify_rm_watch(m_inotify.get(), folder->second.watch);
        m_byWatch.erase(folder->second.watch);
    }
    m_byKey.erase(folder->second.key);
    return m_folders.erase(folder);
}

void FolderWatch::drop(const std::string &path) {
    for (auto it = m_folders.lower_bound(path);
         it != m_folders.end() && (it->first == path || it->first.starts_with(path));) {
        if (it->first != path && !isBelow(it->first, path)) {
            ++it;
            continue;
        }
        it = close(it);
    }
    m_hooks.lost(path);
}

void FolderWatch::rescan() {
    for (const std::string &root : std::set<std::string>(m_roots))
        addTree(root);
    for (const std::string &file : std::set<std::string>(m_named))
        m_hooks.look(file, {.scan = true});
}

void FolderWatch::readEvents() {
    if (!m_inotify.isOpen())
        return;
    alignas(inotify_event) std::array<char, 64U << 10> buffer;
    for (;;) {
        const ssize_t size = read(m_inotify.get(), buffer.data(), buffer.size());
        if (size <= 0)
            return;
        for (ssize_t at = 0; at < size;) {
            const auto *event = reinterpret_cast<const inotify_event *>(buffer.data() + at);
            at += static_cast<ssize_t>(sizeof(inotify_event) + event->len);
            handle(*event);
        }
    }
}

void FolderWatch::handle(const inotify_event &event) {
    if ((event.mask & IN_Q_OVERFLOW) != 0) {
        rescan();
        return;
    }
    if (m_fileWatches.contains(event.wd)) {
        if ((event.mask & IN_IGNORED) == 0)
            m_hooks.watched(event.wd);
        return;
    }
    const auto found = m_byWatch.find(event.wd);
    if (found == m_byWatch.end())
        return; // told of a watch given up since
    const std::string path = found->second;
    if ((event.mask & (IN_DELETE_SELF | IN_MOVE_SELF | IN_UNMOUNT | IN_IGNORED)) != 0) {
        drop(path);
        if (m_roots.contains(path))
            addTree(path); // perhaps there is another one already; else poll() will find it
        return;
    }
    if (event.len == 0) { // the rights of the folder itself
        std::vector<std::string> subfolders;
        list(path, subfolders);
        for (const std::string &subfolder : subfolders) {
            if (m_folders.at(path).everything)
                addTree(subfolder);
        }
        return;
    }
    handleEntry(path, m_folders.at(path), event.name, event.mask);
}

void FolderWatch::handleEntry(const std::string &folderPath, const Folder &folder, const std::string &name,
                              std::uint32_t mask) {
    const std::string path = join(folderPath, name);
    const bool arrived = (mask & (IN_CREATE | IN_MOVED_TO)) != 0;
    const bool left = (mask & (IN_DELETE | IN_MOVED_FROM)) != 0;
    // A link to a folder comes and goes like a file.
    const bool isFolder = (mask & IN_ISDIR) != 0 || m_folders.contains(path) || (arrived && folderKey(path));
    if (isFolder) {
        if (left)
            drop(path);
        else if (folder.everything && !name.starts_with('.') && (arrived || (mask & IN_ATTRIB) != 0))
            addTree(path);
        return;
    }
    m_hooks.look(path, {.written = (mask & IN_MODIFY) != 0,
                        .closed = (mask & IN_CLOSE_WRITE) != 0,
                        .arrived = (mask & IN_MOVED_TO) != 0,
                        .changed = (mask & IN_ATTRIB) != 0,
                        .knownOnly = !folder.everything && !m_named.contains(path)});
}

bool FolderWatch::needsPolling() const {
    const auto isMissing = [&](const std::string &path) { return !m_folders.contains(path); };
    return std::any_of(m_folders.begin(), m_folders.end(), [](const auto &f) { return f.second.polled; }) ||
           std::any_of(m_roots.begin(), m_roots.end(), isMissing) ||
           std::any_of(m_named.begin(), m_named.end(),
                       [&](const std::string &file) { return isMissing(parentOf(file)); });
}

void FolderWatch::poll() {
    std::vector<std::string> polled;
    for (const auto &[path, folder] : m_folders) {
        if (folder.polled)
            polled.push_back(path);
    }
    for (const std::string &path : polled) {
        const auto found = m_folders.find(path);
        if (found == m_folders.end())
            continue; // dropped meanwhile
        if (folderKey(path) != found->second.key) {
            drop(path);
            continue;
        }
        const bool everything = found->second.everything;
        std::vector<std::string> subfolders;
        list(path, subfolders);
        for (const std::string &subfolder : subfolders) {
            if (everything && !m_folders.contains(subfolder))
                addTree(subfolder);
        }
    }
    for (const std::string &root : std::set<std::string>(m_roots)) {
        if (!m_folders.contains(root))
            addTree(root);
    }
    for (const std::string &file : std::set<std::string>(m_named)) {
        if (!m_folders.contains(parentOf(file)))
            addFile(file);
    }
}

int FolderWatch::watchFile(const std::string &path) {
    if (!m_inotify.isOpen())
        return -1;
    const int watch = inotify_add_watch(m_inotify.get(), path.c_str(), fileMask);
    if (watch >= 0)
        m_fileWatches.insert(watch);
    return watch;
}

void FolderWatch::unwatchFile(int watch) {
    m_fileWatches.erase(watch);
    inotify_rm_watch(m_inotify.get(), watch);
}

} // namespace ra::ingest
