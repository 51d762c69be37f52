// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/series/baseline.h"

#include "core/series/changeinput.h"

#include <algorithm>
#include <cmath>
#include <iterator>

namespace ra::series {

namespace {

constexpr double medianDeviationScale = 1.4826;
constexpr double drawIn = 2.5;
constexpr double drawnInVariance = 0.97756; ///< of a standard normal variable drawn in to ±2.5

/// The smallest difference of two values: what is exact to it has at least the scatter of rounding.
double resolutionOf(std::vector<double> values) {
    std::sort(values.begin(), values.end());
    double step = 0;
    for (std::size_t i = 1; i < values.size(); ++i) {
        const double difference = values[i] - values[i - 1];
        if (difference > 0 && (step <= 0 || difference < step))
            step = difference;
    }
    return step;
}

} // namespace

std::vector<double> knownOf(std::span<const double> values) {
    std::vector<double> result;
    std::copy_if(values.begin(), values.end(), std::back_inserter(result), [](double v) { return std::isfinite(v); });
    return result;
}

std::vector<double> drawnInTo(std::span<const double> values, const Baseline &baseline) {
    std::vector<double> result(values.begin(), values.end());
    for (double &v : result)
        v = std::clamp(v, baseline.target - drawIn * baseline.sigma, baseline.target + drawIn * baseline.sigma);
    return result;
}

Baseline baselineOf(std::span<const double> values) {
    Baseline result;
    const std::vector<double> all = knownOf(values);
    result.count = all.size();
    if (all.empty())
        return result;
    std::vector<double> copy = all;
    result.target = medianOf(copy);
    for (std::size_t i = 0; i < all.size(); ++i)
        copy[i] = std::abs(all[i] - result.target);
    const double deviation = medianDeviationScale * medianOf(copy);
    const double least = resolutionOf(all) / std::sqrt(12.0);
    const double scale = std::max(deviation, least);
    if (!(scale > 0) || !std::isfinite(scale))
        return result;
    double mean = result.target;
    for (int i = 0; i < 20; ++i) { // Huber's mean, 95 % efficient at 1.345
        double sum = 0;
        for (const double v : all)
            sum += std::clamp((v - mean) / scale, -1.345, 1.345);
        mean += scale * sum / static_cast<double>(all.size());
    }
    result.target = mean;
    result.sigma = scale;
    if (all.size() < 2)
        return result;
    for (int i = 0; i < 20; ++i) {
        double squares = 0;
        for (const double v : all) {
            const double z = std::clamp((v - mean) / result.sigma, -drawIn, drawIn);
            squares += z * z;
        }
        result.sigma *= std::sqrt(squares / drawnInVariance / (static_cast<double>(all.size()) - 1));
    }
    result.sigma = std::max(result.sigma, least);
    return result;
}

} // namespace ra::series
