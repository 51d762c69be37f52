// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/query/plan.h"

#include "core/query/shape.h"

#include <QDateTime>
#include <QTimeZone>

#include <algorithm>
#include <array>

namespace ra::query {

using samples::lengthOf;
using samples::RollupLevel;

namespace {

/// The first multiple of `length` at or after a moment, and the last at or before it.
std::int64_t roundedUp(std::int64_t time, std::int64_t length) {
    const std::int64_t rest = time % length;
    return rest == 0                       ? time
           : rest < 0                      ? time - rest
           : time > Piece::latest - length ? Piece::latest
                                           : time - rest + length;
}
std::int64_t roundedDown(std::int64_t time, std::int64_t length) {
    const std::int64_t rest = time % length;
    return rest == 0                         ? time
           : rest > 0                        ? time - rest
           : time < Piece::earliest + length ? Piece::earliest
                                             : time - rest - length;
}

std::optional<RollupLevel> shorter(RollupLevel level) {
    if (level == RollupLevel::Minute)
        return {};
    return static_cast<RollupLevel>(static_cast<int>(level) - 1);
}

void coverInto(std::vector<Piece> &pieces, std::optional<RollupLevel> level, std::int64_t from, std::int64_t to) {
    if (from >= to)
        return;
    if (!level) {
        pieces.push_back({.level = {}, .from = from, .to = to});
        return;
    }
    const std::int64_t begin = from == Piece::earliest ? from : roundedUp(from, lengthOf(*level));
    const std::int64_t end = to == Piece::latest ? to : roundedDown(to, lengthOf(*level));
    if (begin >= end)
        return coverInto(pieces, shorter(*level), from, to);
    coverInto(pieces, shorter(*level), from, begin);
    pieces.push_back({.level = level, .from = begin, .to = end});
    coverInto(pieces, shorter(*level), end, to);
}

/// The fields that a filter looks at.
void addFields(const Filter &filter, std::vector<std::string> &names) {
    if (filter.kind == Filter::Kind::Compare)
        names.push_back(filter.field);
    for (const Filter &part : filter.parts)
        addFields(part, names);
}

std::string whyRows(const Shape &shape) {
    const bool isSamples = shape.question.source == Source::Samples;
    if (shape.question.source != Source::Steps && !isSamples)
        return "only steps and samples are summed up";
    if (!shape.listed.empty())
        return "rows are wanted as they are";
    for (const Shape::Measure &measure : shape.measures) {
        if (measure.isMetric)
            return measure.metric + " is measured step by step";
    }
    for (const Field &field : shape.fields.fields()) {
        if (!field.inRollups && !isSamples) // what tells series apart is known of their rollups too
            return field.name + " is not in the rollups";
    }
    std::vector<std::string> filtered;
    addFields(shape.question.where, filtered);
    const char *measured = isSamples ? "value" : "duration";
    if (std::find(filtered.begin(), filtered.end(), measured) != filtered.end())
        return std::string(measured) + "s are compared one by one";
    if (!shape.tops.empty())
        return "top() counts rows";
    for (const Shape::Measure &measure : shape.measures) {
        if (shape.fields.fields()[measure.slot].name != measured)
            return shape.fields.fields()[measure.slot].name + " is gathered from rows";
        if (measure.keeping.inOrder)
            return "the order of values is not in the rollups";
        if (!measure.keeping.histograms.empty())
            return "histograms need every value";
    }
    return {};
}

} // namespace

std::vector<Piece> cover(std::optional<RollupLevel> longest, std::int64_t from, std::int64_t to) {
    std::vector<Piece> pieces;
    coverInto(pieces, longest, from, to);
    return pieces;
}

Plan planOf(const Shape &shape) {
    const auto &[since, until] = std::pair(shape.question.since, shape.question.until);
    const std::int64_t from = since ? toNs(*since) : Piece::earliest;
    const std::int64_t to = until ? toNs(*until) : Piece::latest;
    Plan plan;
    if (shape.question.source == Source::Samples)
        plan.rows = "samples";
    plan.why = whyRows(shape);
    std::optional<RollupLevel> level;
    if (plan.why.empty()) {
        level = shape.clock.unit(fromNs(from), fromNs(to));
        if (!level)
            plan.why = "what it is grouped by begins within minutes";
    }
    plan.pieces = cover(level, from, to);
    return plan;
}

std::string momentText(std::int64_t ns) {
    return QDateTime::fromMSecsSinceEpoch(ns / 1'000'000, Qt::UTC).toString(Qt::ISODateWithMs).toStdString();
}

std::string toString(const Piece &piece, std::string_view rows) {
    constexpr std::array<std::string_view, 3> names = {"rollups by minute", "rollups by hour", "rollups by day"};
    std::string text(piece.level ? names.at(static_cast<std::size_t>(*piece.level)) : rows);
    if (piece.from != Piece::earliest)
        text += " from " + momentText(piece.from);
    if (piece.to != Piece::latest)
        text += " until " + momentText(piece.to);
    return text;
}

} // namespace ra::query
