// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/query/samplestable.h"

#include "core/query/seriesscan.h"
#include "core/query/virtualtable.h"
#include "core/store/statement.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace ra::query {

namespace {

using store::ResetAtEnd;
using store::Statement;

constexpr std::int64_t earliest = std::numeric_limits<std::int64_t>::min();
constexpr std::int64_t latest = std::numeric_limits<std::int64_t>::max();

enum Column { SeriesColumn, TimeColumn, ValueColumn, SeriesArgument, FromArgument, ToArgument };

/// What the conditions of a statement leave.
struct Range {
    std::optional<std::int64_t> series;
    bool isEmpty = false;
    std::int64_t first = earliest;
    std::int64_t last = latest;

    /// `op`: how the value bounds, a letter of bestIndex().
    void narrow(char op, sqlite3_value *value) {
        const int type = sqlite3_value_numeric_type(value);
        const bool isArgument = op == 's' || op == 'f' || op == 't';
        if (type == SQLITE_NULL) {
            isEmpty = isEmpty || !isArgument; // no comparison with NULL is true
            return;
        }
        if (type != SQLITE_INTEGER && type != SQLITE_FLOAT) {
            isEmpty = isEmpty || isArgument;
            return; // SQLite compares by itself
        }
        std::int64_t number = sqlite3_value_int64(value);
        if (type == SQLITE_FLOAT) {
            const double real = sqlite3_value_double(value);
            const bool whole = real == std::floor(real);
            if (op == 'S' || op == 's') {
                isEmpty = isEmpty || !whole;
            } else if (op == 'f' || op == 't') {
                // A sample lies at or after 1.5 if it does at or after 2, and before 1.5 if it does before 2.
                number = std::ceil(real) >= 9.2233720368547e18 ? latest : static_cast<std::int64_t>(std::ceil(real));
            } else if (!whole || std::abs(real) > 9e18) {
                return;
            }
        }
        switch (op) {
        case 'S':
        case 's':
            isEmpty = isEmpty || (series && *series != number);
            series = number;
            break;
        case 'f':
        case 'g':
            first = std::max(first, number);
            break;
        case 'G':
            number == latest ? void(isEmpty = true) : void(first = std::max(first, number + 1));
            break;
        case 't':
        case 'L':
            number == earliest ? void(isEmpty = true) : void(last = std::min(last, number - 1));
            break;
        case 'l':
            last = std::min(last, number);
            break;
        case 'e':
            first = std::max(first, number);
            last = std::min(last, number);
            break;
        default:
            break;
        }
    }
};

char letterOf(const sqlite3_index_info::sqlite3_index_constraint &constraint) {
    const bool equal = constraint.op == SQLITE_INDEX_CONSTRAINT_EQ;
    switch (constraint.iColumn) {
    case SeriesColumn:
        return equal ? 'S' : 0;
    case SeriesArgument:
        return equal ? 's' : 0;
    case FromArgument:
        return equal ? 'f' : 0;
    case ToArgument:
        return equal ? 't' : 0;
    case TimeColumn:
        switch (constraint.op) {
        case SQLITE_INDEX_CONSTRAINT_EQ:
            return 'e';
        case SQLITE_INDEX_CONSTRAINT_GE:
            return 'g';
        case SQLITE_INDEX_CONSTRAINT_GT:
            return 'G';
        case SQLITE_INDEX_CONSTRAINT_LE:
            return 'l';
        case SQLITE_INDEX_CONSTRAINT_LT:
            return 'L';
        default:
            return 0;
        }
    default:
        return 0;
    }
}

class Cursor : public sqlite3_vtab_cursor {
public:
    static constexpr const char *declaration =
        "CREATE TABLE x(series INTEGER, t_ns INTEGER, value REAL, of_series HIDDEN, from_ns HIDDEN, to_ns HIDDEN)";
    static int bestIndex(sqlite3_vtab *, sqlite3_index_info *info);

    explicit Cursor(const SQLite::Database &db)
        : m_scan(db)
        , m_allSeries(db, "SELECT id FROM series WHERE id > ? ORDER BY id LIMIT 1") {}

    void filter(const char *letters, int count, sqlite3_value **values) {
        m_range = {};
        for (int i = 0; i < count; ++i)
            m_range.narrow(letters[i], values[i]);
        m_series = m_range.series.value_or(earliest);
        m_atEnd = m_range.isEmpty || m_range.first > m_range.last;
        if (m_atEnd)
            return;
        if (m_range.series)
            m_scan.start(m_series, m_range.first, m_range.last);
        else
            m_scan.start(0, 1, 0);
        settle();
    }
    void next() {
        m_scan.next();
        settle();
    }
    [[nodiscard]] bool isAtEnd() const { return m_atEnd; }
    void column(sqlite3_context *context, int index) const {
        if (index == SeriesColumn)
            sqlite3_result_int64(context, m_series);
        else if (index == TimeColumn)
            sqlite3_result_int64(context, m_scan.time());
        else if (index == ValueColumn)
            sqlite3_result_double(context, m_scan.value()); // NaN becomes NULL
    }

private:
    /// Moves to the first sample of this or of a later series.
    void settle() {
        while (m_scan.isAtEnd()) {
            m_atEnd = true;
            if (m_range.series)
                return;
            m_allSeries.bind(m_series);
            const ResetAtEnd reset(m_allSeries);
            if (!m_allSeries.step())
                return;
            m_atEnd = false;
            m_series = m_allSeries.integer(0);
            m_scan.start(m_series, m_range.first, m_range.last);
        }
    }

    SeriesScan m_scan;
    Statement m_allSeries;
    Range m_range;
    std::int64_t m_series = 0;
    bool m_atEnd = true;
};

int Cursor::bestIndex(sqlite3_vtab *, sqlite3_index_info *info) {
    std::string letters;
    bool oneSeries = false;
    bool bounded = false;
    for (int i = 0; i < info->nConstraint; ++i) {
        const auto &constraint = info->aConstraint[i];
        const char letter = letterOf(constraint);
        if (letter == 0)
            continue;
        const bool isArgument = constraint.iColumn >= SeriesArgument;
        if (!constraint.usable) {
            if (isArgument)
                return SQLITE_CONSTRAINT; // an argument that is not known yet: another order of the tables
            continue;
        }
        letters += letter;
        info->aConstraintUsage[i].argvIndex = static_cast<int>(letters.size());
        info->aConstraintUsage[i].omit = isArgument;
        oneSeries = oneSeries || letter == 'S' || letter == 's';
        bounded = bounded || (letter != 'S' && letter != 's');
    }
    const auto ordersBy = [&](int place, int column) {
        return info->aOrderBy[place].iColumn == column && !info->aOrderBy[place].desc;
    };
    info->orderByConsumed =
        (info->nOrderBy == 1 && (ordersBy(0, SeriesColumn) || (oneSeries && ordersBy(0, TimeColumn)))) ||
        (info->nOrderBy == 2 && ordersBy(0, SeriesColumn) && ordersBy(1, TimeColumn));
    info->idxStr = sqlite3_mprintf("%s", letters.c_str());
    info->needToFreeIdxStr = 1;
    info->estimatedRows = (oneSeries ? 10'000 : 10'000'000) / (bounded ? 10 : 1);
    info->estimatedCost = static_cast<double>(info->estimatedRows) + 100;
    return info->idxStr ? SQLITE_OK : SQLITE_NOMEM;
}

} // namespace

void addSamplesTable(SQLite::Database &db) {
    addFunctionTable<Cursor>(db, "samples");
}

} // namespace ra::query
