// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <SQLiteCpp/Database.h>
#include <sqlite3.h>

#include <concepts>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace ra::store {

/// Bytes to be bound as a BLOB rather than as text.
struct Blob {
    std::string_view bytes;
};

/// A prepared statement for hot paths: SQLiteCpp's own counts references for every column it reads. Throws
/// SQLite::Exception like the rest of SQLiteCpp; the room's door turns that into an Error. Texts and blobs that are
/// bound must live until the next reset.
class Statement {
public:
    Statement(const SQLite::Database &db, std::string_view sql);

    /// Binds all parameters from the first on.
    template <typename... Values>
    Statement &bind(const Values &...values) {
        int index = 0;
        (bindAt(++index, values), ...);
        return *this;
    }

    void bindAt(int index, std::nullptr_t) { check(sqlite3_bind_null(m_handle.get(), index)); }
    void bindAt(int index, std::integral auto value) {
        check(sqlite3_bind_int64(m_handle.get(), index, static_cast<std::int64_t>(value)));
    }
    /// NaN is NULL to SQLite.
    void bindAt(int index, double value) { check(sqlite3_bind_double(m_handle.get(), index, value)); }
    void bindAt(int index, std::string_view text) {
        check(sqlite3_bind_text64(m_handle.get(), index, text.empty() ? "" : text.data(), text.size(), SQLITE_STATIC,
                                  SQLITE_UTF8));
    }
    void bindAt(int index, Blob blob) {
        check(sqlite3_bind_blob64(m_handle.get(), index, blob.bytes.empty() ? "" : blob.bytes.data(), blob.bytes.size(),
                                  SQLITE_STATIC));
    }
    template <typename T>
    void bindAt(int index, const std::optional<T> &value) {
        if (value)
            bindAt(index, *value);
        else
            bindAt(index, nullptr);
    }

    /// Moves to the next row; false after the last, when the statement is reset and can be bound again.
    bool step();
    /// For statements without rows: steps to the end.
    void run();
    void reset() { sqlite3_reset(m_handle.get()); }

    [[nodiscard]] bool isNull(int column) const { return sqlite3_column_type(m_handle.get(), column) == SQLITE_NULL; }
    [[nodiscard]] std::int64_t integer(int column) const { return sqlite3_column_int64(m_handle.get(), column); }
    [[nodiscard]] std::optional<std::int64_t> maybeInteger(int column) const;
    /// NaN for NULL.
    [[nodiscard]] double real(int column) const;
    /// Valid until the next step or reset.
    [[nodiscard]] std::string_view text(int column) const;

    [[nodiscard]] sqlite3_stmt *handle() const { return m_handle.get(); }

private:
    void check(int code) const {
        if (code != SQLITE_OK)
            raise(code);
    }
    [[noreturn]] void raise(int code) const;

    struct Finalize {
        void operator()(sqlite3_stmt *statement) const { sqlite3_finalize(statement); }
    };
    std::unique_ptr<sqlite3_stmt, Finalize> m_handle;
};

/// Resets a statement at the end of a scope, so that no read stays open when its rows are not read to the end.
class ResetAtEnd {
public:
    explicit ResetAtEnd(Statement &statement)
        : m_statement(statement) {}
    ~ResetAtEnd() { m_statement.reset(); }
    ResetAtEnd(const ResetAtEnd &) = delete;
    ResetAtEnd &operator=(const ResetAtEnd &) = delete;

private:
    Statement &m_statement;
};

} // namespace ra::store
