// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/stats/regression.h"

#include <vector>

namespace ra::stats {

// Regressions that a few wild values do not spoil, in double arithmetic. As in Design, a row with a NaN is left out;
// the input's low parts are not used.

struct RobustRegression {
    std::vector<double> coefficients;   ///< intercept first, where there is one
    std::vector<double> standardErrors; ///< NaN where the rows do not tell
    double scale = 0;                   ///< of the residuals
    std::size_t rows = 0;

    /// Interval of a coefficient by Student's t with rows - coefficients degrees of freedom; right for many rows.
    [[nodiscard]] Interval coefficientInterval(std::size_t index, double level = 0.95) const;
};

/// Huber's M-estimate: squares within 1.345 scales of the fit, absolute values beyond (95 % efficient for normal
/// errors); scale by the median absolute residual, by reweighted least squares. A scale of zero (more than half of the
/// rows on one plane) ends the iteration there. Errors by Huber's asymptotic covariance. O(n k^2) a step. Sources: P.
/// J. Huber, "Robust Statistics" (1981), section 7.6; R's MASS::rlm.
[[nodiscard]] Fitted<RobustRegression> huberRegression(const Design &design);

/// The q-quantile of y as a linear function, q inside (0, 1): minimises sum of q-weighted absolute residuals. By
/// Frisch-Newton interior points, then moved to the vertex nearby, so that k residuals are zero as in R's quantreg::rq.
/// Needs columns that vary; O(n k^2) a step, some 15 steps. Errors by the sandwich of W. Hendricks, R. Koenker, J.
/// Amer. Statist. Assoc. 87 (1992) 58-68 (the density at each row from the quantiles on both sides, as far apart as P.
/// Hall, S. J. Sheather say), which lets the scatter change with x; summary.rq(se = "nid") of quantreg. They are
/// NaN where fewer than five rows are expected beyond the quantile. Source: S.
/// Portnoy, R. Koenker, "The Gaussian hare and the Laplacian tortoise", Statist. Sci. 12 (1997) 279-300.
[[nodiscard]] Fitted<RobustRegression> quantileRegression(const Design &design, double q);

struct LogisticRegression {
    std::vector<double> coefficients; ///< of the logarithm of the odds
    std::vector<double> standardErrors;
    std::vector<double> z;
    std::vector<double> p;
    std::vector<Interval> intervals; ///< Wald's, at the level
    double logLikelihood = 0;
    double nullLogLikelihood = 0; ///< of the intercept alone
    std::size_t rows = 0;
};
/// The probability of y = 1, where y is 0 or 1 (other values are NotFinite), by maximum likelihood with reweighted
/// least squares and step halving. Separated where there is no maximum. O(n k^2) a step. Source: P. McCullagh, J. A.
/// Nelder, "Generalized Linear Models", section 4.4; R's glm.
[[nodiscard]] Fitted<LogisticRegression> logisticRegression(const Design &design, double level = 0.95);

} // namespace ra::stats
