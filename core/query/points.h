// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/error.h"
#include "core/base/zone.h"
#include "core/query/question.h"
#include "core/query/serieslist.h"

#include <SQLiteCpp/Database.h>

#include <vector>

namespace ra::query {

/// Turns Key::points of a question into stretches of time of a length that people know, such that there are not more of
/// them from the first to the last moment of what is asked about. `series`: of a question about samples. Invalid: no
/// point, or more than 100,000. Throws SQLite::Exception.
[[nodiscard]] Result<void> resolvePoints(const SQLite::Database &db, Question &question,
                                         const std::vector<SeriesFacts> &series, const Zone &zone);

} // namespace ra::query
