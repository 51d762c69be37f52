// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/stats/slopes.h"

#include "core/stats/inversions.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>
#include <numeric>
#include <utility>

namespace ra::stats {

namespace {

constexpr std::size_t fewPoints = 2'000;
constexpr std::uint64_t fewPairs = 2'000'000;

/// Doubles and integers in the same order.
std::int64_t orderOf(double value) {
    const auto bits = std::bit_cast<std::int64_t>(value);
    return bits < 0 ? std::numeric_limits<std::int64_t>::min() - bits : bits;
}
double doubleAt(std::int64_t order) {
    return std::bit_cast<double>(order < 0 ? std::numeric_limits<std::int64_t>::min() - order : order);
}

} // namespace

Slopes::Slopes(std::span<const double> x, std::span<const double> y) {
    std::vector<std::pair<double, double>> points;
    for (std::size_t i = 0; i < x.size(); ++i)
        points.emplace_back(x[i], y[i]);
    std::ranges::sort(points);
    for (const auto &[px, py] : points) {
        m_x.push_back(px);
        m_y.push_back(py);
    }
    const std::uint64_t n = m_x.size();
    m_count = n > 0 ? n * (n - 1) / 2 : 0;
    for (std::size_t i = 0, from = 0; i < m_x.size(); ++i) {
        if (m_x[i] != m_x[from])
            from = i;
        m_count -= i - from;
    }
    if (m_x.size() > fewPoints)
        return;
    m_all.reserve(m_count);
    for (std::size_t i = 0; i < m_x.size(); ++i) {
        for (std::size_t j = i + 1; j < m_x.size(); ++j) {
            if (m_x[j] != m_x[i])
                m_all.push_back((m_y[j] - m_y[i]) / (m_x[j] - m_x[i]));
        }
    }
}

std::uint64_t Slopes::countBelow(double slope) {
    m_scratch.resize(m_x.size());
    for (std::size_t i = 0; i < m_x.size(); ++i)
        m_scratch[i] = m_y[i] - slope * m_x[i];
    return sortCountingInversions(m_scratch);
}

/// Slopes in [low, high): the pairs that change places between the orders by y - low x and by y - high x.
std::vector<double> Slopes::between(double low, double high) const {
    const std::size_t n = m_x.size();
    std::vector<std::uint32_t> order(n);
    std::iota(order.begin(), order.end(), 0U);
    std::vector<double> key(n);
    const auto keyBy = [&](double slope) {
        for (std::size_t i = 0; i < n; ++i)
            key[i] = m_y[i] - slope * m_x[i];
    };
    keyBy(low);
    std::ranges::stable_sort(order, [&](std::uint32_t i, std::uint32_t j) { return key[i] < key[j]; });
    keyBy(high);
    std::vector<double> found;
    std::vector<std::uint32_t> other(n);
    for (std::size_t width = 1; width < n; width *= 2) {
        for (std::size_t begin = 0; begin < n; begin += 2 * width) {
            const std::size_t middle = std::min(begin + width, n);
            const std::size_t end = std::min(begin + 2 * width, n);
            std::size_t i = begin;
            std::size_t j = middle;
            for (std::size_t k = begin; k < end; ++k) {
                if (i < middle && (j == end || key[order[i]] <= key[order[j]])) {
                    other[k] = order[i++];
                    continue;
                }
                for (std::size_t left = i; left < middle; ++left) {
                    const std::uint32_t a = order[left];
                    const std::uint32_t b = order[j];
                    if (m_x[a] != m_x[b])
                        found.push_back((m_y[b] - m_y[a]) / (m_x[b] - m_x[a]));
                }
                other[k] = order[j++];
            }
        }
        order.swap(other);
    }
    return found;
}

double Slopes::select(std::uint64_t rank) {
    if (!m_all.empty()) {
        const auto at = m_all.begin() + static_cast<std::ptrdiff_t>(rank);
        std::nth_element(m_all.begin(), at, m_all.end());
        return *at;
    }
    // No slope is steeper than the whole range of y over the smallest step of x.
    const auto [yMin, yMax] = std::ranges::minmax(m_y);
    double step = std::numeric_limits<double>::infinity();
    for (std::size_t i = 1; i < m_x.size(); ++i) {
        if (m_x[i] != m_x[i - 1])
            step = std::min(step, m_x[i] - m_x[i - 1]);
    }
    const double largest = std::min(std::numeric_limits<double>::max() / 4, 2 * ((yMax - yMin) / step));
    // At most `rank` slopes are below `low`, more than `rank` below `high`.
    std::int64_t low = orderOf(-largest) - 1;
    std::int64_t high = orderOf(largest) + 1;
    std::uint64_t below = 0;
    std::uint64_t belowHigh = m_count;
    for (int turn = 0; belowHigh - below > fewPairs && low + 1 < high; ++turn) {
        // In the middle of the numbers, which is quick for smooth slopes, and every third time in the middle of the
        // doubles, which ends even where most slopes are one and the same.
        const double a = doubleAt(low);
        const double b = doubleAt(high);
        std::int64_t middle = orderOf(a + (b - a) / 2);
        if (turn % 3 == 2 || middle <= low || middle >= high)
            middle = low + static_cast<std::int64_t>(
                               (static_cast<std::uint64_t>(high) - static_cast<std::uint64_t>(low)) / 2);
        const std::uint64_t count = countBelow(doubleAt(middle));
        if (count <= rank) {
            low = middle;
            below = count;
        } else {
            high = middle;
            belowHigh = count;
        }
    }
    if (low + 1 >= high) // as many slopes as these are one and the same
        return doubleAt(low);
    std::vector<double> candidates = between(doubleAt(low), doubleAt(high));
    const std::uint64_t offset = rank - below;
    if (candidates.empty())
        return doubleAt(low);
    const auto at =
        candidates.begin() + static_cast<std::ptrdiff_t>(std::min<std::uint64_t>(offset, candidates.size() - 1));
    std::nth_element(candidates.begin(), at, candidates.end());
    return *at;
}

} // namespace ra::stats
