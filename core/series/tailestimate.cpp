// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/series/tailestimate.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <numbers>

namespace ra::series {

namespace {

constexpr double fewest = 20;
constexpr double least = 1e-12;
constexpr double largest = 1e300;
constexpr double decimal = std::numbers::ln2 / std::numbers::ln10; ///< decades an octave
/// A tail (of base 2 logarithms) thinner than this would call rounding errors a sensation.
constexpr double leastMeanExcess = 0.03;

} // namespace

double TailEstimate::countFrom(std::size_t bin) const {
    double count = 0;
    for (std::size_t i = bins - bin; i > 0; i &= i - 1)
        count += m_tree[i];
    return count;
}

double TailEstimate::rarity(double logarithm, std::size_t bin) const {
    if (m_largestCount == kept && logarithm >= m_largest[kept - 1]) {
        const double atThreshold = std::log2((m_count + 1) / static_cast<double>(kept));
        const double beyond = (logarithm - m_largest[kept - 1]) / m_meanExcess;
        return std::min(most, atThreshold * decimal + beyond / std::numbers::ln10);
    }
    const double above = std::max(countFrom(bin), static_cast<double>(m_largestCount));
    return std::max(0.0, std::log2((m_count + 1) / (above + 1)) * decimal);
}

void TailEstimate::keep(double logarithm) {
    if (m_largestCount == kept && logarithm <= m_largest[kept - 1])
        return;
    if (m_largestCount < kept)
        ++m_largestCount;
    auto *const end = m_largest.begin() + m_largestCount;
    auto *const place = std::upper_bound(m_largest.begin(), end - 1, logarithm, std::greater<>());
    std::move_backward(place, end - 1, end);
    *place = logarithm;
    double sum = 0;
    for (const double one : m_largest)
        sum += one - m_largest[kept - 1];
    m_meanExcess = std::max(sum / static_cast<double>(kept - 2), leastMeanExcess);
}

double TailEstimate::rarityOfNext(double magnitude) {
    std::size_t bin = 0;
    double found = 0;
    if (magnitude > least) {
        const double logarithm = std::log2(std::min(magnitude, largest));
        bin = static_cast<std::size_t>(
            std::clamp(logarithm * 8 + static_cast<double>(bins) / 2, 1.0, static_cast<double>(bins - 1)));
        found = m_count < fewest ? 0 : rarity(logarithm, bin);
        keep(logarithm);
    }
    for (std::size_t i = bins - bin; i <= bins; i += i & (~i + 1))
        ++m_tree[i];
    ++m_count;
    return found;
}

} // namespace ra::series
