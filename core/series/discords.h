// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace ra::series {

/// How unlike all others each stretch of a series is.
struct MatrixProfile {
    std::size_t length = 0;         ///< of a stretch
    std::vector<double> distances;  ///< one a stretch, by its first value: to the nearest that does not overlap it
    std::vector<std::size_t> where; ///< the first value of that one
};

/// The distance of each stretch of `length` values, less its mean, to the nearest before or after it: the root mean
/// square of their differences, with at least one length between their beginnings. Stretches are not scaled to equal
/// scatter, which would take the noise of a calm stretch for a shape. Values must be finite; empty for fewer than three
/// lengths or a length below 2. O(n²), a nanosecond a pair. Source: Y. Zhu et al., "Matrix Profile II: exploiting a
/// novel algorithm and GPUs to break the one hundred million barrier for time series motifs and joins", ICDM 2016
/// (STOMP).
[[nodiscard]] MatrixProfile matrixProfile(std::span<const double> values, std::size_t length);

} // namespace ra::series
