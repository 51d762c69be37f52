// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/error.h"
#include "core/model/sample.h"
#include "core/query/fields.h"
#include "core/query/words.h"

#include <SQLiteCpp/Database.h>

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace ra::query {

/// A series of a metric, and what tells it from the others.
struct SeriesFacts {
    std::int64_t id = 0;
    std::string unit;
    std::string kind;
    std::map<std::string, std::string, std::less<>> tags;
    SubjectKind subjectKind = SubjectKind::None;
    std::int64_t subject = 0; ///< id of the process
};

/// All series of a metric. Invalid: there is none of that name; the hint tells some that there are. Throws
/// SQLite::Exception.
[[nodiscard]] Result<std::vector<SeriesFacts>> seriesOf(const SQLite::Database &db, std::string_view metric);

/// Sets the fields of a row that are the same for all samples of a series; the others become unknown.
void setSeries(Row &row, const std::vector<Field> &fields, std::string_view metric, const SeriesFacts &series,
               Words &words);

} // namespace ra::query
