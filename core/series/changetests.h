// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/series/runlengths.h"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <vector>

namespace ra::series {

/// A change and how likely it is by chance.
struct TestedChange {
    std::size_t index = 0; ///< the first value of the new regime
    double p = 1;
    std::size_t seen = 0; ///< how many values had been seen when it was told of
};

struct EDivisiveOptions {
    double level = 0.05;
    std::size_t shortest = 10;
    int permutations = 199;
    std::uint64_t seed = 1; ///< of the permutations; the same seed gives the same answer
};

/// Changes of the distribution, whatever it is: the series is split where the energy distance of both sides is
/// greatest, as long as shuffled segments show one as great in at most `level` of the permutations. Neighbours that
/// resemble each other cannot be shuffled: both is done with what the memory of a segment does not foretell
/// (unforeseen()), so that distributions of innovations are compared. Values must be finite. O(changes · permutations ·
/// n²): up to some thousand values. Source: D. S. Matteson, N. A. James, "A nonparametric approach for multiple change
/// point analysis of multivariate data", JASA 109 (2014) 334-345, with exponent 1.
[[nodiscard]] std::vector<TestedChange> eDivisive(std::span<const double> values, const EDivisiveOptions &options = {});

/// The probability, after each value, that the regime at that moment began within the last `recent` values; for normal
/// data of unknown mean and variance. The prior is that of values standardised by `centre` and `scale`, of which an
/// earlier part of the series gives a fair idea. NaN keeps the last probability. O(n · longest). Source: see
/// runlengths.h.
[[nodiscard]] std::vector<double> onlineChangeProbability(std::span<const double> values, double centre, double scale,
                                                          std::size_t recent = 10, const OnlineOptions &options = {});

struct OnlineDecision {
    double level = 0.01;       ///< the most that the old regime may have left for a change to be declared
    std::size_t shortest = 10; ///< values of a regime, so many too before it is spoken of
    /// A further condition, for data that are not normal: whether a regime may be said to begin at `index`, the last
    /// one having begun at `begin`, when `seen` values are known. Where it may not, the change is waited for, and asked
    /// about again when the new regime has grown by a tenth.
    std::function<bool(std::size_t begin, std::size_t index, std::size_t seen)> isCredible = {};
};

/// Changes as they are declared while the values come in: as soon as, of all regimes of at least `shortest` values
/// that may be the present one, those that began after the last change have all but `level` of the probability, and the
/// likeliest of all regimes is one of them. The index is its beginning, `p` what the old regime has left. What comes
/// later does not change what was declared: a series has the changes of its beginning. Values, centre and scale as
/// above; empty where they are not finite. O(n · longest). Source: see runlengths.h; the rule of decision is ours.
[[nodiscard]] std::vector<TestedChange> onlineChanges(std::span<const double> values, double centre, double scale,
                                                      const OnlineDecision &decision = {},
                                                      const OnlineOptions &options = {});

} // namespace ra::series
