// SPDX-License-Identifier: GPL-3.0-or-later
// Reader's questions about recipes.
#include "core/query/readerprivate.h"
#include "core/store/recipewriter.h"

#include <algorithm>
#include <cmath>
#include <filesystem>

namespace ra::query {

using store::Statement;

namespace {

constexpr std::size_t historyLength = 50;

/// The part of a path from which on another must agree: without "./" and "../" at its beginning.
std::string_view tailOf(std::string_view path) {
    while (path.starts_with("./") || path.starts_with("../"))
        path.remove_prefix(path.find('/') + 1);
    return path;
}

bool endsWithPath(std::string_view path, std::string_view tail) {
    return path == tail || (path.size() > tail.size() && path.ends_with(tail) &&
                            (tail.starts_with('/') || path[path.size() - tail.size() - 1] == '/'));
}

std::size_t commonPrefix(std::string_view a, std::string_view b) {
    return static_cast<std::size_t>(std::mismatch(a.begin(), a.end(), b.begin(), b.end()).first - a.begin());
}

/// The value at a fraction of the way through sorted values, between neighbours by their distance.
double quantile(const std::vector<double> &sorted, double fraction) {
    const double at = fraction * static_cast<double>(sorted.size() - 1);
    const auto below = static_cast<std::size_t>(at);
    const std::size_t above = std::min(below + 1, sorted.size() - 1);
    return sorted[below] + (at - static_cast<double>(below)) * (sorted[above] - sorted[below]);
}

Duration medianOf(std::vector<double> values) {
    std::sort(values.begin(), values.end());
    return Duration(std::llround(quantile(values, 0.5)));
}

std::optional<double> lengthOf(const std::optional<Duration> &stated, const std::optional<Time> &start,
                               const std::optional<Time> &end) {
    if (stated)
        return static_cast<double>(stated->count());
    if (start && end)
        return static_cast<double>((*end - *start).count());
    return std::nullopt;
}

Recipe readRecipe(SQLite::Database &db, std::int64_t id) {
    Recipe recipe;
    Statement file(db, "SELECT path, name, description, version, runnable, refusal FROM recipe_files WHERE id = ?");
    file.bind(id);
    while (file.step()) {
        recipe.path = file.text(0);
        recipe.name = file.text(1);
        recipe.description = file.text(2);
        recipe.version = file.text(3);
        recipe.runnable = file.integer(4) != 0;
        recipe.refusal = file.text(5);
    }
    Statement steps(db, "SELECT name, module, class, depends_on FROM recipe_steps WHERE recipe_file_id = ? "
                        "ORDER BY position");
    steps.bind(id);
    while (steps.step()) {
        recipe.steps.push_back({std::string(steps.text(0)), std::string(steps.text(1)), std::string(steps.text(2)),
                                store::namesFromJson(steps.text(3))});
    }
    return recipe;
}

} // namespace

Result<std::optional<Recipe>> Reader::recipeOf(std::string_view runId) {
    return store::guarded("find the run's recipe", d->path, [&]() -> Result<std::optional<Recipe>> {
        const Snapshot snapshot(d->db);
        const Result<store::RunRow> row = d->rowOf(runId);
        if (!row)
            return fail(row.error());
        const std::string runPath = d->loader.head(*row).recipePath;
        const std::string_view tail = tailOf(runPath);
        if (tail.empty())
            return std::nullopt;

        // Relative paths count from the folder in which the process ran, and its log is not far from there.
        std::vector<std::string> sources;
        Statement source(d->db,
                         "SELECT s.path FROM runs r JOIN sources s ON s.id = r.source_id "
                         "WHERE r.id = ?1 OR (r.merged_into = ?1 AND r.merged_into IS NOT NULL) ORDER BY s.path");
        source.bind(row->id);
        while (source.step())
            sources.emplace_back(source.text(0));

        std::int64_t best = 0;
        std::pair<std::size_t, std::string> bestRank;
        Statement files(d->db, "SELECT id, path FROM recipe_files ORDER BY path");
        while (files.step()) {
            const std::string_view path = files.text(1);
            if (!endsWithPath(path, tail))
                continue;
            std::size_t near = path == runPath ? std::string::npos : 0;
            for (const std::string &one : sources)
                near = std::max(near, commonPrefix(one, path));
            if (best == 0 || near > bestRank.first) {
                best = files.integer(0);
                bestRank = {near, std::string(path)};
            }
        }
        return best ? std::optional(readRecipe(d->db, best)) : std::nullopt;
    });
}

Result<std::vector<Recipe>> Reader::recipes() {
    return store::guarded("list the recipes", d->path, [&]() -> Result<std::vector<Recipe>> {
        const Snapshot snapshot(d->db);
        std::vector<Recipe> recipes;
        Statement select(d->db, "SELECT id FROM recipe_files ORDER BY path");
        while (select.step())
            recipes.push_back(readRecipe(d->db, select.integer(0)));
        return recipes;
    });
}

Result<RecipeHistory> Reader::history(std::string_view recipe, std::string_view except) {
    return store::guarded("look at the recipe's history", d->path, [&]() -> Result<RecipeHistory> {
        const Snapshot snapshot(d->db);
        // Each path of the recipe has its own stretch of the index: the newest of each, then the newest of all.
        std::vector<std::pair<std::int64_t, std::int64_t>> newest; // start, row
        Statement recipes(d->db, "SELECT id FROM recipes WHERE name = ?");
        Statement select(d->db, "SELECT start_ns, id FROM runs WHERE recipe_id = ? AND shown = 1 AND status = 1 "
                                "AND start_ns IS NOT NULL ORDER BY start_ns DESC, id DESC LIMIT ?");
        const std::optional<std::int64_t> exceptNumber = store::runIdNumber(except);
        const std::optional<store::RunRow> exceptRow = exceptNumber ? d->loader.byNumber(*exceptNumber) : std::nullopt;
        const std::size_t most = historyLength + (exceptRow ? 1 : 0);
        recipes.bind(recipe);
        while (recipes.step()) {
            select.bind(recipes.integer(0), most);
            while (select.step()) {
                if (!exceptRow || select.integer(1) != exceptRow->id)
                    newest.emplace_back(select.integer(0), select.integer(1));
            }
        }
        std::sort(newest.rbegin(), newest.rend());
        newest.resize(std::min(newest.size(), historyLength));

        RecipeHistory history;
        std::vector<double> lengths;
        std::vector<std::pair<std::string, std::vector<double>>> steps; // in the order of the newest run
        for (const auto &[start, id] : newest) {
            const Run run = d->loader.run(*d->loader.row(id));
            const auto length = lengthOf(run.duration, run.start, run.end);
            if (!length || *length < 0)
                continue;
            lengths.push_back(*length);
            if (steps.empty()) {
                for (const Step &step : run.steps)
                    steps.emplace_back(step.name, std::vector<double>());
            }
            for (std::size_t i = 0; i < run.steps.size() && i < steps.size(); ++i) {
                const Step &step = run.steps[i];
                const auto took = lengthOf(step.duration, step.start, step.end);
                if (step.name == steps[i].first && step.status == StepStatus::Completed && took)
                    steps[i].second.push_back(*took);
            }
        }
        history.runs = static_cast<int>(lengths.size());
        if (lengths.empty())
            return history;
        std::sort(lengths.begin(), lengths.end());
        const double median = quantile(lengths, 0.5);
        history.median = Duration(std::llround(median));
        if (median > 0)
            history.spread = (quantile(lengths, 0.75) - quantile(lengths, 0.25)) / 2 / median;
        for (auto &[name, values] : steps) {
            if (!values.empty())
                history.stepMedians.emplace_back(name, medianOf(std::move(values)));
        }
        return history;
    });
}

Result<RunNeighbours> Reader::neighbours(std::string_view runId) {
    return store::guarded("look for the runs beside it", d->path, [&]() -> Result<RunNeighbours> {
        const Snapshot snapshot(d->db);
        const Result<store::RunRow> row = d->rowOf(runId);
        if (!row)
            return fail(row.error());
        RunNeighbours found;
        if (!row->start)
            return found;
        using Place = std::pair<std::int64_t, std::int64_t>; // start, row: the order of the store's own lists
        const Place own(*row->start, row->id);
        std::optional<Place> previous, next;
        // Each path of the recipe has its own stretch of the index.
        Statement recipes(d->db, "SELECT id FROM recipes WHERE name = (SELECT r.name FROM recipes r JOIN runs ON "
                                 "runs.recipe_id = r.id WHERE runs.id = ?)");
        Statement before(d->db, "SELECT start_ns, id FROM runs WHERE recipe_id = ? AND shown = 1 AND (start_ns, id) < "
                                "(?, ?) ORDER BY start_ns DESC, id DESC LIMIT 1");
        Statement after(d->db, "SELECT start_ns, id FROM runs WHERE recipe_id = ? AND shown = 1 AND (start_ns, id) > "
                               "(?, ?) ORDER BY start_ns, id LIMIT 1");
        recipes.bind(row->id);
        while (recipes.step()) {
            before.bind(recipes.integer(0), own.first, own.second);
            while (before.step())
                previous = std::max(previous, std::optional<Place>({before.integer(0), before.integer(1)}));
            after.bind(recipes.integer(0), own.first, own.second);
            while (after.step()) {
                const Place place(after.integer(0), after.integer(1));
                next = next ? std::min(*next, place) : place;
            }
        }
        if (previous)
            found.previous = d->loader.run(*d->loader.row(previous->second)).id;
        if (next)
            found.next = d->loader.run(*d->loader.row(next->second)).id;
        return found;
    });
}

} // namespace ra::query
