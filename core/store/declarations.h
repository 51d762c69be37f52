// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/error.h"

#include <SQLiteCpp/Database.h>

#include <map>
#include <string>
#include <utility>

namespace ra::store {

/// What a database declares of a table, index, view or trigger.
struct Declaration {
    std::string table; ///< that it belongs to
    std::string sql;   ///< without comments, and with one space for any; empty: SQLite made it by itself

    bool operator==(const Declaration &) const = default;
};

/// By kind ("table", "index", "view", "trigger") and name.
using Declarations = std::map<std::pair<std::string, std::string>, Declaration>;

/// What the database declares. Throws SQLite::Exception, SQLITE_CORRUPT where it cannot be read.
[[nodiscard]] Declarations declarationsOf(const SQLite::Database &db);

/// What every store of the newest schema declares. Makes an empty one in memory: some milliseconds. Error: the program
/// lacks its schema.
[[nodiscard]] Result<Declarations> newestDeclarations();

} // namespace ra::store
