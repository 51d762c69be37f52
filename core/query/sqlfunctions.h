// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

struct sqlite3;

namespace ra::query {

/// Puts functions in the place of SQLite's own instr, replace, trim, ltrim and rtrim that give the same and take a time
/// that grows with the length of their arguments and not with its square: nothing can end a statement inside a call.
void addSteadyFunctions(sqlite3 *db);

} // namespace ra::query
