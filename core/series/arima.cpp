// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/series/arima.h"

#include "core/series/arimaproblem.h"
#include "core/series/diffusefilter.h"
#include "core/series/minimise.h"

#include <Eigen/Dense>
#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>

namespace ra::series {

std::string ArimaOrder::name() const {
    std::string text = "ARIMA";
    const auto add = [&text](std::size_t number, char after) {
        text += std::to_string(number);
        text += after;
    };
    text += '(';
    add(p, ',');
    add(d, ',');
    add(q, ')');
    if (seasonalP + seasonalD + seasonalQ > 0) {
        text += '(';
        add(seasonalP, ',');
        add(seasonalD, ',');
        add(seasonalQ, ')');
        text += '[';
        add(period, ']');
    }
    if (mean)
        text += d + seasonalD > 0 ? " with drift" : " with non-zero mean";
    return text;
}

namespace {

/// Points from which the search may begin: the given one, that of Hannan and Rissanen, zero, and a coarse grid over the
/// first partial autocorrelation of each polynomial, because likelihoods of mixed models have several hills.
std::vector<std::vector<double>> startingPoints(const ArimaProblem &problem, const ArimaOrder &order,
                                                const ArimaOptions &options) {
    std::vector<std::vector<double>> points;
    const std::size_t k = order.coefficients();
    if (options.start.size() == k)
        points.push_back(options.start);
    if (options.effort != ArimaEffort::Thorough && !points.empty())
        return points;
    points.push_back(pointFor(hannanRissanen(problem.series(), order)));
    if (options.effort != ArimaEffort::Thorough)
        return points;
    points.emplace_back(k, 0.1);
    std::vector<std::size_t> leaders;
    std::size_t at = 0;
    for (const std::size_t size : {order.p, order.q, order.seasonalP, order.seasonalQ}) {
        if (size > 0)
            leaders.push_back(at);
        at += size;
    }
    for (std::size_t signs = 0; signs < (std::size_t{1} << leaders.size()); ++signs) {
        std::vector<double> point(k, 0.1);
        for (std::size_t i = 0; i < leaders.size(); ++i)
            point[leaders[i]] = (signs >> i & 1U) != 0 ? 1 : -1; // partial autocorrelations of ±0.7
        points.push_back(std::move(point));
    }
    return points;
}

/// Standard errors from the curvature of the likelihood at its maximum; steps of 10^-3 as in R's optimHess.
std::vector<double> curvature(ArimaProblem &problem, const ArimaOrder &order, const ArimaCoefficients &at, double mean,
                              std::size_t used) {
    constexpr double step = 1e-3;
    std::vector<double> x = at.flat();
    const std::size_t free = x.size();
    if (order.mean)
        x.push_back(mean);
    const std::size_t k = x.size();
    const auto value = [&]() {
        const auto result =
            problem.evaluate(ArimaCoefficients::from(std::span(x).first(free), order), order.mean ? &x[free] : nullptr);
        return result ? result->objective : std::numeric_limits<double>::quiet_NaN();
    };
    const double middle = value();
    Eigen::MatrixXd hessian(static_cast<Eigen::Index>(k), static_cast<Eigen::Index>(k));
    const auto shifted = [&](std::size_t i, double a, std::size_t j, double b) {
        const std::vector<double> before = x;
        x[i] += a * step;
        x[j] += b * step;
        const double result = value();
        x = before;
        return result;
    };
    for (std::size_t i = 0; i < k; ++i) {
        for (std::size_t j = 0; j <= i; ++j) {
            const double second =
                i == j ? (shifted(i, 1, j, 1) - 2 * middle + shifted(i, -1, j, -1)) / (4 * step * step)
                       : (shifted(i, 1, j, 1) - shifted(i, 1, j, -1) - shifted(i, -1, j, 1) + shifted(i, -1, j, -1)) /
                             (4 * step * step);
            hessian(static_cast<Eigen::Index>(i), static_cast<Eigen::Index>(j)) = second;
            hessian(static_cast<Eigen::Index>(j), static_cast<Eigen::Index>(i)) = second;
        }
    }
    std::vector<double> errors(k, std::numeric_limits<double>::quiet_NaN());
    if (!hessian.allFinite())
        return errors;
    const Eigen::FullPivLU<Eigen::MatrixXd> lu(hessian);
    if (!lu.isInvertible())
        return errors;
    const Eigen::MatrixXd covariance = lu.inverse() / static_cast<double>(used);
    for (std::size_t i = 0; i < k; ++i) {
        const double variance = covariance(static_cast<Eigen::Index>(i), static_cast<Eigen::Index>(i));
        if (variance > 0)
            errors[i] = std::sqrt(variance);
    }
    return errors;
}

/// The point at which the objective is least, as far as the effort goes.
std::vector<double> search(ArimaProblem &problem, const ArimaOrder &order, const ArimaOptions &options) {
    const bool quick = options.effort == ArimaEffort::Quick;
    const Objective objective = [&](std::span<const double> point) {
        const ArimaCoefficients c = coefficientsAt(point, order);
        const auto result = quick ? problem.evaluateConditional(c) : problem.evaluate(c);
        return result ? result->objective : std::numeric_limits<double>::infinity();
    };
    std::vector<std::vector<double>> points = startingPoints(problem, order, options);
    const auto n = static_cast<double>(problem.length());
    // A likelihood that is right to 10^-5 (10^-2 where models are only compared).
    const double tolerance = (options.effort == ArimaEffort::Thorough ? 1e-6 : 1e-2) / n;
    if (points.size() == 1)
        return descend(objective, points[0],
                       {.tolerance = tolerance, .points = quick ? 24 : 80, .gradient = Gradient::Forward})
            .at;
    std::vector<std::pair<double, std::size_t>> ranked;
    for (std::size_t i = 0; i < points.size(); ++i)
        ranked.emplace_back(objective(points[i]), i);
    std::sort(ranked.begin(), ranked.end());
    // Likelihoods of several moving averages have more than one summit: the search climbs from three starts, and once
    // looks over the folds around the best of them.
    const DescentOptions rough{.tolerance = 1e-4 / n, .points = 120, .gradient = Gradient::Forward};
    Minimum best = survey(objective, points[ranked[0].second], 0.5, rough);
    constexpr std::size_t climbs = 3;
    for (std::size_t i = 0; i < std::min(climbs, ranked.size()); ++i) {
        Minimum found = descend(objective, points[ranked[i].second], rough);
        if (found.value < best.value)
            best = std::move(found);
    }
    return descend(objective, best.at, {.tolerance = tolerance}).at;
}

} // namespace

std::optional<ArimaFit> fitArima(std::span<const double> values, const ArimaOrder &order, const ArimaOptions &options) {
    auto problem = ArimaProblem::make(values, order);
    if (!problem)
        return std::nullopt;
    ArimaFit fit;
    fit.order = order;
    fit.at = order.coefficients() > 0 ? search(*problem, order, options) : std::vector<double>{};
    const ArimaCoefficients c = coefficientsAt(fit.at, order);
    auto result = problem->evaluate(c);
    if (!result)
        return std::nullopt;
    const double scale = problem->scale();
    if (options.standardErrors) {
        fit.standardErrors = curvature(*problem, order, c, result->mean, result->used);
        if (order.mean)
            fit.standardErrors.back() *= scale;
    }
    if (options.effort == ArimaEffort::Thorough && order.lost() > 0) {
        // R's definition of the likelihood at the maximum.
        problem = ArimaProblem::make(values, order, true);
        result = problem->evaluate(c);
    }
    fit.residuals = problem->innovations(result->mean);
    for (double &e : fit.residuals)
        e *= scale;
    fit.ar = c.ar;
    fit.ma = c.ma;
    fit.seasonalAr = c.seasonalAr;
    fit.seasonalMa = c.seasonalMa;
    fit.mean = order.mean ? problem->centre() + result->mean * scale : 0;
    fit.sigma2 = result->sigma2 * scale * scale;
    fit.used = result->used;
    const auto n = static_cast<double>(result->used);
    fit.logLikelihood = -0.5 * (n * (1 + std::log(2 * std::numbers::pi * result->sigma2) + 2 * std::log(scale)) +
                                result->sumLogVariance);
    const double k = static_cast<double>(order.coefficients()) + (order.mean ? 2 : 1);
    fit.aic = -2 * fit.logLikelihood + 2 * k;
    fit.aicc = n > k + 1 ? fit.aic + 2 * k * (k + 1) / (n - k - 1) : std::numeric_limits<double>::infinity();
    fit.bic = -2 * fit.logLikelihood + k * std::log(n);
    return fit;
}

ArimaForecast forecastArima(const ArimaFit &fit, std::span<const double> values, std::size_t horizon) {
    const ArimaOrder &order = fit.order;
    const ArimaCoefficients c{fit.ar, fit.ma, fit.seasonalAr, fit.seasonalMa};
    const std::vector<double> ar = c.fullAr(order.period);
    const std::vector<double> ma = c.fullMa(order.period);
    const std::vector<double> delta = differencing(order);
    // The mean of the values, or the drift as a line through zero.
    const std::size_t n = values.size();
    const auto level = [&](std::size_t t) {
        return !order.mean ? 0 : delta.empty() ? fit.mean : fit.mean * static_cast<double>(t + 1);
    };
    std::vector<double> path;
    path.reserve(n + horizon);
    bool missing = false;
    for (std::size_t t = 0; t < n; ++t) {
        path.push_back(values[t] - level(t));
        missing = missing || std::isnan(values[t]);
    }
    ArimaForecast forecast;
    if (missing) {
        if (auto filter = DiffuseFilter::make(ar, ma, delta)) {
            Innovations unused;
            filter->run(path, n, unused);
            forecast.mean = filter->ahead(horizon);
        }
    } else if (const auto filter = ArmaFilter::make(ar, ma)) {
        const std::vector<double> series = differenced(differenced(path, 1, order.d), order.period, order.seasonalD);
        for (const double step : filter->ahead(series, horizon)) {
            double value = step;
            for (std::size_t i = 0; i < delta.size(); ++i)
                value += delta[i] * path[path.size() - 1 - i];
            path.push_back(value);
            forecast.mean.push_back(value);
        }
    }
    for (std::size_t h = 0; h < forecast.mean.size(); ++h)
        forecast.mean[h] += level(n + h);
    const std::vector<double> psi = psiWeights(multiplied(ar, delta, 1, false), ma, forecast.mean.size());
    double sum = 0;
    for (const double weight : psi) {
        sum += weight * weight;
        forecast.sd.push_back(std::sqrt(fit.sigma2 * sum));
    }
    return forecast;
}

} // namespace ra::series
