// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <SQLiteCpp/Database.h>

#include <cstdint>
#include <utility>
#include <vector>

namespace ra::store {

/// The first and the last nanosecond since 1970, or byte of a source, that a pinned run keeps.
using PinnedRange = std::pair<std::int64_t, std::int64_t>;

/// The time of each pinned run. One that still runs has no end yet; one that ended without telling when reaches to the
/// last thing that is known of it. Throws SQLite::Exception.
[[nodiscard]] std::vector<PinnedRange> pinnedTimes(const SQLite::Database &db);

/// The raw lines of pinned runs in a source. Throws SQLite::Exception.
[[nodiscard]] std::vector<PinnedRange> pinnedBytes(const SQLite::Database &db, std::int64_t source);

} // namespace ra::store
