// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/stats/doubledouble.h"

#include <cstdint>
#include <limits>
#include <optional>
#include <span>

namespace ra::stats {

/// Count, extremes and the first four moments of any number of doubles, in one pass, mergeable. Everything is carried
/// in double-double arithmetic, so that large means with small deviations and any order of merging agree to the last
/// digits of a double; values up to the largest double are scaled by powers of two, so that no power overflows.
///
/// NaN is a missing value: counted in missing() and nowhere else. An infinity is a value: it counts, it is minimum or
/// maximum, it makes the mean infinite (NaN with both signs) and leaves all spreads unknown.
///
/// Source: P. P. Pébay, "Formulas for robust, one-pass parallel computation of covariances and arbitrary-order
/// statistical moments", SAND2008-6212, equations 2.1 and 3.1 to 3.4; the moments of a block are taken about its first
/// value, which makes those of equal values exactly zero. O(1) memory, some 15 ns a value.
class Moments {
public:
    void add(double value) { add(std::span(&value, 1)); }
    void add(std::span<const double> values);
    /// Adds what another has seen.
    void merge(const Moments &other);

    /// Values but NaN.
    [[nodiscard]] std::uint64_t count() const { return m_count + m_infinite[0] + m_infinite[1]; }
    [[nodiscard]] std::uint64_t missing() const { return m_missing; }
    /// Nothing of no values, here and below.
    [[nodiscard]] std::optional<double> min() const;
    [[nodiscard]] std::optional<double> max() const;
    [[nodiscard]] std::optional<double> mean() const;
    /// The mean to 31 digits; only where all values are finite and there are any.
    [[nodiscard]] std::optional<DoubleDouble> preciseMean() const;
    /// Sum of squared deviations from the mean.
    [[nodiscard]] std::optional<double> squares() const;
    /// Sample variance and standard deviation, divisor n - 1; nothing below two values. The variance may be infinite
    /// where the standard deviation is not.
    [[nodiscard]] std::optional<double> variance() const;
    [[nodiscard]] std::optional<double> sd() const;
    /// m3 / m2^1.5 with divisor n (g1); nothing for equal values.
    [[nodiscard]] std::optional<double> skewness() const;
    /// Adjusted for small samples (G1 of SAS, SPSS, Excel); from three values.
    [[nodiscard]] std::optional<double> adjustedSkewness() const;
    /// m4 / m2^2 - 3 with divisor n (g2); nothing for equal values.
    [[nodiscard]] std::optional<double> kurtosis() const;
    /// Adjusted for small samples (G2); from four values.
    [[nodiscard]] std::optional<double> adjustedKurtosis() const;

private:
    [[nodiscard]] bool isFinite() const { return m_infinite[0] + m_infinite[1] == 0; }
    [[nodiscard]] bool varies() const { return m_count > 1 && isFinite() && m_squares.high > 0; }
    void rescale(int exponent);
    void mergeFinite(const Moments &other);

    std::uint64_t m_count = 0; ///< finite values
    std::uint64_t m_missing = 0;
    std::uint64_t m_infinite[2] = {0, 0}; ///< negative, positive
    double m_min = std::numeric_limits<double>::infinity();
    double m_max = -std::numeric_limits<double>::infinity();
    int m_exponent = 0;  ///< what follows is of values divided by 2^m_exponent
    DoubleDouble m_mean; ///< of finite values, as the sums of powers of deviations below
    DoubleDouble m_squares;
    DoubleDouble m_cubes;
    DoubleDouble m_fourths;
};

} // namespace ra::stats
