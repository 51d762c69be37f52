// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/stats/bucketcounts.h"

#include <algorithm>
#include <utility>

namespace ra::stats {

void BucketCounts::cover(std::uint32_t lowest, std::uint32_t highest) {
    if (counts.empty()) {
        first = lowest;
        counts.resize(highest - lowest + 1);
        return;
    }
    // Some more than asked for, so that data which creeps does not move all counts again and again.
    if (lowest < first) {
        const std::uint32_t more = std::min(first, first - lowest + 32);
        counts.insert(counts.begin(), more, 0);
        first -= more;
    }
    if (highest - first >= counts.size())
        counts.resize(highest - first + 1 + 32);
}

void BucketCounts::join(unsigned levels) {
    BucketCounts joined;
    if (!counts.empty())
        joined.cover(first >> levels, (first + static_cast<std::uint32_t>(counts.size()) - 1) >> levels);
    for (std::uint32_t i = 0; i < counts.size(); ++i) {
        if (counts[i] != 0)
            joined.add((first + i) >> levels, counts[i]);
    }
    *this = std::move(joined);
}

void BucketCounts::merge(const BucketCounts &other) {
    std::uint32_t from = 0;
    const auto theirs = other.trimmed(from);
    if (theirs.empty())
        return;
    cover(from, from + static_cast<std::uint32_t>(theirs.size()) - 1);
    for (std::uint32_t i = 0; i < theirs.size(); ++i) {
        if (theirs[i] != 0)
            add(from + i, theirs[i]);
    }
}

bool BucketCounts::holds(const BucketCounts &other) const {
    std::uint32_t from = 0;
    const auto theirs = other.trimmed(from);
    if (theirs.empty())
        return true;
    if (from < first || from - first + theirs.size() > counts.size())
        return false;
    return std::equal(theirs.begin(), theirs.end(), counts.begin() + (from - first),
                      [](std::uint64_t theirCount, std::uint64_t count) { return theirCount <= count; });
}

void BucketCounts::takeAway(const BucketCounts &other) {
    std::uint32_t from = 0;
    const auto theirs = other.trimmed(from);
    for (std::size_t i = 0; i < theirs.size(); ++i) {
        std::uint64_t &count = counts[from - first + i];
        used -= static_cast<std::uint32_t>(count != 0 && count == theirs[i]);
        count -= theirs[i];
        total -= theirs[i];
    }
}

std::span<const std::uint64_t> BucketCounts::trimmed(std::uint32_t &from) const {
    std::size_t begin = 0;
    std::size_t end = counts.size();
    while (end > 0 && counts[end - 1] == 0)
        --end;
    while (begin < end && counts[begin] == 0)
        ++begin;
    from = first + static_cast<std::uint32_t>(begin);
    return std::span(counts).subspan(begin, end - begin);
}

bool BucketCounts::operator==(const BucketCounts &other) const {
    std::uint32_t from = 0;
    std::uint32_t theirFrom = 0;
    const auto mine = trimmed(from);
    const auto theirs = other.trimmed(theirFrom);
    return std::equal(mine.begin(), mine.end(), theirs.begin(), theirs.end()) && (mine.empty() || from == theirFrom);
}

} // namespace ra::stats
