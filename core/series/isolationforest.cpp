// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/series/isolationforest.h"

#include "core/stats/random.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace ra::series {

namespace {

struct Node {
    double cut = 0;
    std::uint32_t column = 0;
    std::uint32_t right = 0; ///< the left child is the next node; 0 in a leaf
    double length = 0;       ///< of a leaf: the path to it and what its points would still need
};

class Tree {
public:
    Tree(std::span<const double> points, std::size_t columns, std::vector<std::size_t> sample, stats::Random &random)
        : m_points(points)
        , m_columns(columns)
        , m_sample(std::move(sample))
        , m_limit(static_cast<int>(std::ceil(std::log2(std::max<double>(2, static_cast<double>(m_sample.size())))))) {
        grow(0, m_sample.size(), 0, random);
        m_sample = {};
    }

    [[nodiscard]] double pathLength(const double *point) const {
        std::size_t at = 0;
        while (m_nodes[at].right != 0)
            at = point[m_nodes[at].column] < m_nodes[at].cut ? at + 1 : m_nodes[at].right;
        return m_nodes[at].length;
    }

private:
    [[nodiscard]] double coordinate(std::size_t i, std::size_t column) const {
        return m_points[m_sample[i] * m_columns + column];
    }

    /// Splits the sample's points from begin to end; depth is at most `m_limit`.
    void grow(std::size_t begin, std::size_t end, int depth, stats::Random &random) { // NOLINT(misc-no-recursion)
        const std::size_t here = m_nodes.size();
        m_nodes.emplace_back();
        m_nodes[here].length = depth + averagePathLength(end - begin);
        if (depth >= m_limit || end - begin < 2)
            return;
        // A column in which nothing differs cannot be cut: the next one that can is taken.
        const std::size_t first = random.below(static_cast<std::uint32_t>(m_columns));
        for (std::size_t k = 0; k < m_columns; ++k) {
            const std::size_t column = (first + k) % m_columns;
            double low = std::numeric_limits<double>::infinity();
            double high = -low;
            for (std::size_t i = begin; i < end; ++i) {
                low = std::min(low, coordinate(i, column));
                high = std::max(high, coordinate(i, column));
            }
            const double cut = low + (high - low) * random.uniform();
            if (!(cut > low))
                continue;
            const auto middle =
                std::partition(m_sample.begin() + static_cast<std::ptrdiff_t>(begin),
                               m_sample.begin() + static_cast<std::ptrdiff_t>(end),
                               [&](std::size_t point) { return m_points[point * m_columns + column] < cut; });
            const auto split = static_cast<std::size_t>(middle - m_sample.begin());
            m_nodes[here].cut = cut;
            m_nodes[here].column = static_cast<std::uint32_t>(column);
            grow(begin, split, depth + 1, random);
            m_nodes[here].right = static_cast<std::uint32_t>(m_nodes.size());
            grow(split, end, depth + 1, random);
            return;
        }
    }

    std::span<const double> m_points;
    std::size_t m_columns;
    std::vector<std::size_t> m_sample;
    int m_limit;
    std::vector<Node> m_nodes;
};

/// `count` of n without repetition (R. W. Floyd, CACM 30 (1987) 754).
std::vector<std::size_t> drawn(std::size_t n, std::size_t count, stats::Random &random) {
    std::vector<std::size_t> chosen;
    for (std::size_t j = n - count; j < n; ++j) {
        const auto candidate = static_cast<std::size_t>(random.uniform() * static_cast<double>(j + 1));
        const bool isTaken = std::find(chosen.begin(), chosen.end(), candidate) != chosen.end();
        chosen.push_back(isTaken ? j : candidate);
    }
    return chosen;
}

} // namespace

double averagePathLength(std::size_t n) {
    if (n < 2)
        return 0;
    double harmonic = 0;
    for (std::size_t i = 1; i < n; ++i)
        harmonic += 1 / static_cast<double>(i);
    return 2 * harmonic - 2 * static_cast<double>(n - 1) / static_cast<double>(n);
}

std::vector<double> isolationScores(std::span<const double> points, std::size_t columns,
                                    const IsolationOptions &options) {
    const std::size_t n = columns == 0 ? 0 : points.size() / columns;
    std::vector<double> lengths(n, 0.0);
    const std::size_t size = std::min(n, options.sample);
    if (size < 2 || options.trees == 0)
        return std::vector<double>(n, 0.5);
    stats::Random random(options.seed);
    for (std::size_t t = 0; t < options.trees; ++t) {
        const Tree tree(points, columns, drawn(n, size, random), random);
        for (std::size_t i = 0; i < n; ++i)
            lengths[i] += tree.pathLength(points.data() + i * columns);
    }
    const double usual = averagePathLength(size) * static_cast<double>(options.trees);
    for (double &length : lengths)
        length = std::exp2(-length / usual);
    return lengths;
}

} // namespace ra::series
