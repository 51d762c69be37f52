// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/query/frame.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

namespace ra::query {

/// The order of a table's rows by some of its columns. What is missing comes last either way; rows that nothing tells
/// apart stay as they are in the table. The columns must outlive it.
class RowOrder {
public:
    /// The next column, which decides where those before it do not.
    void add(const FrameColumn &column, bool descending);
    /// Whether a row comes before another one.
    [[nodiscard]] bool isBefore(std::size_t a, std::size_t b) const;
    /// Puts the first `end` of these rows in order; the rows come in ascending order, and those behind the first `end`
    /// are then in any. O(n) for all of many rows whose values pack into 64 bits, as those of texts and of stretches of
    /// time do; else O(n log end).
    void sort(std::vector<std::size_t> &rows, std::size_t end) const;

private:
    struct By {
        const FrameColumn *column = nullptr;
        bool descending = false;
        /// Of the words of a text column among each other, so that none is compared twice.
        std::vector<std::size_t> ranks = {};
    };
    /// How the values of a column become small numbers.
    struct Packing {
        std::int64_t least = 0;
        std::int64_t greatest = 0;
        std::uint64_t step = 1; ///< that all distances from the least are multiples of
        unsigned bits = 0;
    };
    [[nodiscard]] static int compare(const By &by, std::size_t a, std::size_t b);
    [[nodiscard]] static std::int64_t valueOf(const By &by, std::size_t row);
    /// Nothing for numbers with a point, and for values that take all of 64 bits.
    [[nodiscard]] static std::optional<Packing> packingOf(const By &by, const std::vector<std::size_t> &rows);
    /// Ascending as the rows are to come; nothing where they take more than 64 bits.
    [[nodiscard]] std::optional<std::vector<std::uint64_t>> packed(const std::vector<std::size_t> &rows) const;

    std::vector<By> m_all;
};

} // namespace ra::query
