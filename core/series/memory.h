// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <span>
#include <vector>

namespace ra::series {

/// The autoregression of values about zero or a level, whose order has the least criterion of Schwarz (10 at most, a
/// tenth of the values at most), of values drawn in as those of a baseline. What an autoregression of order one is
/// estimated too low by, beside so many coefficients of a level (1) or a line (2), is put back. NaN is missing.
/// Sources: G. Schwarz, Annals of Statistics 6 (1978) 461-464; M. G. Kendall, Biometrika 41 (1954) 403-404; N. P. A.
/// van Giersbergen, "On the effect of deterministic terms on the bias in stable AR models", Economics Letters 89 (2005)
/// 75-82.
[[nodiscard]] std::vector<double> robustMemory(std::span<const double> values, double coefficients = 1);

/// What an autoregression leaves of deviations from a level. After a gap the value expected is that of so many steps
/// ahead, and what is left is scaled down to the scatter of one step. NaN stays. O(n · order).
[[nodiscard]] std::vector<double> innovationsOf(std::span<const double> deviations, std::span<const double> memory);

} // namespace ra::series
