// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/store/texts.h"

#include <xxhash.h>

namespace ra::store {

namespace {
// Step and class names are few; what makes these caches grow is error texts with changing parts.
constexpr std::size_t mostKnown = 50'000;
constexpr std::size_t mostBytes = std::size_t{16} * 1024 * 1024;
constexpr std::size_t longestKnown = 4'096;
} // namespace

TextWriter::TextWriter(const SQLite::Database &db)
    : m_find(db, "SELECT id, text FROM texts WHERE hash = ? ORDER BY id")
    , m_insert(db, "INSERT INTO texts(hash, text) VALUES(?, ?)")
    , m_db(db) {}

std::int64_t TextWriter::idFor(std::string_view text) {
    const std::int64_t id = find(text);
    if (m_marks)
        m_marks->mark(id);
    return id;
}

/// Adds it if it is not there.
std::int64_t TextWriter::find(std::string_view text) {
    const std::uint64_t hash = XXH3_64bits(text.data(), text.size());
    if (const auto known = m_known.find(hash); known != m_known.end() && known->second.second == text)
        return known->second.first;
    std::int64_t id = 0;
    m_find.bind(hash);
    {
        const ResetAtEnd reset(m_find);
        while (id == 0 && m_find.step()) {
            if (m_find.text(1) == text)
                id = m_find.integer(0);
        }
    }
    if (id == 0) {
        m_insert.bind(hash, text);
        m_insert.run();
        id = sqlite3_last_insert_rowid(m_db.getHandle());
    }
    if (text.size() <= longestKnown) {
        if (m_known.size() >= mostKnown)
            m_known.clear();
        m_known.insert_or_assign(hash, std::pair(id, std::string(text)));
    }
    return id;
}

std::optional<std::int64_t> TextWriter::idUnlessEmpty(std::string_view text) {
    return text.empty() ? std::nullopt : std::optional(idFor(text));
}

TextReader::TextReader(const SQLite::Database &db)
    : m_find(db, "SELECT text FROM texts WHERE id = ?") {}

const std::string &TextReader::text(std::int64_t id) {
    if (const auto known = m_known.find(id); known != m_known.end())
        return known->second;
    if (m_bytes > mostBytes) {
        m_known.clear();
        m_bytes = 0;
    }
    m_find.bind(id);
    const ResetAtEnd reset(m_find);
    std::string text(m_find.step() ? m_find.text(0) : std::string_view());
    m_bytes += text.size() + 64;
    return m_known.emplace(id, std::move(text)).first->second;
}

} // namespace ra::store
