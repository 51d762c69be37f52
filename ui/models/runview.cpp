// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/runview.h"

#include "ui/theme/format.h"

#include <algorithm>
#include <charconv>

namespace ra::ui {

QString recipeText(const std::string &recipe) {
    return recipe.empty() ? QStringLiteral("–") : plain(recipe);
}

RunFacts factsOf(const query::RunColumns &columns, std::size_t lastRuns, const std::stop_token &stop) {
    RunFacts facts;
    facts.recipes.resize(columns.recipes.size());
    std::vector<std::vector<std::int64_t>> durations(columns.recipes.size());
    for (std::size_t row = 0; row < columns.size(); ++row) {
        if (row % 65'536 == 0 && stop.stop_requested())
            return {};
        const std::uint32_t recipe = columns.recipe[row];
        RecipeFacts &own = facts.recipes[recipe];
        if (own.runs++ == 0)
            facts.byRecency.push_back(recipe); // the columns come newest first
        if (own.lastRuns.size() < lastRuns)
            own.lastRuns.push_back(std::uint32_t(row));
        if (columns.status[row] == RunStatus::Completed && columns.durationNs[row] >= 0)
            durations[recipe].push_back(columns.durationNs[row]);
    }
    for (std::uint32_t recipe = 0; recipe < facts.recipes.size(); ++recipe) {
        RecipeFacts &own = facts.recipes[recipe];
        own.recipe = recipe;
        std::reverse(own.lastRuns.begin(), own.lastRuns.end());
        auto &values = durations[recipe];
        if (values.empty() || stop.stop_requested())
            continue;
        const auto middle = values.begin() + std::ptrdiff_t(values.size() / 2);
        std::nth_element(values.begin(), middle, values.end());
        own.medianNs = *middle;
    }
    return facts;
}

RunViewChange changeBetween(const RunView &before, const RunView &after) {
    const std::size_t old = before.rows.size();
    if (after.rows.size() < old || old == 0)
        return {};
    const std::size_t added = after.rows.size() - old;
    for (std::size_t i = 0; i < old; ++i) {
        if (before.columns->id[before.rows[i]] != after.columns->id[after.rows[i + added]])
            return {};
    }
    if (added == 0)
        return {RunViewChange::Kind::Same, 0};
    return {RunViewChange::Kind::Prepended, added};
}

int rowOfRun(const RunView &view, std::uint64_t id) {
    const auto &ids = view.columns->id;
    const auto it = std::find_if(view.rows.begin(), view.rows.end(), [&](std::uint32_t row) { return ids[row] == id; });
    return it == view.rows.end() ? -1 : int(it - view.rows.begin());
}

std::string runIdText(std::uint64_t id) {
    static constexpr char digits[] = "0123456789abcdef";
    std::string text(16, '0');
    for (std::size_t i = 16; i-- > 0; id >>= 4)
        text[i] = digits[id & 0xF];
    return text;
}

std::optional<std::uint64_t> runIdFromText(std::string_view text) {
    std::uint64_t id = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), id, 16);
    if (error != std::errc() || end != text.data() + text.size() || text.size() != 16)
        return std::nullopt;
    return id;
}

} // namespace ra::ui
