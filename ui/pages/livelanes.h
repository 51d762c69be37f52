// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/live/liveboard.h"
#include "core/query/reader.h"
#include "ui/widgets/timelinegeometry.h"

#include <memory>
#include <string>
#include <vector>

namespace ra::ui {

/// Executions by lane: each bar one run, rows by recipe; runs of a recipe that overlap in time lie in rows of their
/// own.
struct Lanes {
    std::shared_ptr<const timeline::Data> data = std::make_shared<timeline::Data>();
    std::vector<std::string> runIds; ///< by Bar::key
    Duration window{};               ///< what is shown
};

/// A bar, or a row as a whole (bar -1), of lanes; row -1 for none.
struct LanePlace {
    int row = -1;
    int bar = -1;
    bool operator==(const LanePlace &) const = default;
};

/// Where a place in `before` is in lanes built anew: a bar is its run, a row the lane of that rank of its recipe.
[[nodiscard]] LanePlace placeIn(const Lanes &after, const Lanes &before, const LanePlace &place);

/// The run that a place means: a bar's own, of a row the one that runs, else the newest. Empty for none.
[[nodiscard]] std::string runAt(const Lanes &lanes, const LanePlace &place);

/// The runs of the last minutes before `now`, of at most `window` and no longer than most of them reach: those that the
/// store knows and those on the board, which knows better of the ones that both have. Times count from
/// `origin`. Pure; any thread. O(n log n + n · lanes of a recipe).
[[nodiscard]] Lanes lanesOf(const query::RunColumns &stored, const live::LiveSnapshot &board, Time origin, Time now,
                            Duration window);

/// Where the lines begin in `tail` that were not in `before` yet: the longest end of `before` that `tail` begins with,
/// or holds, is known. `tail.size()` if nothing is new, 0 if all of it is.
[[nodiscard]] std::size_t firstNew(const std::vector<std::pair<Time, std::string>> &before,
                                   const std::vector<std::pair<Time, std::string>> &tail);

} // namespace ra::ui
