// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/store/bulkinsert.h"

#include <SQLiteCpp/Exception.h>

#include <algorithm>

namespace ra::store {

/// The virtual table over the rows of a BulkInsert: scanned from the first to the last, nothing else.
struct BulkTable : sqlite3_vtab {
    const BulkInsert *rows = nullptr;

    struct Cursor : sqlite3_vtab_cursor {
        std::size_t row = 0;
    };

    static const BulkInsert &rowsOf(sqlite3_vtab_cursor *cursor) {
        return *static_cast<BulkTable *>(cursor->pVtab)->rows;
    }

    static int connect(sqlite3 *db, void *rows, int, const char *const *, sqlite3_vtab **table, char **) {
        auto made = std::make_unique<BulkTable>();
        made->rows = static_cast<const BulkInsert *>(rows);
        const int code = sqlite3_declare_vtab(db, made->rows->m_declaration.c_str());
        if (code == SQLITE_OK)
            *table = made.release();
        return code;
    }
    static int disconnect(sqlite3_vtab *table) {
        delete static_cast<BulkTable *>(table);
        return SQLITE_OK;
    }
    static int bestIndex(sqlite3_vtab *, sqlite3_index_info *) { return SQLITE_OK; }
    static int open(sqlite3_vtab *, sqlite3_vtab_cursor **cursor) {
        *cursor = new Cursor();
        return SQLITE_OK;
    }
    static int close(sqlite3_vtab_cursor *cursor) {
        delete static_cast<Cursor *>(cursor);
        return SQLITE_OK;
    }
    static int filter(sqlite3_vtab_cursor *cursor, int, const char *, int, sqlite3_value **) {
        static_cast<Cursor *>(cursor)->row = 0;
        return SQLITE_OK;
    }
    static int next(sqlite3_vtab_cursor *cursor) {
        ++static_cast<Cursor *>(cursor)->row;
        return SQLITE_OK;
    }
    static int isAtEnd(sqlite3_vtab_cursor *cursor) {
        return static_cast<Cursor *>(cursor)->row >= rowsOf(cursor).m_nulls.size();
    }
    static int column(sqlite3_vtab_cursor *cursor, sqlite3_context *context, int column) {
        const BulkInsert &rows = rowsOf(cursor);
        const std::size_t row = static_cast<Cursor *>(cursor)->row;
        if (rows.m_nulls[row] >> column & 1)
            sqlite3_result_null(context);
        else
            sqlite3_result_int64(context, rows.m_values[row * rows.m_width + static_cast<std::size_t>(column)]);
        return SQLITE_OK;
    }
    static int rowid(sqlite3_vtab_cursor *cursor, sqlite3_int64 *row) {
        *row = static_cast<sqlite3_int64>(static_cast<Cursor *>(cursor)->row);
        return SQLITE_OK;
    }

    static const sqlite3_module *module() {
        static const sqlite3_module methods = [] {
            sqlite3_module m = {};
            m.xConnect = connect;
            m.xBestIndex = bestIndex;
            m.xDisconnect = disconnect;
            m.xDestroy = disconnect;
            m.xOpen = open;
            m.xClose = close;
            m.xFilter = filter;
            m.xNext = next;
            m.xEof = isAtEnd;
            m.xColumn = column;
            m.xRowid = rowid;
            return m;
        }();
        return &methods;
    }
};

BulkInsert::BulkInsert(const SQLite::Database &db, const char *verb, const std::string &table,
                       const std::string &columns)
    : m_declaration("CREATE TABLE x(" + columns + ")")
    , m_width(static_cast<std::size_t>(std::count(columns.begin(), columns.end(), ',')) + 1) {
    const std::string source = "bulk_" + table;
    const int code = sqlite3_create_module(db.getHandle(), source.c_str(), BulkTable::module(), this);
    if (code != SQLITE_OK)
        throw SQLite::Exception(db.getHandle(), code);
    m_insert.emplace(db, std::string(verb) + " INTO " + table + "(" + columns + ") SELECT * FROM " + source);
}

void BulkInsert::flush() {
    if (isEmpty())
        return;
    m_insert->run();
    clear();
}

void BulkInsert::clear() {
    m_values.clear();
    m_nulls.clear();
}

} // namespace ra::store
