// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace ra::series {

enum class ChangeMethod {
    Pelt,      ///< the segmentation of least cost
    Bayes,     ///< as they would have been declared while the values came in; of level or scatter
    EDivisive, ///< of the distribution, tested by permutations; at most `mostForEDivisive` values
};

/// Its time grows with the square of these, times some hundred permutations.
inline constexpr std::size_t mostForEDivisive = 5000;

/// A moment from which on a series is another.
struct Change {
    std::size_t index = 0; ///< the first value of the new regime
    /// PELT: of a gain in likelihood like this by chance, anywhere in the segment (where one value is frequent, by
    /// tiedChangeProbability()); Bayes: that the old regime goes on,
    /// given all values until the decision; E-divisive: of the permutation test.
    double p = 1;
    double confidence = 0; ///< 1 - p
    double before = 0;     ///< medians of the segments on both sides
    double after = 0;
    double magnitude = 0; ///< (after - before) / |before|; NaN where before is 0
    double spread = 1;    ///< scatter after over scatter before
};

/// Changes of level, scatter or (in series that drift) slope. Values that are all positive are compared as logarithms
/// (unless their noise is clearly one of sums, see changeinput.h): what is 10 % slower counts alike at a second and an
/// hour. Lone outliers are drawn in to 3.5 robust deviations around a running median; the penalty grows with the
/// autocorrelation between neighbours, as (1 + ρ) / (1 - ρ), by which the variance of means grows; where that is more
/// than fivefold, levels that a wandering series may just have crossed are left out (changememory.h). Where one value
/// is frequent, what may be chance is left out (tiedchanges.h). At least ten values lie between changes. NaN is
/// missing. Empty for fewer than 20 values. O(n) mostly for PELT, beyond 100,000 values among 20,000 places, which are
/// then made fine; for the others see changetests.h, which both look at what memory does not foretell (unforeseen() in
/// changeinput.h). Empty for more than `mostForEDivisive` values with E-divisive. Sources: segmentation: see pelt.h;
/// penalty: N. R. Zhang, D. O. Siegmund, Biometrics 63 (2007) 22-32 (modified BIC); autocorrelation: see changeinput.h.
[[nodiscard]] std::vector<Change> findChanges(std::span<const double> values, ChangeMethod method = ChangeMethod::Pelt);

} // namespace ra::series
