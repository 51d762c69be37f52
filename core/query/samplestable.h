// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <SQLiteCpp/Database.h>

namespace ra::query {

/// Makes the table-valued function samples(series, from_ns, to_ns) known to a connection, which must outlive it: the
/// samples of a series (of all for NULL) with from_ns <= t_ns < to_ns, NULL or left out: without that bound. Columns
/// series, t_ns, value (NULL for NaN). Conditions on series and t_ns in WHERE do the same. Rows of a series come by
/// t_ns; segments that cannot hold any are not read. Throws SQLite::Exception.
void addSamplesTable(SQLite::Database &db);

} // namespace ra::query
