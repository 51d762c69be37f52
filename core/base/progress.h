// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <functional>
#include <string>

namespace ra {

/// How far a long task is. Monotonic in `done`; the last report of a task that ended well has done == total.
struct Progress {
    std::string stage;       ///< a short code of what is being done: "index", "scan"
    std::string item;        ///< what it is working on, e.g. a path
    std::uint64_t done = 0;  ///< in the task's unit, usually bytes
    std::uint64_t total = 0; ///< 0 while unknown
};

/// Takes progress reports; called from the task's thread, at most some dozens of times a second. May be empty.
using ProgressSink = std::function<void(const Progress &)>;

} // namespace ra
