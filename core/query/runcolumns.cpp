// SPDX-License-Identifier: GPL-3.0-or-later
// Reader's columns of all runs.
#include "core/query/readerprivate.h"

#include <algorithm>
#include <numeric>
#include <unordered_map>

namespace ra::query {

using store::Statement;

namespace {

constexpr const char *columnsSql =
    "SELECT id, coalesce(alt_id, run_id), recipe_id, status, start_ns, end_ns, duration_ns, "
    "total_steps, completed_steps, failed_steps, first_error FROM runs WHERE shown = 1 ";

class ColumnBuilder {
public:
    explicit ColumnBuilder(SQLite::Database &db)
        : m_recipe(db, "SELECT name, path FROM recipes WHERE id = ?")
        , m_texts(db) {
        m_columns.errors.emplace_back();
    }

    void reserve(std::size_t count) {
        RunColumns &c = m_columns;
        c.rowId.reserve(count);
        c.id.reserve(count);
        c.recipe.reserve(count);
        c.status.reserve(count);
        c.startNs.reserve(count);
        c.durationNs.reserve(count);
        c.totalSteps.reserve(count);
        c.completedSteps.reserve(count);
        c.failedSteps.reserve(count);
        c.error.reserve(count);
    }

    void add(const Statement &s) {
        RunColumns &c = m_columns;
        c.rowId.push_back(s.integer(0));
        c.id.push_back(static_cast<std::uint64_t>(s.integer(1)));
        c.recipe.push_back(recipe(s.integer(2)));
        c.status.push_back(static_cast<RunStatus>(std::clamp<std::int64_t>(s.integer(3), 0, runStatusCount - 1)));
        const bool started = !s.isNull(4);
        c.startNs.push_back(started ? s.integer(4) : INT64_MIN);
        c.durationNs.push_back(!s.isNull(6)              ? s.integer(6)
                               : started && !s.isNull(5) ? s.integer(5) - s.integer(4)
                                                         : INT64_MIN);
        c.totalSteps.push_back(s.isNull(7) ? -1 : static_cast<std::int32_t>(s.integer(7)));
        c.completedSteps.push_back(static_cast<std::int32_t>(s.integer(8)));
        c.failedSteps.push_back(static_cast<std::int32_t>(s.integer(9)));
        c.error.push_back(s.isNull(10) ? 0 : error(s.integer(10)));
    }

    /// Brings the rows into the order of the table: newest first. They come nearly sorted the other way round.
    void sort() {
        RunColumns &c = m_columns;
        std::vector<std::uint32_t> order(c.size());
        std::iota(order.rbegin(), order.rend(), 0U);
        const auto newer = [&](std::uint32_t a, std::uint32_t b) {
            return c.startNs[a] != c.startNs[b] ? c.startNs[a] > c.startNs[b] : c.rowId[a] > c.rowId[b];
        };
        if (!std::is_sorted(order.begin(), order.end(), newer))
            std::sort(order.begin(), order.end(), newer);
        const auto arrange = [&order](auto &column) {
            auto sorted = column;
            std::transform(order.begin(), order.end(), sorted.begin(), [&](std::uint32_t i) { return column[i]; });
            column = std::move(sorted);
        };
        arrange(c.rowId);
        arrange(c.id);
        arrange(c.recipe);
        arrange(c.status);
        arrange(c.startNs);
        arrange(c.durationNs);
        arrange(c.totalSteps);
        arrange(c.completedSteps);
        arrange(c.failedSteps);
        arrange(c.error);
    }

    /// `recipes` are interned by name; a name's path is that of its newest run, which must come first.
    [[nodiscard]] std::shared_ptr<const RunColumns> finish() {
        RunColumns &c = m_columns;
        c.recipePaths.resize(c.recipes.size());
        std::vector<bool> known(c.recipes.size());
        for (std::uint32_t &entry : c.recipe) {
            const auto &[name, path] = m_paths[entry];
            if (!known[name]) {
                known[name] = true;
                c.recipePaths[name] = path;
            }
            entry = name;
        }
        return std::make_shared<const RunColumns>(std::move(m_columns));
    }

private:
    /// Index into m_paths.
    std::uint32_t recipe(std::int64_t id) {
        const auto [known, isNew] = m_recipes.try_emplace(id, static_cast<std::uint32_t>(m_paths.size()));
        if (isNew) {
            m_recipe.bind(id);
            const store::ResetAtEnd reset(m_recipe);
            const bool found = m_recipe.step();
            std::string name(found ? m_recipe.text(0) : std::string_view());
            const auto [at, isNewName] =
                m_names.try_emplace(name, static_cast<std::uint32_t>(m_columns.recipes.size()));
            if (isNewName)
                m_columns.recipes.push_back(std::move(name));
            m_paths.emplace_back(at->second, std::string(found ? m_recipe.text(1) : std::string_view()));
        }
        return known->second;
    }

    std::uint32_t error(std::int64_t id) {
        const auto [known, isNew] = m_errors.try_emplace(id, static_cast<std::uint32_t>(m_columns.errors.size()));
        if (isNew)
            m_columns.errors.push_back(m_texts.text(id));
        return known->second;
    }

    RunColumns m_columns;
    Statement m_recipe;
    store::TextReader m_texts;
    std::unordered_map<std::int64_t, std::uint32_t> m_recipes;
    std::unordered_map<std::string, std::uint32_t> m_names;
    std::unordered_map<std::int64_t, std::uint32_t> m_errors;
    std::vector<std::pair<std::uint32_t, std::string>> m_paths; ///< name and path of each row of recipes
};

} // namespace

Result<std::shared_ptr<const RunColumns>> Reader::runColumns(std::stop_token stop) {
    return store::guarded("list all runs", d->path, [&]() -> Result<std::shared_ptr<const RunColumns>> {
        const Snapshot snapshot(d->db);
        ColumnBuilder builder(d->db);
        builder.reserve(
            static_cast<std::size_t>(d->db.execAndGet("SELECT count(*) FROM runs WHERE shown = 1").getInt64()));
        // In the order of the table, which is read ten times as fast as in the order of the index.
        Statement select(d->db, std::string(columnsSql) + "ORDER BY id");
        const store::ResetAtEnd reset(select);
        for (std::size_t row = 1; select.step(); ++row) {
            if (row % rowsBetweenLooks == 0 && stop.stop_requested())
                return fail(cancelled("list all runs"));
            builder.add(select);
        }
        builder.sort();
        return builder.finish();
    });
}

Result<std::shared_ptr<const RunColumns>> Reader::newestRunColumns(std::size_t limit) {
    return store::guarded("list the newest runs", d->path, [&]() -> Result<std::shared_ptr<const RunColumns>> {
        const Snapshot snapshot(d->db);
        ColumnBuilder builder(d->db);
        Statement select(d->db, std::string(columnsSql) + "ORDER BY start_ns DESC, id DESC LIMIT ?");
        select.bind(limit);
        while (select.step())
            builder.add(select);
        return builder.finish();
    });
}

} // namespace ra::query
