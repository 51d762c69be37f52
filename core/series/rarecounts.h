// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <span>

namespace ra::series {

/// Whether these are counts of something that is mostly not there: whole numbers from 0 on, over half of them 0.
[[nodiscard]] bool areRareCounts(std::span<const double> values);

/// How rare counts are distributed: by the negative binomial distribution of their mean and variance, Poisson's where
/// the variance is no larger. They are normal in no scale. Source: N. L. Johnson, A. W. Kemp, S. Kotz, "Univariate
/// Discrete Distributions", 3rd ed. (2005), sections 5.3 and 5.8 (moments).
class RareCounts {
public:
    explicit RareCounts(std::span<const double> values);

    /// The probability of at least `count` in so many rows together, by all other rows than one that has `own`: no
    /// anomaly makes itself usual. As if half an event more had been seen, as what was never seen is not impossible.
    [[nodiscard]] double chance(double count, double rows, double own) const;
    [[nodiscard]] double mean() const;
    /// The most that a row has in 97.5 % of all.
    [[nodiscard]] double usual() const;

private:
    double m_rows = 0;
    double m_sum = 0;
    double m_squares = 0;
};

} // namespace ra::series
