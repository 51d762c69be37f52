// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/samples/rollup.h"

#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace ra::query {

struct Shape;

/// A stretch of time and what answers for it.
struct Piece {
    static constexpr std::int64_t earliest = std::numeric_limits<std::int64_t>::min();
    static constexpr std::int64_t latest = std::numeric_limits<std::int64_t>::max();

    std::optional<samples::RollupLevel> level = {}; ///< rollups of that level; nothing: the rows themselves
    std::int64_t from = earliest;                   ///< nanoseconds
    std::int64_t to = latest;                       ///< not in it any more; `latest`: without that bound

    bool operator==(const Piece &) const = default;
};

/// What is read for a question, in the order of time.
struct Plan {
    std::string rows = "rows"; ///< what is read where no rollups are: "rows", "samples"
    std::vector<Piece> pieces;
    std::string why; ///< why it is rows, or no longer rollups, that answer; empty if nothing better could
};

/// A range by the longest rollups that fit into it, whose edges are shorter ones and rows at the very ends.
[[nodiscard]] std::vector<Piece> cover(std::optional<samples::RollupLevel> longest, std::int64_t from, std::int64_t to);

/// Which rollups of steps or samples can tell what a question asks for; rows where none can. Pure.
[[nodiscard]] Plan planOf(const Shape &shape);

/// A moment as ISO 8601 in UTC.
[[nodiscard]] std::string momentText(std::int64_t ns);

/// "rollups by hour from 2026-11-23T08:00:00Z until ..."; `rows`: what rows are called.
[[nodiscard]] std::string toString(const Piece &piece, std::string_view rows = "rows");

} // namespace ra::query
