// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/query/questionparser.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

namespace ra::query {

namespace {

/// Parentheses and nots within each other.
constexpr int deepest = 100;

std::string lowered(std::string_view text) {
    std::string result(text);
    std::transform(result.begin(), result.end(), result.begin(),
                   [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
    return result;
}

struct Unit {
    std::string_view name;
    double factor;
};
constexpr double kilo = 1024;
constexpr std::array units = {
    Unit{"", 1},
    Unit{"%", 1},
    Unit{"ns", 1e-9},
    Unit{"us", 1e-6},
    Unit{"ms", 1e-3},
    Unit{"s", 1},
    Unit{"m", 60},
    Unit{"min", 60},
    Unit{"h", 3600},
    Unit{"d", 86'400},
    Unit{"b", 1},
    Unit{"kb", kilo},
    Unit{"mb", kilo *kilo},
    Unit{"gb", kilo *kilo *kilo},
    Unit{"tb", kilo *kilo *kilo *kilo},
};

struct Function {
    std::string_view name;
    AggregateKind kind;
};
constexpr std::array functions = {
    Function{"count", AggregateKind::Count},
    Function{"sum", AggregateKind::Sum},
    Function{"mean", AggregateKind::Mean},
    Function{"avg", AggregateKind::Mean},
    Function{"min", AggregateKind::Min},
    Function{"max", AggregateKind::Max},
    Function{"stddev", AggregateKind::Stddev},
    Function{"quantile", AggregateKind::Quantile},
    Function{"first", AggregateKind::First},
    Function{"last", AggregateKind::Last},
    Function{"delta", AggregateKind::Delta},
    Function{"rate", AggregateKind::Rate},
    Function{"slope", AggregateKind::Slope},
    Function{"error_rate", AggregateKind::ErrorRate},
    Function{"histogram", AggregateKind::Histogram},
    Function{"top", AggregateKind::Top},
};
constexpr const char *functionHint =
    "Aggregates are count, sum, mean, min, max, stddev, p50 to p99.9, quantile, first, "
    "last, delta, rate, slope, error_rate, histogram and top";

/// "p95", "p99.9" as a share.
std::optional<double> percentile(std::string_view name) {
    double percent = 0;
    if (name.size() < 2 || name[0] != 'p' || name[1] < '0' || name[1] > '9')
        return {};
    const auto [end, error] =
        std::from_chars(name.data() + 1, name.data() + name.size(), percent, std::chars_format::fixed);
    if (error != std::errc() || end != name.data() + name.size() || percent > 100)
        return {};
    return percent / 100;
}

} // namespace

std::optional<double> numberWithUnit(std::string_view text) {
    double value = 0;
    const char *begin = text.data();
    if (!text.empty() && text.front() == '+')
        ++begin;
    const auto [end, error] = std::from_chars(begin, text.data() + text.size(), value);
    if (error != std::errc() || !std::isfinite(value))
        return {};
    const std::string unit = lowered(text.substr(static_cast<std::size_t>(end - text.data())));
    const auto *known = std::find_if(units.begin(), units.end(), [&](const Unit &u) { return u.name == unit; });
    return known == units.end() ? std::nullopt : std::optional(value * known->factor);
}

bool QuestionParser::isWord(std::string_view word) const {
    return peek().kind == TokenKind::Word && lowered(peek().text) == word;
}

bool QuestionParser::takeSign(std::string_view sign) {
    const bool is = isSign(sign);
    if (is)
        next();
    return is;
}

bool QuestionParser::takeWord(std::string_view word) {
    const bool is = isWord(word);
    if (is)
        next();
    return is;
}

Error QuestionParser::unexpected(std::string wanted) const {
    const Token &token = peek();
    return textError(token.column,
                     token.kind == TokenKind::End ? std::string("it ends here")
                                                  : "\"" + token.text.substr(0, 80) + "\" is not expected here",
                     std::move(wanted));
}

Result<std::string> QuestionParser::name(std::string wanted) {
    if (peek().kind != TokenKind::Word && peek().kind != TokenKind::Text)
        return fail(unexpected(std::move(wanted)));
    return next().text;
}

Result<Filter> QuestionParser::condition() {
    return either(0);
}

Result<Filter> QuestionParser::either(int depth) {
    Result<Filter> filter = both(depth);
    while (filter && takeWord("or")) {
        Result<Filter> other = both(depth);
        if (!other)
            return other;
        filter = query::either(std::move(*filter), std::move(*other));
    }
    return filter;
}

Result<Filter> QuestionParser::both(int depth) {
    Result<Filter> filter = one(depth);
    while (filter && takeWord("and")) {
        Result<Filter> other = one(depth);
        if (!other)
            return other;
        filter = query::both(std::move(*filter), std::move(*other));
    }
    return filter;
}

Result<Filter> QuestionParser::one(int depth) {
    if (depth > deepest)
        return fail(textError(peek().column, "conditions are nested more than 100 deep"));
    if (takeWord("not")) {
        Result<Filter> filter = one(depth + 1);
        return filter ? Result<Filter>(negated(std::move(*filter))) : filter;
    }
    if (!takeSign("("))
        return comparison();
    Result<Filter> filter = either(depth + 1);
    if (filter && !takeSign(")"))
        return fail(unexpected("Close the parenthesis, or go on with and, or"));
    return filter;
}

Result<Filter> QuestionParser::comparison() {
    Result<std::string> field = operand();
    if (!field)
        return fail(field.error());
    struct Sign {
        std::string_view text;
        Comparison comparison;
    };
    constexpr std::array signs = {
        Sign{"=", Comparison::Equal},     Sign{"==", Comparison::Equal},
        Sign{"!=", Comparison::NotEqual}, Sign{"<>", Comparison::NotEqual},
        Sign{"<", Comparison::Less},      Sign{"<=", Comparison::LessOrEqual},
        Sign{">", Comparison::Greater},   Sign{">=", Comparison::GreaterOrEqual},
    };
    const auto *sign = std::find_if(signs.begin(), signs.end(), [this](const Sign &s) { return isSign(s.text); });
    std::optional<Comparison> comparison;
    if (sign != signs.end()) {
        next();
        comparison = sign->comparison;
    } else if (takeWord("like")) {
        comparison = Comparison::Like;
    } else if (takeWord("contains")) {
        comparison = Comparison::Contains;
    }
    if (comparison) {
        Result<Literal> value = literal();
        return value ? Result<Filter>(compare(std::move(*field), *comparison, std::move(*value))) : fail(value.error());
    }
    if (takeWord("is")) {
        const bool isNot = takeWord("not");
        if (!takeWord("none"))
            return fail(unexpected("Write: is none, or: is not none"));
        Filter filter = isMissing(std::move(*field));
        return isNot ? negated(std::move(filter)) : filter;
    }
    const bool isNot = takeWord("not");
    if (!takeWord("in"))
        return fail(unexpected("Compare with =, !=, <, <=, >, >=, in, like, contains or is none"));
    if (!takeSign("("))
        return fail(unexpected("Write a list: in (a, b)"));
    std::vector<Literal> values;
    do {
        Result<Literal> value = literal();
        if (!value)
            return fail(value.error());
        values.push_back(std::move(*value));
    } while (takeSign(","));
    if (!takeSign(")"))
        return fail(unexpected("Close the list with )"));
    Filter filter = isIn(std::move(*field), std::move(values));
    return isNot ? negated(std::move(filter)) : filter;
}

Result<std::string> QuestionParser::operand() {
    if (peek().kind == TokenKind::Word && m_at + 1 < m_tokens.size() && m_tokens[m_at + 1].kind == TokenKind::Sign &&
        m_tokens[m_at + 1].text == "(") {
        const std::string function = lowered(peek().text);
        if (function == "bucket" || function == "points") {
            const Result<Key> column = key();
            return column ? Result<std::string>(columnName(*column)) : fail(column.error());
        }
        const Result<Aggregate> column = aggregate();
        return column ? Result<std::string>(column->columnName()) : fail(column.error());
    }
    return name("A field or a column comes here");
}

Result<Literal> QuestionParser::literal() {
    if (peek().kind == TokenKind::Text)
        return Literal(next().text);
    if (peek().kind != TokenKind::Word)
        return fail(unexpected("A value comes here: a word, a number such as 5s, or a text between quotes"));
    const std::string word = next().text;
    if (const std::optional<double> value = numberWithUnit(word))
        return Literal(*value);
    return Literal(word);
}

Result<double> QuestionParser::number() {
    const std::optional<double> value =
        peek().kind == TokenKind::Word ? numberWithUnit(peek().text) : std::optional<double>();
    if (!value)
        return fail(unexpected("A number comes here"));
    next();
    return *value;
}

Result<std::size_t> QuestionParser::count() {
    std::size_t value = 0;
    const std::string &text = peek().text;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (peek().kind != TokenKind::Word || error != std::errc() || end != text.data() + text.size())
        return fail(unexpected("A whole number comes here"));
    next();
    return value;
}

Result<Key> QuestionParser::key() {
    const std::size_t column = peek().column;
    Result<std::string> field = name("A field comes here, or bucket(day), bucket(15m), points(1000)");
    if (!field)
        return fail(field.error());
    if (!takeSign("("))
        return Key{.field = std::move(*field)};
    Key result;
    const std::string function = lowered(*field);
    if (function == "points") {
        const auto points = count();
        if (!points)
            return fail(points.error());
        result.points = static_cast<std::int64_t>(std::min<std::size_t>(*points, 1'000'000));
    } else if (function == "bucket") {
        const std::string length = lowered(peek().text);
        const std::optional<double> seconds = length == "second" ? std::optional(1.0) : numberWithUnit(length);
        result.unit = bucketUnitFromString(length);
        if (!result.unit && (!seconds || *seconds < 1 || *seconds > 1e9 || *seconds != std::floor(*seconds)))
            return fail(
                unexpected("Write second, minute, hour, day, week, month, year, or a length such as 90s, 15m, 6h"));
        if (!result.unit)
            result.seconds = static_cast<std::int64_t>(*seconds);
        next();
    } else {
        return fail(textError(column, "rows are not grouped by " + field->substr(0, 80) + "()",
                              "Write a field, bucket(day), bucket(15m) or points(1000)"));
    }
    if (!takeSign(")"))
        return fail(unexpected("Close the parenthesis"));
    return result;
}

Result<Aggregate> QuestionParser::aggregate() {
    const Token &token = peek();
    if (token.kind != TokenKind::Word)
        return fail(unexpected(functionHint));
    const std::string function = lowered(token.text);
    const auto *known =
        std::find_if(functions.begin(), functions.end(), [&](const Function &f) { return f.name == function; });
    const std::optional<double> share = percentile(function);
    if (known == functions.end() && !share)
        return fail(unexpected(functionHint));
    next();
    if (!takeSign("("))
        return fail(unexpected("Write " + function + "(...)"));
    Aggregate result{.kind = share ? AggregateKind::Quantile : known->kind, .q = share.value_or(0)};
    if (!isSign(")")) {
        Result<std::string> field = name("A field comes here");
        if (!field)
            return fail(field.error());
        result.field = std::move(*field);
    }
    std::vector<double> numbers;
    while (takeSign(",")) {
        const Result<double> value = number();
        if (!value)
            return fail(value.error());
        numbers.push_back(*value);
    }
    const std::size_t wanted = share                                     ? 0
                               : result.kind == AggregateKind::Quantile  ? 1
                               : result.kind == AggregateKind::Histogram ? 3
                               : result.kind == AggregateKind::Top       ? 1
                                                                         : 0;
    if (numbers.size() != wanted)
        return fail(unexpected(function + " takes " + std::to_string(wanted) + " numbers after the field"));
    if (!takeSign(")"))
        return fail(unexpected("Close the parenthesis"));
    const auto whole = [](double value) {
        constexpr double most = 1e6; // far above what is allowed, which is checked with the rest
        return static_cast<int>(std::clamp(value, 0.0, most));
    };
    if (result.kind == AggregateKind::Quantile && !share) {
        result.q = numbers[0];
    } else if (result.kind == AggregateKind::Histogram) {
        result.low = numbers[0];
        result.high = numbers[1];
        result.bins = whole(numbers[2]);
    } else if (result.kind == AggregateKind::Top) {
        result.bins = whole(numbers[0]);
    }
    if (share) {
        result.name = function;
        result.name += '(' + result.field + ')';
    }
    return result;
}

Result<Order> QuestionParser::order() {
    Result<std::string> column = operand();
    if (!column)
        return fail(column.error());
    Order result{.column = std::move(*column)};
    result.descending = takeWord("desc");
    if (!result.descending)
        takeWord("asc");
    return result;
}

} // namespace ra::query
