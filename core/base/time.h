// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <chrono>
#include <cmath>
#include <cstdint>
#include <limits>

namespace ra {

/// A moment: nanoseconds since the Unix epoch, UTC. A distinct type, so that it mixes with no duration and no local
/// time.
using Time = std::chrono::sys_time<std::chrono::nanoseconds>;
using Duration = std::chrono::nanoseconds;
/// A wall-clock reading without a zone, as text logs have it; Zone turns it into a Time.
using LocalTime = std::chrono::local_time<std::chrono::nanoseconds>;

[[nodiscard]] constexpr std::int64_t toNs(Time t) {
    return t.time_since_epoch().count();
}
[[nodiscard]] constexpr Time fromNs(std::int64_t ns) {
    return Time(Duration(ns));
}

/// Seconds as a number for JSON and people; exact to the nanosecond for |d| < 2^53 ns (104 days).
[[nodiscard]] constexpr double toSeconds(Duration d) {
    return static_cast<double>(d.count()) / 1e9;
}

/// The duration nearest to a number of seconds. NaN gives zero; what does not fit is clamped to the range of Duration.
[[nodiscard]] inline Duration durationFromSeconds(double seconds) {
    if (std::isnan(seconds))
        return Duration::zero();
    const double ns = seconds * 1e9;
    if (ns >= 9.2233720368547e18)
        return Duration::max();
    if (ns <= -9.2233720368547e18)
        return Duration::min();
    return Duration(std::llround(ns));
}

[[nodiscard]] inline Time now() {
    return std::chrono::time_point_cast<Duration>(std::chrono::system_clock::now());
}

} // namespace ra
