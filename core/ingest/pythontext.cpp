// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/ingest/pythontext.h"

#include <array>
#include <charconv>
#include <cmath>

namespace ra::ingest {

std::string pythonFloat(double value) {
    if (std::isnan(value))
        return "nan";
    if (std::isinf(value))
        return value < 0 ? "-inf" : "inf";
    // Python takes the shortest digits that read back as the same number, and an exponent below 1e-4 and from 1e16 on.
    const double size = std::abs(value);
    const bool exponent = size != 0 && (size < 1e-4 || size >= 1e16);
    std::array<char, 64> buffer{};
    const auto result = std::to_chars(buffer.data(), buffer.data() + buffer.size(), value,
                                      exponent ? std::chars_format::scientific : std::chars_format::fixed);
    std::string text(buffer.data(), result.ptr);
    if (!exponent && text.find('.') == std::string::npos)
        text += ".0";
    return text;
}

std::string pythonQuoted(std::string_view text) {
    const bool twoMarks = text.find('\'') != std::string_view::npos && text.find('"') == std::string_view::npos;
    const char mark = twoMarks ? '"' : '\'';
    std::string quoted(1, mark);
    for (char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        if (c == mark || c == '\\') {
            quoted += '\\';
            quoted += c;
        } else if (c == '\n') {
            quoted += "\\n";
        } else if (c == '\r') {
            quoted += "\\r";
        } else if (c == '\t') {
            quoted += "\\t";
        } else if (byte < 0x20 || byte == 0x7F) {
            constexpr std::string_view digits = "0123456789abcdef";
            quoted += "\\x";
            quoted += digits[byte >> 4U];
            quoted += digits[byte & 15U];
        } else {
            quoted += c;
        }
    }
    return quoted + mark;
}

} // namespace ra::ingest
