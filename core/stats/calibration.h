// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/stats/intervals.h"

#include <cstddef>
#include <span>
#include <vector>

namespace ra::stats {

/// Log loss of a score (logarithm of the odds) where the outcome was y (0 or 1), in nats, without cancellation.
[[nodiscard]] double scoreLoss(double score, double y);

/// Scores made into those of calibrated probabilities: slope · score + offset.
struct Platt {
    double slope = 1;
    double offset = 0;

    [[nodiscard]] double at(double score) const { return slope * score + offset; }
};

/// By maximum likelihood with Platt's targets, that never are 0 or 1, in Newton steps with halving. A negative slope
/// becomes 0 and all get the base rate: what was learnt upside down is nothing. As it is where there are fewer than 5
/// of an outcome. Sources: J. Platt, "Probabilistic outputs for support vector machines", Advances in Large Margin
/// Classifiers (1999); H.-T. Lin, C.-J. Lin, R. C. Weng, Machine Learning 68 (2007) 267-276.
[[nodiscard]] Platt fitPlatt(std::span<const double> scores, std::span<const double> y);

/// Mean squared difference of probability and outcome. Source: G. W. Brier, Monthly Weather Review 78 (1950) 1-3. NaN
/// of none.
[[nodiscard]] double brierScore(std::span<const double> probabilities, std::span<const double> y);

/// Rows of similar probability, and how often the outcome came.
struct ReliabilityBin {
    double low = 0; ///< least and greatest probability
    double high = 0;
    std::size_t count = 0;
    double predicted = 0;   ///< mean probability
    double observed = 0;    ///< share of the outcome
    Interval interval = {}; ///< of the share, of 95 %: Wilson's
};
/// At most `most` bins of about as many rows in the order of their probability; equal probabilities share one. O(n log
/// n). Sources: A. H. Murphy, R. L. Winkler, Applied Statistics 26 (1977) 41-47; E. B. Wilson, JASA 22 (1927) 209-212.
[[nodiscard]] std::vector<ReliabilityBin> reliabilityOf(std::span<const double> probabilities,
                                                        std::span<const double> y, std::size_t most = 10);

/// The area under the ROC curve: how likely a row with the outcome has a higher score than one without, ties counting
/// half.
struct RocArea {
    double area = 0.5;
    double variance = 0;
    Interval interval = {}; ///< normal, cut at 0 and 1; both NaN where it is not defined
};
/// Area NaN unless there are both outcomes, variance NaN unless two of each. O(n log n) by midranks. Sources: E. R.
/// DeLong, D. M. DeLong, D. L. Clarke-Pearson, Biometrics 44 (1988) 837-845; X. Sun, W. Xu, IEEE Signal Processing
/// Letters 21 (2014) 1389-1393.
[[nodiscard]] RocArea rocArea(std::span<const double> scores, std::span<const double> y, double level = 0.95);

} // namespace ra::stats
