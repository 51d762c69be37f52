// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/live/processes.h"

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstdio>
#include <cstring>
#include <dirent.h>
#include <fcntl.h>
#include <iterator>
#include <map>
#include <memory>
#include <set>
#include <string_view>
#include <sys/stat.h>
#include <unistd.h>

namespace ra::live {

namespace {

struct CloseDir {
    void operator()(DIR *dir) const { closedir(dir); }
};
using Dir = std::unique_ptr<DIR, CloseDir>;

struct CloseFile {
    void operator()(FILE *file) const { std::fclose(file); }
};
using File = std::unique_ptr<FILE, CloseFile>;

std::int64_t number(const char *text) {
    std::int64_t value = 0;
    const auto [end, error] = std::from_chars(text, text + std::strlen(text), value);
    return error == std::errc() && *end == '\0' ? value : -1;
}

/// Whether descriptor `fd` of the process was opened for writing: the "flags" line of fdinfo, octal.
bool isWritable(const std::string &process, const char *fd) {
    const File file(std::fopen((process + "/fdinfo/" + fd).c_str(), "re"));
    char line[128];
    while (file && std::fgets(line, sizeof line, file.get()) != nullptr) {
        unsigned long flags = 0;
        const std::string_view view(line);
        if (!view.starts_with("flags:"))
            continue;
        const std::size_t digits = view.find_first_of("01234567");
        if (digits == std::string_view::npos)
            return false;
        std::from_chars(line + digits, line + view.size(), flags, 8);
        return (flags & O_ACCMODE) != O_RDONLY;
    }
    return false;
}

bool isPython(const std::string &process) {
    char target[4096];
    const ssize_t length = readlink((process + "/exe").c_str(), target, sizeof target);
    const std::string_view path(target, length > 0 ? static_cast<std::size_t>(length) : 0);
    return path.substr(path.find_last_of('/') + 1).starts_with("python");
}

} // namespace

std::vector<std::optional<std::vector<Holder>>> holdersOf(std::span<const OwnedFile> files) {
    std::vector<std::optional<std::vector<Holder>>> holders(files.size());
    const Dir proc(opendir("/proc"));
    if (!proc || files.empty())
        return holders;
    std::multimap<FileKey, std::size_t> wanted; // a file may be asked about more than once
    for (std::size_t i = 0; i < files.size(); ++i) {
        wanted.emplace(files[i].file, i);
        holders[i].emplace();
    }
    // Mounted with hidepid, /proc does not even list the processes of others.
    struct stat first {};
    const bool othersHidden = stat("/proc/1", &first) != 0;
    std::set<std::uint32_t> closed; // users of whom a process cannot be looked into
    while (const dirent *entry = readdir(proc.get())) {
        const std::int64_t pid = number(entry->d_name);
        if (pid <= 0)
            continue;
        const std::string process = "/proc/" + std::string(entry->d_name);
        const Dir descriptors(opendir((process + "/fd").c_str()));
        if (!descriptors) {
            struct stat info {};
            if (errno == EACCES && fstatat(dirfd(proc.get()), entry->d_name, &info, 0) == 0)
                closed.insert(info.st_uid);
            continue;
        }
        std::set<FileKey> found;
        while (const dirent *fd = readdir(descriptors.get())) {
            struct stat info {};
            if (fstatat(dirfd(descriptors.get()), fd->d_name, &info, 0) != 0)
                continue;
            const FileKey key{info.st_dev, info.st_ino};
            if (wanted.contains(key) && !found.contains(key) && isWritable(process, fd->d_name))
                found.insert(key);
        }
        if (found.empty())
            continue;
        const Holder holder{pid, isPython(process), writableMemory(pid)};
        for (const FileKey &key : found) {
            const auto [begin, end] = wanted.equal_range(key);
            for (auto it = begin; it != end; ++it)
                holders[it->second]->push_back(holder);
        }
    }
    for (std::size_t i = 0; i < files.size(); ++i) {
        const bool hidden = (othersHidden && files[i].owner != geteuid()) || closed.contains(files[i].owner);
        if (holders[i]->empty() && hidden)
            holders[i].reset();
    }
    return holders;
}

std::optional<std::vector<Holder>> holdersOf(const FileKey &file, std::uint32_t fileOwner) {
    const OwnedFile one{file, fileOwner};
    return std::move(holdersOf(std::span(&one, 1)).front());
}

std::uint32_t fileOwnerOf(const std::string &path, const FileKey &file) {
    struct stat info {};
    const bool isIt = stat(path.c_str(), &info) == 0 && FileKey{info.st_dev, info.st_ino} == file;
    return isIt ? info.st_uid : geteuid();
}

std::vector<AddressRange> writableMemory(std::int64_t pid) {
    std::vector<AddressRange> memory;
    const File maps(std::fopen(("/proc/" + std::to_string(pid) + "/maps").c_str(), "re"));
    char line[512];
    while (maps && std::fgets(line, sizeof line, maps.get()) != nullptr) {
        AddressRange range;
        const char *last = line + std::strlen(line);
        const auto first = std::from_chars(line, last, range.begin, 16);
        if (first.ec != std::errc() || *first.ptr != '-')
            continue;
        const auto second = std::from_chars(first.ptr + 1, last, range.end, 16);
        if (second.ec == std::errc() && last - second.ptr >= 4 && second.ptr[2] == 'w')
            memory.push_back(range); // the kernel lists them in order
    }
    return memory;
}

bool hasAddress(std::span<const AddressRange> memory, std::uint64_t address) {
    const auto after = std::upper_bound(memory.begin(), memory.end(), address,
                                        [](std::uint64_t a, const AddressRange &range) { return a < range.begin; });
    return after != memory.begin() && address < std::prev(after)->end;
}

Owner ownerOf(std::uint64_t runner, const std::optional<std::vector<Holder>> &holders) {
    if (!holders)
        return {};
    Owner owner{Liveness::Gone, 0};
    int fitting = 0;
    bool standIn = false;
    for (const Holder &holder : *holders) {
        if (hasAddress(holder.writable, runner)) {
            ++fitting;
            owner = {Liveness::Alive, holder.pid};
        }
        standIn = standIn || !holder.isPython;
    }
    if (fitting > 1)
        owner.pid = 0;
    if (fitting == 0 && standIn)
        owner.liveness = Liveness::Alive;
    return owner;
}

} // namespace ra::live
