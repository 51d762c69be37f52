// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/stats/doublesdesign.h"
#include "core/stats/quantile.h"
#include "core/stats/robust.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace ra::stats {

namespace {

constexpr double tuning = 1.345;
/// The median of |residuals| is this share of the standard deviation of normal ones.
constexpr double normalMedian = 0.6745;

double scaleOf(const Eigen::VectorXd &residuals) {
    const Eigen::VectorXd absolute = residuals.cwiseAbs();
    const double half = 0.5;
    return selectQuantiles({absolute.data(), static_cast<std::size_t>(absolute.size())}, {&half, 1}).front() /
           normalMedian;
}

} // namespace

Fitted<RobustRegression> huberRegression(const Design &design) {
    const Fitted<DoublesDesign> data = doublesOf(design);
    if (!data)
        return tl::unexpected(data.error());
    const auto &[x, y, back, yScale] = *data;
    const auto n = static_cast<double>(x.rows());
    const auto k = static_cast<double>(x.cols());
    Eigen::VectorXd coefficients = x.householderQr().solve(y);
    Eigen::VectorXd residuals = y - x * coefficients;
    double scale = scaleOf(residuals);
    for (int step = 0; step < 200; ++step) {
        scale = scaleOf(residuals);
        if (scale < 1e-14) // of y, which is scaled to one: an exact fit of most rows
            break;
        const Eigen::VectorXd weights =
            residuals.unaryExpr([&](double r) { return std::min(1.0, tuning * scale / std::abs(r)); });
        coefficients = weightedSolve(x, y, weights);
        const Eigen::VectorXd next = y - x * coefficients;
        const double moved = (next - residuals).norm() / std::max(residuals.norm(), 1e-300);
        residuals = next;
        if (moved < 1e-12)
            break;
    }
    RobustRegression answer;
    answer.rows = static_cast<std::size_t>(x.rows());
    answer.coefficients = data->unscaled(coefficients);
    answer.scale = scale * yScale;
    answer.standardErrors.assign(answer.coefficients.size(), std::numeric_limits<double>::quiet_NaN());
    // Huber's covariance: kappa^2 times the mean squared influence over the squared mean slope (7.6.6).
    if (scale > 0 && n > k) {
        const Eigen::ArrayXd relative = residuals.array() / scale;
        const double slope = (relative.abs() <= tuning).cast<double>().mean();
        const double squares = relative.min(tuning).max(-tuning).square().sum() * scale * scale / (n - k);
        const double kappa = 1 + k / n * (1 - slope) / slope;
        const Eigen::MatrixXd inverse = (x.transpose() * x).ldlt().solve(Eigen::MatrixXd::Identity(x.cols(), x.cols()));
        const double error = std::sqrt(squares) / slope * kappa;
        answer.standardErrors = data->unscaledErrors(inverse * (error * error));
    }
    return answer;
}

} // namespace ra::stats
