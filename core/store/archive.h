// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/error.h"
#include "core/base/progress.h"
#include "core/model/archived.h"

#include <SQLiteCpp/Database.h>

#include <cstdint>
#include <stop_token>
#include <string>

namespace ra::store {

/// Writes what ended before a moment (a whole day of UTC) into an archive: a store of the same schema, packed by zstd
/// with its checksum. It is complete, verified and on the disk when it takes its name; a file of that name is never
/// overwritten. What is in it may be in part what stays in the store, too: raw lines go by whole blocks.
/// Errors: Invalid: the name is taken; Cancelled; those of the disk. Then there is no archive.
[[nodiscard]] Result<Archived> writeArchive(SQLite::Database &db, const std::string &path, std::int64_t beforeNs,
                                            const std::stop_token &stop, const ProgressSink &progress);

/// Unpacks an archive into a store file, which is verified and brought up to the newest schema. Damaged: it is none, or
/// not what was written.
[[nodiscard]] Result<void> unpackArchive(const std::string &archive, const std::string &target,
                                         const std::stop_token &stop, const ProgressSink &progress);

/// Copies from a store that is attached to the connection as `archive` what the store does not have: runs that no
/// source of the store knows, raw lines and samples where there are none. Twice is once. Part of a transaction of the
/// caller's; throws SQLite::Exception.
[[nodiscard]] Archived copyFromArchive(SQLite::Database &db);

} // namespace ra::store
