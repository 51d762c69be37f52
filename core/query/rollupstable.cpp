// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/query/rollupstable.h"

#include "core/query/virtualtable.h"
#include "core/samples/rollup.h"
#include "core/store/statement.h"

#include <algorithm>
#include <array>
#include <limits>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace ra::query {

namespace {

using samples::bucketOf;
using samples::lengthOf;
using samples::Rollup;
using samples::RollupLevel;
using store::Statement;

enum Column {
    SeriesColumn,
    LevelColumn,
    TimeColumn,
    CountColumn,
    SumColumn,
    MinColumn,
    MaxColumn,
    SquaresColumn,
    SketchColumn,
    SeriesArgument,
    LevelArgument,
    FromArgument,
    ToArgument
};
constexpr int arguments = 4;
constexpr std::array<std::string_view, 3> levelNames = {"minute", "hour", "day"};

/// The first bucket that begins at or after a time.
std::int64_t firstFrom(RollupLevel level, std::int64_t time) {
    const std::int64_t bucket = bucketOf(level, time);
    return bucket * lengthOf(level) == time ? bucket : bucket + 1;
}

class Cursor : public sqlite3_vtab_cursor {
public:
    static constexpr const char *declaration =
        "CREATE TABLE x(series INTEGER, level TEXT, t_ns INTEGER, count INTEGER, sum REAL, min REAL, max REAL, "
        "sum_squares REAL, sketch BLOB, of_series HIDDEN, of_level HIDDEN, from_ns HIDDEN, to_ns HIDDEN)";

    static int bestIndex(sqlite3_vtab *table, sqlite3_index_info *info) {
        std::string places; // of each value that filter() is given, the argument
        bool has[arguments] = {};
        for (int i = 0; i < info->nConstraint; ++i) {
            const auto &constraint = info->aConstraint[i];
            const int argument = constraint.iColumn - SeriesArgument;
            if (argument < 0 || constraint.op != SQLITE_INDEX_CONSTRAINT_EQ)
                continue;
            if (!constraint.usable)
                return SQLITE_CONSTRAINT; // not known yet: another order of the tables
            has[argument] = true;
            places += static_cast<char>('0' + argument);
            info->aConstraintUsage[i].argvIndex = static_cast<int>(places.size());
            info->aConstraintUsage[i].omit = 1;
        }
        if (!has[0] || !has[1]) {
            sqlite3_free(table->zErrMsg);
            table->zErrMsg = sqlite3_mprintf("rollups needs a series and a level: rollups(1, 'hour')");
            return SQLITE_ERROR;
        }
        info->orderByConsumed =
            info->nOrderBy == 1 && info->aOrderBy[0].iColumn == TimeColumn && !info->aOrderBy[0].desc;
        info->estimatedRows = 1'000;
        info->estimatedCost = 1'000;
        info->idxStr = sqlite3_mprintf("%s", places.c_str());
        info->needToFreeIdxStr = 1;
        return info->idxStr ? SQLITE_OK : SQLITE_NOMEM;
    }

    explicit Cursor(const SQLite::Database &db)
        : m_sealed(db,
                   "SELECT bucket, count, sum, sum_squares, sketch FROM sealed_rollups WHERE series = ? AND level = ? "
                   "AND bucket BETWEEN ? AND ? ORDER BY bucket")
        , m_tail(db, "SELECT t_ns, value FROM tail_samples WHERE series = ? AND t_ns BETWEEN ? AND ? ORDER BY t_ns") {}

    void filter(const char *places, int count, sqlite3_value **values) {
        m_sealed.reset();
        m_tail.reset();
        m_sealedRow = m_tailRow = false;
        m_atEnd = true;
        std::int64_t from = std::numeric_limits<std::int64_t>::min();
        std::int64_t to = std::numeric_limits<std::int64_t>::max();
        bool toTheEnd = true;
        for (int i = 0; i < count; ++i) {
            sqlite3_value *value = values[i];
            const int argument = places[i] - '0' + SeriesArgument;
            const bool isNull = sqlite3_value_type(value) == SQLITE_NULL;
            if (argument == LevelArgument) {
                const auto *text = reinterpret_cast<const char *>(sqlite3_value_text(value));
                const auto name = std::find(levelNames.begin(), levelNames.end(), std::string_view(text ? text : ""));
                if (name == levelNames.end())
                    throw std::runtime_error("the level of rollups is 'minute', 'hour' or 'day'");
                m_level = static_cast<RollupLevel>(name - levelNames.begin());
            } else if (argument == SeriesArgument) {
                if (isNull)
                    return;
                m_series = sqlite3_value_int64(value);
            } else if (!isNull) {
                (argument == FromArgument ? from : to) = sqlite3_value_int64(value);
                toTheEnd = toTheEnd && argument == FromArgument;
            }
        }
        const std::int64_t first =
            from == std::numeric_limits<std::int64_t>::min() ? bucketOf(m_level, from) : firstFrom(m_level, from);
        const std::int64_t last = toTheEnd ? bucketOf(m_level, to) : firstFrom(m_level, to) - 1;
        if (first > last)
            return;
        m_sealed.bind(m_series, static_cast<int>(m_level), first, last);
        const std::int64_t length = lengthOf(m_level);
        // The first and the last unit that a time can lie in are cut off.
        const std::int64_t limit = std::numeric_limits<std::int64_t>::max() / length;
        m_tail.bind(m_series, first < -limit ? std::numeric_limits<std::int64_t>::min() : first * length,
                    last >= limit ? std::numeric_limits<std::int64_t>::max() : (last + 1) * length - 1);
        m_sealedRow = m_sealed.step();
        m_tailRow = m_tail.step();
        next();
    }

    void next() {
        m_atEnd = !m_sealedRow && !m_tailRow;
        if (m_atEnd)
            return;
        const std::int64_t none = std::numeric_limits<std::int64_t>::max();
        const std::int64_t sealed = m_sealedRow ? m_sealed.integer(0) : none;
        const std::int64_t open = m_tailRow ? bucketOf(m_level, m_tail.integer(0)) : none;
        m_bucket = std::min(sealed, open);
        m_rollup = Rollup();
        if (sealed == m_bucket) {
            auto rollup = Rollup::fromRow(static_cast<std::uint64_t>(m_sealed.integer(1)), m_sealed.real(2),
                                          m_sealed.real(3), m_sealed.text(4));
            if (!rollup)
                throw std::runtime_error(rollup.error().sentence());
            m_rollup = std::move(*rollup);
            m_sealedRow = m_sealed.step();
        }
        if (open != m_bucket)
            return;
        m_values.clear();
        while (m_tailRow && bucketOf(m_level, m_tail.integer(0)) == m_bucket) {
            m_values.push_back(m_tail.real(1));
            m_tailRow = m_tail.step();
        }
        Rollup tail;
        tail.add(m_values);
        m_rollup.merge(tail);
    }

    [[nodiscard]] bool isAtEnd() const { return m_atEnd; }

    void column(sqlite3_context *context, int index) const {
        const stats::Sketch &sketch = m_rollup.sketch();
        switch (index) {
        case SeriesColumn:
            return sqlite3_result_int64(context, m_series);
        case LevelColumn: {
            const std::string_view name = levelNames.at(static_cast<std::size_t>(m_level));
            return sqlite3_result_text(context, name.data(), static_cast<int>(name.size()), SQLITE_STATIC);
        }
        case TimeColumn:
            return sqlite3_result_int64(context, m_bucket * lengthOf(m_level));
        case CountColumn:
            return sqlite3_result_int64(context, static_cast<sqlite3_int64>(sketch.count()));
        case SumColumn:
            return sqlite3_result_double(context, sketch.sum());
        case MinColumn:
            return sqlite3_result_double(context, sketch.min());
        case MaxColumn:
            return sqlite3_result_double(context, sketch.max());
        case SquaresColumn:
            return sqlite3_result_double(context, m_rollup.sumSquares());
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
    Statement m_sealed;
    Statement m_tail;
    bool m_sealedRow = false; ///< whether the statement stands on a row
    bool m_tailRow = false;
    RollupLevel m_level = RollupLevel::Minute;
    std::int64_t m_series = 0;
    std::int64_t m_bucket = 0;
    Rollup m_rollup;
    std::vector<double> m_values;
    bool m_atEnd = true;
};

} // namespace

void addRollupsTable(SQLite::Database &db) {
    addFunctionTable<Cursor>(db, "rollups");
}

} // namespace ra::query
