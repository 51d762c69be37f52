// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/stats/boostedtrees.h"

#include "core/stats/calibration.h"
#include "core/stats/random.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace ra::stats {

namespace {

double sumOver(std::span<const double> y, std::span<const std::uint32_t> rows) {
    double sum = 0;
    for (const std::uint32_t row : rows)
        sum += y[row];
    return sum;
}

double lossOver(std::span<const double> y, std::span<const double> scores, std::span<const std::uint32_t> rows) {
    double sum = 0;
    for (const std::uint32_t row : rows)
        sum += scoreLoss(scores[row], y[row]);
    return sum / static_cast<double>(rows.size());
}

/// A share of the rows, in their order.
std::vector<std::uint32_t> drawn(std::span<const std::uint32_t> rows, double share, Random &random) {
    std::vector<std::uint32_t> result;
    result.reserve(rows.size());
    for (const std::uint32_t row : rows) {
        if (random.uniform() < share)
            result.push_back(row);
    }
    return result;
}

} // namespace

double probabilityOf(double score) {
    return score >= 0 ? 1 / (1 + std::exp(-score)) : std::exp(score) / (1 + std::exp(score));
}

double BoostedTrees::scoreOf(const BinnedTable &table, std::size_t row) const {
    double score = base;
    for (const Tree &tree : trees)
        score += valueOf(tree, table, row);
    return score;
}

std::vector<double> BoostedTrees::gains() const {
    std::vector<double> result(bins.size(), 0.0);
    for (const Tree &tree : trees) {
        for (const TreeNode &node : tree) {
            if (!node.isLeaf())
                result[node.feature] += node.gain;
        }
    }
    return result;
}

BoostedTrees fitBoostedTrees(std::span<const FeatureColumn> columns, std::span<const double> y,
                             std::span<const std::uint32_t> rows, std::span<const std::uint32_t> validation,
                             const BoostOptions &options) {
    BoostedTrees model;
    model.bins = binsOf(columns, rows);
    const auto n = static_cast<double>(rows.size());
    const double positives = sumOver(y, rows);
    model.base = std::log((positives + 0.5) / (n - positives + 0.5));
    if (positives < 1 || positives > n - 1)
        return model;
    model.base = std::log(positives / (n - positives));
    const BinnedTable table = binned(columns, model.bins);
    std::vector<double> scores(y.size(), model.base);
    Derivatives derivatives{std::vector<double>(y.size(), 0.0), std::vector<double>(y.size(), 0.0)};
    Random random(options.seed);
    double least = validation.empty() ? 0 : lossOver(y, scores, validation);
    std::size_t kept = 0;
    for (std::size_t round = 0; round < options.mostRounds; ++round) {
        for (const std::uint32_t row : rows) {
            const double p = probabilityOf(scores[row]);
            derivatives.first[row] = p - y[row];
            derivatives.second[row] = p * (1 - p);
        }
        Tree tree = growTree(table, model.bins, drawn(rows, options.rowShare, random), derivatives, options.grow);
        for (TreeNode &node : tree)
            node.value *= options.rate;
        for (const auto &some : {rows, validation}) {
            for (const std::uint32_t row : some)
                scores[row] += valueOf(tree, table, row);
        }
        model.trees.push_back(std::move(tree));
        if (validation.empty()) {
            kept = model.trees.size();
            continue;
        }
        const double loss = lossOver(y, scores, validation);
        if (loss < least) {
            least = loss;
            kept = model.trees.size();
        } else if (model.trees.size() - kept >= options.patience) {
            break;
        }
    }
    model.trees.resize(kept);
    return model;
}

} // namespace ra::stats
