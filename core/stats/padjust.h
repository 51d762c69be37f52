// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <span>
#include <vector>

namespace ra::stats {

/// Corrections of p values for being one of many. Holm and Bonferroni bound the chance of any false alarm, Hochberg too
/// for independent tests; Benjamini-Hochberg bounds the share of false ones among the alarms.
enum class Adjustment { Bonferroni, Holm, Hochberg, BenjaminiHochberg };

/// Adjusted p values in the order given, at most 1; NaN stays NaN and does not count as a test. O(n log n).
/// Sources: S. Holm, Scand. J. Statist. 6 (1979) 65-70; Y. Hochberg, Biometrika 75 (1988) 800-802; Y. Benjamini, Y.
/// Hochberg, J. Roy. Statist. Soc. B 57 (1995) 289-300; R's p.adjust.
[[nodiscard]] std::vector<double> adjust(std::span<const double> ps, Adjustment adjustment);

} // namespace ra::stats
