// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/ingest/recipebook.h"

#include <algorithm>

namespace ra::ingest {

namespace {

std::string_view fileName(std::string_view path) {
    const auto slash = path.find_last_of('/');
    return slash == std::string_view::npos ? path : path.substr(slash + 1);
}

/// Whether `path` ends in `tail` at a folder's border.
bool endsInPath(std::string_view path, std::string_view tail) {
    return path.ends_with(tail) && (path.size() == tail.size() || path[path.size() - tail.size() - 1] == '/');
}

} // namespace

bool RecipeBook::add(Recipe recipe) {
    const std::string path = recipe.path;
    const auto known = m_byPath.find(path);
    if (known != m_byPath.end()) {
        const bool news = known->second.steps != recipe.steps;
        known->second = std::move(recipe);
        m_revision += news ? 1 : 0;
        return news;
    }
    const auto added = m_byPath.emplace(path, std::move(recipe)).first;
    m_byFileName.emplace(std::string(fileName(path)), &added->second);
    ++m_revision;
    return true;
}

const Recipe *RecipeBook::find(std::string_view loggedPath) const {
    while (loggedPath.starts_with("./"))
        loggedPath.remove_prefix(2);
    const Recipe *best = nullptr;
    const auto [first, last] = m_byFileName.equal_range(fileName(loggedPath));
    for (auto it = first; it != last; ++it) {
        const Recipe *recipe = it->second;
        if (!endsInPath(recipe->path, loggedPath))
            continue;
        const bool nearer = best == nullptr || recipe->path.size() < best->path.size() ||
                            (recipe->path.size() == best->path.size() && recipe->path < best->path);
        if (nearer)
            best = recipe;
    }
    return best;
}

} // namespace ra::ingest
