// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/query/rolluprange.h"

#include <algorithm>
#include <array>
#include <limits>
#include <stdexcept>

namespace ra::query {

using samples::bucketOf;
using samples::lengthOf;

namespace {

constexpr std::array<std::string_view, 3> names = {"minute", "hour", "day"};
constexpr std::int64_t earliest = std::numeric_limits<std::int64_t>::min();
constexpr std::int64_t latest = std::numeric_limits<std::int64_t>::max();

/// The first bucket that begins at or after a time.
std::int64_t firstFrom(samples::RollupLevel level, std::int64_t time) {
    const std::int64_t bucket = bucketOf(level, time);
    return time % lengthOf(level) == 0 ? bucket : bucket + 1;
}

} // namespace

std::string_view toString(samples::RollupLevel level) {
    return names.at(static_cast<std::size_t>(level));
}

void RollupRange::setLevel(sqlite3_value *value) {
    const auto *text = reinterpret_cast<const char *>(sqlite3_value_text(value));
    const auto *name = std::find(names.begin(), names.end(), std::string_view(text ? text : ""));
    if (name == names.end())
        throw std::runtime_error("the level of rollups is 'minute', 'hour' or 'day'");
    level = static_cast<samples::RollupLevel>(name - names.begin());
}

std::int64_t RollupRange::firstBucket() const {
    return from ? firstFrom(level, *from) : bucketOf(level, earliest);
}

std::int64_t RollupRange::lastBucket() const {
    return to ? firstFrom(level, *to) - 1 : bucketOf(level, latest);
}

// The first and the last unit that a time can lie in are cut off.
std::int64_t RollupRange::firstNs() const {
    return firstBucket() < earliest / lengthOf(level) ? earliest : firstBucket() * lengthOf(level);
}

std::int64_t RollupRange::lastNs() const {
    return lastBucket() >= latest / lengthOf(level) ? latest : (lastBucket() + 1) * lengthOf(level) - 1;
}

} // namespace ra::query
