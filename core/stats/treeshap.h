// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/stats/boostedtrees.h"

#include <cstddef>
#include <vector>

namespace ra::stats {

/// Why a row has its score: what each column adds to that of a row of which nothing is known.
struct Explanation {
    double expected = 0;         ///< score of a row of which nothing is known: the mean over the rows of the fit
    std::vector<double> effects; ///< one a column; with `expected` they sum to the row's score
};

/// Shapley values: a column's effect is what it changes, averaged over all orders in which the columns become known; of
/// columns that are not, both children of a split count by their rows. Exact. O(trees · leaves · depth²). Source: S. M.
/// Lundberg, G. G. Erion, S.-I. Lee, "Consistent individualized feature attribution for tree ensembles",
/// arXiv:1802.03888 (2018), algorithm 2.
[[nodiscard]] Explanation explained(const BoostedTrees &model, const BinnedTable &table, std::size_t row);

} // namespace ra::stats
