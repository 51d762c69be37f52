// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/stats/intervals.h"

#include <optional>
#include <span>

namespace ra::stats {

// Comparisons of two independent samples a and b by their means and variances. NaN is left out. Nothing where a sample
// has fewer than two values or an infinite one, or where neither varies. p values are two-sided. O(n).

struct TTest {
    double t = 0;
    double df = 0;
    double p = 0;
    Interval difference; ///< of mean(a) - mean(b)
};
/// Welch's test: variances may differ. Source: B. L. Welch, Biometrika 34 (1947) 28-35; R's t.test.
[[nodiscard]] std::optional<TTest> welchTest(std::span<const double> a, std::span<const double> b, double level = 0.95);
/// Student's test: equal variances.
[[nodiscard]] std::optional<TTest> studentTest(std::span<const double> a, std::span<const double> b,
                                               double level = 0.95);

struct VarianceRatio {
    double f = 0; ///< var(a) / var(b)
    double p = 0;
    Interval ratio;
};
/// The F test of normal data; nothing unless both vary. R's var.test.
[[nodiscard]] std::optional<VarianceRatio> varianceRatio(std::span<const double> a, std::span<const double> b,
                                                         double level = 0.95);

struct StandardizedDifference {
    double d = 0; ///< Cohen's: (mean(a) - mean(b)) / pooled standard deviation
    double g = 0; ///< Hedges': without its bias, by the exact factor of gamma functions
};
/// Source: L. V. Hedges, J. Educ. Statist. 6 (1981) 107-128, equation 6e.
[[nodiscard]] std::optional<StandardizedDifference> standardizedDifference(std::span<const double> a,
                                                                           std::span<const double> b);

} // namespace ra::stats
