// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/stats/intervals.h"

#include <optional>
#include <span>

namespace ra::stats {

struct Correlation {
    double r = 0;
    double p = 1;                     ///< two-sided, of no correlation
    std::optional<Interval> interval; ///< Pearson's only, from four pairs, by Fisher's transformation
};
// Pairs of a[i] and b[i]; pairs with a NaN are left out. Nothing where the lengths differ, for fewer than three pairs
// (two for Kendall's), or where either does not vary; Pearson's also for infinite values.

/// Linear. p by Student's t. O(n). Source: R's cor.test.
[[nodiscard]] std::optional<Correlation> pearson(std::span<const double> a, std::span<const double> b,
                                                 double level = 0.95);
/// Of midranks. p: exact up to 9 pairs without ties, by the Edgeworth series of algorithm AS 89 up to 1,290 without
/// ties, by Student's t otherwise. O(n log n). Source: D. J. Best, D. E. Roberts, Appl. Statist. 24 (1975) 377-379; R's
/// cor.test.
[[nodiscard]] std::optional<Correlation> spearman(std::span<const double> a, std::span<const double> b);
/// tau-b. p: exact below 50 pairs without ties, else by the normal limit with the variance for ties. O(n log n).
/// Sources: W. R. Knight, J. Amer. Statist. Assoc. 61 (1966) 436-439; M. G. Kendall, "Rank Correlation Methods"; R's
/// cor.test.
[[nodiscard]] std::optional<Correlation> kendall(std::span<const double> a, std::span<const double> b);

} // namespace ra::stats
