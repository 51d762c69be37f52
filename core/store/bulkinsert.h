// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/store/statement.h"

#include <cstdint>
#include <string>
#include <vector>

namespace ra::store {

/// Gathers rows of whole numbers and inserts them with one statement: half again as fast as a statement a row, since
/// SQLite pulls them (from a virtual table over this object) without being entered and left each time. The rows are in
/// the table only after flush().
class BulkInsert {
public:
    /// `verb`: "INSERT" or "INSERT OR REPLACE"; `columns`: "id, name, ...". At most 32 columns.
    BulkInsert(const SQLite::Database &db, const char *verb, const std::string &table, const std::string &columns);
    BulkInsert(const BulkInsert &) = delete;
    BulkInsert &operator=(const BulkInsert &) = delete;

    template <typename... Values>
    void add(const Values &...values) {
        m_nulls.push_back(0);
        int column = 0;
        (put(column++, values), ...);
    }
    void flush();
    [[nodiscard]] bool isEmpty() const { return m_nulls.empty(); }
    /// After a rollback.
    void clear();

private:
    friend struct BulkTable;

    void put(int, std::integral auto value) { m_values.push_back(static_cast<std::int64_t>(value)); }
    template <typename T>
    void put(int column, const std::optional<T> &value) {
        m_values.push_back(static_cast<std::int64_t>(value.value_or(T())));
        if (!value)
            m_nulls.back() |= std::uint32_t(1) << column;
    }

    std::string m_declaration;
    std::size_t m_width = 0;
    std::vector<std::int64_t> m_values; ///< row by row
    std::vector<std::uint32_t> m_nulls; ///< one bit a column
    std::optional<Statement> m_insert;
};

} // namespace ra::store
