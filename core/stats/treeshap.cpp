// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/stats/treeshap.h"

#include <algorithm>

namespace ra::stats {

namespace {

/// A column on the way from the root.
struct Step {
    std::size_t feature = 0;
    double hidden = 1; ///< share of the ways that go on where the column is not known
    double seen = 1;   ///< 1 where the row goes on, else 0
    double weight = 1; ///< of the subsets of as many known columns
};
using Path = std::vector<Step>;

/// Adds a column: the subsets grow by those with it.
void extend(Path &path, double hidden, double seen, std::size_t feature) {
    const std::size_t length = path.size();
    path.push_back({feature, hidden, seen, length == 0 ? 1.0 : 0.0});
    const auto size = static_cast<double>(length + 1);
    for (std::size_t i = length; i-- > 0;) {
        path[i + 1].weight += seen * path[i].weight * static_cast<double>(i + 1) / size;
        path[i].weight = hidden * path[i].weight * static_cast<double>(length - i) / size;
    }
}

/// The weights without a column of the path; its undoing.
std::vector<double> unwoundWeights(const Path &path, std::size_t index) {
    const std::size_t last = path.size() - 1;
    const auto size = static_cast<double>(path.size());
    const double seen = path[index].seen;
    const double hidden = path[index].hidden;
    std::vector<double> weights(last);
    double next = path[last].weight;
    for (std::size_t i = last; i-- > 0;) {
        if (seen > 0) {
            weights[i] = next * size / (static_cast<double>(i + 1) * seen);
            next = path[i].weight - weights[i] * hidden * static_cast<double>(last - i) / size;
        } else {
            weights[i] = path[i].weight * size / (hidden * static_cast<double>(last - i));
        }
    }
    return weights;
}

void unwind(Path &path, std::size_t index) {
    const std::vector<double> weights = unwoundWeights(path, index);
    path.erase(path.begin() + static_cast<std::ptrdiff_t>(index));
    for (std::size_t i = 0; i < path.size(); ++i)
        path[i].weight = weights[i];
}

class Explainer {
public:
    Explainer(const Tree &tree, const BinnedTable &table, std::size_t row, std::vector<double> &effects)
        : m_tree(tree)
        , m_table(table)
        , m_row(row)
        , m_effects(effects) {}

    void visit(std::size_t number, Path path, double hidden, double seen, std::size_t feature) {
        extend(path, hidden, seen, feature);
        const TreeNode &node = m_tree[number];
        if (node.isLeaf()) {
            for (std::size_t i = 1; i < path.size(); ++i) {
                double weight = 0;
                for (const double w : unwoundWeights(path, i))
                    weight += w;
                m_effects[path[i].feature] += weight * (path[i].seen - path[i].hidden) * node.value;
            }
            return;
        }
        double hiddenBefore = 1;
        double seenBefore = 1;
        const auto same =
            std::find_if(path.begin() + 1, path.end(), [&](const Step &step) { return step.feature == node.feature; });
        if (same != path.end()) { // a column counts once
            hiddenBefore = same->hidden;
            seenBefore = same->seen;
            unwind(path, static_cast<std::size_t>(same - path.begin()));
        }
        const bool goesLeft = node.leftBins[m_table.columns[node.feature][m_row]];
        for (const std::uint32_t child : {node.left, node.right}) {
            const bool isTaken = (child == node.left) == goesLeft;
            visit(child, path, hiddenBefore * m_tree[child].cover / node.cover, isTaken ? seenBefore : 0, node.feature);
        }
    }

private:
    const Tree &m_tree;
    const BinnedTable &m_table;
    std::size_t m_row;
    std::vector<double> &m_effects;
};

double meanOf(const Tree &tree) {
    double sum = 0;
    for (const TreeNode &node : tree) {
        if (node.isLeaf())
            sum += node.value * node.cover / tree.front().cover;
    }
    return sum;
}

} // namespace

Explanation explained(const BoostedTrees &model, const BinnedTable &table, std::size_t row) {
    Explanation result{.expected = model.base, .effects = std::vector<double>(model.bins.size(), 0.0)};
    constexpr auto noFeature = static_cast<std::size_t>(-1);
    for (const Tree &tree : model.trees) {
        if (tree.empty())
            continue;
        result.expected += meanOf(tree);
        Explainer(tree, table, row, result.effects).visit(0, {}, 1, 1, noFeature);
    }
    return result;
}

} // namespace ra::stats
