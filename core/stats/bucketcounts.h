// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace ra::stats {

/// How many values fell into each of consecutive buckets, from number `first` on. Memory: 8 bytes for each bucket
/// between the lowest and the highest that was covered. Unless it says otherwise, a function takes time proportional to
/// that range.
struct BucketCounts {
    std::uint32_t first = 0;
    std::uint32_t used = 0;            ///< of counts, how many are not zero
    std::uint64_t total = 0;           ///< of all counts
    std::vector<std::uint64_t> counts; ///< at either end there may be empty ones

    /// Makes room for the buckets lowest to highest, both included, lowest <= highest.
    void cover(std::uint32_t lowest, std::uint32_t highest);
    /// Counts into a bucket that is covered. O(1).
    void add(std::uint32_t index, std::uint64_t count) {
        std::uint64_t &bucket = counts[index - first];
        used += static_cast<std::uint32_t>(bucket == 0);
        bucket += count;
        total += count;
    }
    /// Joins each 2^levels neighbours: bucket i becomes i >> levels.
    void join(unsigned levels);
    /// Adds what another one has counted in buckets of the same width.
    void merge(const BucketCounts &other);
    /// Whether no bucket of `other` counts more than the same one here.
    [[nodiscard]] bool holds(const BucketCounts &other) const;
    /// Undoes merge(other), which holds(other).
    void takeAway(const BucketCounts &other);
    /// The counts from the first to the last bucket that is in use, empty for none; `from` is the first one's number.
    [[nodiscard]] std::span<const std::uint64_t> trimmed(std::uint32_t &from) const;
    /// Whether the same buckets count the same, whatever is covered.
    [[nodiscard]] bool operator==(const BucketCounts &other) const;
};

} // namespace ra::stats
