// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/error.h"

#include <SQLiteCpp/Database.h>

namespace ra::store {

/// "RcAn": marks a database as ours.
inline constexpr int applicationId = 0x5263416e;

/// The newest schema that this program knows.
[[nodiscard]] int newestSchema();

/// The schema's number; 0 for an empty database. Reads only. Damaged: of another program or a newer schema.
[[nodiscard]] Result<int> versionOf(SQLite::Database &db, const std::string &path);

/// Brings a database up to the newest schema, one transaction a step. Damaged: of another program or a newer schema.
[[nodiscard]] Result<int> migrate(SQLite::Database &db, const std::string &path);

/// What a reader demands: ours and of exactly the newest schema.
[[nodiscard]] Result<int> checkSchema(SQLite::Database &db, const std::string &path);

} // namespace ra::store
