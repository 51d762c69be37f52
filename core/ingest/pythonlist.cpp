// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/ingest/pythonlist.h"

#include <charconv>
#include <cstdint>

namespace ra::ingest {

namespace {

/// Position after the string literal that begins at `at` (on its quote), or npos.
std::size_t skipString(std::string_view text, std::size_t at) {
    const char quote = text[at];
    for (std::size_t i = at + 1; i < text.size(); ++i) {
        if (text[i] == '\\')
            ++i;
        else if (text[i] == quote)
            return i + 1;
    }
    return std::string_view::npos;
}

bool isQuote(char c) {
    return c == '\'' || c == '"';
}

void appendUtf8(std::string &out, std::uint32_t code) {
    if (code < 0x80) {
        out += static_cast<char>(code);
    } else if (code < 0x800) {
        out += static_cast<char>(0xC0 | (code >> 6));
        out += static_cast<char>(0x80 | (code & 0x3F));
    } else if (code < 0x10000) {
        out += static_cast<char>(0xE0 | (code >> 12));
        out += static_cast<char>(0x80 | ((code >> 6) & 0x3F));
        out += static_cast<char>(0x80 | (code & 0x3F));
    } else {
        out += static_cast<char>(0xF0 | (code >> 18));
        out += static_cast<char>(0x80 | ((code >> 12) & 0x3F));
        out += static_cast<char>(0x80 | ((code >> 6) & 0x3F));
        out += static_cast<char>(0x80 | (code & 0x3F));
    }
}

/// Undoes the escape at text[at] == '\\'; returns the position after it.
std::size_t unescape(std::string_view text, std::size_t at, std::string &out) {
    if (at + 1 >= text.size()) {
        out += '\\';
        return at + 1;
    }
    const char kind = text[at + 1];
    const std::size_t digits = kind == 'x' ? 2 : kind == 'u' ? 4 : kind == 'U' ? 8 : 0;
    if (digits > 0 && at + 2 + digits <= text.size()) {
        std::uint32_t code = 0;
        const char *first = text.data() + at + 2;
        const auto [end, error] = std::from_chars(first, first + digits, code, 16);
        const bool surrogate = code >= 0xD800 && code < 0xE000;
        if (error == std::errc() && end == first + digits && code <= 0x10FFFF && !surrogate) {
            appendUtf8(out, code);
            return at + 2 + digits;
        }
    }
    switch (kind) {
    case 'n':
        out += '\n';
        return at + 2;
    case 'r':
        out += '\r';
        return at + 2;
    case 't':
        out += '\t';
        return at + 2;
    case '\\':
    case '\'':
    case '"':
        out += kind;
        return at + 2;
    default:
        out += '\\';
        return at + 1;
    }
}

} // namespace

std::optional<std::size_t> pythonListLength(std::string_view text) {
    if (text.empty() || text[0] != '[')
        return std::nullopt;
    if (text.starts_with("[]"))
        return 2;
    std::size_t at = 1;
    while (at < text.size() && isQuote(text[at])) {
        at = skipString(text, at);
        if (at == std::string_view::npos || at >= text.size())
            return std::nullopt;
        if (text[at] == ']')
            return at + 1;
        if (text.substr(at, 2) != ", ")
            return std::nullopt;
        at += 2;
    }
    return std::nullopt;
}

std::vector<std::string> parsePythonList(std::string_view text) {
    std::vector<std::string> strings;
    const auto length = pythonListLength(text);
    if (!length)
        return strings;
    std::size_t at = 1;
    while (at < *length && isQuote(text[at])) {
        const char quote = text[at];
        std::string value;
        for (++at; text[at] != quote;) {
            if (text[at] == '\\')
                at = unescape(text, at, value);
            else
                value += text[at++];
        }
        strings.push_back(std::move(value));
        at += 3; // quote, comma, blank
    }
    return strings;
}

} // namespace ra::ingest
