// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/model/storeinfo.h"

#include <SQLiteCpp/Database.h>

#include <string>

namespace ra::store {

/// The figures of a store, for the writer and for readers. Reads every run's row: some tenths of a second for a
/// million.
[[nodiscard]] StoreInfo readStoreInfo(SQLite::Database &db, const std::string &path);

/// Notes the size of the store once a day (UTC), so that its growth can be told. Part of the caller's transaction.
void noteSize(SQLite::Database &db, std::int64_t day);

} // namespace ra::store
