// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/store/candidates.h"

#include <algorithm>
#include <chrono>
#include <map>

namespace ra::store {

namespace {

using namespace std::chrono_literals;

/// A little more than the widest tolerances of ingest::agreement().
constexpr std::int64_t window = std::chrono::nanoseconds(5s).count();
constexpr std::int64_t durationSlack = std::chrono::nanoseconds(2ms).count();

bool durationsFit(const std::optional<std::int64_t> &a, const std::optional<std::int64_t> &b) {
    return !a || !b || (*a > *b ? *a - *b : *b - *a) <= durationSlack;
}

} // namespace

CandidateFinder::CandidateFinder(SQLite::Database &db)
    : m_recipesLike(db,
                    "SELECT other.id FROM recipes me JOIN recipes other ON other.file = me.file WHERE me.id = ?1 "
                    "AND me.file <> '' "
                    "UNION SELECT other.id FROM recipes me JOIN recipes other ON other.name = me.name WHERE me.id = ?1 "
                    "AND (me.path = '' OR other.path = '') "
                    "UNION SELECT ?1 ORDER BY 1")
    , m_inTime(db, "SELECT id, start_ns, duration_ns, source_id FROM runs WHERE recipe_id = ? "
                   "AND start_ns BETWEEN ? AND ? AND source_id IS NOT NULL")
    , m_withoutStart(db, "SELECT id, start_ns, duration_ns, source_id FROM runs WHERE recipe_id = ? "
                         "AND start_ns IS NULL AND source_id IS NOT NULL")
    , m_byDuration(db, "SELECT id, start_ns, duration_ns, source_id FROM runs WHERE recipe_id = ? "
                       "AND duration_ns BETWEEN ? AND ? AND source_id IS NOT NULL")
    , m_refused(db, "SELECT id, start_ns, duration_ns, source_id FROM runs WHERE recipe_id = ? AND status = ? "
                    "AND source_id IS NOT NULL")
    , m_byRunner(db, "SELECT id, start_ns, duration_ns, source_id FROM runs WHERE runner = ? AND runner <> 0 "
                     "AND source_id IS NOT NULL")
    , m_headless(db, "SELECT id, start_ns, duration_ns, source_id FROM runs WHERE runner = ? AND (flags & 2) <> 0 "
                     "AND source_id IS NOT NULL")
    , m_anyHeadless(db, "SELECT 1 FROM runs WHERE (flags & 2) <> 0 LIMIT 1")
    , m_recipeIds(db, "SELECT id FROM recipes")
    , m_anyWithoutStart(db, "SELECT 1 FROM runs WHERE recipe_id = ? AND start_ns IS NULL LIMIT 1") {}

bool CandidateFinder::anyVague() {
    {
        const ResetAtEnd reset(m_anyHeadless);
        if (m_anyHeadless.step())
            return true;
    }
    const ResetAtEnd resetIds(m_recipeIds);
    while (m_recipeIds.step()) {
        m_anyWithoutStart.bind(m_recipeIds.integer(0));
        const ResetAtEnd reset(m_anyWithoutStart);
        if (m_anyWithoutStart.step())
            return true;
    }
    return false;
}

const std::vector<std::int64_t> &CandidateFinder::recipesLike(std::int64_t recipeId) {
    const auto known = m_recipes.find(recipeId);
    if (known != m_recipes.end())
        return known->second;
    std::vector<std::int64_t> ids;
    m_recipesLike.bind(recipeId);
    while (m_recipesLike.step())
        ids.push_back(m_recipesLike.integer(0));
    return m_recipes.emplace(recipeId, std::move(ids)).first->second;
}

std::vector<CandidateFinder::Entry> CandidateFinder::entries(Statement &statement) {
    std::vector<Entry> found;
    while (statement.step()) {
        found.push_back(
            {statement.integer(0), statement.maybeInteger(1), statement.maybeInteger(2), statement.integer(3)});
    }
    return found;
}

void CandidateFinder::findInTime(std::span<const RunRow> sightings, std::vector<std::size_t> &indices,
                                 const std::vector<std::int64_t> &recipes, Pairs &pairs) {
    std::sort(indices.begin(), indices.end(),
              [&](std::size_t a, std::size_t b) { return *sightings[a].start < *sightings[b].start; });
    for (std::size_t begin = 0; begin < indices.size();) {
        // One stretch: sightings whose windows touch.
        std::size_t end = begin + 1;
        while (end < indices.size() &&
               *sightings[indices[end]].start - *sightings[indices[end - 1]].start <= 2 * window)
            ++end;
        const std::int64_t first = *sightings[indices[begin]].start - window;
        const std::int64_t last = *sightings[indices[end - 1]].start + window;
        for (const std::int64_t recipe : recipes) {
            m_inTime.bind(recipe, first, last);
            const std::vector<Entry> others = entries(m_inTime); // by start, as the index has them
            std::size_t low = 0;
            for (std::size_t i = begin; i < end; ++i) {
                const RunRow &me = sightings[indices[i]];
                while (low < others.size() && *others[low].start < *me.start - window)
                    ++low;
                for (std::size_t k = low; k < others.size() && *others[k].start <= *me.start + window; ++k) {
                    if (others[k].sourceId != *me.sourceId && durationsFit(others[k].duration, me.duration))
                        pairs.emplace_back(indices[i], others[k].id);
                }
            }
        }
        begin = end;
    }
}

void CandidateFinder::findWithoutStart(std::span<const RunRow> sightings, std::span<const std::size_t> indices,
                                       const std::vector<std::int64_t> &recipes, Pairs &pairs) {
    for (const std::int64_t recipe : recipes) {
        m_withoutStart.bind(recipe);
        const std::vector<Entry> others = entries(m_withoutStart);
        for (const std::size_t index : indices) {
            for (const Entry &other : others) {
                if (other.sourceId != *sightings[index].sourceId &&
                    durationsFit(other.duration, sightings[index].duration))
                    pairs.emplace_back(index, other.id);
            }
        }
    }
}

void CandidateFinder::findByRunner(const RunRow &sighting, std::size_t index, Pairs &pairs) {
    if (sighting.runner == 0)
        return;
    // What goes on without a beginning may go on in the same source: it was truncated meanwhile.
    Statement &statement = sighting.has(Headless) || !sighting.start ? m_byRunner : m_headless;
    statement.bind(sighting.runner);
    for (const Entry &other : entries(statement)) {
        if (other.id != sighting.id && durationsFit(other.duration, sighting.duration))
            pairs.emplace_back(index, other.id);
    }
}

void CandidateFinder::findByDuration(const RunRow &sighting, std::size_t index,
                                     const std::vector<std::int64_t> &recipes, Pairs &pairs) {
    for (const std::int64_t recipe : recipes) {
        const auto take = [&](Statement &statement) {
            for (const Entry &other : entries(statement)) {
                if (other.sourceId != *sighting.sourceId)
                    pairs.emplace_back(index, other.id);
            }
        };
        if (sighting.duration) {
            m_byDuration.bind(recipe, *sighting.duration - durationSlack, *sighting.duration + durationSlack);
            take(m_byDuration);
        }
        if (sighting.status == static_cast<std::int64_t>(RunStatus::Rejected)) {
            m_refused.bind(recipe, sighting.status);
            take(m_refused);
        }
    }
}

std::vector<std::pair<std::size_t, std::int64_t>> CandidateFinder::find(std::span<const RunRow> sightings) {
    Pairs pairs;
    std::map<std::vector<std::int64_t>, std::vector<std::size_t>> byRecipes;
    for (std::size_t i = 0; i < sightings.size(); ++i) {
        const RunRow &sighting = sightings[i];
        findByRunner(sighting, i, pairs);
        if (sighting.has(Headless))
            continue; // agrees by its runner only
        const std::vector<std::int64_t> &recipes = recipesLike(sighting.recipeId);
        if (sighting.start)
            byRecipes[recipes].push_back(i);
        else
            findByDuration(sighting, i, recipes, pairs);
        if (!sighting.start)
            findWithoutStart(sightings, std::span(&i, 1), recipes, pairs);
    }
    for (auto &[recipes, indices] : byRecipes) {
        findInTime(sightings, indices, recipes, pairs);
        findWithoutStart(sightings, indices, recipes, pairs);
    }
    std::sort(pairs.begin(), pairs.end());
    pairs.erase(std::unique(pairs.begin(), pairs.end()), pairs.end());
    return pairs;
}

} // namespace ra::store
