// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/model/recipe.h"
#include "core/store/statement.h"

#include <string>
#include <string_view>
#include <vector>

namespace ra::store {

/// Keeps what recipe files say, by path; a newer reading replaces an older one.
class RecipeWriter {
public:
    explicit RecipeWriter(SQLite::Database &db);
    void put(const Recipe &recipe);

private:
    SQLite::Database &m_db;
    Statement m_find;
    Statement m_insert;
    Statement m_update;
    Statement m_removeSteps;
    Statement m_insertStep;
};

/// A list of names as a JSON array and back; the reverse of a text that is none is empty.
[[nodiscard]] std::string namesToJson(const std::vector<std::string> &names);
[[nodiscard]] std::vector<std::string> namesFromJson(std::string_view text);

} // namespace ra::store
