// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace ra::stats {

/// All values that a quantile of type 7 takes over the resamples of a sample, with their probabilities: a resample's
/// order statistics are those of uniform draws of places. Values that are less likely than 10^-17 are left out. About
/// O(sqrt n) values, O(n) for the influence. Source: A. D. Hutson, M. D. Ernst, "The exact bootstrap mean and variance
/// of an L-estimator", J. Roy. Statist. Soc. B 62 (2000) 89-94.
class QuantileDistribution {
public:
    /// At least two finite values in ascending order, which must outlive it; q in [0, 1].
    QuantileDistribution(std::span<const double> ascending, double q);

    /// The probability of less than `value`.
    [[nodiscard]] double below(double value) const;
    /// The smallest value up to which at least p lies. With uniform p in [0, 1) that draws a resample's quantile.
    [[nodiscard]] double at(double p) const;
    /// By how much the expectation moves with the weight of each value: what is below the quantile draws it down by the
    /// gaps above times the density with which it lies there. Sums to zero.
    [[nodiscard]] std::vector<double> influence() const;

private:
    [[nodiscard]] double part(std::size_t i) const;
    [[nodiscard]] double logChoose(std::size_t a, std::size_t b) const;
    [[nodiscard]] double atMost(std::size_t i) const;
    void addPairs(std::size_t i, double probability);
    void accumulate();

    struct Value {
        double value;
        double probability;
        double upTo; ///< the sum of the probabilities with this one
    };

    std::span<const double> m_x;
    std::size_t m_n;
    std::size_t m_k = 0; ///< the order statistic at or below the quantile, from 1
    double m_share = 0;  ///< of the next one
    double m_logPairs = 0;
    std::vector<Value> m_values;
};

} // namespace ra::stats
