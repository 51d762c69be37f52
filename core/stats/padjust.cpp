// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/stats/padjust.h"

#include <algorithm>
#include <cmath>
#include <cstddef>

namespace ra::stats {

std::vector<double> adjust(std::span<const double> ps, Adjustment adjustment) {
    std::vector<double> answer(ps.begin(), ps.end());
    std::vector<std::size_t> order; // ascending p
    for (std::size_t i = 0; i < ps.size(); ++i) {
        if (!std::isnan(ps[i]))
            order.push_back(i);
    }
    std::ranges::stable_sort(order, [&](std::size_t i, std::size_t j) { return ps[i] < ps[j]; });
    const auto n = static_cast<double>(order.size());
    if (adjustment == Adjustment::Bonferroni || adjustment == Adjustment::Holm) {
        double largest = 0; // never below that of a smaller p
        for (std::size_t k = 0; k < order.size(); ++k) {
            const double factor = adjustment == Adjustment::Holm ? n - static_cast<double>(k) : n;
            largest = std::max(largest, std::min(1.0, ps[order[k]] * factor));
            answer[order[k]] = largest;
        }
        return answer;
    }
    double smallest = 1; // never above that of a larger p
    for (std::size_t k = order.size(); k-- > 0;) {
        const auto rank = static_cast<double>(k + 1);
        const double factor = adjustment == Adjustment::Hochberg ? n - rank + 1 : n / rank;
        smallest = std::min(smallest, ps[order[k]] * factor);
        answer[order[k]] = smallest;
    }
    return answer;
}

} // namespace ra::stats
