// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/ingest/jsonscan.h"

#include <cstddef>
#include <string>
#include <string_view>

namespace ra::ingest {

/// Goes through the members of a JSON object without reading their values. Works on the text as it stands: views of
/// keys and strings are their insides, escapes as written. NaN and infinities as Python writes them are values.
class JsonMembers {
public:
    /// `object` begins at its bracket; what follows the object is not looked at.
    explicit JsonMembers(std::string_view object)
        : m_at(object.data())
        , m_end(object.data() + object.size()) {
        skipBlanks();
        m_open = m_at != m_end && *m_at == '{';
        if (m_open)
            ++m_at;
    }

    /// Moves to the next member; false at the end, and where the text is not an object's.
    bool next() {
        if (!m_open)
            return false;
        m_open = step();
        return m_open;
    }
    [[nodiscard]] std::string_view key() const { return m_key; }
    /// As written: with quotes if it is a string.
    [[nodiscard]] std::string_view value() const { return m_value; }
    [[nodiscard]] bool isText() const { return m_value.starts_with('"'); }
    /// The inside of a string.
    [[nodiscard]] std::string_view text() const { return m_value.substr(1, m_value.size() - 2); }

private:
    void skipBlanks() {
        while (m_at != m_end && (*m_at == ' ' || *m_at == '\t' || *m_at == '\n' || *m_at == '\r'))
            ++m_at;
    }
    bool step() {
        skipBlanks();
        if (m_at != m_end && *m_at == ',') {
            ++m_at;
            skipBlanks();
        }
        if (m_at == m_end || *m_at != '"')
            return false;
        const char *close = jsonStringEnd(m_at + 1, m_end);
        if (!close)
            return false;
        m_key = {m_at + 1, static_cast<std::size_t>(close - m_at) - 1};
        m_at = close + 1;
        skipBlanks();
        if (m_at == m_end || *m_at != ':')
            return false;
        ++m_at;
        skipBlanks();
        const char *end = jsonValueEnd(m_at, m_end);
        if (!end)
            return false;
        m_value = {m_at, static_cast<std::size_t>(end - m_at)};
        while (!m_value.empty() && (m_value.back() == '\n' || m_value.back() == '\r' || m_value.back() == '\t'))
            m_value.remove_suffix(1);
        m_at = end;
        return true;
    }

    const char *m_at;
    const char *m_end;
    std::string_view m_key;
    std::string_view m_value;
    bool m_open = false;
};

/// The text that the inside of a JSON string stands for; the inside itself where it is no valid one. Valid UTF-8.
[[nodiscard]] std::string jsonText(std::string_view inside);

/// A number as Python's json module writes it, NaN and infinities included; false for anything else.
[[nodiscard]] bool jsonNumber(std::string_view value, double &number);

} // namespace ra::ingest
