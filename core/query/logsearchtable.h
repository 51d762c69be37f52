// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <SQLiteCpp/Database.h>

#include <functional>

namespace ra::query {

/// Makes the table-valued function log_search(text, from_ns, to_ns) known to a connection, which must outlive it: the
/// stored raw lines that contain the text in any case (all for ''), with from_ns <= t_ns < to_ns; NULL or left out:
/// without that bound. Columns source_id, path, offset, t_ns, level, logger, text, run_id (NULL: no run claims the
/// line). Rows come by source_id and offset, the first ones at once; source_id = ? reads that source only; of a time
/// that is asked for, here or by t_ns < ? and the like, only the blocks that may hold it. `mustStop`, which must
/// outlive it too, is asked between the blocks, where SQLite itself cannot end a statement. Throws SQLite::Exception.
void addLogSearchTable(SQLite::Database &db, const std::function<bool()> &mustStop);

} // namespace ra::query
