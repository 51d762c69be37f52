// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/stats/distances.h"
#include "core/stats/distributions.h"
#include "core/stats/quantile.h"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <vector>

namespace ra::stats {

namespace {

double polynomial(std::span<const double> coefficients, double x) {
    double value = 0;
    for (std::size_t i = coefficients.size(); i-- > 0;)
        value = value * x + coefficients[i];
    return value;
}

/// Approximate best weights of the order statistics from the largest down; those of the smallest are their negatives.
std::vector<double> weights(std::size_t size) {
    constexpr double c1[] = {0, 0.221157, -0.147981, -2.07119, 4.434685, -2.706056};
    constexpr double c2[] = {0, 0.042981, -0.293762, -1.752461, 5.682633, -3.582633};
    const auto n = static_cast<double>(size);
    std::vector<double> a(size / 2);
    if (size == 3) {
        a[0] = 1 / std::numbers::sqrt2;
        return a;
    }
    double squares = 0;
    for (std::size_t i = 0; i < a.size(); ++i) {
        a[i] = dist::normalQuantile((static_cast<double>(i + 1) - 0.375) / (n + 0.25));
        squares += 2 * a[i] * a[i];
    }
    const double root = std::sqrt(squares);
    const double inverse = 1 / std::sqrt(n);
    const double first = polynomial(c1, inverse) - a[0] / root;
    double scale = 0;
    std::size_t from = 1;
    if (size > 5) {
        const double second = polynomial(c2, inverse) - a[1] / root;
        scale =
            std::sqrt((squares - 2 * a[0] * a[0] - 2 * a[1] * a[1]) / (1 - 2 * first * first - 2 * second * second));
        a[1] = second;
        from = 2;
    } else {
        scale = std::sqrt((squares - 2 * a[0] * a[0]) / (1 - 2 * first * first));
    }
    a[0] = first;
    for (std::size_t i = from; i < a.size(); ++i)
        a[i] /= -scale;
    return a;
}

/// The upper tail of log(1 - W), which is nearly normal.
double upperTail(double distance, std::size_t size, double w) {
    const auto n = static_cast<double>(size);
    if (size == 3)
        return std::max(0.0, 6 / std::numbers::pi * (std::asin(std::sqrt(w)) - std::numbers::pi / 3));
    double y = std::log(distance);
    if (size <= 11) {
        const double gamma = -2.273 + 0.459 * n;
        if (y >= gamma)
            return 0;
        y = -std::log(gamma - y);
        constexpr double mean[] = {0.544, -0.39978, 0.025054, -6.714e-4};
        constexpr double logSd[] = {1.3822, -0.77857, 0.062767, -0.0020322};
        return dist::normalUpper((y - polynomial(mean, n)) / std::exp(polynomial(logSd, n)));
    }
    constexpr double mean[] = {-1.5861, -0.31082, -0.083751, 0.0038915};
    constexpr double logSd[] = {-0.4803, -0.082676, 0.0030302};
    const double x = std::log(n);
    return dist::normalUpper((y - polynomial(mean, x)) / std::exp(polynomial(logSd, x)));
}

} // namespace

std::optional<ShapiroWilk> shapiroWilk(std::span<const double> values) {
    std::vector<double> x = sorted(values);
    if (x.size() < 3 || x.size() > 5'000 || !std::isfinite(x.front()) || !std::isfinite(x.back()))
        return std::nullopt;
    const double middle = *median(x);
    const double range = x.back() - x.front();
    if (!(range > 0) || !std::isfinite(range))
        return std::nullopt;
    double mean = 0;
    for (double &value : x) {
        value = (value - middle) / range;
        mean += value / static_cast<double>(x.size());
    }
    const std::vector<double> a = weights(x.size());
    double aa = 0;
    double xx = 0;
    double ax = 0;
    for (std::size_t i = 0; i < x.size(); ++i) {
        const std::size_t j = x.size() - 1 - i;
        const double weight = i < j ? -a[i] : i > j ? a[j] : 0;
        const double deviation = x[i] - mean;
        aa += weight * weight;
        xx += deviation * deviation;
        ax += weight * deviation;
    }
    const double root = std::sqrt(aa * xx);
    const double distance = (root - ax) * (root + ax) / (aa * xx); // 1 - W without cancellation
    const double w = 1 - distance;
    return ShapiroWilk{w, upperTail(distance, x.size(), w)};
}

} // namespace ra::stats
