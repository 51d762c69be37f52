// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace ra::series {

/// The average path length of an unsuccessful search in a binary search tree of n keys, c(n) = 2 H(n - 1) - 2 (n -
/// 1)/n; 0 for fewer than two keys.
[[nodiscard]] double averagePathLength(std::size_t n);

struct IsolationOptions {
    std::size_t trees = 100;
    std::size_t sample = 256; ///< points in each tree
    std::uint64_t seed = 1;
};

/// How easily each point is told from the others: near 1 for those that a few random cuts isolate, below 0.5 for those
/// in the crowd. `points` holds one point after the other, `columns` numbers each, which must be finite; alike scales
/// are up to the caller. Empty for no points; all 0.5 where no point differs. O(trees (sample + n log sample)). Source:
/// F. T. Liu, K. M. Ting, Z.-H. Zhou, "Isolation forest", ICDM 2008, equations 1 and 2.
[[nodiscard]] std::vector<double> isolationScores(std::span<const double> points, std::size_t columns,
                                                  const IsolationOptions &options = {});

} // namespace ra::series
