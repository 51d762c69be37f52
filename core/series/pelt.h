// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace ra::series {

/// What a segment is taken for; the cost is twice the negative log-likelihood of normal noise.
enum class SegmentCost {
    Mean,         ///< a level; noise of the given variance throughout
    MeanVariance, ///< a level with its own variance
    Trend,        ///< a line; noise of the given variance throughout
    TrendVariance ///< a line with its own variance
};

struct PeltOptions {
    SegmentCost cost = SegmentCost::Mean;
    double penalty = 0;  ///< of one more segment
    double variance = 1; ///< of the noise; with a variance of their own: the least that a segment may have
    std::size_t shortest = 10;
    /// Changes are sought at multiples of this, then moved to the best place nearby: n² / step² rather than n² at
    /// worst.
    std::size_t step = 1;
};

/// The segmentation of least cost plus penalty: first indices of the second and all later segments. Values must be
/// finite. O(n / step) to O((n / step)²), mostly the former where changes are not rare. Source: R. Killick, P.
/// Fearnhead, I. A. Eckley, "Optimal detection of changepoints with a linear computational cost", JASA 107 (2012)
/// 1590-1598.
[[nodiscard]] std::vector<std::size_t> pelt(std::span<const double> values, const PeltOptions &options);

/// Costs of any segment [begin, end) in O(1), after O(n).
class SegmentCosts {
public:
    SegmentCosts(std::span<const double> values, SegmentCost cost, double variance);
    [[nodiscard]] double of(std::size_t begin, std::size_t end) const;
    /// Sum of squared residuals of the segment's level or line.
    [[nodiscard]] double squares(std::size_t begin, std::size_t end) const;

private:
    struct Sums {
        double y = 0;
        double yy = 0;
        double ty = 0;
    };
    bool m_trend;
    bool m_ownVariance;
    double m_variance;
    std::vector<Sums> m_sums; ///< of the values before an index, about the mean of all
};

} // namespace ra::series
