// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace ra::stats {

/// The differences x[i] - y[j] of two ascending samples, by rank, without storing them.
class Differences {
public:
    /// Finite values in ascending order, at least one of each, which must outlive it.
    Differences(std::span<const double> x, std::span<const double> y);

    /// How many there are.
    [[nodiscard]] std::uint64_t count() const { return std::uint64_t{m_x.size()} * m_y.size(); }
    /// The difference of that rank in ascending order, from 0 to count() - 1, exactly. Expected O(N) for each of a few
    /// steps, N being the length of both samples: differences drawn at random say between which two the rank must lie,
    /// until those that are left can be looked at all. The draws are the same each time. Source: after R. W. Floyd, R.
    /// L. Rivest, "Expected time bounds for selection", Comm. ACM 18 (1975) 165-172, on the rows of X - Y, which are
    /// sorted already (D. B. Johnson, T. Mizoguchi, SIAM J. Comput. 7 (1978) 147-153).
    [[nodiscard]] double select(std::uint64_t rank);

private:
    struct Split; ///< where a value divides each row
    [[nodiscard]] double at(std::size_t row, std::size_t column) const {
        return m_x[row] - m_y[m_y.size() - 1 - column];
    }
    [[nodiscard]] Split splitAt(double value) const;
    [[nodiscard]] std::vector<double> drawn() const;
    [[nodiscard]] std::vector<double> left() const;

    std::span<const double> m_x;
    std::span<const double> m_y;
    std::vector<std::size_t> m_from;   ///< first column of each row that may be it
    std::vector<std::size_t> m_to;     ///< the one behind the last
    std::vector<std::uint64_t> m_upTo; ///< columns between them in all rows up to and with this one
};

} // namespace ra::stats
