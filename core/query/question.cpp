// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/query/question.h"

#include <algorithm>
#include <array>
#include <charconv>

namespace ra::query {

std::string_view toString(Source source) {
    constexpr std::array<std::string_view, 5> names = {"steps", "allsteps", "runs", "errors", "samples"};
    return names.at(static_cast<std::size_t>(source));
}

Filter compare(std::string field, Comparison comparison, Literal value) {
    return {.kind = Filter::Kind::Compare,
            .field = std::move(field),
            .comparison = comparison,
            .values = {std::move(value)}};
}

Filter isMissing(std::string field) {
    return {.kind = Filter::Kind::Compare, .field = std::move(field), .comparison = Comparison::Missing};
}

Filter isIn(std::string field, std::vector<Literal> values) {
    return {.kind = Filter::Kind::Compare,
            .field = std::move(field),
            .comparison = Comparison::In,
            .values = std::move(values)};
}

namespace {

/// Chains become one list, so that a long one is not deep.
Filter joined(Filter::Kind kind, Filter a, Filter b) {
    if (a.kind == kind) {
        a.parts.push_back(std::move(b));
        return a;
    }
    Filter filter;
    filter.kind = kind;
    filter.parts.push_back(std::move(a));
    filter.parts.push_back(std::move(b));
    return filter;
}

std::string textOf(double value) {
    std::array<char, 32> buffer{};
    const auto [end, error] = std::to_chars(buffer.data(), buffer.data() + buffer.size(), value);
    return error == std::errc() ? std::string(buffer.data(), end) : std::string();
}

} // namespace

Filter both(Filter a, Filter b) {
    if (a.kind == Filter::Kind::Everything)
        return b;
    return joined(Filter::Kind::And, std::move(a), std::move(b));
}

Filter either(Filter a, Filter b) {
    return joined(Filter::Kind::Or, std::move(a), std::move(b));
}

Filter negated(Filter filter) {
    Filter result;
    result.kind = Filter::Kind::Not;
    result.parts.push_back(std::move(filter));
    return result;
}

std::string Aggregate::text() const {
    constexpr std::array<std::string_view, 15> names = {"count",  "sum",      "mean",       "min",       "max",
                                                        "stddev", "quantile", "first",      "last",      "delta",
                                                        "rate",   "slope",    "error_rate", "histogram", "top"};
    std::string result(names.at(static_cast<std::size_t>(kind)));
    result += '(' + field;
    if (kind == AggregateKind::Quantile)
        result += ", " + textOf(q);
    if (kind == AggregateKind::Histogram)
        result += ", " + textOf(low) + ", " + textOf(high);
    if (kind == AggregateKind::Histogram || kind == AggregateKind::Top)
        result += ", " + std::to_string(bins);
    return result + ')';
}

std::string columnName(const Key &key) {
    constexpr std::array<std::string_view, 6> units = {"minute", "hour", "day", "week", "month", "year"};
    if (key.points)
        return "points(" + std::to_string(*key.points) + ')';
    if (key.unit)
        return "bucket(" + std::string(units.at(static_cast<std::size_t>(*key.unit))) + ')';
    if (key.seconds)
        return "bucket(" + std::to_string(*key.seconds) + "s)";
    return key.field;
}

} // namespace ra::query
