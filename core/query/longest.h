// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/query/gathering.h"

#include <SQLiteCpp/Database.h>

#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

namespace ra::query {

/// The runs of a recipe that began on one day of UTC.
struct RecipeDay {
    std::size_t recipe = 0; ///< place among the recipes
    std::int64_t day = 0;   ///< since 1970
    double longest = 0;     ///< no step took longer, in nanoseconds; infinite where that is not summed up
};

/// The measure by which a question asks for the longest steps or those of single runs and no others: few days need be
/// read for it. Nothing of other questions.
[[nodiscard]] std::optional<std::size_t> longestAsked(const Shape &shape);

/// All days on which runs of the recipes began, those with the longest steps first.
[[nodiscard]] std::vector<RecipeDay> byLongest(const SQLite::Database &db, const std::vector<RecipeName> &recipes);

/// Reads one day after the other, until no group of the others can be among those asked for: exactly what reading all
/// would give, as a group lies within one run (R. Fagin, A. Lotem, M. Naor, "Optimal aggregation algorithms for
/// middleware", J. Comput. Syst. Sci. 66 (2003), the threshold). `read` puts the rows of a day into the groups. How
/// many days were read.
std::size_t readLongest(Gathering &gathering, std::size_t measure, const std::vector<RecipeDay> &days,
                        const std::function<void(const RecipeDay &day)> &read);

} // namespace ra::query
