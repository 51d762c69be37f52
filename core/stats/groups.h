// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <optional>
#include <span>
#include <vector>

namespace ra::stats {

/// k groups of values; NaN is left out, empty groups too.
using Groups = std::span<const std::vector<double>>;

struct FTest {
    double f = 0;
    double df1 = 0;
    double df2 = 0;
    double p = 1;
};
// Nothing for fewer than two groups, for infinite values, or where no residual degree of freedom or spread is left.

/// One-way analysis of variance: equal variances. Sums in double-double arithmetic, so that values which agree in their
/// first digits lose nothing. O(N).
[[nodiscard]] std::optional<FTest> anova(Groups groups);
/// Welch's: variances may differ; from two values a group, each with spread. Source: B. L. Welch, Biometrika 38 (1951)
/// 330-336; R's oneway.test. O(N).
[[nodiscard]] std::optional<FTest> welchAnova(Groups groups);

/// Whether spreads are equal: anova of the absolute deviations from each group's centre. With the median (Brown and
/// Forsythe, J. Amer. Statist. Assoc. 69 (1974) 364-367) it holds for skewed data; with the mean it is Levene's. O(N
/// log N).
enum class Centre { Mean, Median };
[[nodiscard]] std::optional<FTest> leveneTest(Groups groups, Centre centre);

struct KruskalWallis {
    double h = 0; ///< corrected for ties
    double df = 0;
    double p = 1; ///< by the chi-squared limit
};
/// By ranks; nothing for fewer than two groups or where all values are equal. O(N log N).
[[nodiscard]] std::optional<KruskalWallis> kruskalWallis(Groups groups);

} // namespace ra::stats
