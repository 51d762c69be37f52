// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace ra::series {

/// One step of the generalised ESD test: the value farthest from the mean of those that are left.
struct EsdStep {
    std::size_t index = 0;
    double statistic = 0; ///< R: its distance in standard deviations
    double critical = 0;  ///< lambda, which R exceeds by chance with the probability alpha
    double p = 1;         ///< of an R like this among so many values of a normal distribution (Bonferroni), at most 1
};

struct EsdTest {
    std::vector<EsdStep> steps; ///< in the order of removal
    std::size_t outliers = 0;   ///< the first so many steps are outliers: up to the last one with R > lambda
};

/// Generalised extreme studentised deviate test for up to `most` outliers among normal values, which does not let
/// outliers hide one another. NaN and infinities are left out; fewer steps are taken where fewer than three values or
/// no differences are left. alpha in (0, 1). O(n log n + most). Source: B. Rosner, "Percentage points for a generalized
/// ESD many-outlier procedure", Technometrics 25 (1983) 165-172.
[[nodiscard]] EsdTest generalisedEsd(std::span<const double> values, std::size_t most, double alpha = 0.05);

} // namespace ra::series
