// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/query/question.h"
#include "core/query/questiontokens.h"

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace ra::query {

/// Reads the parts of a question from its tokens. Each function leaves off behind what it has read.
class QuestionParser {
public:
    explicit QuestionParser(std::span<const Token> tokens)
        : m_tokens(tokens) {}

    [[nodiscard]] const Token &peek() const { return m_tokens[m_at]; }
    const Token &next() { return m_tokens[m_at + 1 < m_tokens.size() ? m_at++ : m_at]; }
    [[nodiscard]] bool isSign(std::string_view sign) const {
        return peek().kind == TokenKind::Sign && peek().text == sign;
    }
    /// Whether a word comes, in either case.
    [[nodiscard]] bool isWord(std::string_view word) const;
    /// The same, and takes it.
    bool takeSign(std::string_view sign);
    bool takeWord(std::string_view word);
    /// The error of what comes next.
    [[nodiscard]] Error unexpected(std::string wanted) const;

    /// A word or a text between quotes.
    [[nodiscard]] Result<std::string> name(std::string wanted);
    [[nodiscard]] Result<std::string> field() { return name("A field comes here"); }
    [[nodiscard]] Result<Filter> condition();
    [[nodiscard]] Result<Key> key();
    [[nodiscard]] Result<Aggregate> aggregate();
    [[nodiscard]] Result<Order> order();
    [[nodiscard]] Result<std::size_t> count();

private:
    [[nodiscard]] Result<Filter> either(int depth);
    [[nodiscard]] Result<Filter> both(int depth);
    [[nodiscard]] Result<Filter> one(int depth);
    [[nodiscard]] Result<Filter> comparison();
    /// A field, or a column as it is called: "p95(duration)".
    [[nodiscard]] Result<std::string> operand();
    [[nodiscard]] Result<Literal> literal();
    [[nodiscard]] Result<double> number();

    std::span<const Token> m_tokens;
    std::size_t m_at = 0;
};

/// "5s", "200ms", "4KB", "1e3", "-2.5" as a number of seconds, bytes or nothing in particular.
[[nodiscard]] std::optional<double> numberWithUnit(std::string_view text);

} // namespace ra::query
