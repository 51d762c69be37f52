// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/query/logsearchtable.h"

#include "core/query/lineowners.h"
#include "core/query/newestfirst.h"
#include "core/query/virtualtable.h"

#include <algorithm>
#include <cstring>
#include <limits>
#include <stdexcept>

namespace ra::query {

namespace {

enum Column {
    SourceColumn,
    PathColumn,
    OffsetColumn,
    TimeColumn,
    LevelColumn,
    LoggerColumn,
    LineColumn,
    RunColumn,
    TextArgument,
    FromArgument,
    ToArgument
};

/// Among the letters of a plan, behind those of its values.
constexpr char newestFirst = 'D';

std::string textOf(sqlite3_value *value) {
    const void *data = sqlite3_value_text(value);
    const auto size = static_cast<std::size_t>(sqlite3_value_bytes(value));
    return data ? std::string(static_cast<const char *>(data), size) : std::string();
}

void setText(sqlite3_context *context, const std::string &text) {
    sqlite3_result_text64(context, text.data(), text.size(), SQLITE_TRANSIENT, SQLITE_UTF8);
}

class Cursor : public sqlite3_vtab_cursor {
public:
    static constexpr const char *declaration =
        "CREATE TABLE x(source_id INTEGER, path TEXT, offset INTEGER, t_ns INTEGER, level TEXT, logger TEXT, "
        "text TEXT, run_id TEXT, search HIDDEN, from_ns HIDDEN, to_ns HIDDEN)";
    static int bestIndex(sqlite3_vtab *table, sqlite3_index_info *info);

    Cursor(const SQLite::Database &db, const std::function<bool()> &mustStop)
        : m_db(db)
        , m_mustStop(mustStop)
        , m_path(db, "SELECT path FROM sources WHERE id = ?") {}

    void filter(const char *letters, int count, sqlite3_value **values) {
        LogQuery query;
        bool isEmpty = false;
        // What a statement says of t_ns itself, which SQLite looks at again: it only spares blocks.
        std::optional<Time> notBefore;
        std::optional<Time> before;
        const auto narrow = [&](char letter, sqlite3_value *value) {
            isEmpty = isEmpty || sqlite3_value_type(value) == SQLITE_NULL; // nothing is less than that, or more
            if (sqlite3_value_type(value) != SQLITE_INTEGER)
                return;
            const std::int64_t bound = sqlite3_value_int64(value);
            if (letter == '>')
                notBefore = std::max(notBefore.value_or(fromNs(bound)), fromNs(bound));
            else if (bound < std::numeric_limits<std::int64_t>::max())
                before = std::min(before.value_or(fromNs(bound + 1)), fromNs(bound + 1));
        };
        for (int i = 0; i < count; ++i) {
            const bool isNull = sqlite3_value_type(values[i]) == SQLITE_NULL;
            switch (letters[i]) {
            case 's':
                isEmpty = isEmpty || isNull;
                query.text = textOf(values[i]);
                break;
            case 'f':
                query.from = boundOf(values[i], "from_ns");
                break;
            case 't':
                query.to = boundOf(values[i], "to_ns");
                break;
            case '>':
            case '<':
                narrow(letters[i], values[i]);
                break;
            default:
                isEmpty = isEmpty || isNull;
                query.source = sqlite3_value_int64(values[i]);
                break;
            }
        }
        if (notBefore)
            query.from = std::max(query.from.value_or(*notBefore), *notBefore);
        if (before)
            query.to = std::min(query.to.value_or(*before), *before);
        m_line.reset();
        m_search.reset();
        m_newestFirst.reset();
        if (isEmpty)
            return;
        if (std::strchr(letters, newestFirst) != nullptr)
            m_newestFirst = std::make_unique<NewestFirst>(m_db, std::move(query), m_mustStop);
        else
            m_search = std::make_unique<LogSearch>(m_db, std::move(query), m_mustStop);
        next();
    }
    void next() { m_line = m_newestFirst ? m_newestFirst->next() : m_search->next(); }
    [[nodiscard]] bool isAtEnd() const { return !m_line; }

    void column(sqlite3_context *context, int index) {
        switch (index) {
        case SourceColumn:
            sqlite3_result_int64(context, m_line->sourceId);
            break;
        case PathColumn: {
            m_path.bind(m_line->sourceId);
            const store::ResetAtEnd reset(m_path);
            if (m_path.step())
                setText(context, std::string(m_path.text(0)));
            break;
        }
        case OffsetColumn:
            sqlite3_result_int64(context, static_cast<sqlite3_int64>(m_line->offset));
            break;
        case TimeColumn:
            if (m_line->time)
                sqlite3_result_int64(context, toNs(*m_line->time));
            break;
        case LevelColumn:
            if (!m_line->level.empty())
                setText(context, m_line->level);
            break;
        case LoggerColumn:
            if (!m_line->logger.empty())
                setText(context, m_line->logger);
            break;
        case LineColumn:
            setText(context, m_line->text);
            break;
        case RunColumn: {
            if (!m_owners) // many statements never ask
                m_owners = std::make_unique<LineOwners>(m_db);
            if (const auto run = m_owners->runIdAt(m_line->sourceId, m_line->offset))
                setText(context, *run);
            break;
        }
        default:
            break;
        }
    }

private:
    static std::optional<Time> boundOf(sqlite3_value *value, const char *name) {
        const int type = sqlite3_value_numeric_type(value);
        if (type == SQLITE_NULL)
            return std::nullopt;
        if (type != SQLITE_INTEGER)
            throw std::runtime_error(std::string("log_search: ") + name + " is no whole number of nanoseconds");
        return fromNs(sqlite3_value_int64(value));
    }

    const SQLite::Database &m_db;
    const std::function<bool()> &m_mustStop;
    store::Statement m_path;
    std::unique_ptr<LogSearch> m_search;
    std::unique_ptr<NewestFirst> m_newestFirst; ///< instead of it
    std::unique_ptr<LineOwners> m_owners;
    std::optional<LogLine> m_line;
};

int Cursor::bestIndex(sqlite3_vtab *table, sqlite3_index_info *info) {
    std::string letters;
    bool hasText = false;
    for (int i = 0; i < info->nConstraint; ++i) {
        const auto &constraint = info->aConstraint[i];
        if (constraint.iColumn == TimeColumn) {
            const bool isBelow =
                constraint.op == SQLITE_INDEX_CONSTRAINT_LT || constraint.op == SQLITE_INDEX_CONSTRAINT_LE;
            const bool isAbove =
                constraint.op == SQLITE_INDEX_CONSTRAINT_GT || constraint.op == SQLITE_INDEX_CONSTRAINT_GE;
            if (constraint.usable && (isBelow || isAbove)) {
                letters += isBelow ? '<' : '>';
                info->aConstraintUsage[i].argvIndex = static_cast<int>(letters.size());
            }
            continue;
        }
        if (constraint.op != SQLITE_INDEX_CONSTRAINT_EQ)
            continue;
        const bool isArgument = constraint.iColumn >= TextArgument;
        if (!isArgument && constraint.iColumn != SourceColumn)
            continue;
        if (!constraint.usable) {
            if (isArgument)
                return SQLITE_CONSTRAINT; // an argument that is not known yet: another order of the tables
            continue;
        }
        constexpr std::string_view letterOf = "sft";
        letters += isArgument ? letterOf[static_cast<std::size_t>(constraint.iColumn - TextArgument)] : 'S';
        hasText = hasText || constraint.iColumn == TextArgument;
        info->aConstraintUsage[i].argvIndex = static_cast<int>(letters.size());
        info->aConstraintUsage[i].omit = isArgument;
    }
    if (!hasText) {
        sqlite3_free(table->zErrMsg);
        table->zErrMsg =
            sqlite3_mprintf("log_search needs what to look for: log_search('timeout'), or '' for all lines");
        return SQLITE_ERROR;
    }
    const auto ordersBy = [&](int place, int column) {
        return info->nOrderBy > place && info->aOrderBy[place].iColumn == column && !info->aOrderBy[place].desc;
    };
    info->orderByConsumed = (info->nOrderBy == 1 && ordersBy(0, SourceColumn)) ||
                            (info->nOrderBy == 2 && ordersBy(0, SourceColumn) && ordersBy(1, OffsetColumn));
    // Where only some are wanted, the newest come without reading all. SQLite tells so only if nothing but what columns
    // are compared with decides which.
    const bool isLimited = std::any_of(info->aConstraint, info->aConstraint + info->nConstraint,
                                       [](const auto &one) { return one.op == SQLITE_INDEX_CONSTRAINT_LIMIT; });
    if (isLimited && info->nOrderBy == 1 && info->aOrderBy[0].iColumn == TimeColumn && info->aOrderBy[0].desc) {
        info->orderByConsumed = 1;
        letters += newestFirst;
    }
    info->idxStr = sqlite3_mprintf("%s", letters.c_str());
    info->needToFreeIdxStr = 1;
    info->estimatedRows = 10'000;
    info->estimatedCost = letters.find('S') == std::string::npos ? 1e7 : 1e6;
    return info->idxStr ? SQLITE_OK : SQLITE_NOMEM;
}

} // namespace

void addLogSearchTable(SQLite::Database &db, const std::function<bool()> &mustStop) {
    addFunctionTable<Cursor>(db, "log_search", &mustStop);
}

} // namespace ra::query
