// SPDX-License-Identifier: GPL-3.0-or-later
// Reader's lists of runs by a filter.
#include "core/query/readerprivate.h"

#include <algorithm>

namespace ra::query {

using store::RunRow;
using store::Statement;

namespace {

/// The WHERE of a filter, without its text, and how to bind it.
struct Condition {
    std::string sql = "shown = 1";
    std::vector<std::int64_t> numbers;
};

void addList(Condition &condition, const char *column, const std::vector<std::int64_t> &values) {
    condition.sql += std::string(" AND ") + column + " IN (";
    for (std::size_t i = 0; i < values.size(); ++i) {
        condition.sql += i ? ", ?" : "?";
        condition.numbers.push_back(values[i]);
    }
    condition.sql += ")";
}

Condition conditionOf(SQLite::Database &db, const RunFilter &filter) {
    Condition condition;
    if (!filter.recipe.empty()) {
        std::vector<std::int64_t> ids;
        Statement recipes(db, "SELECT id FROM recipes WHERE name = ?");
        recipes.bind(filter.recipe);
        while (recipes.step())
            ids.push_back(recipes.integer(0));
        addList(condition, "recipe_id", ids);
    }
    if (!filter.statuses.empty()) {
        std::vector<std::int64_t> codes;
        for (const RunStatus status : filter.statuses)
            codes.push_back(static_cast<std::int64_t>(status));
        addList(condition, "status", codes);
        // Says what the index of the rarer statuses needs to hear.
        if (std::find(filter.statuses.begin(), filter.statuses.end(), RunStatus::Completed) == filter.statuses.end())
            condition.sql += " AND status <> 1";
    }
    if (filter.since) {
        condition.sql += " AND start_ns >= ?";
        condition.numbers.push_back(toNs(*filter.since));
    }
    if (filter.until) {
        condition.sql += " AND start_ns < ?";
        condition.numbers.push_back(toNs(*filter.until));
    }
    return condition;
}

void bind(Statement &statement, const Condition &condition) {
    int index = 0;
    for (const std::int64_t number : condition.numbers)
        statement.bindAt(++index, number);
}

/// What RunFilter::text asks of a run beyond its steps and errors.
class TextFilter {
public:
    TextFilter(std::string_view text, std::vector<std::int64_t> runsWithText)
        : m_needle(text)
        , m_runs(std::move(runsWithText)) {}

    [[nodiscard]] bool matches(std::int64_t row, std::int64_t number, std::string_view recipe,
                               std::string_view path) const {
        return m_needle.isIn(recipe) || m_needle.isIn(path) || m_needle.isIn(store::runIdText(number)) ||
               std::binary_search(m_runs.begin(), m_runs.end(), row);
    }

private:
    Needle m_needle;
    std::vector<std::int64_t> m_runs;
};

/// Calls take(row id) for each run of the filter, newest first, until it returns false. False: cancelled.
template <typename Take>
bool forEach(SQLite::Database &db, TextSearch &search, const RunFilter &filter, const std::stop_token &stop,
             Take &&take) {
    std::optional<TextFilter> text;
    if (!filter.text.empty()) {
        std::optional<std::vector<std::int64_t>> runs = search.runs(filter.text, stop);
        if (!runs)
            return false;
        text.emplace(filter.text, std::move(*runs));
    }
    const Condition condition = conditionOf(db, filter);
    Statement select(db, "SELECT r.id, coalesce(alt_id, run_id), c.name, c.path FROM runs r JOIN recipes c "
                         "ON c.id = r.recipe_id WHERE " +
                             condition.sql + " ORDER BY start_ns DESC, r.id DESC");
    bind(select, condition);
    const store::ResetAtEnd reset(select);
    for (std::size_t row = 1; select.step(); ++row) {
        if (row % rowsBetweenLooks == 0 && stop.stop_requested())
            return false;
        if (text && !text->matches(select.integer(0), select.integer(1), select.text(2), select.text(3)))
            continue;
        if (!take(select.integer(0)))
            break;
    }
    return true;
}

} // namespace

Result<std::vector<Run>> Reader::runs(const RunFilter &filter, std::size_t limit, std::stop_token stop) {
    return store::guarded("list runs", d->path, [&]() -> Result<std::vector<Run>> {
        const Snapshot snapshot(d->db);
        std::vector<std::int64_t> ids;
        const bool whole = forEach(d->db, d->search, filter, stop, [&](std::int64_t id) {
            if (ids.size() < limit)
                ids.push_back(id);
            return ids.size() < limit;
        });
        std::vector<Run> result;
        for (const std::int64_t id : ids) {
            if (!whole || stop.stop_requested())
                return fail(cancelled("list runs"));
            result.push_back(d->loader.run(*d->loader.row(id)));
        }
        if (!whole)
            return fail(cancelled("list runs"));
        return result;
    });
}

Result<void> Reader::eachRun(const RunFilter &filter, const std::function<bool(const Run &)> &take,
                             std::stop_token stop) {
    return store::guarded("list runs", d->path, [&]() -> Result<void> {
        std::vector<std::int64_t> ids;
        {
            const Snapshot snapshot(d->db);
            if (!forEach(d->db, d->search, filter, stop, [&](std::int64_t id) {
                    ids.push_back(id);
                    return true;
                }))
                return fail(cancelled("list runs"));
        }
        constexpr std::size_t atOnce = 256;
        std::vector<Run> some;
        for (std::size_t at = 0; at < ids.size(); at += atOnce) {
            some.clear();
            {
                const Snapshot snapshot(d->db);
                for (std::size_t i = at; i < std::min(ids.size(), at + atOnce); ++i) {
                    // It may have become part of another, or gone, since its number was taken down.
                    if (const auto row = d->loader.row(ids[i]); row && row->shown)
                        some.push_back(d->loader.run(*row));
                }
            }
            for (const Run &run : some) {
                if (stop.stop_requested())
                    return fail(cancelled("list runs"));
                if (!take(run))
                    return {};
            }
        }
        return {};
    });
}

Result<std::uint64_t> Reader::countRuns(const RunFilter &filter) {
    return store::guarded("count runs", d->path, [&]() -> Result<std::uint64_t> {
        const Snapshot snapshot(d->db);
        std::uint64_t count = 0;
        if (filter.text.empty()) {
            const Condition condition = conditionOf(d->db, filter);
            Statement select(d->db, "SELECT count(*) FROM runs WHERE " + condition.sql);
            bind(select, condition);
            while (select.step())
                count = static_cast<std::uint64_t>(select.integer(0));
            return count;
        }
        forEach(d->db, d->search, filter, {}, [&](std::int64_t) { return ++count > 0; });
        return count;
    });
}

} // namespace ra::query
