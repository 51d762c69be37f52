// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/store/statement.h"

#include <string>
#include <string_view>
#include <unordered_map>

namespace ra::store {

/// Gives every distinct text a number. For the writer; remembers what it has seen lately.
class TextWriter {
public:
    explicit TextWriter(const SQLite::Database &db);

    [[nodiscard]] std::int64_t idFor(std::string_view text);
    /// None for the empty text.
    [[nodiscard]] std::optional<std::int64_t> idUnlessEmpty(std::string_view text);
    /// After a rollback: numbers given since may not be in the store.
    void forget() { m_known.clear(); }

private:
    Statement m_find;
    Statement m_insert;
    const SQLite::Database &m_db;
    std::unordered_map<std::uint64_t, std::pair<std::int64_t, std::string>> m_known; ///< by hash
};

/// Looks texts up by their numbers, remembering what it has seen lately.
class TextReader {
public:
    explicit TextReader(const SQLite::Database &db);

    /// The text; empty if there is none with that number. Valid until the next call.
    [[nodiscard]] const std::string &text(std::int64_t id);
    [[nodiscard]] std::string textOrEmpty(std::optional<std::int64_t> id) { return id ? text(*id) : std::string(); }
    void forget() { m_known.clear(); }

private:
    Statement m_find;
    std::unordered_map<std::int64_t, std::string> m_known;
    std::size_t m_bytes = 0;
};

} // namespace ra::store
