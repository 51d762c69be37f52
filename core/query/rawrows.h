// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/store/statement.h"

#include <bit>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

namespace ra::query {

/// Rows of a statement, taken over to be looked at later or by another thread.
class RawRows {
    struct Cell {
        std::int64_t bits = 0;  ///< an integer, the bits of a double, or where bytes begin
        std::uint32_t size = 0; ///< of bytes
        int type = SQLITE_NULL; ///< as SQLite numbers them
    };

public:
    /// One of them, read as a Statement is; valid as long as the rows do not change.
    class Row {
    public:
        Row(const Cell *cells, const std::string &bytes)
            : m_cells(cells)
            , m_bytes(bytes) {}

        [[nodiscard]] bool isNull(int column) const { return m_cells[column].type == SQLITE_NULL; }
        [[nodiscard]] std::int64_t integer(int column) const {
            const Cell &cell = m_cells[column];
            return cell.type == SQLITE_FLOAT     ? static_cast<std::int64_t>(std::bit_cast<double>(cell.bits))
                   : cell.type == SQLITE_INTEGER ? cell.bits
                                                 : 0;
        }
        /// NaN for NULL.
        [[nodiscard]] double real(int column) const {
            const Cell &cell = m_cells[column];
            return cell.type == SQLITE_FLOAT     ? std::bit_cast<double>(cell.bits)
                   : cell.type == SQLITE_INTEGER ? static_cast<double>(cell.bits)
                                                 : std::numeric_limits<double>::quiet_NaN();
        }
        [[nodiscard]] std::string_view text(int column) const {
            const Cell &cell = m_cells[column];
            return cell.type == SQLITE_TEXT || cell.type == SQLITE_BLOB
                       ? std::string_view(m_bytes).substr(static_cast<std::size_t>(cell.bits), cell.size)
                       : std::string_view();
        }

    private:
        const Cell *m_cells;
        const std::string &m_bytes;
    };

    /// Makes room for about so many bytes.
    void reserve(std::size_t bytes) { m_cells.reserve(bytes / sizeof(Cell)); }
    /// Takes over the row at which a statement is; all have the same number of columns.
    void add(const store::Statement &statement) {
        sqlite3_stmt *handle = statement.handle();
        const int columns = sqlite3_column_count(handle);
        m_columns = static_cast<std::size_t>(columns);
        for (int i = 0; i < columns; ++i) {
            Cell &cell = m_cells.emplace_back();
            cell.type = sqlite3_column_type(handle, i);
            if (cell.type == SQLITE_INTEGER) {
                cell.bits = sqlite3_column_int64(handle, i);
            } else if (cell.type == SQLITE_FLOAT) {
                cell.bits = std::bit_cast<std::int64_t>(sqlite3_column_double(handle, i));
            } else if (cell.type != SQLITE_NULL) {
                const std::string_view bytes = statement.text(i);
                cell.bits = static_cast<std::int64_t>(m_bytes.size());
                cell.size = static_cast<std::uint32_t>(bytes.size()); // SQLite has none of 4 GB
                m_bytes += bytes;
            }
        }
        ++m_rows;
    }

    [[nodiscard]] std::size_t rows() const { return m_rows; }
    [[nodiscard]] Row row(std::size_t index) const { return {m_cells.data() + index * m_columns, m_bytes}; }
    [[nodiscard]] std::size_t bytes() const { return m_cells.size() * sizeof(Cell) + m_bytes.size(); }

private:
    std::size_t m_columns = 0;
    std::size_t m_rows = 0;
    std::vector<Cell> m_cells;
    std::string m_bytes; ///< of texts and blobs, one after the other
};

} // namespace ra::query
