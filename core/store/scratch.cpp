// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/store/scratch.h"

#include <algorithm>
#include <cstdlib>
#include <fcntl.h>
#include <filesystem>
#include <string_view>
#include <sys/file.h>
#include <system_error>
#include <unistd.h>

namespace ra::store {

namespace fs = std::filesystem;

namespace {

constexpr std::string_view ending = ".XXXXXX"; ///< of which mkostemp() makes others

void removeAll(const std::string &path) {
    for (const char *beside : {"", "-wal", "-shm", "-journal", ".lock"}) {
        std::error_code ignored;
        fs::remove(path + beside, ignored);
    }
}

bool isOurs(std::string_view name, std::string_view beginning) {
    return name.size() == beginning.size() + ending.size() && name.starts_with(beginning) &&
           name[beginning.size()] == '.' &&
           std::all_of(name.end() - static_cast<std::ptrdiff_t>(ending.size() - 1), name.end(), [](char c) {
               return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
           });
}

void removeOrphans(const fs::path &beginning) {
    const fs::path folder = beginning.has_parent_path() ? beginning.parent_path() : fs::path(".");
    std::error_code ignored;
    for (fs::directory_iterator it(folder, ignored), end; !ignored && it != end; it.increment(ignored)) {
        if (!isOurs(it->path().filename().native(), beginning.filename().native()))
            continue;
        const int file = ::open(it->path().c_str(), O_RDWR | O_NOFOLLOW | O_CLOEXEC);
        if (file < 0)
            continue;
        if (::flock(file, LOCK_EX | LOCK_NB) == 0)
            removeAll(it->path().native());
        ::close(file);
    }
}

} // namespace

Scratch::Scratch(const std::string &beginning) {
    removeOrphans(beginning);
    m_path = beginning;
    m_path += ending;
    m_file = ::mkostemp(m_path.data(), O_CLOEXEC); // for the user only
    if (m_file >= 0)
        ::flock(m_file, LOCK_EX | LOCK_NB);
}

Scratch::~Scratch() {
    if (m_file < 0)
        return;
    removeAll(m_path);
    ::close(m_file);
}

} // namespace ra::store
