// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/error.h"

#include <SQLiteCpp/Database.h>

#include <string>

namespace ra::store {

/// Opens a database that is taken to be unchanged by anybody meanwhile: no lock is taken and no file is made beside it,
/// and what its WAL holds is not seen. `flags` beside OPEN_READONLY. Throws SQLite::Exception.
[[nodiscard]] SQLite::Database openImmutable(const std::string &path, int flags);

/// Refuses a file that is not ours to touch, before anything is done to it: no database, of another program, or of a
/// newer schema (all Damaged). Touches nothing itself. What a WAL would say otherwise is for migrate() to find,
/// also where the file alone cannot be read.
/// Throws SQLite::Exception.
[[nodiscard]] Result<void> checkIsOurs(const std::string &path);

} // namespace ra::store
