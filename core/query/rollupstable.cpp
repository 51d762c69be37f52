// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/query/rollupstable.h"

#include "core/query/rolluprange.h"
#include "core/query/seriesscan.h"
#include "core/query/virtualtable.h"
#include "core/store/rollupgaps.h"
#include "core/store/statement.h"

#include <algorithm>
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
        , m_tail(db, "SELECT t_ns, value FROM tail_samples WHERE series = ? AND t_ns BETWEEN ? AND ? ORDER BY t_ns")
        , m_findGaps(db)
        , m_scan(db) {}

    void filter(const char *places, int count, sqlite3_value **values) {
        m_sealed.reset();
        m_tail.reset();
        m_sealedRow = m_tailRow = m_isScanning = false;
        m_atEnd = true;
        m_range = {};
        for (int i = 0; i < count; ++i) {
            sqlite3_value *value = values[i];
            const int argument = places[i] - '0' + SeriesArgument;
            const bool isNull = sqlite3_value_type(value) == SQLITE_NULL;
            if (argument == LevelArgument) {
                m_range.setLevel(value);
            } else if (argument == SeriesArgument) {
                if (isNull)
                    return;
                m_series = sqlite3_value_int64(value);
            } else if (!isNull) {
                (argument == FromArgument ? m_range.from : m_range.to) = sqlite3_value_int64(value);
            }
        }
        if (m_range.firstBucket() > m_range.lastBucket())
            return;
        m_sealed.bind(m_series, static_cast<int>(m_range.level), m_range.firstBucket(), m_range.lastBucket());
        m_tail.bind(m_series, m_range.firstNs(), m_range.lastNs());
        m_gaps = m_findGaps.find(m_series, m_range.level, m_range.firstNs(), m_range.lastNs());
        m_nextGap = m_tailGap = 0;
        m_sealedRow = m_sealed.step();
        nextTail();
        next();
    }

    void next() {
        scan();
        m_atEnd = !m_sealedRow && !m_tailRow && !m_isScanning;
        if (m_atEnd)
            return;
        const std::int64_t none = std::numeric_limits<std::int64_t>::max();
        const std::int64_t sealed = m_sealedRow ? m_sealed.integer(0) : none;
        const std::int64_t open = m_tailRow ? bucketOf(m_range.level, m_tail.integer(0)) : none;
        const std::int64_t scanned = m_isScanning ? bucketOf(m_range.level, m_scan.time()) : none;
        m_bucket = std::min({sealed, open, scanned});
        m_rollup = Rollup();
        if (sealed == m_bucket) {
            auto rollup = Rollup::fromRow(static_cast<std::uint64_t>(m_sealed.integer(1)), m_sealed.real(2),
                                          m_sealed.real(3), m_sealed.text(4));
            if (!rollup)
                throw std::runtime_error(rollup.error().sentence());
            m_rollup = std::move(*rollup);
            m_sealedRow = m_sealed.step();
        }
        m_values.clear();
        for (; m_tailRow && bucketOf(m_range.level, m_tail.integer(0)) == m_bucket; nextTail())
            m_values.push_back(m_tail.real(1));
        for (; m_isScanning && bucketOf(m_range.level, m_scan.time()) == m_bucket; m_isScanning = !m_scan.isAtEnd()) {
            m_values.push_back(m_scan.value());
            m_scan.next();
        }
        if (m_values.empty())
            return;
        Rollup rest;
        rest.add(m_values);
        m_rollup.merge(rest);
    }

    [[nodiscard]] bool isAtEnd() const { return m_atEnd; }

    void column(sqlite3_context *context, int index) const {
        const stats::Sketch &sketch = m_rollup.sketch();
        switch (index) {
        case SeriesColumn:
            return sqlite3_result_int64(context, m_series);
        case LevelColumn: {
            const std::string_view name = toString(m_range.level);
            return sqlite3_result_text(context, name.data(), static_cast<int>(name.size()), SQLITE_STATIC);
        }
        case TimeColumn:
            return sqlite3_result_int64(context, m_bucket * lengthOf(m_range.level));
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
    /// The next row of the tail that no scan gives.
    void nextTail() {
        while ((m_tailRow = m_tail.step())) {
            const std::int64_t time = m_tail.integer(0);
            while (m_tailGap < m_gaps.size() && m_gaps[m_tailGap].last < time)
                ++m_tailGap;
            if (m_tailGap == m_gaps.size() || time < m_gaps[m_tailGap].first)
                return;
        }
    }
    /// Goes to the next samples, of the tail too, for which there are no rollups.
    void scan() {
        while (!m_isScanning && m_nextGap < m_gaps.size()) {
            const store::Stretch &gap = m_gaps[m_nextGap++];
            m_scan.start(m_series, gap.first, gap.last);
            m_isScanning = !m_scan.isAtEnd();
        }
    }

    Statement m_sealed;
    Statement m_tail;
    store::RollupGaps m_findGaps;
    SeriesScan m_scan;
    std::vector<store::Stretch> m_gaps;
    std::size_t m_nextGap = 0;
    std::size_t m_tailGap = 0; ///< the first that does not end before the row of the tail
    bool m_isScanning = false; ///< whether the scan stands on a sample
    bool m_sealedRow = false;  ///< whether the statement stands on a row
    bool m_tailRow = false;
    RollupRange m_range;
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
