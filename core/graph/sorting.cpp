// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/graph/sorting.h"

#include <algorithm>
#include <array>
#include <bit>

namespace ra::graph {

std::vector<std::uint32_t> ascendingOrder(std::span<const double> values) {
    constexpr unsigned width = 11;
    constexpr unsigned digits = 6; // of 64 bits
    constexpr std::uint64_t mask = (1U << width) - 1;
    struct Item {
        std::uint64_t key = 0; // bits of doubles that are not negative are in the order of the doubles
        std::uint32_t index = 0;
    };
    std::vector<Item> items(values.size());
    std::vector<std::array<std::uint32_t, mask + 1>> counts(digits);
    for (std::uint32_t i = 0; i < values.size(); ++i) {
        items[i] = {std::bit_cast<std::uint64_t>(values[i] + 0.0), i}; // no negative zero
        for (unsigned d = 0; d < digits; ++d)
            ++counts[d][(items[i].key >> (d * width)) & mask];
    }
    std::vector<Item> other(values.size());
    for (unsigned d = 0; d < digits; ++d) {
        auto &count = counts[d];
        if (std::ranges::find(count, items.size()) != count.end()) // all alike
            continue;
        std::uint32_t at = 0;
        for (std::uint32_t &slot : count) {
            const std::uint32_t size = slot;
            slot = at;
            at += size;
        }
        for (const Item &item : items)
            other[count[(item.key >> (d * width)) & mask]++] = item;
        items.swap(other);
    }
    std::vector<std::uint32_t> order;
    order.reserve(items.size());
    for (const Item &item : items)
        order.push_back(item.index);
    return order;
}

SmallestFirst::SmallestFirst(std::uint32_t limit) {
    std::size_t words = limit;
    do {
        words = std::max<std::size_t>(1, (words + 63) / 64);
        m_levels.emplace_back(words, 0U);
    } while (words > 1);
}

void SmallestFirst::insert(std::uint32_t number) {
    for (auto &level : m_levels) {
        level[number / 64] |= std::uint64_t{1} << (number % 64);
        number /= 64;
    }
}

std::uint32_t SmallestFirst::take() {
    std::uint32_t number = 0;
    for (std::size_t i = m_levels.size(); i-- > 0;)
        number = number * 64 + static_cast<std::uint32_t>(std::countr_zero(m_levels[i][number]));
    std::uint32_t at = number;
    for (auto &level : m_levels) {
        std::uint64_t &word = level[at / 64];
        word &= word - 1; // the smallest is its lowest bit
        if (word != 0)
            break;
        at /= 64;
    }
    return number;
}

} // namespace ra::graph
