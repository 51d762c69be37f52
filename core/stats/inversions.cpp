// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/stats/inversions.h"

#include <algorithm>
#include <vector>

namespace ra::stats {

std::uint64_t sortCountingInversions(std::span<double> values) {
    std::vector<double> other(values.begin(), values.end());
    std::span<double> from = values;
    std::span<double> to = other;
    std::uint64_t count = 0;
    const std::size_t n = values.size();
    for (std::size_t width = 1; width < n; width *= 2) {
        for (std::size_t begin = 0; begin < n; begin += 2 * width) {
            const std::size_t middle = std::min(begin + width, n);
            const std::size_t end = std::min(begin + 2 * width, n);
            std::size_t i = begin;
            std::size_t j = middle;
            for (std::size_t k = begin; k < end; ++k) {
                if (i < middle && (j == end || from[i] <= from[j])) {
                    to[k] = from[i++];
                } else {
                    count += middle - i; // all that are left of the first half are larger
                    to[k] = from[j++];
                }
            }
        }
        std::swap(from, to);
    }
    if (from.data() != values.data())
        std::ranges::copy(from, values.begin());
    return count;
}

} // namespace ra::stats
