// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/samples/rollup.h"

#include <cstdint>
#include <optional>
#include <sqlite3.h>
#include <string_view>

namespace ra::query {

/// "minute", "hour" or "day".
[[nodiscard]] std::string_view toString(samples::RollupLevel level);

/// What the arguments of a table-valued function ask for.
struct RollupRange {
    samples::RollupLevel level = samples::RollupLevel::Minute;
    std::optional<std::int64_t> from; ///< nanoseconds
    std::optional<std::int64_t> to;

    /// Takes the name of a level; throws std::runtime_error for one that is none.
    void setLevel(sqlite3_value *value);

    /// The first and the last bucket that begin in the range; the first is greater where there are none.
    [[nodiscard]] std::int64_t firstBucket() const;
    [[nodiscard]] std::int64_t lastBucket() const;
    /// The first and the last moment of these buckets.
    [[nodiscard]] std::int64_t firstNs() const;
    [[nodiscard]] std::int64_t lastNs() const;
};

} // namespace ra::query
