// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <SQLiteCpp/Database.h>

namespace ra::query {

/// Makes the table-valued function rollups(series, level, from_ns, to_ns) known to a connection, which must outlive it:
/// what the samples of a series come to by 'minute', 'hour' or 'day' (UTC), of all units that begin in
/// [from_ns, to_ns); NULL or left out: without that bound. Columns series, level, t_ns (the beginning), count, sum,
/// min, max, sum_squares (of all values but NaN), sketch. What is not sealed yet is added on the fly. Throws
/// SQLite::Exception.
void addRollupsTable(SQLite::Database &db);

} // namespace ra::query
