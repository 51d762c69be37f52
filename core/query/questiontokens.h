// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/error.h"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace ra::query {

enum class TokenKind : std::uint8_t {
    Word, ///< without quotes; numbers too
    Text, ///< between quotes, which are gone
    Sign, ///< | ( ) , = != < <= > >=
    End,
};

struct Token {
    TokenKind kind = TokenKind::End;
    std::string text;
    std::size_t column = 1; ///< in characters, from 1
};

/// The error of a question's text at a place.
[[nodiscard]] Error textError(std::size_t column, std::string why, std::string hint = {});

/// The tokens of a question, the last of which is End. Quotes are " or '; within them a quote is doubled. Invalid: a
/// text that does not end, a character that means nothing, more than 64 KiB. O(text).
[[nodiscard]] Result<std::vector<Token>> tokensOf(std::string_view text);

} // namespace ra::query
