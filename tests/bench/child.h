// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace bench {

/// What a finished process used.
struct Usage {
    int exitStatus = -1; ///< 128 + n for signal n
    double wallS = 0;
    double cpuS = 0;                ///< user and system
    std::uint64_t peakRssBytes = 0; ///< of the largest process of it and its children that have ended
    std::string output;             ///< standard output
};

/// Runs a command to its end, its standard output into `Usage::output`, standard error passed through.
[[nodiscard]] Usage runChild(const std::vector<std::string> &words);

/// Median of some figures; 0 of none.
[[nodiscard]] double median(std::vector<double> values);

/// The value that a share q of them does not exceed (nearest rank); 0 of none.
[[nodiscard]] double quantile(std::vector<double> values, double q);

} // namespace bench
