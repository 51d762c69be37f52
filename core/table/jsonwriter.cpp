// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/table/jsonwriter.h"

#include <charconv>
#include <cmath>
#include <cstddef>

namespace ra::table {

namespace {

/// Length of the UTF-8 sequence that the text begins with; 0 if it is none (RFC 3629: no surrogates, nothing overlong).
std::size_t sequenceLength(std::string_view text) {
    const auto byte = [&](std::size_t i) { return i < text.size() ? static_cast<unsigned char>(text[i]) : 0U; };
    const auto follows = [&](std::size_t i) { return (byte(i) & 0xc0U) == 0x80U; };
    const unsigned first = byte(0);
    if (first < 0x80)
        return 1;
    if (first >= 0xc2 && first <= 0xdf)
        return follows(1) ? 2 : 0;
    if (first >= 0xe0 && first <= 0xef) {
        const bool fits = (first != 0xe0 || byte(1) >= 0xa0) && (first != 0xed || byte(1) < 0xa0);
        return fits && follows(1) && follows(2) ? 3 : 0;
    }
    if (first >= 0xf0 && first <= 0xf4) {
        const bool fits = (first != 0xf0 || byte(1) >= 0x90) && (first != 0xf4 || byte(1) < 0x90);
        return fits && follows(1) && follows(2) && follows(3) ? 4 : 0;
    }
    return 0;
}

} // namespace

/// A comma, unless the value is the first of its array or object or follows its key.
void JsonWriter::separate() {
    if (!m_text.empty() && m_text.back() != '[' && m_text.back() != '{' && m_text.back() != ':')
        m_text += ',';
}

JsonWriter &JsonWriter::open(char bracket) {
    separate();
    m_text += bracket;
    return *this;
}

JsonWriter &JsonWriter::close(char bracket) {
    m_text += bracket;
    return *this;
}

JsonWriter &JsonWriter::raw(std::string_view text) {
    separate();
    m_text += text;
    return *this;
}

JsonWriter &JsonWriter::integer(std::int64_t number) {
    char buffer[24];
    const auto end = std::to_chars(buffer, buffer + sizeof buffer, number).ptr;
    return raw({buffer, static_cast<std::size_t>(end - buffer)});
}

JsonWriter &JsonWriter::value(double number) {
    if (!std::isfinite(number))
        return null();
    char buffer[32];
    const auto end = std::to_chars(buffer, buffer + sizeof buffer, number).ptr;
    return raw({buffer, static_cast<std::size_t>(end - buffer)});
}

JsonWriter &JsonWriter::value(std::span<const double> numbers) {
    beginArray();
    for (const double number : numbers)
        value(number);
    return endArray();
}

JsonWriter &JsonWriter::range(std::string_view name, double low, double high) {
    return key(name).beginArray().value(low).value(high).endArray();
}

JsonWriter &JsonWriter::key(std::string_view name) {
    separate();
    quote(name);
    m_text += ':';
    return *this;
}

JsonWriter &JsonWriter::value(std::string_view text) {
    separate();
    quote(text);
    return *this;
}

void JsonWriter::quote(std::string_view text) {
    constexpr std::string_view digits = "0123456789abcdef";
    m_text += '"';
    while (!text.empty()) {
        const std::size_t length = sequenceLength(text);
        const char c = text.front();
        if (length == 0) {
            m_text += "\xef\xbf\xbd";
        } else if (c == '"' || c == '\\') {
            m_text += '\\';
            m_text += c;
        } else if (c == '\n') {
            m_text += "\\n";
        } else if (static_cast<unsigned char>(c) < 0x20) {
            m_text += "\\u00";
            m_text += digits[static_cast<unsigned char>(c) >> 4];
            m_text += digits[static_cast<unsigned char>(c) & 15U];
        } else {
            m_text += text.substr(0, length);
        }
        text.remove_prefix(length == 0 ? 1 : length);
    }
    m_text += '"';
}

} // namespace ra::table
