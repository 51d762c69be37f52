// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/store/declarations.h"

#include "core/store/schema.h"
#include "core/store/statement.h"

#include <algorithm>
#include <string_view>

namespace ra::store {

namespace {

/// What differs in nothing else declares the same: comments have changed where what is declared has not.
std::string withoutComments(std::string_view sql) {
    std::string text;
    bool isApart = false; // there is space or a comment before what comes
    for (std::size_t i = 0; i < sql.size();) {
        const char c = sql[i];
        if (sql.substr(i, 2) == "--") {
            i = std::min(sql.find('\n', i), sql.size());
            isApart = true;
            continue;
        }
        if (c == ' ' || c == '\n' || c == '\t' || c == '\r' || c == '\f') {
            ++i;
            isApart = true;
            continue;
        }
        if (isApart && !text.empty())
            text += ' ';
        isApart = false;
        std::size_t end = i + 1;
        if (c == '\'' || c == '"')
            end = std::min(sql.find(c, end), sql.size() - 1) + 1;
        text.append(sql.substr(i, end - i));
        i = end;
    }
    return text;
}

} // namespace

Declarations declarationsOf(const SQLite::Database &db) {
    Declarations all;
    Statement rows(db, "SELECT type, name, tbl_name, sql FROM sqlite_schema");
    while (rows.step())
        all.insert_or_assign({std::string(rows.text(0)), std::string(rows.text(1))},
                             Declaration{std::string(rows.text(2)), withoutComments(rows.text(3))});
    return all;
}

Result<Declarations> newestDeclarations() {
    SQLite::Database fresh(":memory:", SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE | SQLite::OPEN_NOMUTEX);
    if (const Result<int> made = migrate(fresh, ":memory:"); !made)
        return fail(made.error());
    return declarationsOf(fresh);
}

} // namespace ra::store
