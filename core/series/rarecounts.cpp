// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/series/rarecounts.h"

#include "core/stats/distributions.h"

#include <algorithm>
#include <cmath>

namespace ra::series {

bool areRareCounts(std::span<const double> values) {
    const auto none = std::count(values.begin(), values.end(), 0.0);
    return 2 * static_cast<std::size_t>(none) > values.size() &&
           std::all_of(values.begin(), values.end(), [](double v) { return v >= 0 && v == std::floor(v); });
}

RareCounts::RareCounts(std::span<const double> values)
    : m_rows(static_cast<double>(values.size())) {
    for (const double value : values) {
        m_sum += value;
        m_squares += value * value;
    }
}

double RareCounts::chance(double count, double rows, double own) const {
    if (!(count > 0))
        return 1;
    const double others = std::max(1.0, m_rows - 1);
    const double mean = (m_sum - own + 0.5) / others;
    const double variance = (m_squares - own * own + 0.5) / others - mean * mean;
    if (!std::isfinite(variance))
        return 1;
    if (variance <= mean * (1 + 1e-9)) // at least `count` of Poisson: the chi-squared of half the waiting
        return stats::dist::chiSquaredCdf(2 * mean * rows, 2 * count);
    return stats::dist::betaCdf(1 - mean / variance, count, rows * mean * mean / (variance - mean));
}

double RareCounts::mean() const {
    return m_sum / std::max(1.0, m_rows);
}

double RareCounts::usual() const {
    constexpr double beyond = 0.025;
    double low = 0; // by halves, as counts may be of any size
    double high = 1;
    while (high < 9e15 && chance(high + 1, 1, 0) > beyond)
        high *= 2;
    while (low < high) {
        const double middle = std::floor((low + high) / 2);
        if (chance(middle + 1, 1, 0) > beyond)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

} // namespace ra::series
