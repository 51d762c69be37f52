// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <vector>

namespace ra::series {

/// Mean and standard deviation of the latest values of a stream. The sums are made anew once a window, so that what a
/// huge value left of rounding errors goes with it. Memory: the window; O(1) a value.
class RollingMoments {
public:
    explicit RollingMoments(std::size_t window)
        : m_ring(window, 0.0) {}

    void add(double value);
    [[nodiscard]] std::size_t count() const { return m_count; } ///< at most the window
    [[nodiscard]] double mean() const;                          ///< 0 of nothing
    [[nodiscard]] double deviation() const;                     ///< with n in the denominator; 0 of nothing

private:
    std::vector<double> m_ring;
    std::size_t m_next = 0;
    std::size_t m_count = 0;
    double m_sum = 0;
    double m_squares = 0;
};

} // namespace ra::series
