// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace ra::series {

/// A change and how likely it is by chance.
struct TestedChange {
    std::size_t index = 0; ///< the first value of the new regime
    double p = 1;
};

struct EDivisiveOptions {
    double level = 0.05;
    std::size_t shortest = 10;
    int permutations = 199;
    std::uint64_t seed = 1; ///< of the permutations; the same seed gives the same answer
};

/// Changes of the distribution, whatever it is: the series is split where the energy distance of both sides is
/// greatest, as long as shuffled segments show one as great in at most `level` of the permutations. Values must be
/// finite. For series without autocorrelation. O(changes · permutations · n²): up to some thousand values. Source: D.
/// S. Matteson, N. A. James, "A nonparametric approach for multiple change point analysis of multivariate data", JASA
/// 109 (2014) 334-345, with exponent 1.
[[nodiscard]] std::vector<TestedChange> eDivisive(std::span<const double> values, const EDivisiveOptions &options = {});

struct OnlineOptions {
    double expectedLength = 250; ///< of a regime
    std::size_t longest = 500;   ///< longer runs are one, so that a value costs O(longest)
};

/// The probability, after each value, that the regime at that moment began within the last `recent` values; for normal
/// data of unknown mean and variance. The prior is that of values standardised by `centre` and `scale`, of which an
/// earlier part of the series gives a fair idea. NaN keeps the last probability. O(n · longest). Source: R. P. Adams,
/// D. J. C. MacKay, "Bayesian online changepoint detection", arXiv:0710.3742 (2007).
[[nodiscard]] std::vector<double> onlineChangeProbability(std::span<const double> values, double centre, double scale,
                                                          std::size_t recent = 10, const OnlineOptions &options = {});

} // namespace ra::series
