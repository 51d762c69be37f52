// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>

namespace ra::stats {

/// Counts {{a, b}, {c, d}} of two yes-or-no questions.
using FourFold = std::array<std::array<std::uint64_t, 2>, 2>;

struct FisherTest {
    double p = 1;                    ///< two-sided: all tables that are no likelier than this one
    std::optional<double> oddsRatio; ///< a d / (b c); nothing where that divides by zero
};
/// Fisher's exact test. Nothing for an empty table and for more than 2^53 in all. O(smallest margin), less where the
/// tables far from the likeliest vanish. Source: R's fisher.test for 2 x 2 tables.
[[nodiscard]] std::optional<FisherTest> fisherTest(const FourFold &table);

struct ChiSquared {
    double statistic = 0;
    double df = 0;
    double p = 1;
    double smallestExpected = 0; ///< below 5 the limit is doubtful
};
/// Independence of rows and columns of a table of counts, row by row. Rows and columns of zeros are left out; nothing
/// unless two of both are left. No continuity correction. Source: K. Pearson; R's chisq.test(correct = FALSE).
/// O(cells).
[[nodiscard]] std::optional<ChiSquared> chiSquaredIndependence(std::span<const double> counts, std::size_t columns);
/// Counts against probabilities (any positive multiple of them). Nothing for fewer than two cells, different lengths,
/// negative counts, probabilities not above zero, or no counts.
[[nodiscard]] std::optional<ChiSquared> chiSquaredFit(std::span<const double> counts,
                                                      std::span<const double> probabilities);

} // namespace ra::stats
