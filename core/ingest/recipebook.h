// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/model/recipe.h"

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

namespace ra::ingest {

/// The recipe files that are known, found by the paths that logs give them.
class RecipeBook {
public:
    /// Adds a recipe or replaces the one of the same file. True if its steps are news.
    bool add(Recipe recipe);

    /// The recipe that a log calls `loggedPath` (usually relative to a folder that the log does not name): the file
    /// whose path ends in it; of several the one with the shortest path, then the first by name. Null without one.
    [[nodiscard]] const Recipe *find(std::string_view loggedPath) const;

    /// Changes with every add that was news.
    [[nodiscard]] std::uint64_t revision() const { return m_revision; }

    [[nodiscard]] bool isEmpty() const { return m_byPath.empty(); }

private:
    std::map<std::string, Recipe> m_byPath;
    std::multimap<std::string, const Recipe *, std::less<>> m_byFileName;
    std::uint64_t m_revision = 0;
};

} // namespace ra::ingest
