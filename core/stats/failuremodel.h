// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/stats/boostedtrees.h"
#include "core/stats/calibration.h"
#include "core/stats/treeshap.h"

#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <vector>

namespace ra::stats {

enum class FailureVerdict {
    Insufficient, ///< fewer than 50 known rows, 10 of an outcome, or 5 of them among those to judge by
    NoBetter,     ///< than to say the base rate each time
    Useful
};

/// What is known about runs.
struct FailureData {
    std::vector<FeatureColumn> columns = {};
    std::vector<double> y = {};     ///< 1 failed, 0 did not; NaN where it is not known
    std::vector<double> times = {}; ///< one a row, or none; never a predictor
};

struct FailureImportance {
    double gain = 0;        ///< share of the gain of all splits, in [0, 1]
    double permutation = 0; ///< by how much the log loss of rows not learnt from rises with the column shuffled
};

/// What boosted trees can say about failures, judged by rows they had not seen.
struct FailureModel {
    FailureVerdict verdict = FailureVerdict::Insufficient;
    std::size_t known = 0;
    std::size_t positives = 0;
    std::size_t judged = 0; ///< rows not learnt from that the figures below rest on
    double baseRate = std::numeric_limits<double>::quiet_NaN();
    RocArea auc;
    double brier = std::numeric_limits<double>::quiet_NaN();
    double logLoss = std::numeric_limits<double>::quiet_NaN();
    double baseBrier = std::numeric_limits<double>::quiet_NaN(); ///< of the base rate, see below
    double baseLogLoss = std::numeric_limits<double>::quiet_NaN();
    double skillP = 1; ///< that the base rate is as good, one-sided
    std::vector<ReliabilityBin> calibration;
    std::vector<FailureImportance> importance; ///< one a column
    /// Calibrated probability of each row as it was judged: NaN for rows without outcome or never judged.
    std::vector<double> judgedProbabilities;
    BoostedTrees trees; ///< of all known rows
    Platt platt;

    /// Calibrated probability, or the base rate where the trees are no better.
    [[nodiscard]] double probabilityOf(const BinnedTable &table, std::size_t row) const;
    /// What made it, in units of the logarithm of the odds; all zero where the trees are no better.
    [[nodiscard]] Explanation explained(const BinnedTable &table, std::size_t row) const;
};

/// Learns and judges: in each of the folds (folds.h) trees are grown on the one part, their number chosen and their
/// scores calibrated by another (Platt), and the third, never seen, is predicted. Useful is said only where the log
/// loss there is less than that of the base rate (at 2.5 % one-sided, with the errors' autocorrelation where rows have
/// times), and the interval of the AUC lies above a half. The base rate is that of all rows before or that of the
/// latest, whichever does better, and the AUC is that of scores less their level in each fold: to follow a drift is no
/// skill. The model for new rows is grown on all known ones. The same seed gives the same answer. Columns are as long
/// as y. Memory of some 2 bytes a value beside the data. Sources: F. X. Diebold, R. S. Mariano, J. Business Econ.
/// Statist. 13 (1995) 253-263; permutation: L. Breiman, Machine Learning 45 (2001) 5-32; others see calibration.h,
/// boostedtrees.h, treeshap.h.
[[nodiscard]] FailureModel learnFailures(const FailureData &data, std::uint64_t seed = 1);

} // namespace ra::stats
