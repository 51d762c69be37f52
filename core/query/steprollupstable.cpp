// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/query/steprollupstable.h"

#include "core/query/rolluprange.h"
#include "core/query/virtualtable.h"
#include "core/store/statement.h"

#include <algorithm>
#include <array>
#include <deque>
#include <map>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace ra::query {

namespace {

using samples::bucketOf;
using samples::lengthOf;
using samples::Rollup;
using samples::RollupLevel;
using store::ResetAtEnd;
using store::Statement;

enum Column {
    RecipeColumn,
    PathColumn,
    StepColumn,
    LevelColumn,
    TimeColumn,
    CompletedColumn,
    FailedColumn,
    SumColumn,
    MinColumn,
    MaxColumn,
    SquaresColumn,
    SketchColumn,
    LevelArgument,
    FromArgument,
    ToArgument
};

/// Rows that were summed up and have not changed since. ?1 level, ?2 and ?3 buckets; ?4 hours in a bucket, ?5 buckets
/// in an hour: one of them is 1.
constexpr const char *keptSql =
    "SELECT k.recipe_id, k.step, k.bucket, k.failed, k.count, k.sum, k.sum_squares, k.sketch FROM recipes c CROSS JOIN "
    "kept_step_rollups k ON k.recipe_id = c.id AND k.level = ?1 AND k.bucket BETWEEN ?2 AND ?3 WHERE NOT EXISTS "
    "(SELECT "
    "1 FROM stale_hours h WHERE h.recipe_id = k.recipe_id AND h.hour BETWEEN (k.bucket - (k.bucket % ?5 + ?5) % ?5) / "
    "?5 * ?4 AND (k.bucket - (k.bucket % ?5 + ?5) % ?5) / ?5 * ?4 + ?4 - 1)";
/// The steps of stale hours. ?1 and ?2 moments.
constexpr const char *staleSql =
    "SELECT r.recipe_id, r.start_ns, s.name, s.status, coalesce(s.duration_ns, s.end_ns - s.start_ns) FROM (SELECT "
    "recipe_id, hour FROM stale_hours ORDER BY 1, 2) h CROSS JOIN runs r ON r.recipe_id = h.recipe_id AND r.start_ns "
    "BETWEEN max(h.hour * 3600000000000, ?1) AND min(h.hour * 3600000000000 + 3599999999999, ?2) AND r.shown = 1 CROSS "
    "JOIN steps s ON s.id BETWEEN r.id << 24 AND (r.id << 24) + 16777215 AND s.status IN (1, 2) ORDER BY r.recipe_id, "
    "r.start_ns";
/// What removed steps of stale hours came to.
constexpr const char *goneSql =
    "SELECT g.recipe_id, g.bucket * 60000000000, g.step, g.failed, g.count, g.sum, g.sum_squares, g.sketch FROM "
    "(SELECT recipe_id, hour FROM stale_hours ORDER BY 1, 2) h CROSS JOIN gone_step_rollups g ON g.recipe_id = "
    "h.recipe_id AND g.bucket BETWEEN max(h.hour * 60, ?1 / 60000000000) AND min(h.hour * 60 + 59, ?2 / 60000000000) "
    "ORDER BY g.recipe_id, g.bucket";
/// The hours that are not stale of days that are: ?3 is 1 where days are asked for.
constexpr const char *hoursSql =
    "SELECT k.recipe_id, k.bucket * 3600000000000, k.step, k.failed, k.count, k.sum, k.sum_squares, k.sketch FROM "
    "(SELECT DISTINCT recipe_id, (hour - (hour % 24 + 24) % 24) AS hour FROM stale_hours WHERE ?3 ORDER BY 1, 2) h "
    "CROSS JOIN kept_step_rollups k ON k.recipe_id = h.recipe_id AND k.level = 1 AND k.bucket BETWEEN max(h.hour, ?1 / "
    "3600000000000) AND min(h.hour + 23, ?2 / 3600000000000) WHERE NOT EXISTS (SELECT 1 FROM stale_hours o WHERE "
    "o.recipe_id = k.recipe_id AND o.hour = k.bucket) ORDER BY k.recipe_id, k.bucket";

class Cursor : public sqlite3_vtab_cursor {
public:
    static constexpr const char *declaration =
        "CREATE TABLE x(recipe TEXT, recipe_path TEXT, step TEXT, level TEXT, t_ns INTEGER, completed INTEGER, failed "
        "INTEGER, sum_ns REAL, min_ns REAL, max_ns REAL, sum_squares REAL, sketch BLOB, of_level HIDDEN, from_ns "
        "HIDDEN, "
        "to_ns HIDDEN)";

    static int bestIndex(sqlite3_vtab *table, sqlite3_index_info *info) {
        std::string places; // of each value that filter() is given, the argument
        bool hasLevel = false;
        for (int i = 0; i < info->nConstraint; ++i) {
            const auto &constraint = info->aConstraint[i];
            const int argument = constraint.iColumn - LevelArgument;
            if (argument < 0 || constraint.op != SQLITE_INDEX_CONSTRAINT_EQ)
                continue;
            if (!constraint.usable)
                return SQLITE_CONSTRAINT; // not known yet: another order of the tables
            hasLevel = hasLevel || constraint.iColumn == LevelArgument;
            places += static_cast<char>('0' + argument);
            info->aConstraintUsage[i].argvIndex = static_cast<int>(places.size());
            info->aConstraintUsage[i].omit = 1;
        }
        if (!hasLevel) {
            sqlite3_free(table->zErrMsg);
            table->zErrMsg = sqlite3_mprintf("step_rollups needs a level: step_rollups('hour')");
            return SQLITE_ERROR;
        }
        info->estimatedRows = 10'000;
        info->estimatedCost = 10'000;
        info->idxStr = sqlite3_mprintf("%s", places.c_str());
        info->needToFreeIdxStr = 1;
        return info->idxStr ? SQLITE_OK : SQLITE_NOMEM;
    }

    explicit Cursor(const SQLite::Database &db)
        : m_kept(db, keptSql)
        , m_stale(db, staleSql)
        , m_gone(db, goneSql)
        , m_hours(db, hoursSql)
        , m_recipe(db, "SELECT name, path FROM recipes WHERE id = ?")
        , m_text(db, "SELECT text FROM texts WHERE id = ?") {}

    void filter(const char *places, int count, sqlite3_value **values) {
        m_kept.reset();
        for (Stream *stream : streams())
            stream->reset();
        m_rows.clear();
        m_keptRow = false;
        m_range = {};
        for (int i = 0; i < count; ++i) {
            const int argument = places[i] - '0' + LevelArgument;
            if (argument == LevelArgument)
                m_range.setLevel(values[i]);
            else if (sqlite3_value_type(values[i]) != SQLITE_NULL)
                (argument == FromArgument ? m_range.from : m_range.to) = sqlite3_value_int64(values[i]);
        }
        if (m_range.firstBucket() > m_range.lastBucket()) {
            m_atEnd = true;
            return;
        }
        const bool isDay = m_range.level == RollupLevel::Day;
        const int hoursInBucket = isDay ? 24 : 1;
        const int bucketsInHour = m_range.level == RollupLevel::Minute ? 60 : 1;
        m_kept.bind(static_cast<int>(m_range.level), m_range.firstBucket(), m_range.lastBucket(), hoursInBucket,
                    bucketsInHour);
        m_keptRow = m_kept.step();
        m_stale.begin(m_range.firstNs(), m_range.lastNs());
        m_gone.begin(m_range.firstNs(), m_range.lastNs());
        m_hours.begin(m_range.firstNs(), m_range.lastNs(), isDay);
        m_atEnd = false;
        next();
    }

    void next() {
        if (!m_rows.empty())
            m_rows.pop_front();
        if (!m_rows.empty())
            return;
        if (m_keptRow) {
            m_rows.push_back(
                {m_kept.integer(0), m_kept.integer(1), m_kept.integer(2), m_kept.integer(3), rollupAt(m_kept, 4)});
            m_keptRow = m_kept.step();
        } else {
            sumUp();
        }
        m_atEnd = m_rows.empty();
    }

    [[nodiscard]] bool isAtEnd() const { return m_atEnd; }

    void column(sqlite3_context *context, int index) const {
        const Row &row = m_rows.front();
        const stats::Sketch &sketch = row.rollup.sketch();
        const auto text = [&](std::string_view view) {
            sqlite3_result_text64(context, view.data(), view.size(), SQLITE_TRANSIENT, SQLITE_UTF8);
        };
        switch (index) {
        case RecipeColumn:
        case PathColumn: {
            const ResetAtEnd reset(m_recipe);
            m_recipe.bind(row.recipe);
            return text(m_recipe.step() ? m_recipe.text(index == PathColumn ? 1 : 0) : std::string_view(""));
        }
        case StepColumn: {
            const ResetAtEnd reset(m_text);
            m_text.bind(row.step);
            return text(m_text.step() ? m_text.text(0) : std::string_view(""));
        }
        case LevelColumn:
            return text(toString(m_range.level));
        case TimeColumn:
            return sqlite3_result_int64(context, row.bucket * lengthOf(m_range.level));
        case CompletedColumn:
            return sqlite3_result_int64(context, static_cast<sqlite3_int64>(sketch.count()));
        case FailedColumn:
            return sqlite3_result_int64(context, row.failed);
        case SumColumn:
            return sqlite3_result_double(context, sketch.sum());
        case MinColumn:
            return sqlite3_result_double(context, sketch.min());
        case MaxColumn:
            return sqlite3_result_double(context, sketch.max());
        case SquaresColumn:
            return sqlite3_result_double(context, row.rollup.sumSquares());
        case SketchColumn: {
            std::string bytes;
            sketch.serialise(bytes);
            return sqlite3_result_blob64(context, bytes.data(), bytes.size(), SQLITE_TRANSIENT);
        }
        default:
            return;
        }
    }

private:
    struct Row {
        std::int64_t recipe = 0;
        std::int64_t step = 0;
        std::int64_t bucket = 0;
        std::int64_t failed = 0;
        Rollup rollup;
    };

    /// A statement of which the first columns are a recipe and a time, by which its rows come.
    struct Stream {
        Stream(const SQLite::Database &db, const char *sql)
            : statement(db, sql) {}

        template <typename... Values>
        void begin(const Values &...values) {
            statement.bind(values...);
            hasRow = statement.step();
        }
        void reset() {
            statement.reset();
            hasRow = false;
        }
        void next() { hasRow = statement.step(); }

        Statement statement;
        bool hasRow = false; ///< it stands on one
    };
    using Place = std::pair<std::int64_t, std::int64_t>; ///< recipe and bucket

    std::array<Stream *, 3> streams() { return {&m_stale, &m_gone, &m_hours}; }
    [[nodiscard]] Place placeOf(const Stream &stream) const {
        return {stream.statement.integer(0), bucketOf(m_range.level, stream.statement.integer(1))};
    }

    /// The rows of the next stale bucket of a recipe, if there is one.
    void sumUp() {
        std::optional<Place> place;
        for (const Stream *stream : streams()) {
            if (stream->hasRow)
                place = std::min(place.value_or(placeOf(*stream)), placeOf(*stream));
        }
        if (!place)
            return;
        std::map<std::int64_t, Row> steps;
        const auto rowOf = [&](std::int64_t step) -> Row & {
            return steps.try_emplace(step, Row{place->first, step, place->second, 0, {}}).first->second;
        };
        std::map<std::int64_t, std::vector<double>> durations;
        for (; m_stale.hasRow && placeOf(m_stale) == place; m_stale.next()) {
            const Statement &step = m_stale.statement;
            constexpr std::int64_t failed = 2;
            Row &row = rowOf(step.integer(2));
            if (step.integer(3) == failed)
                ++row.failed;
            else if (!step.isNull(4))
                durations[row.step].push_back(static_cast<double>(step.integer(4)));
        }
        for (const auto &[step, values] : durations)
            rowOf(step).rollup.add(values);
        for (Stream *stream : {&m_gone, &m_hours}) {
            for (; stream->hasRow && placeOf(*stream) == place; stream->next()) {
                const Statement &sum = stream->statement;
                Row &row = rowOf(sum.integer(2));
                row.failed += sum.integer(3);
                row.rollup.merge(rollupAt(sum, 4));
            }
        }
        for (auto &[step, row] : steps)
            m_rows.push_back(std::move(row));
    }

    /// Of the columns count, sum, sum_squares, sketch from `column` on.
    static Rollup rollupAt(const Statement &row, int column) {
        auto rollup = Rollup::fromRow(static_cast<std::uint64_t>(row.integer(column)), row.real(column + 1),
                                      row.real(column + 2), row.text(column + 3));
        if (!rollup)
            throw std::runtime_error(rollup.error().sentence());
        return std::move(*rollup);
    }

    Statement m_kept;
    Stream m_stale;
    Stream m_gone;
    Stream m_hours;
    mutable Statement m_recipe; ///< looking up a name changes nothing
    mutable Statement m_text;
    bool m_keptRow = false; ///< whether the statement stands on a row
    RollupRange m_range;
    std::deque<Row> m_rows; ///< the first one is where the cursor stands
    bool m_atEnd = true;
};

} // namespace

void addStepRollupsTable(SQLite::Database &db) {
    addFunctionTable<Cursor>(db, "step_rollups");
}

} // namespace ra::query
