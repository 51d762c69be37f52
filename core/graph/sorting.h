// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace ra::graph {

/// The indices of values that are not negative and no NaN, in ascending order of the values; equal ones stay in order.
/// By radix, 11 bits at a time: O(n), some 20 ns a value.
[[nodiscard]] std::vector<std::uint32_t> ascendingOrder(std::span<const double> values);

/// A set of numbers below a limit that gives its smallest in a few steps: bits, and bits that say which words of bits
/// are not zero, and so on.
class SmallestFirst {
public:
    explicit SmallestFirst(std::uint32_t limit);

    [[nodiscard]] bool isEmpty() const { return m_levels.back().front() == 0; }
    void insert(std::uint32_t number);
    /// Takes the smallest out; the set must not be empty.
    [[nodiscard]] std::uint32_t take();

private:
    std::vector<std::vector<std::uint64_t>> m_levels; ///< the last has one word
};

} // namespace ra::graph
