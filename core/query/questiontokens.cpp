// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/query/questiontokens.h"

#include <algorithm>

namespace ra::query {

namespace {

constexpr std::size_t longest = std::size_t{64} * 1024;

bool isOfWord(char c) {
    const bool isLetter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || static_cast<unsigned char>(c) >= 0x80;
    return isLetter || (c >= '0' && c <= '9') || std::string_view("_.:/-+%").find(c) != std::string_view::npos;
}

/// Characters, of which a byte that goes on with one is none.
std::size_t lengthOf(std::string_view text) {
    return static_cast<std::size_t>(std::count_if(
        text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xc0U) != 0x80U; }));
}

} // namespace

Error textError(std::size_t column, std::string why, std::string hint) {
    return {.kind = ErrorKind::Invalid,
            .what = "read the question",
            .where = "at column " + std::to_string(column),
            .why = std::move(why),
            .hint = std::move(hint)};
}

Result<std::vector<Token>> tokensOf(std::string_view text) {
    if (text.size() > longest)
        return fail(textError(1, "it is longer than 64 KiB"));
    std::vector<Token> tokens;
    std::size_t at = 0;
    std::size_t column = 1;
    const auto take = [&](TokenKind kind, std::size_t length) {
        tokens.push_back({.kind = kind, .text = std::string(text.substr(at, length)), .column = column});
        column += lengthOf(text.substr(at, length));
        at += length;
    };
    while (at < text.size()) {
        const char c = text[at];
        if (c == ' ' || c == '\t' || c == '\n' || c == '\r') {
            ++at;
            ++column;
            continue;
        }
        if (c == '"' || c == '\'') {
            Token token{.kind = TokenKind::Text, .text = {}, .column = column};
            std::size_t end = at + 1;
            for (; end < text.size(); ++end) {
                if (text[end] == c && (end + 1 == text.size() || text[end + 1] != c))
                    break;
                end += static_cast<std::size_t>(text[end] == c); // a doubled one
                token.text += text[end];
            }
            if (end >= text.size())
                return fail(
                    textError(column, "the text that begins here does not end", "Close it with the same quote"));
            column += lengthOf(text.substr(at, end + 1 - at));
            at = end + 1;
            tokens.push_back(std::move(token));
            continue;
        }
        const std::string_view two = text.substr(at, 2);
        if (two == "!=" || two == "<=" || two == ">=" || two == "<>" || two == "==") {
            take(TokenKind::Sign, 2);
            continue;
        }
        if (std::string_view("|(),=<>").find(c) != std::string_view::npos) {
            take(TokenKind::Sign, 1);
            continue;
        }
        std::size_t length = 0;
        while (at + length < text.size() && isOfWord(text[at + length]))
            ++length;
        if (length == 0) {
            const bool isShown = c > ' ' && c < 0x7f;
            return fail(textError(column,
                                  isShown ? std::string("the character ") + c + " means nothing here"
                                          : std::string("a control character means nothing here"),
                                  "Put texts between quotes"));
        }
        take(TokenKind::Word, length);
    }
    tokens.push_back({.kind = TokenKind::End, .text = {}, .column = column});
    return tokens;
}

} // namespace ra::query
