// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/samples/rollup.h"
#include "core/store/statement.h"

#include <cstdint>
#include <vector>

namespace ra::store {

/// From one nanosecond to another, both of which belong to it.
struct Stretch {
    std::int64_t first = 0;
    std::int64_t last = 0;

    bool operator==(const Stretch &) const = default;
};

/// Finds where the samples of a series are summed up by hours or days only: parts have rows of their own where that
/// pays (see RollupWriter). What shorter buckets come to there is to be made of the samples.
class RollupGaps {
public:
    explicit RollupGaps(const SQLite::Database &db);

    /// Of [first, last] in nanoseconds: the stretches without buckets of this level, in order, as few as can be. None
    /// of days. Some microseconds a day and hour that has a row. Throws SQLite::Exception.
    [[nodiscard]] std::vector<Stretch> find(std::int64_t series, samples::RollupLevel level, std::int64_t first,
                                            std::int64_t last);

private:
    Statement m_whole;
};

} // namespace ra::store
