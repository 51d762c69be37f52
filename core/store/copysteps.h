// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <SQLiteCpp/Database.h>

namespace ra::store {

/// The last part of copyFromArchive(), when the runs of the archive are there and the numbers of its rows are in the
/// tables temp.map_*: what they came to is not counted among removed ones any more, their hours are stale, and where
/// nothing is known of the removed runs of an hour, what the archive knows of them is taken. Throws SQLite::Exception.
void copyStepSums(SQLite::Database &db);

} // namespace ra::store
