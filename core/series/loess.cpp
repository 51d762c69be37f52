// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/series/loess.h"

#include <algorithm>
#include <cmath>
#include <tuple>

namespace ra::series {

std::optional<double> loessAt(std::span<const double> values, const Loess &loess, double at, std::size_t first,
                              std::size_t last, std::span<const double> weights, std::vector<double> &scratch) {
    const std::size_t n = values.size();
    double bandwidth = std::max(at - static_cast<double>(first), static_cast<double>(last) - at);
    const std::size_t beyond = (std::max(loess.window, n) - n) / 2; // as R's: whole samples
    bandwidth += static_cast<double>(beyond);
    const double far = 0.999 * bandwidth;
    const double near = 0.001 * bandwidth;
    const std::size_t count = last - first + 1;
    if (scratch.size() < count)
        scratch.resize(count);
    double *const w = scratch.data();
    const double *const y = values.data() + (first - 1);
    const double inverse = bandwidth > 0 ? 1 / bandwidth : 0;
    const double offset = static_cast<double>(first) - at;
    for (std::size_t k = 0; k < count; ++k) {
        const double distance = std::abs(static_cast<double>(k) + offset);
        const double ratio = distance * inverse;
        const double tricube = 1 - ratio * ratio * ratio;
        double weight = tricube * tricube * tricube;
        weight = distance <= near ? 1 : weight;
        w[k] = distance <= far ? weight : 0;
    }
    if (!weights.empty()) {
        for (std::size_t k = 0; k < count; ++k)
            w[k] *= weights[first - 1 + k];
    }
    double total = 0;
    double moment = 0;
    double sum = 0;
    for (std::size_t k = 0; k < count; ++k) {
        total += w[k];
        moment += w[k] * static_cast<double>(k);
        sum += w[k] * y[k];
    }
    if (!(total > 0))
        return std::nullopt;
    const double mean = sum / total;
    if (!(bandwidth > 0) || loess.degree == 0)
        return mean;
    const double centre = moment / total;
    double square = 0;
    double cross = 0;
    for (std::size_t k = 0; k < count; ++k) {
        const double x = static_cast<double>(k) - centre;
        square += w[k] * x * x;
        cross += w[k] * x * y[k];
    }
    square /= total;
    // Points that hardly differ in time carry no slope.
    if (!(std::sqrt(square) > 0.001 * (static_cast<double>(n) - 1)))
        return mean;
    return mean + (-offset - centre) / square * (cross / total);
}

namespace {

/// The neighbourhood of point i (1-based) when not every point is fitted.
std::pair<std::size_t, std::size_t> neighbours(std::size_t i, std::size_t n, std::size_t window) {
    const std::size_t half = (window + 1) / 2;
    if (i < half)
        return {1, window};
    if (i >= n - half + 1)
        return {n - window + 1, n};
    return {i - half + 1, window + i - half};
}

} // namespace

void loessLine(std::span<const double> values, const Loess &loess, std::span<const double> weights,
               std::span<double> smooth, std::vector<double> &scratch) {
    const std::size_t n = values.size();
    if (n < 2) {
        std::copy(values.begin(), values.end(), smooth.begin());
        return;
    }
    const std::size_t step = std::min(std::max<std::size_t>(1, loess.step), n - 1);
    const std::size_t half = (loess.window + 1) / 2;
    std::size_t first = 1;
    std::size_t last = std::min(loess.window, n);
    const auto fit = [&](std::size_t i) {
        smooth[i - 1] =
            loessAt(values, loess, static_cast<double>(i), first, last, weights, scratch).value_or(values[i - 1]);
    };
    for (std::size_t i = 1; i <= n; i += step) {
        if (loess.window < n) {
            if (step > 1) {
                std::tie(first, last) = neighbours(i, n, loess.window);
            } else if (i > half && last != n) {
                ++first;
                ++last;
            }
        }
        fit(i);
    }
    if (step == 1)
        return;
    const auto join = [&](std::size_t from, std::size_t to) {
        const double slope = (smooth[to - 1] - smooth[from - 1]) / static_cast<double>(to - from);
        for (std::size_t j = from + 1; j < to; ++j)
            smooth[j - 1] = smooth[from - 1] + slope * static_cast<double>(j - from);
    };
    std::size_t i = 1;
    for (; i + step <= n; i += step)
        join(i, i + step);
    if (i != n) {
        fit(n); // with the neighbourhood of the last point that was fitted, as the reference does
        join(i, n);
    }
}

} // namespace ra::series
