// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace ra::series {

/// A moment from which on a series is another.
struct Change {
    std::size_t index = 0; ///< the first value of the new regime
    double p = 1;          ///< of a gain in likelihood like this by chance, anywhere in the series
    double confidence = 0; ///< 1 - p
    double before = 0;     ///< medians of the segments on both sides
    double after = 0;
    double magnitude = 0; ///< (after - before) / |before|; NaN where before is 0
    double spread = 1;    ///< scatter after over scatter before
};

/// Changes of level, scatter or (in series that drift) slope. Values that are all positive are compared as logarithms:
/// what is 10 % slower counts alike at a second and an hour. Lone outliers are drawn in to 3.5 robust deviations around
/// a running median; the penalty grows with the autocorrelation between neighbours, as (1 + ρ) / (1 - ρ), by which the
/// variance of means grows. At least ten values lie between changes. NaN is missing. Empty for fewer than 20 values.
/// O(n) mostly. Sources: segmentation: see pelt.h; penalty: N. R. Zhang, D. O. Siegmund, Biometrics 63 (2007) 22-32
/// (modified BIC); autocorrelation from differences: P. Hall, I. Van Keilegom, J. Royal Statistical Society B 65 (2003)
/// 443-456.
[[nodiscard]] std::vector<Change> findChanges(std::span<const double> values);

} // namespace ra::series
