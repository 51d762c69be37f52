// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/query/rowfilter.h"

#include <algorithm>
#include <array>

namespace ra::query {

namespace {

/// Deeper trees are nobody's question, and would take the stack.
constexpr int deepest = 200;

Error refused(std::string why, std::string hint = {}) {
    return {.kind = ErrorKind::Invalid,
            .what = "answer the question",
            .where = {},
            .why = std::move(why),
            .hint = std::move(hint)};
}

char lower(char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

std::optional<double> weekdayOf(std::string_view word) {
    constexpr std::array<std::string_view, 7> days = {"monday", "tuesday",  "wednesday", "thursday",
                                                      "friday", "saturday", "sunday"};
    constexpr std::size_t shortest = 3;
    std::string name;
    for (const char c : word.substr(0, days[2].size() + 1))
        name += lower(c);
    const auto *found = std::find_if(days.begin(), days.end(), [&](std::string_view day) {
        return name == day || (name.size() == shortest && day.starts_with(name));
    });
    return found == days.end() ? std::nullopt : std::optional(static_cast<double>(found - days.begin() + 1));
}

template <typename T>
bool holds(Comparison comparison, const T &a, const T &b) {
    switch (comparison) {
    case Comparison::Equal:
    case Comparison::In:
        return a == b;
    case Comparison::NotEqual:
        return a != b;
    case Comparison::Less:
        return a < b;
    case Comparison::LessOrEqual:
        return a <= b;
    case Comparison::Greater:
        return a > b;
    case Comparison::GreaterOrEqual:
        return a >= b;
    default:
        return false;
    }
}

Truth truthOf(bool value) {
    return value ? Truth::True : Truth::False;
}

} // namespace

bool isLike(std::string_view text, std::string_view pattern) {
    std::size_t t = 0;
    std::size_t p = 0;
    std::size_t star = std::string_view::npos; // the last % so far, and what it stands for ends at `from`
    std::size_t from = 0;
    while (t < text.size()) {
        if (p < pattern.size() && pattern[p] == '%') {
            star = p++;
            from = t;
        } else if (p < pattern.size() && (pattern[p] == '_' || lower(pattern[p]) == lower(text[t]))) {
            ++p;
            ++t;
        } else if (star != std::string_view::npos) {
            p = star + 1;
            t = ++from;
        } else {
            return false;
        }
    }
    while (p < pattern.size() && pattern[p] == '%')
        ++p;
    return p == pattern.size();
}

Result<RowFilter> RowFilter::make(const Filter &filter, const Resolve &resolve) {
    Result<Node> root = node(filter, resolve, 0);
    if (!root)
        return fail(root.error());
    RowFilter result;
    result.m_root = std::move(*root);
    return result;
}

Result<RowFilter::Node> RowFilter::node(const Filter &filter, const Resolve &resolve, int depth) {
    if (depth > deepest)
        return fail(refused("conditions are nested more than " + std::to_string(deepest) + " deep"));
    Node result;
    result.kind = filter.kind;
    for (const Filter &part : filter.parts) {
        Result<Node> made = node(part, resolve, depth + 1);
        if (!made)
            return fail(made.error());
        result.parts.push_back(std::move(*made));
    }
    if (filter.kind == Filter::Kind::Not && result.parts.size() != 1)
        return fail(refused("\"not\" takes one condition"));
    if (filter.kind != Filter::Kind::Compare)
        return result;
    const Result<Operand> operand = resolve(filter.field);
    if (!operand)
        return fail(operand.error());
    result.operand = *operand;
    result.comparison = filter.comparison;
    const bool isText = operand->type == ColumnType::Text;
    const bool ofTexts = filter.comparison == Comparison::Like || filter.comparison == Comparison::Contains;
    const bool hasOne = filter.comparison != Comparison::In && filter.comparison != Comparison::Missing;
    if (hasOne && filter.values.size() != 1)
        return fail(refused("the comparison of " + filter.field + " takes one value"));
    if (ofTexts && !isText)
        return fail(refused(filter.field + " is no text", "Compare it with a number"));
    if (operand->type == ColumnType::Time && filter.comparison != Comparison::Missing)
        return fail(refused(filter.field + " is a time, which is not compared", "Bound the time by since and until"));
    for (const Literal &value : filter.values) {
        const auto *text = std::get_if<std::string>(&value);
        if (isText) {
            if (!text)
                return fail(refused(filter.field + " is a text", "Put what it is compared with between quotes"));
            result.texts.push_back(*text);
            continue;
        }
        const std::optional<double> day = text && operand->isWeekday ? weekdayOf(*text) : std::nullopt;
        if (text && !day) {
            return fail(refused(filter.field + " is a number",
                                operand->isWeekday ? "Compare it with mon to sun, or with 1 to 7" : ""));
        }
        result.numbers.push_back(day ? *day : std::get<double>(value));
    }
    if (filter.comparison == Comparison::Contains)
        result.needle.emplace(result.texts.front());
    return result;
}

bool RowFilter::matches(const Node &node, const std::string &text) {
    switch (node.comparison) {
    case Comparison::Like:
        return isLike(text, node.texts.front());
    case Comparison::Contains:
        return node.needle->isIn(text);
    default:
        return std::any_of(node.texts.begin(), node.texts.end(),
                           [&](const std::string &other) { return holds(node.comparison, text, other); });
    }
}

Truth RowFilter::test(const Node &node, const Row &row, const Words &words) {
    switch (node.kind) {
    case Filter::Kind::Everything:
        return Truth::True;
    case Filter::Kind::Not: {
        const Truth inner = test(node.parts.front(), row, words);
        return inner == Truth::Unknown ? inner : truthOf(inner == Truth::False);
    }
    case Filter::Kind::And:
    case Filter::Kind::Or: {
        const Truth decides = node.kind == Filter::Kind::And ? Truth::False : Truth::True;
        Truth result = decides == Truth::False ? Truth::True : Truth::False;
        for (const Node &part : node.parts) {
            const Truth truth = test(part, row, words);
            if (truth == decides)
                return decides;
            if (truth == Truth::Unknown)
                result = Truth::Unknown;
        }
        return result;
    }
    case Filter::Kind::Compare:
        break;
    }
    const Value &value = row.values[node.operand.slot];
    if (value.state == Value::State::Unknown)
        return Truth::Unknown;
    if (node.comparison == Comparison::Missing || value.state == Value::State::Missing)
        return truthOf(node.comparison == Comparison::Missing && value.state == Value::State::Missing);
    if (node.operand.type != ColumnType::Text) {
        const double number = value.number / node.operand.divisor;
        return truthOf(std::any_of(node.numbers.begin(), node.numbers.end(),
                                   [&](double other) { return holds(node.comparison, number, other); }));
    }
    const auto word = static_cast<std::size_t>(value.integer);
    if (word >= node.known.size())
        node.known.resize(words.size(), -1);
    std::int8_t &known = node.known[word];
    if (known < 0)
        known = static_cast<std::int8_t>(matches(node, words.text(value.integer)));
    return truthOf(known == 1);
}

Truth RowFilter::test(const Row &row, const Words &words) const {
    return test(m_root, row, words);
}

} // namespace ra::query
