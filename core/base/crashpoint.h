// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <atomic>

namespace ra {

namespace detail {
extern std::atomic<bool> crashPointsArmed;
void passCrashPoint(const char *name) noexcept;
} // namespace detail

/// A named place between two steps that together must happen or not happen. Does nothing, at the cost of one relaxed
/// load, unless the environment says so:
/// RA_CRASH_AT=name or name:n kills the process (SIGKILL: nothing is flushed, no destructor runs) at the n-th passing,
/// from 1; RA_CRASH_LOG=FILE appends the name of each place that is passed, one a line. For tests. Any thread.
inline void crashPoint(const char *name) noexcept {
    if (detail::crashPointsArmed.load(std::memory_order_relaxed))
        detail::passCrashPoint(name);
}

/// Reads the environment anew, and counts passings from 0 again: for a child that was forked. One thread at a time.
void armCrashPoints();

} // namespace ra
