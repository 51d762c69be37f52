// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/ingest/filetable.h"

#include <cerrno>
#include <cstring>

#include <sys/resource.h>
#include <sys/stat.h>

namespace ra::ingest {

namespace {

std::size_t openLimit(const Follower::Options &options) {
    if (options.maxOpenFiles > 0)
        return static_cast<std::size_t>(options.maxOpenFiles);
    rlimit limit{};
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0)
        return 256;
    return std::min<std::size_t>(4096, limit.rlim_cur / 2);
}

template <typename Function, typename... Arguments>
void call(const Function &function, Arguments &&...arguments) {
    if (function)
        function(std::forward<Arguments>(arguments)...);
}

} // namespace

FileTable::FileTable(const Follower::Callbacks &callbacks, const Follower::Options &options, Watches watches)
    : m_callbacks(callbacks)
    , m_options(options)
    , m_watches(std::move(watches))
    , m_openLimit(openLimit(options))
    , m_buffer(256U << 10) {}

FileTable::~FileTable() = default;

void FileTable::noticeOnce(const std::string &text) {
    if (m_noticed.insert(text).second)
        call(m_callbacks.notice, text);
}

// Names and inodes.

FileTable::File *FileTable::at(const std::string &path) {
    const auto found = m_byPath.find(path);
    return found == m_byPath.end() ? nullptr : m_files.at(found->second).get();
}

FileTable::File *FileTable::find(const Key &key) {
    const auto found = m_byKey.find(key);
    return found == m_byKey.end() ? nullptr : m_files.at(found->second).get();
}

FileTable::File &FileTable::create(const std::string &path, const Key &key) {
    const std::uint64_t id = m_nextId++;
    File &file = *(m_files[id] = std::make_unique<File>(key.first, key.second));
    file.shown.id = id;
    m_byKey[key] = id;
    rename(file, path);
    return file;
}

void FileTable::rename(File &file, const std::string &path) {
    if (const auto old = m_byPath.find(file.shown.path); old != m_byPath.end() && old->second == file.shown.id)
        m_byPath.erase(old);
    file.shown.path = path;
    m_byPath[path] = file.shown.id;
    // No folder that is watched tells what happens to the target of a link.
    struct stat status {};
    file.link = lstat(path.c_str(), &status) == 0 && S_ISLNK(status.st_mode);
    if (file.link)
        m_links.insert(path);
    if (file.watch >= 0) {
        m_watches.drop(file.watch);
        m_byWatch.erase(file.watch);
        file.watch = -1;
    }
    if (file.link && (file.watch = m_watches.add(path)) >= 0)
        m_byWatch[file.watch] = file.shown.id;
}

void FileTable::erase(File &file) {
    const std::uint64_t id = file.shown.id;
    if (file.watch >= 0) {
        m_watches.drop(file.watch);
        m_byWatch.erase(file.watch);
    }
    closeTail(file);
    unschedule(file);
    m_byKey.erase(file.key);
    if (const auto named = m_byPath.find(file.shown.path); named != m_byPath.end() && named->second == id)
        m_byPath.erase(named);
    m_files.erase(id);
}

void FileTable::giveUp(File &file) {
    if (file.opened)
        call(m_callbacks.gone, file.shown);
    erase(file);
}

void FileTable::lose(File &file) {
    if (const auto named = m_byPath.find(file.shown.path); named != m_byPath.end() && named->second == file.shown.id)
        m_byPath.erase(named);
    if (!file.named)
        return;
    file.named = false;
    if (file.state == State::Lines)
        queue(file); // what it got before it lost its name
    schedule(file, Clock::now() + m_options.lostGrace);
}

void FileTable::lose(const std::string &folder) {
    const std::string prefix = folder.ends_with('/') ? folder : folder + '/';
    std::vector<std::uint64_t> ids;
    for (auto it = m_byPath.lower_bound(prefix); it != m_byPath.end() && it->first.starts_with(prefix); ++it)
        ids.push_back(it->second);
    for (std::uint64_t id : ids)
        lose(*m_files.at(id));
}

void FileTable::keepOnly(const std::string &folder, const std::set<std::string> &names) {
    const std::string prefix = folder.ends_with('/') ? folder : folder + '/';
    std::vector<std::string> paths;
    for (auto it = m_byPath.lower_bound(prefix); it != m_byPath.end() && it->first.starts_with(prefix); ++it) {
        const std::string name = it->first.substr(prefix.size());
        if (name.find('/') == std::string::npos && !names.contains(name))
            paths.push_back(it->first);
    }
    for (const std::string &path : paths)
        look(path, {.scan = true});
}

void FileTable::forgetUnless(const std::function<bool(const std::string &path)> &isWanted) {
    std::vector<std::uint64_t> ids;
    for (const auto &[id, file] : m_files) {
        if (!isWanted(file->shown.path))
            ids.push_back(id);
    }
    for (std::uint64_t id : ids)
        giveUp(*m_files.at(id));
    std::erase_if(m_links, [&](const std::string &path) { return !isWanted(path); });
}

// Looking.

void FileTable::look(const std::string &path, const Cause &cause) {
    File *known = at(path);
    const bool onlyWritten = (cause.written || cause.closed) && !cause.arrived && !cause.changed;
    if (onlyWritten && known && known->state == State::Lines && !known->link) {
        queue(*known); // the usual case: the name leads where it led before
        return;
    }
    struct stat status {};
    if (stat(path.c_str(), &status) != 0) {
        const bool absent = errno == ENOENT || errno == ENOTDIR || errno == ELOOP;
        if (known && absent)
            lose(*known);
        else if (known && known->state == State::Lines)
            queue(*known); // no right to look there any more, but it may be open
        else if (!absent)
            noticeOnce("Cannot look at " + path + ": " + std::strerror(errno));
        return;
    }
    if (!S_ISREG(status.st_mode)) {
        if (known)
            lose(*known);
        return;
    }
    const Key key(status.st_dev, status.st_ino);
    File *file = find(key);
    if (cause.knownOnly && !known && !file)
        return;
    if (known && known != file)
        lose(*known); // its name belongs to another file now
    if (!file) {
        file = &create(path, key);
    } else if (file->shown.path != path) {
        struct stat there {};
        const bool second =
            file->named && stat(file->shown.path.c_str(), &there) == 0 && Key(there.st_dev, there.st_ino) == key;
        if (second)
            return; // a second name of the same file
        rename(*file, path);
        if (file->opened)
            call(m_callbacks.renamed, file->shown);
    } else {
        m_byPath[path] = file->shown.id;
    }
    if (!file->named) {
        file->named = true;
        file->deleted = false;
        unschedule(*file);
    }
    update(*file, status, cause);
}

void FileTable::lookAtWatched(int watch) {
    const auto found = m_byWatch.find(watch);
    if (found == m_byWatch.end())
        return;
    File &file = *m_files.at(found->second);
    if (file.named)
        look(std::string(file.shown.path), {.changed = true});
    else
        queue(file);
}

void FileTable::update(File &file, const struct stat &status, const Cause &cause) {
    const FileStamp stamp = stampOf(status);
    const bool same = stamp == file.seen;
    const FileStamp before = file.seen;
    file.seen = stamp;
    if (file.due && file.named && (cause.closed || cause.arrived))
        schedule(file, Clock::now()); // complete: no need to wait for it to be quiet
    switch (file.state) {
    case State::Skipped:
        return;
    case State::Lines:
        if (!same || !cause.scan)
            queue(file);
        return;
    case State::Packed:
        if (!same)
            schedule(file, Clock::now() + (cause.closed || cause.arrived ? Clock::duration::zero() : packedQuiet()));
        return;
    case State::Ignored:
        // Only its beginning decides, and that changes when the file is emptied first.
        if (stamp.size >= before.size)
            return;
        break;
    default:
        break;
    }
    if (!same || cause.written)
        classifyFile(file, status, cause);
}

// Time.

void FileTable::schedule(File &file, Clock::time_point due) {
    unschedule(file);
    file.due = due;
    m_due.insert({due, file.shown.id});
}

void FileTable::unschedule(File &file) {
    if (file.due)
        m_due.erase({*file.due, file.shown.id});
    file.due.reset();
}

std::optional<FileTable::Clock::time_point> FileTable::nextDue() const {
    return m_due.empty() ? std::nullopt : std::optional(m_due.begin()->first);
}

void FileTable::tick(Clock::time_point now) {
    while (!m_due.empty() && m_due.begin()->first <= now) {
        File &file = *m_files.at(m_due.begin()->second);
        unschedule(file);
        doDue(file);
    }
}

void FileTable::doDue(File &file) {
    if (file.named) {
        switch (file.state) {
        case State::Document:
            return reportDocument(file);
        case State::Packed:
            return beginPacked(file);
        case State::Unknown:
            return beginLines(file, "text");
        default:
            return;
        }
    }
    if (file.queued) // not before it is read to its end
        return schedule(file, Clock::now() + m_options.lostGrace);
    if (file.deleted || file.state != State::Lines || !file.tail.isOpen())
        return giveUp(file);
    // Its writer may still have it open, and what it writes can be read nowhere else.
    file.deleted = true;
    if (file.watch < 0)
        file.watch = m_watches.add("/proc/self/fd/" + std::to_string(file.tail.descriptor()));
    if (file.watch >= 0)
        m_byWatch[file.watch] = file.shown.id;
    queue(file);
    schedule(file, Clock::now() + m_options.deletedQuiet);
}

bool FileTable::needsPolling() const {
    return !m_links.empty();
}

void FileTable::poll() {
    // A link that leads nowhere for now stays: its target may be in the middle of being replaced.
    for (const std::string &path : std::set<std::string>(m_links)) {
        struct stat status {};
        if (lstat(path.c_str(), &status) == 0 && S_ISLNK(status.st_mode))
            look(path, {.scan = true});
        else
            m_links.erase(path);
    }
    for (const auto &[id, file] : m_files) {
        if (!file->named && file->watch < 0)
            queue(*file);
    }
}

} // namespace ra::ingest
