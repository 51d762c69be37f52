// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/stats/tree.h"

#include <algorithm>
#include <utility>

namespace ra::stats {

namespace {

/// Sums over rows.
struct Cell {
    double first = 0;
    double second = 0;
    double rows = 0;

    Cell &operator+=(const Cell &other) {
        first += other.first;
        second += other.second;
        rows += other.rows;
        return *this;
    }
    [[nodiscard]] Cell less(const Cell &other) const {
        return {first - other.first, second - other.second, rows - other.rows};
    }
};

/// The part of the loss that a leaf with the best value takes away, doubled.
double gainOf(const Cell &cell, double shrink) {
    return cell.first * cell.first / (cell.second + shrink);
}

struct Split {
    double gain = 0;
    std::uint32_t feature = 0;
    std::bitset<256> leftBins = {};
};

/// A leaf that may still be split.
struct Open {
    std::uint32_t node = 0;
    std::size_t begin = 0; ///< of its rows
    std::size_t end = 0;
    std::size_t depth = 0;
    std::vector<Cell> histogram = {};
    Cell sum = {};
    Split best = {};
};

class Grower {
public:
    Grower(const BinnedTable &table, std::span<const FeatureBins> bins, std::span<const std::uint32_t> rows,
           const Derivatives &derivatives, const GrowOptions &options)
        : m_table(table)
        , m_bins(bins)
        , m_rows(rows.begin(), rows.end())
        , m_derivatives(derivatives)
        , m_options(options) {
        std::size_t offset = 0;
        for (const FeatureBins &feature : bins) {
            m_offsets.push_back(offset);
            offset += feature.count;
        }
        m_cells = offset;
    }

    Tree grow() {
        m_tree.emplace_back();
        Open root{.node = 0, .begin = 0, .end = m_rows.size()};
        root.histogram = histogramOf(root.begin, root.end);
        root.sum = sumOf(root.begin, root.end);
        finish(root);
        m_open.push_back(std::move(root));
        for (std::size_t leaves = 1; leaves < m_options.mostLeaves; ++leaves) {
            const auto next = std::max_element(m_open.begin(), m_open.end(),
                                               [](const Open &a, const Open &b) { return a.best.gain < b.best.gain; });
            if (next->best.gain <= m_options.leastGain)
                break;
            Open parent = std::move(*next);
            m_open.erase(next);
            split(std::move(parent));
        }
        return std::move(m_tree);
    }

private:
    [[nodiscard]] std::vector<Cell> histogramOf(std::size_t begin, std::size_t end) const {
        std::vector<Cell> cells(m_cells);
        for (std::size_t j = 0; j < m_bins.size(); ++j) {
            Cell *own = cells.data() + m_offsets[j];
            const std::uint8_t *column = m_table.columns[j].data();
            for (std::size_t i = begin; i < end; ++i) {
                const std::uint32_t row = m_rows[i];
                own[column[row]] += {m_derivatives.first[row], m_derivatives.second[row], 1};
            }
        }
        return cells;
    }
    [[nodiscard]] Cell sumOf(std::size_t begin, std::size_t end) const {
        Cell sum;
        for (std::size_t i = begin; i < end; ++i)
            sum += {m_derivatives.first[m_rows[i]], m_derivatives.second[m_rows[i]], 1};
        return sum;
    }

    /// The value of a leaf, and its best split.
    void finish(Open &leaf) {
        TreeNode &node = m_tree[leaf.node];
        node.value = -leaf.sum.first / (leaf.sum.second + m_options.shrink);
        node.cover = leaf.sum.rows;
        if (leaf.depth >= m_options.mostDepth || leaf.sum.rows < 2 * static_cast<double>(m_options.fewestRows))
            return;
        for (std::size_t j = 0; j < m_bins.size(); ++j)
            seek(leaf, static_cast<std::uint32_t>(j));
    }

    void seek(Open &leaf, std::uint32_t feature) const {
        const Cell *cells = leaf.histogram.data() + m_offsets[feature];
        const FeatureBins &bins = m_bins[feature];
        const double shrink = m_options.shrink + (bins.categorical ? m_options.shrinkCategories : 0);
        std::vector<std::size_t> order;
        for (std::size_t bin = 1; bin < bins.count; ++bin) {
            if (cells[bin].rows > 0)
                order.push_back(bin);
        }
        if (bins.categorical) {
            const auto mean = [&](std::size_t bin) {
                return cells[bin].first / (cells[bin].second + m_options.shrinkCategories);
            };
            std::stable_sort(order.begin(), order.end(),
                             [&](std::size_t a, std::size_t b) { return mean(a) < mean(b); });
        }
        const double whole = gainOf(leaf.sum, shrink);
        const bool anyMissing = cells[0].rows > 0;
        Cell left;
        for (std::size_t i = 0; i < order.size(); ++i) {
            left += cells[order[i]];
            for (const bool missingLeft : {false, true}) {
                if (missingLeft && !anyMissing)
                    continue;
                Cell with = left;
                if (missingLeft)
                    with += cells[0];
                const Cell right = leaf.sum.less(with);
                const auto fewest = static_cast<double>(m_options.fewestRows);
                if (with.rows < fewest || right.rows < fewest)
                    continue;
                const double gain = (gainOf(with, shrink) + gainOf(right, shrink) - whole) / 2;
                if (gain <= leaf.best.gain)
                    continue;
                leaf.best = {.gain = gain, .feature = feature};
                leaf.best.leftBins[0] = missingLeft;
                setLeft(leaf.best.leftBins, bins, order, i);
            }
        }
    }
    /// Of numbers all bins up to the last one of the left side, empty ones too, for rows that come later.
    static void setLeft(std::bitset<256> &left, const FeatureBins &bins, std::span<const std::size_t> order,
                        std::size_t last) {
        if (bins.categorical) {
            for (std::size_t k = 0; k <= last; ++k)
                left.set(order[k]);
        } else {
            for (std::size_t bin = 1; bin <= order[last]; ++bin)
                left.set(bin);
        }
    }

    void split(Open parent) {
        const std::uint8_t *column = m_table.columns[parent.best.feature].data();
        const auto begin = m_rows.begin() + static_cast<std::ptrdiff_t>(parent.begin);
        const auto end = m_rows.begin() + static_cast<std::ptrdiff_t>(parent.end);
        const auto middle = std::stable_partition(
            begin, end, [&](std::uint32_t row) { return bool(parent.best.leftBins[column[row]]); });
        const auto border = static_cast<std::size_t>(middle - m_rows.begin());
        const auto first = static_cast<std::uint32_t>(m_tree.size());
        m_tree.resize(m_tree.size() + 2);
        TreeNode &node = m_tree[parent.node];
        node.left = first;
        node.right = first + 1;
        node.feature = parent.best.feature;
        node.leftBins = parent.best.leftBins;
        node.gain = parent.best.gain;
        Open left{.node = first, .begin = parent.begin, .end = border, .depth = parent.depth + 1, .histogram = {}};
        Open right{.node = first + 1, .begin = border, .end = parent.end, .depth = parent.depth + 1, .histogram = {}};
        Open &small = left.end - left.begin <= right.end - right.begin ? left : right;
        Open &large = &small == &left ? right : left;
        small.histogram = histogramOf(small.begin, small.end);
        large.histogram = std::move(parent.histogram);
        for (std::size_t i = 0; i < m_cells; ++i)
            large.histogram[i] = large.histogram[i].less(small.histogram[i]);
        for (Open *leaf : {&left, &right}) {
            leaf->sum = sumOf(leaf->begin, leaf->end);
            finish(*leaf);
            m_open.push_back(std::move(*leaf));
        }
    }

    const BinnedTable &m_table;
    std::span<const FeatureBins> m_bins;
    std::vector<std::uint32_t> m_rows; ///< those of a node are neighbours
    const Derivatives &m_derivatives;
    const GrowOptions &m_options;
    std::vector<std::size_t> m_offsets;
    std::size_t m_cells = 0;
    Tree m_tree;
    std::vector<Open> m_open;
};

} // namespace

Tree growTree(const BinnedTable &table, std::span<const FeatureBins> bins, std::span<const std::uint32_t> rows,
              const Derivatives &derivatives, const GrowOptions &options) {
    if (rows.empty())
        return {};
    return Grower(table, bins, rows, derivatives, options).grow();
}

} // namespace ra::stats
