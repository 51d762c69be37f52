// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/error.h"

#include <SQLiteCpp/Database.h>

#include <string>

namespace ra::store {

/// Opens a store for reading only and checks that it is one of ours and of the schema that this program knows. The
/// connection never writes and never checkpoints. Throws SQLite::Exception for what SQLite refuses.
[[nodiscard]] Result<SQLite::Database> openReadOnly(const std::string &path);

} // namespace ra::store
