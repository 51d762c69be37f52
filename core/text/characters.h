// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace ra::text {

/// What a byte is to the masking of log lines. Bytes of UTF-8 beyond ASCII are letters.
enum CharacterClass : std::uint8_t {
    Blank = 1,     ///< white space and control characters
    Delimiter = 2, ///< ends a token
    WordEnd = 4,   ///< ends a path and a slot too: blanks and ,!;:=|"'[](){}
    Digit = 8,
    HexLetter = 16, ///< a-f, A-F
    Letter = 32,    ///< all letters, those of hexadecimal numbers included
    HostPart = 64,  ///< letters, digits, '.', '-', '_'
};

namespace detail {
constexpr std::array<std::uint8_t, 256> characterClasses() {
    std::array<std::uint8_t, 256> classes{};
    for (unsigned c = 0; c < 256; ++c) {
        std::uint8_t is = 0;
        if (c <= ' ' || c == 0x7f)
            is |= Blank | Delimiter | WordEnd;
        if (c >= '0' && c <= '9')
            is |= Digit | HostPart;
        if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c >= 0x80)
            is |= Letter;
        if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'))
            is |= HostPart;
        if ((c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'))
            is |= HexLetter;
        classes[c] = is;
    }
    for (const char c : std::string_view(",!;:=|\"'[](){}"))
        classes[static_cast<unsigned char>(c)] |= Delimiter | WordEnd;
    for (const char c : std::string_view(".-+@#$%&/"))
        classes[static_cast<unsigned char>(c)] |= Delimiter;
    for (const char c : std::string_view(".-_"))
        classes[static_cast<unsigned char>(c)] |= HostPart;
    return classes;
}
inline constexpr auto classes = characterClasses();
} // namespace detail

/// Whether the character is of one of the classes in the set.
[[nodiscard]] constexpr bool isOf(char c, unsigned set) {
    return (detail::classes[static_cast<unsigned char>(c)] & set) != 0;
}
[[nodiscard]] constexpr char lower(char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c;
}
/// Whether both are equal but for the case of ASCII letters; the second is given in lower case.
[[nodiscard]] constexpr bool equalsLower(std::string_view text, std::string_view lowerCase) {
    if (text.size() != lowerCase.size())
        return false;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (lower(text[i]) != lowerCase[i])
            return false;
    }
    return true;
}

} // namespace ra::text
