// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <deque>
#include <string>
#include <string_view>
#include <vector>

namespace ra::table {

/// Cuts CSV into rows and cells, without copying but for cells that hold doubled quotes.
class Rows {
public:
    /// The text must outlive this. A byte order mark at its beginning is skipped.
    explicit Rows(std::string_view text);

    /// Goes to the next row; false at the end. Its cells are valid until the next call.
    [[nodiscard]] bool next();
    [[nodiscard]] const std::vector<std::string_view> &cells() const { return m_cells; }
    /// Number of the line that the row begins on, from 1.
    [[nodiscard]] std::size_t line() const { return m_line; }
    /// Whether the row is a line without any character.
    [[nodiscard]] bool isBlank() const { return m_cells.size() == 1 && m_cells[0].empty(); }
    /// Whether the last row holds a quote that is never closed.
    [[nodiscard]] bool isUnclosed() const { return m_unclosed; }

private:
    [[nodiscard]] const char *quoted(const char *at);

    const char *m_at = nullptr;
    const char *m_end = nullptr;
    std::vector<std::string_view> m_cells;
    std::deque<std::string> m_unquoted; ///< what cells with doubled quotes refer to
    std::size_t m_line = 0;
    std::size_t m_nextLine = 1;
    bool m_unclosed = false;
};

} // namespace ra::table
