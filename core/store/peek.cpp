// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/store/peek.h"

#include "core/store/schema.h"

#include <filesystem>
#include <sqlite3.h>

namespace ra::store {

namespace {

/// As the path part of an SQLite URI: what would end it early is escaped.
std::string uriPath(const std::string &path) {
    std::string text;
    for (const char c : path) {
        static constexpr char hex[] = "0123456789abcdef";
        if (c == '?' || c == '#' || c == '%') {
            text += '%';
            text += hex[static_cast<unsigned char>(c) >> 4];
            text += hex[static_cast<unsigned char>(c) & 15];
        } else {
            text += c;
        }
    }
    return text;
}

} // namespace

SQLite::Database openImmutable(const std::string &path, int flags) {
    return SQLite::Database("file:" + uriPath(std::filesystem::absolute(path).string()) + "?immutable=1",
                            flags | SQLite::OPEN_READONLY | SQLite::OPEN_URI);
}

Result<void> checkIsOurs(const std::string &path) {
    std::error_code ignored;
    if (std::filesystem::file_size(path, ignored) == 0 && !ignored)
        return {}; // a new one
    try {
        SQLite::Database db = openImmutable(path, SQLite::OPEN_NOMUTEX);
        if (const Result<int> version = versionOf(db, path); !version)
            return fail(version.error());
    } catch (const SQLite::Exception &) {
        // Whoever was killed in the midst of a checkpoint leaves a file that makes sense only with its log, which is
        // whole. Who opens it will see both.
        const auto pending = std::filesystem::file_size(path + "-wal", ignored);
        if (ignored || pending == 0)
            throw;
    }
    return {};
}

} // namespace ra::store
