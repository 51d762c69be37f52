// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/store/statement.h"

#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace ra::store {

/// Which texts are named by something; see TextSweep.
class TextMarks {
public:
    /// Of the texts up to this number, none is.
    void reset(std::int64_t newest) {
        m_newest = newest;
        m_marks = std::vector<bool>(static_cast<std::size_t>(newest) + 1);
    }
    [[nodiscard]] std::int64_t newest() const { return m_newest; }
    void mark(std::int64_t id) {
        if (id > 0 && id <= m_newest)
            m_marks[static_cast<std::size_t>(id)] = true;
    }
    [[nodiscard]] bool has(std::int64_t id) const {
        return id <= 0 || id > m_newest || m_marks[static_cast<std::size_t>(id)];
    }

private:
    std::int64_t m_newest = 0;
    std::vector<bool> m_marks;
};

/// Gives every distinct text a number. For the writer; remembers what it has seen lately.
class TextWriter {
public:
    explicit TextWriter(const SQLite::Database &db);

    [[nodiscard]] std::int64_t idFor(std::string_view text);
    /// None for the empty text.
    [[nodiscard]] std::optional<std::int64_t> idUnlessEmpty(std::string_view text);
    /// After a rollback: numbers given since may not be in the store.
    void forget() { m_known.clear(); }
    /// From now on, marks there what it gives a number of; nullptr: nowhere.
    void markIn(TextMarks *marks) { m_marks = marks; }

private:
    [[nodiscard]] std::int64_t find(std::string_view text);

    TextMarks *m_marks = nullptr;
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
