// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/zone.h"

#include <optional>
#include <string_view>

namespace ra::query {

enum class BucketUnit { Minute, Hour, Day, Week, Month, Year };

[[nodiscard]] std::optional<BucketUnit> bucketUnitFromString(std::string_view word);

/// The beginning of the minute, hour, day, week (from Monday), month or year in which `time` lies on the zone's clocks.
/// Where clocks go back within an hour, what is repeated is a bucket of its own; where midnight does not occur, the
/// day begins at the first moment that does. Never later than `time`.
[[nodiscard]] Time localBucket(Time time, BucketUnit unit, const Zone &zone);

/// The same for stretches of any length, counted from midnight of 1970 on the zone's clocks: what divides a day begins
/// at midnight. `length` is positive.
[[nodiscard]] Time localBucket(Time time, Duration length, const Zone &zone);

} // namespace ra::query
