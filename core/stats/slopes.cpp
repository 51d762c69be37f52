// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/stats/slopes.h"

#include "core/stats/inversions.h"
#include "core/stats/random.h"

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
constexpr int draws = 20'000;

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

/// Counts the slopes below that one. Rounding may let counts fall where slopes rise by next to nothing: they do not
/// here.
void Slopes::lookAt(std::int64_t order) {
    const auto next = std::ranges::lower_bound(m_known, order, {}, &Known::order);
    if (next != m_known.end() && next->order == order)
        return;
    const std::uint64_t least = next == m_known.begin() ? 0 : std::prev(next)->below;
    const std::uint64_t most = next == m_known.end() ? m_count : next->below;
    m_known.insert(next, {order, std::clamp(countBelow(doubleAt(order)), least, most)});
}

/// Counts below two slopes between which the one of that rank most probably lies.
void Slopes::lookAround(std::uint64_t rank) {
    if (m_known.empty()) {
        // No slope is steeper than the whole range of y over the smallest step of x.
        const auto [yMin, yMax] = std::ranges::minmax(m_y);
        double step = std::numeric_limits<double>::infinity();
        for (std::size_t i = 1; i < m_x.size(); ++i) {
            if (m_x[i] != m_x[i - 1])
                step = std::min(step, m_x[i] - m_x[i - 1]);
        }
        const double largest = std::min(std::numeric_limits<double>::max() / 4, 2 * ((yMax - yMin) / step));
        m_known = {{orderOf(-largest) - 1, 0}, {orderOf(largest) + 1, m_count}};
    }
    Random random(1);
    std::vector<double> drawn;
    for (int i = 0; i < draws; ++i) {
        const std::size_t a = random.below(static_cast<std::uint32_t>(m_x.size()));
        const std::size_t b = random.below(static_cast<std::uint32_t>(m_x.size()));
        if (m_x[a] != m_x[b])
            drawn.push_back((m_y[b] - m_y[a]) / (m_x[b] - m_x[a]));
    }
    if (drawn.empty())
        return;
    std::ranges::sort(drawn);
    const auto count = static_cast<double>(drawn.size());
    const double place = static_cast<double>(rank) / static_cast<double>(m_count) * count;
    for (const double aside : {-1.5 * std::sqrt(count), 1.5 * std::sqrt(count)}) { // three standard errors
        const double slope = drawn[static_cast<std::size_t>(std::clamp(place + aside, 0.0, count - 1))];
        if (orderOf(slope) > m_known.front().order && orderOf(slope) < m_known.back().order)
            lookAt(orderOf(slope));
    }
}

double Slopes::select(std::uint64_t rank) {
    if (!m_all.empty()) {
        const auto at = m_all.begin() + static_cast<std::ptrdiff_t>(rank);
        std::nth_element(m_all.begin(), at, m_all.end());
        return *at;
    }
    lookAround(rank);
    // At most `rank` slopes are below `low`, more than `rank` below `high`.
    Known low{};
    Known high{};
    std::uint64_t before = std::numeric_limits<std::uint64_t>::max();
    for (int failures = 0;;) {
        const auto above = std::ranges::upper_bound(m_known, rank, {}, &Known::below);
        high = *above;
        low = *std::prev(above);
        const std::uint64_t between = high.below - low.below;
        if (between <= fewPairs || low.order + 1 >= high.order)
            break;
        // Slopes are mostly smooth, so that counts are interpolated, to just beyond the rank from the end that is
        // further. Where that brings little the middle of the numbers is next, then the middle of the doubles, which
        // ends even where most slopes are one and the same.
        failures = between > before / 4 ? failures + 1 : 0;
        before = between;
        const double a = doubleAt(low.order);
        const double b = doubleAt(high.order);
        const auto all = static_cast<double>(between);
        const auto left = static_cast<double>(rank - low.below);
        const double beyond = static_cast<double>(fewPairs) / 4 + all / 64;
        const double share = failures > 0 ? 0.5 : (left > all / 2 ? left - beyond : left + beyond) / all;
        std::int64_t middle = orderOf(a + (b - a) * std::clamp(share, 0.001, 0.999));
        if (failures % 3 == 2 || middle <= low.order || middle >= high.order)
            middle =
                low.order + static_cast<std::int64_t>(
                                (static_cast<std::uint64_t>(high.order) - static_cast<std::uint64_t>(low.order)) / 2);
        lookAt(middle);
    }
    if (low.order + 1 >= high.order) // as many slopes as these are one and the same
        return doubleAt(low.order);
    std::vector<double> candidates = between(doubleAt(low.order), doubleAt(high.order));
    const std::uint64_t offset = rank - low.below;
    if (candidates.empty())
        return doubleAt(low.order);
    const auto at =
        candidates.begin() + static_cast<std::ptrdiff_t>(std::min<std::uint64_t>(offset, candidates.size() - 1));
    std::nth_element(candidates.begin(), at, candidates.end());
    return *at;
}

} // namespace ra::stats
