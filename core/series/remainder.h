// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/series/anomalies.h"
#include "core/series/expectation.h"

#include <cstddef>
#include <vector>

namespace ra::series {

/// Half of the interval that holds 95 % of normal values, in standard deviations.
inline constexpr double normalInterval = 1.959963984540054;

/// Known values; below that everything may be usual.
inline constexpr std::size_t fewestJudged = 12;

/// What is left of the known rows, and which rows those are.
struct Remainder {
    std::vector<double> values; ///< in robust standard deviations, heavy tails drawn in to normal ones
    std::vector<std::size_t> rows;
    double scale = 0; ///< one robust standard deviation
    double low = 0;   ///< of the interval about what was expected
    double high = 0;
    double logLoss = 0; ///< the logarithm of the scale, a row: the lesser, the better it was expected
};

/// In what values are compared with what was expected of them.
enum class JudgedAs {
    Values,
    Logarithms,
    Roots, ///< 2 sqrt(x + 3/8) of counts: of Poisson's about normal, with a standard deviation of one
};

/// What was expected of the rows, and what is left of them.
struct Judgement {
    Expectation expectation;
    Remainder left = {};
    JudgedAs as = JudgedAs::Values;

    /// What is `off` the expected value of a row, in the unit of the series.
    [[nodiscard]] double value(std::size_t row, double off) const;
};

/// Logarithms where all values are positive, range far and are expected better by them: what grows by a share of
/// itself, and what is skewed as durations are. Roots of counts (whole numbers from 0 on), where these are expected
/// better or scatter as Poisson's do. The lesser logarithm of the scatter decides, with that of the change of scale.
/// Sources: G. E. P. Box, D. R. Cox, J. Royal Statistical Society B 26 (1964) 211-252; F. J. Anscombe, Biometrika 35
/// (1948) 246-254.
[[nodiscard]] Judgement judged(const AnomalyInput &input);

/// The value below which a share of them is.
[[nodiscard]] double quantileOf(const std::vector<double> &sorted, double share);

} // namespace ra::series
