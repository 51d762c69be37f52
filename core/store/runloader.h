// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/store/runrow.h"
#include "core/store/texts.h"

#include <unordered_map>

namespace ra::store {

/// Makes Runs of rows, for the writer and for readers. Throws SQLite::Exception.
class RunLoader {
public:
    explicit RunLoader(const SQLite::Database &db);

    [[nodiscard]] std::optional<RunRow> row(std::int64_t id);
    [[nodiscard]] Run run(const RunRow &row);
    /// Without its steps.
    [[nodiscard]] Run head(const RunRow &row);
    /// The steps of a row from an index on, as they were stored.
    [[nodiscard]] std::vector<Step> steps(const RunRow &row, std::int64_t firstStep = 0);
    [[nodiscard]] std::vector<std::string> runErrors(const RunRow &row);
    /// Ids of the rows that were merged into a row.
    [[nodiscard]] std::vector<std::int64_t> members(std::int64_t id);

    /// The row that speaks for the run of that number, also if the number is that of a sighting merged into it or was
    /// the run's earlier. None: there is no such run.
    [[nodiscard]] std::optional<RunRow> byNumber(std::int64_t number);

    [[nodiscard]] TextReader &texts() { return m_texts; }
    /// After a rollback or when the store may have changed: forgets what it remembers of texts and recipes.
    void forget();

private:
    struct Recipe {
        std::string name;
        std::string path;
    };
    const Recipe &recipe(std::int64_t id);

    TextReader m_texts;
    Statement m_row;
    Statement m_byNumber;
    Statement m_byAlternative;
    Statement m_byAlias;
    Statement m_members;
    Statement m_steps;
    Statement m_attempts;
    Statement m_stepErrors;
    Statement m_runErrors;
    Statement m_recipe;
    std::unordered_map<std::int64_t, Recipe> m_recipes;
};

} // namespace ra::store
