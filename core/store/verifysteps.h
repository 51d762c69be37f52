// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/store/verify.h"

#include <SQLiteCpp/Database.h>

#include <functional>

namespace ra::store {

/// Holds what is summed up of steps against the steps that are there and what the removed ones came to, by minute, and
/// hours and days against their parts; but for what is stale, and for what is older than the rollups that are kept.
/// Notes what differs. `look` is called often and may throw. Throws SQLite::Exception. Time is that of reading all
/// steps once; memory that of one hour of a recipe.
void verifyStepRollups(SQLite::Database &db, VerifyReport &report, const std::function<void()> &look);

} // namespace ra::store
