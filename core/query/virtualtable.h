// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <SQLiteCpp/Database.h>
#include <SQLiteCpp/Exception.h>
#include <sqlite3.h>

#include <exception>
#include <functional>
#include <memory>
#include <type_traits>

// What the table-valued functions share.

namespace ra::query {

/// What a module knows of its connection.
struct FunctionContext {
    SQLite::Database *db = nullptr;
    const std::function<bool()> *mustStop = nullptr; ///< whether the statement is to end; for cursors that want it
};

struct FunctionTable : sqlite3_vtab {
    FunctionContext context;
};

/// Runs `body` for a method of a virtual table: nothing may be thrown through SQLite.
template <typename Body>
int guardedCall(sqlite3_vtab *table, Body &&body) {
    const auto fail = [table](int code, const char *why) {
        sqlite3_free(table->zErrMsg);
        table->zErrMsg = sqlite3_mprintf("%s", why);
        return code;
    };
    try {
        body();
        return SQLITE_OK;
    } catch (const SQLite::Exception &exception) {
        return fail(exception.getErrorCode(), exception.what());
    } catch (const std::exception &exception) {
        return fail(SQLITE_ERROR, exception.what());
    }
}

/// Makes a module known whose tables are there by their names alone. Cursor is a sqlite3_vtab_cursor that is made from
/// a const SQLite::Database & (and, if it wants it, `mustStop`) and has:
///   static constexpr const char *declaration;                 of its columns
///   static int bestIndex(sqlite3_vtab *, sqlite3_index_info *);
///   void filter(const char *idxStr, int count, sqlite3_value **values);
///   void next();  bool isAtEnd() const;  void column(sqlite3_context *, int index);
/// The connection and `mustStop` must outlive the module. Throws SQLite::Exception.
template <typename Cursor>
void addFunctionTable(SQLite::Database &db, const char *name, const std::function<bool()> *mustStop = nullptr) {
    static const sqlite3_module methods = [] {
        sqlite3_module m = {};
        m.xConnect = [](sqlite3 *handle, void *context, int, const char *const *, sqlite3_vtab **table, char **) {
            const int code = sqlite3_declare_vtab(handle, Cursor::declaration);
            if (code != SQLITE_OK)
                return code;
            sqlite3_vtab_config(handle, SQLITE_VTAB_INNOCUOUS);
            auto made = std::make_unique<FunctionTable>();
            made->context = *static_cast<FunctionContext *>(context);
            *table = made.release();
            return SQLITE_OK;
        };
        m.xBestIndex = Cursor::bestIndex;
        m.xDisconnect = [](sqlite3_vtab *table) {
            delete static_cast<FunctionTable *>(table);
            return SQLITE_OK;
        };
        m.xOpen = [](sqlite3_vtab *table, sqlite3_vtab_cursor **cursor) {
            return guardedCall(table, [&] {
                const FunctionContext &context = static_cast<FunctionTable *>(table)->context;
                if constexpr (std::is_constructible_v<Cursor, const SQLite::Database &>)
                    *cursor = new Cursor(*context.db);
                else
                    *cursor = new Cursor(*context.db, *context.mustStop);
            });
        };
        m.xClose = [](sqlite3_vtab_cursor *cursor) {
            delete static_cast<Cursor *>(cursor);
            return SQLITE_OK;
        };
        m.xFilter = [](sqlite3_vtab_cursor *base, int, const char *plan, int count, sqlite3_value **values) {
            return guardedCall(base->pVtab, [&] { static_cast<Cursor *>(base)->filter(plan, count, values); });
        };
        m.xNext = [](sqlite3_vtab_cursor *base) {
            return guardedCall(base->pVtab, [&] { static_cast<Cursor *>(base)->next(); });
        };
        m.xEof = [](sqlite3_vtab_cursor *base) { return static_cast<int>(static_cast<Cursor *>(base)->isAtEnd()); };
        m.xColumn = [](sqlite3_vtab_cursor *base, sqlite3_context *context, int index) {
            return guardedCall(base->pVtab, [&] { static_cast<Cursor *>(base)->column(context, index); });
        };
        m.xRowid = [](sqlite3_vtab_cursor *, sqlite3_int64 *row) {
            *row = 0; // nobody asks for it: rows of a function have no number
            return SQLITE_OK;
        };
        return m;
    }();
    auto context = std::make_unique<FunctionContext>(FunctionContext{&db, mustStop});
    // SQLite calls the destructor also if it fails.
    const int code = sqlite3_create_module_v2(db.getHandle(), name, &methods, context.release(),
                                              [](void *gone) { delete static_cast<FunctionContext *>(gone); });
    if (code != SQLITE_OK)
        throw SQLite::Exception(db.getHandle(), code);
}

} // namespace ra::query
