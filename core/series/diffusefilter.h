// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/series/arma.h"

#include <Eigen/Dense>
#include <cstddef>
#include <span>
#include <vector>

namespace ra::series {

/// The general Kalman filter of an ARIMA model with unit innovation variance: values may be missing (NaN), and
/// differencing is part of the state, with a large prior variance of 10^6 innovation variances whose first innovations
/// do not count, as in R's arima. Slower than ArmaFilter: O(n r²) with r = max(p, q + 1) + number of differences.
/// Source: A. C. Harvey, R. G. Pierse, "Estimating missing observations in economic time series", JASA 79 (1984)
/// 125-131.
class DiffuseFilter {
public:
    /// `differences` are the coefficients δ of y = Σ δ_i y_(t-i) + w. Nothing where the autoregression is not
    /// stationary.
    [[nodiscard]] static std::optional<DiffuseFilter> make(std::span<const double> ar, std::span<const double> ma,
                                                           std::span<const double> differences);

    /// Standardised innovations of columns that share the first one's missing values; NaN where missing or still
    /// diffuse.
    void run(std::span<const double> columns, std::size_t length, Innovations &out);

    /// Expected `horizon` values after the last run's first column.
    [[nodiscard]] std::vector<double> ahead(std::size_t horizon) const;

private:
    /// Multiplies by the transition matrix, which is a shift and a few numbers more.
    void advance(Eigen::MatrixXd &m) const;

    Eigen::VectorXd m_ar; ///< padded to r
    Eigen::VectorXd m_shock;
    Eigen::MatrixXd m_start;
    Eigen::VectorXd m_observe;
    Eigen::MatrixXd m_states; ///< filtered, one column a column
};

} // namespace ra::series
