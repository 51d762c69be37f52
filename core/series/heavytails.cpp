// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/series/heavytails.h"

#include "core/stats/distributions.h"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <utility>
#include <vector>

namespace ra::series {

namespace {

constexpr double fewest = 50;
constexpr double shares[] = {0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9};
constexpr double shapeError = 1.05; ///< of normal data, in 1 / sqrt(n)
constexpr double scaleError = 1.3;  ///< of its logarithm
constexpr double clearly = 1.7;     ///< standard errors

/// A stretched normal distribution as the quantiles have it.
struct Fit {
    double logScale = 0;
    double shape = 0;
    double count = 0;
};

Fit fitOf(std::vector<double> sizes) {
    std::sort(sizes.begin(), sizes.end());
    const auto n = static_cast<double>(sizes.size());
    if (n < fewest)
        return {};
    // A line through log(x / z) over z² / 2, each point as sure as a quantile of normal data is.
    double weights = 0;
    double meanX = 0;
    double meanY = 0;
    double squares = 0;
    double products = 0;
    for (const double share : shares) {
        const double x = sizes[static_cast<std::size_t>(share * (n - 1))];
        const double z = stats::dist::normalQuantile((1 + share) / 2);
        const double density = 2 * std::exp(-z * z / 2) / std::sqrt(2 * std::numbers::pi);
        const double weight = density * density * z * z / (share * (1 - share));
        const double dx = z * z / 2 - meanX;
        weights += weight;
        meanX += dx * weight / weights;
        meanY += (std::log(x / z) - meanY) * weight / weights;
        squares += weight * dx * (z * z / 2 - meanX);
        products += weight * dx * (std::log(x / z) - meanY);
    }
    const double shape = products / squares;
    return {.logScale = meanY - std::max(shape, 0.0) * meanX, .shape = shape, .count = n};
}

bool areAlike(const Fit &a, const Fit &b) {
    const double error = std::sqrt(1 / a.count + 1 / b.count);
    constexpr double most = 2.5;
    return std::abs(a.shape - b.shape) < most * shapeError * error &&
           std::abs(a.logScale - b.logScale) < most * scaleError * error;
}

HeavyTail tailOf(const Fit &fit) {
    if (!(fit.count > 0))
        return {};
    const double error = shapeError / std::sqrt(fit.count);
    return {.scale = std::exp(fit.logScale), .shape = fit.shape > clearly * error ? fit.shape + error : 0};
}

} // namespace

double HeavyTail::normal(double x) const {
    const double y = x / scale;
    if (!(shape > 0) || !(y > 0))
        return y;
    // With w = shape z² it is w exp(w) = shape y²: Lambert's function, by Newton's method for its logarithm.
    const double logarithm = std::log(shape) + 2 * std::log(y);
    double w = logarithm > 1 ? logarithm - std::log(logarithm) : std::exp(logarithm) / (1 + std::exp(logarithm));
    for (int i = 0; i < 8; ++i)
        w = std::max(w - (w + std::log(w) - logarithm) * w / (1 + w), 1e-300);
    return std::sqrt(w / shape);
}

double HeavyTail::distance(double z) const {
    return scale * z * std::exp(shape * z * z / 2);
}

HeavyTails heavyTailsOf(std::span<const double> deviations) {
    std::vector<double> low;
    std::vector<double> high;
    std::vector<double> both;
    for (const double v : deviations) {
        if (v == 0)
            continue;
        (v < 0 ? low : high).push_back(std::abs(v));
        both.push_back(std::abs(v));
    }
    const Fit below = fitOf(std::move(low));
    const Fit above = fitOf(std::move(high));
    if (!(below.count > 0 && above.count > 0) || areAlike(below, above)) {
        const HeavyTail tail = tailOf(fitOf(std::move(both)));
        return {.low = tail, .high = tail};
    }
    return {.low = tailOf(below), .high = tailOf(above)};
}

} // namespace ra::series
