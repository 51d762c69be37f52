// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/store/runrow.h"

#include <span>
#include <unordered_map>
#include <utility>
#include <vector>

namespace ra::store {

/// Finds for sightings those of other sources that might be of the same run: a superset, found by indexes, of the pairs
/// for which ingest::agreement() is not 0.
class CandidateFinder {
public:
    explicit CandidateFinder(SQLite::Database &db);

    /// Pairs (index into `sightings`, id of the other row). Many sightings at once cost little more than one: they are
    /// looked for recipe by recipe in stretches of time.
    [[nodiscard]] std::vector<std::pair<std::size_t, std::int64_t>> find(std::span<const RunRow> sightings);

    /// Whether any sighting has no start or no beginning: such ones can agree with others at any time.
    [[nodiscard]] bool anyVague();

    void forget() { m_recipes.clear(); }

private:
    struct Entry {
        std::int64_t id;
        std::optional<std::int64_t> start;
        std::optional<std::int64_t> duration;
        std::int64_t sourceId;
    };
    using Pairs = std::vector<std::pair<std::size_t, std::int64_t>>;

    /// All recipes that may be the same: those with the same file name, or the same name where one has no path. The
    /// first of them stands for the set.
    const std::vector<std::int64_t> &recipesLike(std::int64_t recipeId);
    void findInTime(std::span<const RunRow> sightings, std::vector<std::size_t> &indices,
                    const std::vector<std::int64_t> &recipes, Pairs &pairs);
    void findWithoutStart(std::span<const RunRow> sightings, std::span<const std::size_t> indices,
                          const std::vector<std::int64_t> &recipes, Pairs &pairs);
    void findByRunner(const RunRow &sighting, std::size_t index, Pairs &pairs);
    void findByDuration(const RunRow &sighting, std::size_t index, const std::vector<std::int64_t> &recipes,
                        Pairs &pairs);
    std::vector<Entry> entries(Statement &statement);

    Statement m_recipesLike;
    Statement m_inTime;
    Statement m_withoutStart;
    Statement m_byDuration;
    Statement m_refused;
    Statement m_byRunner;
    Statement m_headless;
    Statement m_anyHeadless;
    Statement m_recipeIds;
    Statement m_anyWithoutStart;
    std::unordered_map<std::int64_t, std::vector<std::int64_t>> m_recipes;
};

} // namespace ra::store
