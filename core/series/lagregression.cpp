// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/series/lagregression.h"

#include "core/series/arma.h"

#include <Eigen/Dense>
#include <cmath>
#include <set>

namespace ra::series {

std::optional<LagRegression> fitLagRegression(std::span<const double> values, std::span<const std::size_t> periods) {
    const std::size_t n = values.size();
    std::set<std::size_t> lags{1, 2, 3};
    for (const std::size_t period : periods) {
        if (period < 2 || n <= 3 * period)
            continue;
        lags.insert({period - 1, period, period + 1});
        if (n > 4 * period)
            lags.insert(2 * period);
    }
    LagRegression fit;
    fit.lags.assign(lags.begin(), lags.end());
    const std::size_t longest = fit.lags.back();
    const std::size_t k = fit.lags.size() + 1;
    if (n < longest + 2 * k)
        return std::nullopt;
    for (const double v : values)
        fit.mean += v / static_cast<double>(n);
    const auto rows = static_cast<Eigen::Index>(n - longest);
    const auto columns = static_cast<Eigen::Index>(k);
    Eigen::VectorXd deviations(static_cast<Eigen::Index>(n));
    for (std::size_t t = 0; t < n; ++t)
        deviations[static_cast<Eigen::Index>(t)] = values[t] - fit.mean;
    const double scale = std::sqrt(deviations.squaredNorm() / static_cast<double>(n));
    if (!(scale > 1e-14 * std::abs(fit.mean)) || !std::isfinite(scale))
        return std::nullopt;
    deviations /= scale;
    Eigen::MatrixXd x(rows, columns);
    for (std::size_t j = 0; j + 1 < k; ++j)
        x.col(static_cast<Eigen::Index>(j)) =
            deviations.segment(static_cast<Eigen::Index>(longest - fit.lags[j]), rows);
    x.col(columns - 1).setOnes();
    const Eigen::VectorXd y = deviations.tail(rows);
    Eigen::MatrixXd normal = x.transpose() * x;
    normal.diagonal().array() += 1e-3 * static_cast<double>(rows);
    const Eigen::VectorXd b = normal.ldlt().solve(x.transpose() * y);
    if (!b.allFinite())
        return std::nullopt;
    const Eigen::VectorXd e = (y - x * b) * scale;
    fit.coefficients.assign(b.data(), b.data() + k - 1);
    fit.constant = b[columns - 1] * scale;
    fit.residuals.assign(e.data(), e.data() + rows);
    fit.sigma2 = e.squaredNorm() / static_cast<double>(rows - columns);
    return fit;
}

LagForecast forecastLags(const LagRegression &fit, std::span<const double> values, std::size_t horizon) {
    LagForecast forecast;
    const std::size_t longest = fit.lags.back();
    std::vector<double> path(values.end() - static_cast<std::ptrdiff_t>(longest), values.end());
    std::vector<double> ar(longest, 0.0);
    for (std::size_t j = 0; j < fit.lags.size(); ++j)
        ar[fit.lags[j] - 1] = fit.coefficients[j];
    for (std::size_t h = 0; h < horizon; ++h) {
        double value = fit.mean + fit.constant;
        for (std::size_t j = 0; j < fit.lags.size(); ++j)
            value += fit.coefficients[j] * (path[path.size() - fit.lags[j]] - fit.mean);
        path.push_back(value);
        forecast.mean.push_back(value);
    }
    double sum = 0;
    for (const double weight : psiWeights(ar, {}, horizon)) {
        sum += weight * weight;
        forecast.sd.push_back(std::sqrt(fit.sigma2 * sum));
    }
    return forecast;
}

} // namespace ra::series
