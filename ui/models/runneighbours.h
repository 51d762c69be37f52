// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/error.h"
#include "core/query/reader.h"

#include <string>

namespace ra::ui {

/// The runs of a recipe just before and after one of them, by start; empty where there is none.
struct RunNeighbours {
    std::string previous;
    std::string next;
    bool operator==(const RunNeighbours &) const = default;
};

/// A few small questions to the store, whatever its size. Runs without a start have no neighbours. `now` bounds the
/// search.
[[nodiscard]] Result<RunNeighbours> neighboursOf(query::Reader &reader, const Run &run, Time now);

} // namespace ra::ui
