// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace ra::engine {

/// A set of runs, of which the same may be told many times, in eight bytes a run: reading a few gigabytes of
/// logs adds a million of them.
class RunTally {
public:
    /// Ids as the store gives them, of 16 hex digits.
    void add(std::span<const std::string> ids);
    void clear();
    [[nodiscard]] bool isEmpty() const { return m_numbers.empty(); }
    [[nodiscard]] std::size_t count();
    /// How many of these are not among `others`.
    [[nodiscard]] std::size_t countWithout(RunTally &others);

    /// The ids, each once, in ascending order; none are left.
    [[nodiscard]] std::vector<std::string> take();

private:
    void settle();

    std::vector<std::uint64_t> m_numbers; ///< sorted and different up to m_settled
    std::size_t m_settled = 0;
};

} // namespace ra::engine
