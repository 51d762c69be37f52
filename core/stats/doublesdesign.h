// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/stats/regression.h"

#include <Eigen/Dense>

namespace ra::stats {

/// The complete rows of a design in doubles. Columns are divided by their largest magnitude, less their mean where
/// there is an intercept to take it, and y by its own, so that predictors of any unit and origin (seconds since 1970)
/// are alike to the arithmetic. Shared by the regressions on Eigen.
struct DoublesDesign {
    Eigen::MatrixXd x; ///< a column of ones first, where there is an intercept
    Eigen::VectorXd y;
    Eigen::MatrixXd back; ///< makes coefficients of the columns as they were given of those of x
    double yScale = 1;

    /// Coefficients of the columns as they were given.
    [[nodiscard]] std::vector<double> unscaled(const Eigen::VectorXd &coefficients) const;
    /// Their standard errors, from the covariance of those of x.
    [[nodiscard]] std::vector<double> unscaledErrors(const Eigen::MatrixXd &covariance) const;
};

/// TooFewRows, Collinear and NotFinite as leastSquares has them; columns are collinear from 1e-11 on.
[[nodiscard]] Fitted<DoublesDesign> doublesOf(const Design &design);

/// Weighted least squares; the weights are not negative.
[[nodiscard]] Eigen::VectorXd weightedSolve(const Eigen::MatrixXd &x, const Eigen::VectorXd &y,
                                            const Eigen::VectorXd &weights);

} // namespace ra::stats
