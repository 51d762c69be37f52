// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/store/statement.h"

#include <SQLiteCpp/Exception.h>

#include <limits>

namespace ra::store {

Statement::Statement(const SQLite::Database &db, std::string_view sql) {
    sqlite3_stmt *handle = nullptr;
    const int code = sqlite3_prepare_v3(db.getHandle(), sql.data(), static_cast<int>(sql.size()),
                                        SQLITE_PREPARE_PERSISTENT, &handle, nullptr);
    m_handle.reset(handle);
    if (code != SQLITE_OK)
        throw SQLite::Exception(db.getHandle(), code);
}

bool Statement::step() {
    const int code = sqlite3_step(m_handle.get());
    if (code == SQLITE_ROW)
        return true;
    if (code != SQLITE_DONE) {
        const SQLite::Exception failure(sqlite3_db_handle(m_handle.get()), code);
        sqlite3_reset(m_handle.get());
        throw failure;
    }
    check(sqlite3_reset(m_handle.get()));
    return false;
}

void Statement::run() {
    while (step()) {
    }
}

std::optional<std::int64_t> Statement::maybeInteger(int column) const {
    return isNull(column) ? std::nullopt : std::optional(integer(column));
}

double Statement::real(int column) const {
    return isNull(column) ? std::numeric_limits<double>::quiet_NaN() : sqlite3_column_double(m_handle.get(), column);
}

std::string_view Statement::text(int column) const {
    const void *data = sqlite3_column_blob(m_handle.get(), column);
    const int size = sqlite3_column_bytes(m_handle.get(), column);
    return data ? std::string_view(static_cast<const char *>(data), static_cast<std::size_t>(size))
                : std::string_view();
}

void Statement::raise(int code) const {
    throw SQLite::Exception(sqlite3_db_handle(m_handle.get()), code);
}

} // namespace ra::store
