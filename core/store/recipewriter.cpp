// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/store/recipewriter.h"

#include <nlohmann/json.hpp>

namespace ra::store {

std::string namesToJson(const std::vector<std::string> &names) {
    // Names come from files of people and may hold any bytes.
    return nlohmann::json(names).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

std::vector<std::string> namesFromJson(std::string_view text) {
    const nlohmann::json array = nlohmann::json::parse(text, nullptr, false);
    std::vector<std::string> names;
    if (array.is_array()) {
        for (const nlohmann::json &name : array) {
            if (name.is_string())
                names.push_back(name.get<std::string>());
        }
    }
    return names;
}

RecipeWriter::RecipeWriter(SQLite::Database &db)
    : m_db(db)
    , m_find(db, "SELECT id FROM recipe_files WHERE path = ?")
    , m_insert(db,
               "INSERT INTO recipe_files(name, description, version, runnable, refusal, path) VALUES(?, ?, ?, ?, ?, ?)")
    , m_update(db, "UPDATE recipe_files SET name = ?, description = ?, version = ?, runnable = ?, refusal = ? "
                   "WHERE path = ?")
    , m_removeSteps(db, "DELETE FROM recipe_steps WHERE recipe_file_id = ?")
    , m_insertStep(db, "INSERT INTO recipe_steps(recipe_file_id, position, name, module, class, depends_on) "
                       "VALUES(?, ?, ?, ?, ?, ?)") {}

void RecipeWriter::put(const Recipe &recipe) {
    std::int64_t id = 0;
    m_find.bind(recipe.path);
    {
        const ResetAtEnd reset(m_find);
        if (m_find.step())
            id = m_find.integer(0);
    }
    Statement &write = id ? m_update : m_insert;
    write.bind(recipe.name, recipe.description, recipe.version, recipe.runnable, recipe.refusal, recipe.path);
    write.run();
    if (id == 0)
        id = sqlite3_last_insert_rowid(m_db.getHandle());
    m_removeSteps.bind(id);
    m_removeSteps.run();
    std::int64_t position = 0;
    for (const RecipeStep &step : recipe.steps) {
        const std::string dependsOn = namesToJson(step.dependsOn);
        m_insertStep.bind(id, position++, step.name, step.module, step.className, dependsOn);
        m_insertStep.run();
    }
}

} // namespace ra::store
