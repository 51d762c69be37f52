// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <SQLiteCpp/Database.h>

#include <cstdint>
#include <functional>
#include <map>
#include <string>

namespace ra::store {

/// Rows by table.
using RowCounts = std::map<std::string, std::uint64_t>;

struct Mended {
    RowCounts made;    ///< rows that stand in for lost ones, so that what refers to them can be seen
    RowCounts removed; ///< rows that lie over others, or say nothing without what they refer to
};

/// Makes a whole of what was saved of a store: what is referred to and lost gets a row that says so ("(lost)"), a run
/// whose steps are there is shown with them, what overlaps is there once. Throws SQLite::Exception. Part of a
/// transaction of the caller's.
[[nodiscard]] Mended mend(SQLite::Database &db);

/// Has logs read again from their beginnings where they are still there: reading again changes nothing but what is
/// missing.
void forgetCheckpoints(SQLite::Database &db);

/// Makes all rollups of samples anew from the segments, and has those of steps made anew by the next writer. `between`
/// is called often and may throw.
void remakeRollups(SQLite::Database &db, const std::function<void()> &between);

} // namespace ra::store
