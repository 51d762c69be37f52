// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <span>

namespace ra::stats {

/// A sum with what rounding took from it: the true sum is nearly high + low, to about 100 bits.
struct Compensated {
    double high = 0;
    double low = 0;

    bool operator==(const Compensated &) const = default;
};

/// The sum of the squares of all values but NaN; 0 of nothing, infinite where a value is or the sum exceeds the range
/// of double. In the same order always the same bits. Squares below 2^-1022 are rounded. Source: T. Ogita, S. M. Rump,
/// S. Oishi, "Accurate sum and dot product", SIAM J. Sci. Comput. 26 (2005) 1955-1988, algorithm 5.3 (Dot2), in four
/// interleaved parts.
[[nodiscard]] Compensated sumOfSquares(std::span<const double> values);

/// The sum of two such sums.
[[nodiscard]] Compensated add(Compensated a, Compensated b);

} // namespace ra::stats
