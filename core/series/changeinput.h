// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <span>
#include <vector>

namespace ra::series {

/// The upper median; the order of the values is lost. Not for an empty vector.
[[nodiscard]] double medianOf(std::vector<double> &values);

/// Variance of the noise and correlation of neighbours, from differences at one and two steps: levels and slopes fall
/// out. Both 0 for values that do not differ. O(n). Source: P. Hall, I. Van Keilegom, J. Royal Statistical Society B 65
/// (2003) 443-456.
struct Noise {
    double variance = 0;
    double correlation = 0; ///< in [0, 0.99]
    double momentum = 0;    ///< correlation of neighbouring differences; 0 for a random walk, above where drifts last
};
[[nodiscard]] Noise noiseOf(std::span<const double> values);

/// The correlation of neighbours as above, in [0, 0.99], but for differences beyond four robust deviations: those of
/// changed levels, which are few, weigh much and would be taken for memory. O(n).
[[nodiscard]] double memoryOf(std::span<const double> values);

/// What an autoregression of order one with this memory does not foretell, in units in which levels stay as they are:
/// (x(t) - memory x(t - 1)) / (1 - memory). Its noise is independent and has the long-run variance, by which means of
/// many values scatter. The first value is as it was. Source: M. Robbins, C. Gallagher, R. Lund, A. Aue, J. Time Series
/// Analysis 32 (2011) 498-511, who test for changes in such residuals.
[[nodiscard]] std::vector<double> unforeseen(std::span<const double> values, double memory);

/// Lone outliers drawn in to 3.5 robust deviations around a running median. O(n).
[[nodiscard]] std::vector<double> drawnIn(const std::vector<double> &values);

/// What changes are sought in: logarithms where all values are positive, unless the likelihood of noise about a running
/// median speaks strongly for the values themselves; else differences from the first value, so that large numbers keep
/// their digits; less a season that stands out, lone outliers
/// drawn in to 3.5 robust deviations around a running median. At least two values, all finite.
[[nodiscard]] std::vector<double> comparable(std::vector<double> values);

} // namespace ra::series
