// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/stats/tree.h"

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace ra::stats {

struct BoostOptions {
    GrowOptions grow = {};
    double rate = 0.1; ///< of each tree that is kept
    std::size_t mostRounds = 200;
    std::size_t patience = 20; ///< rounds without a better validation after which it ends
    double rowShare = 0.8;     ///< of the rows that each tree sees, drawn anew
    std::uint64_t seed = 1;
};

/// A sum of trees that gives the logarithm of the odds of y = 1.
struct BoostedTrees {
    std::vector<FeatureBins> bins;
    double base = 0;         ///< logarithm of the odds among the rows of the fit
    std::vector<Tree> trees; ///< their values hold the rate

    /// Of one row of a table that was put into the model's bins.
    [[nodiscard]] double scoreOf(const BinnedTable &table, std::size_t row) const;
    /// Summed gains of the splits by each column.
    [[nodiscard]] std::vector<double> gains() const;
};

/// Fits `y` (0 or 1, one a row) on `rows`; the trees after which the log loss of the `validation` rows is least are
/// kept, none where no tree lowers it. Without validation rows there are `mostRounds` trees. A rare outcome needs no
/// resampling: the loss is that of the probabilities themselves, from the base rate on. At least one row of each
/// outcome, else no tree is grown and the base is bounded by half a row. O(rounds · rows · columns · depth). Sources:
/// see tree.h; rows drawn: J. H. Friedman, "Stochastic gradient boosting", Comput. Statist. Data Anal. 38 (2002)
/// 367-378.
[[nodiscard]] BoostedTrees fitBoostedTrees(std::span<const FeatureColumn> columns, std::span<const double> y,
                                           std::span<const std::uint32_t> rows,
                                           std::span<const std::uint32_t> validation = {},
                                           const BoostOptions &options = {});

/// 1 / (1 + e^-score).
[[nodiscard]] double probabilityOf(double score);

} // namespace ra::stats
