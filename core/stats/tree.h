// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/stats/featurebins.h"

#include <bitset>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace ra::stats {

/// A node of a tree over bins; a leaf where `left` is 0.
struct TreeNode {
    std::uint32_t left = 0; ///< number of the child for rows whose bin is in `leftBins`
    std::uint32_t right = 0;
    std::uint32_t feature = 0;
    std::bitset<256> leftBins = {}; ///< that of missing values too, where it was learnt to go left
    double value = 0;               ///< of a leaf: what it adds to the score
    double cover = 0;               ///< rows of the fit
    double gain = 0;                ///< of the split: by how much it lowered the loss

    [[nodiscard]] bool isLeaf() const { return left == 0; }
};

/// The root is the first node; empty: adds nothing.
using Tree = std::vector<TreeNode>;

/// The value of the leaf that a row falls into.
[[nodiscard]] inline double valueOf(const Tree &tree, const BinnedTable &table, std::size_t row) {
    if (tree.empty())
        return 0;
    const TreeNode *node = tree.data();
    while (!node->isLeaf())
        node = &tree[node->leftBins[table.columns[node->feature][row]] ? node->left : node->right];
    return node->value;
}

struct GrowOptions {
    std::size_t mostLeaves = 15;
    std::size_t mostDepth = 5;
    std::size_t fewestRows = 10;  ///< of a leaf
    double shrink = 1;            ///< L2 penalty λ of a leaf's value
    double shrinkCategories = 10; ///< on top of it where categories are told apart, and in their order
    double leastGain = 1e-6;      ///< of a split
};

/// First and second derivatives of the loss by the score, one a row.
struct Derivatives {
    std::vector<double> first;
    std::vector<double> second;
};

/// The tree that lowers the second-order expansion of the loss most, split by split: always the leaf of greatest gain
/// next. Histograms of a node's bins, of which the greater child's is the parent's less the smaller's. Missing values
/// go where they lower the loss more. Categories are put into the order of their mean derivative and then split as
/// numbers are, which is best for them. Only `rows` are looked at. O(rows · columns · depth). Sources: J. H. Friedman,
/// Annals of Statistics 29 (2001) 1189-1232; T. Chen, C. Guestrin, "XGBoost", KDD 2016, equations 6 and 7, algorithm 3;
/// G. Ke et al., "LightGBM", NIPS 2017, section 2.1; W. D. Fisher, JASA 53 (1958) 789-798.
[[nodiscard]] Tree growTree(const BinnedTable &table, std::span<const FeatureBins> bins,
                            std::span<const std::uint32_t> rows, const Derivatives &derivatives,
                            const GrowOptions &options = {});

} // namespace ra::stats
