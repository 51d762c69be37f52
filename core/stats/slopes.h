// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace ra::stats {

/// The slopes of all pairs of points with different x, by rank, without storing them where they are many.
class Slopes {
public:
    /// Finite points in any order.
    Slopes(std::span<const double> x, std::span<const double> y);

    /// How many there are.
    [[nodiscard]] std::uint64_t count() const { return m_count; }
    /// The slope of that rank in ascending order, from 0 to count() - 1. O(n^2) up to 2,000 points; beyond, O(n log n)
    /// for each of a few steps, fewer for ranks asked later, the rank then being right up to slopes that differ by
    /// rounding only. Source: after J. Matoušek, "Randomized optimal algorithm for slope selection", Inform. Process.
    /// Lett. 39 (1991) 183-187: pairs of slope below m are the inversions of y - m x. Pairs drawn at random (the same
    /// each time) say where to look first; from there on ranks are interpolated.
    [[nodiscard]] double select(std::uint64_t rank);

private:
    /// A slope, as an integer in the order of doubles, and how many are below it.
    struct Known {
        std::int64_t order;
        std::uint64_t below;
    };

    void lookAt(std::int64_t order);
    void lookAround(std::uint64_t rank);
    [[nodiscard]] std::uint64_t countBelow(double slope);
    [[nodiscard]] std::vector<double> between(double low, double high) const;

    std::vector<double> m_x; ///< ascending
    std::vector<double> m_y; ///< ascending where x is equal
    std::vector<double> m_scratch;
    std::vector<double> m_all;  ///< all slopes, where they are few
    std::vector<Known> m_known; ///< ascending
    std::uint64_t m_count = 0;
};

} // namespace ra::stats
