// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/series/theta.h"

#include "core/series/minimise.h"

#include <algorithm>
#include <cmath>

namespace ra::series {

namespace {

struct Recursion {
    double alpha;
    double weight; ///< 1 - 1 / theta
    double level;
    double mean = 0;
    double slope = 0;
    double power = 1; ///< (1 - alpha)^(t - 1)
    double t = 1;     ///< number of the next value, from 1

    [[nodiscard]] double expected() const {
        const double intercept = mean - slope * t / 2; // of the line through the t - 1 values so far
        const double geometric = (1 - power * (1 - alpha)) / alpha;
        return level + weight * (power * intercept + geometric * slope);
    }
    void take(double y) {
        level += alpha * (y - level);
        // The slope of least squares over 1 ... t, updated.
        slope = t > 1 ? ((t - 2) * slope + 6 * (y - mean) / t) / (t + 1) : 0;
        mean += (y - mean) / t;
        power *= 1 - alpha;
        ++t;
    }
};

Recursion at(std::span<const double> u, double first, double scale) {
    const double alpha = 0.01 + 0.98 / (1 + std::exp(-u[0]));
    return {alpha, 1 - 1 / (1 + std::exp(u[1])), first + scale * u[2]};
}

} // namespace

std::optional<ThetaFit> fitTheta(std::span<const double> values, std::span<const double> start) {
    const std::size_t n = values.size();
    if (n < 5)
        return std::nullopt;
    double scale = 0;
    for (std::size_t t = 1; t < n; ++t)
        scale += std::abs(values[t] - values[t - 1]) / static_cast<double>(n - 1);
    if (!(scale > 0) || !std::isfinite(scale))
        return std::nullopt;
    constexpr std::size_t free = 2; // values that the trend needs before it says anything
    const Objective objective = [&](std::span<const double> u) {
        Recursion r = at(u, values[0], scale);
        double squares = 0;
        for (std::size_t t = 0; t < n; ++t) {
            if (t >= free) {
                const double e = values[t] - r.expected();
                squares += e * e;
            }
            r.take(values[t]);
        }
        const double tether = 1e-3 * (std::max(0.0, std::abs(u[0]) - 7) + std::max(0.0, std::abs(u[1]) - 7) +
                                      std::max(0.0, std::abs(u[2]) - 20));
        return 0.5 * std::log(squares / (scale * scale)) + tether;
    };
    std::vector<double> from{0, 0, 0}; // alpha one half, theta 2
    if (start.size() == from.size())
        from.assign(start.begin(), start.end());
    const Minimum best = descend(
        objective, from, {.tolerance = 1e-2 / static_cast<double>(n), .points = 60, .gradient = Gradient::Forward});
    ThetaFit fit;
    Recursion r = at(best.at, values[0], scale);
    fit.alpha = r.alpha;
    fit.theta = 1 / (1 - r.weight);
    double squares = 0;
    for (std::size_t t = 0; t < n; ++t) {
        const double e = t < free ? 0 : values[t] - r.expected();
        squares += e * e;
        fit.residuals.push_back(e);
        r.take(values[t]);
    }
    if (!std::isfinite(squares))
        return std::nullopt;
    fit.level = r.level;
    fit.mean = r.mean;
    fit.slope = r.slope;
    fit.n = n;
    fit.sigma2 = squares / std::max(1.0, static_cast<double>(n) - 5);
    fit.at = best.at;
    return fit;
}

ThetaForecast forecastTheta(const ThetaFit &fit, std::size_t horizon) {
    ThetaForecast forecast;
    Recursion r{fit.alpha,
                1 - 1 / fit.theta,
                fit.level,
                fit.mean,
                fit.slope,
                std::pow(1 - fit.alpha, static_cast<double>(fit.n)),
                static_cast<double>(fit.n) + 1};
    for (std::size_t h = 0; h < horizon; ++h) {
        const double expected = r.expected();
        forecast.mean.push_back(expected);
        forecast.sd.push_back(std::sqrt(fit.sigma2 * (1 + static_cast<double>(h) * fit.alpha * fit.alpha)));
        r.take(expected);
    }
    return forecast;
}

} // namespace ra::series
