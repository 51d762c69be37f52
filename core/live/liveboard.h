// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/time.h"
#include "core/model/run.h"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace ra::live {

/// When a running execution is expected to end, and on what that rests.
struct Estimate {
    Duration remaining{};
    double progress = 0; ///< 0 to 1
    int basisRuns = 0;   ///< completed runs of this recipe looked at
    double spread = 0;   ///< 0.2 is "±20 %"
    bool slower = false; ///< already longer than the upper quartile of the basis
    double ratio = 0;    ///< elapsed by the median of the basis, where slower
};

/// One execution on the board: running, or finished within the last minutes.
struct LiveRun {
    std::string id;
    std::string recipe;
    std::string recipePath;
    RunStatus status = RunStatus::Running;
    Time start{};
    Duration resolution{};
    std::optional<Time> end;
    std::string step;  ///< the step that runs, or the last one; empty before the first
    int stepIndex = 0; ///< 1-based "step i of n"; 0 before the first
    std::optional<int> totalSteps;
    int attempt = 1; ///< of the step
    int failedSteps = 0;
    std::string lastLine; ///< plain text, at most 500 bytes
    std::string lastLevel;
    std::optional<Estimate> estimate;
    std::uint64_t version = 0; ///< grows with every change of this run
};

/// What runs now: immutable, shared with the window.
struct LiveSnapshot {
    std::uint64_t version = 0;
    Time taken{};
    std::vector<LiveRun> runs;                      ///< running first, then the newest finished; at most 200 finished
    std::vector<std::pair<Time, std::string>> tail; ///< the newest lines of all sources, oldest first, at most 500
    int sources = 0;                                ///< followed files
    double linesPerSecond = 0;                      ///< over the last seconds
    Duration lag{};     ///< from a line's arrival to this snapshot, the largest of the last second
    std::string notice; ///< "Polling: too many files for inotify"; empty if all is well
};

} // namespace ra::live
