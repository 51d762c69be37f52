// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/table/rows.h"

#include <utility>

namespace ra::table {

Rows::Rows(std::string_view text) {
    if (text.starts_with("\xef\xbb\xbf"))
        text.remove_prefix(3);
    m_at = text.data();
    m_end = m_at + text.size();
}

/// Reads a cell that begins with a quote; returns where it ends.
const char *Rows::quoted(const char *at) {
    const char *from = ++at;
    bool isDoubled = false;
    for (; at < m_end; ++at) {
        m_nextLine += static_cast<std::size_t>(*at == '\n');
        if (*at != '"')
            continue;
        if (at + 1 == m_end || at[1] != '"')
            break;
        isDoubled = true;
        ++at;
    }
    m_unclosed = at == m_end;
    std::string_view cell(from, static_cast<std::size_t>(at - from));
    if (isDoubled) {
        std::string plain;
        plain.reserve(cell.size());
        for (std::size_t i = 0; i < cell.size(); ++i) {
            plain += cell[i];
            if (cell[i] == '"')
                ++i;
        }
        m_unquoted.push_back(std::move(plain));
        m_cells.emplace_back(m_unquoted.back());
    } else {
        m_cells.push_back(cell);
    }
    if (!m_unclosed)
        ++at;
    // What stands between the closing quote and the comma belongs to nothing; spreadsheets drop it too.
    while (at < m_end && *at != ',' && *at != '\n')
        ++at;
    return at;
}

bool Rows::next() {
    m_cells.clear();
    m_unquoted.clear();
    m_line = m_nextLine;
    if (m_at == m_end)
        return false;
    for (;;) {
        if (m_at < m_end && *m_at == '"') {
            m_at = quoted(m_at);
        } else {
            const char *from = m_at;
            while (m_at < m_end && *m_at != ',' && *m_at != '\n')
                ++m_at;
            const char *to = m_at;
            if (to > from && to[-1] == '\r' && (m_at == m_end || *m_at == '\n'))
                --to;
            m_cells.emplace_back(from, static_cast<std::size_t>(to - from));
        }
        if (m_at == m_end)
            break;
        if (*m_at++ == '\n') {
            ++m_nextLine;
            break;
        }
    }
    return true;
}

} // namespace ra::table
