// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <SQLiteCpp/Database.h>

namespace ra::query {

/// Makes the table-valued function step_rollups(level, from_ns, to_ns) known to a connection, which must outlive it:
/// how long the steps of each recipe took by 'minute', 'hour' or 'day' (UTC) in which their run began, of all units
/// that begin in [from_ns, to_ns); NULL or left out: without that bound. Columns recipe, recipe_path, step, level, t_ns
/// (the beginning), completed, failed (steps), sum_ns, min_ns, max_ns, sum_squares, sketch (of the durations of
/// completed steps, in nanoseconds). What has not been summed up since it changed is summed up on the fly. Throws
/// SQLite::Exception.
void addStepRollupsTable(SQLite::Database &db);

} // namespace ra::query
