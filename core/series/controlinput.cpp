// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/series/controlinput.h"

#include "core/series/arma.h"
#include "core/series/autocorrelation.h"
#include "core/series/changeinput.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace ra::series {

namespace {

constexpr double missing = std::numeric_limits<double>::quiet_NaN();
constexpr double medianDeviationScale = 1.4826;
constexpr double drawIn = 2.5;
constexpr double drawnInVariance = 0.97756; ///< of a standard normal variable drawn in to ±2.5
constexpr std::size_t longestMemory = 10;
constexpr std::size_t farAhead = 100; ///< steps after which nothing is expected from the past any more

std::vector<double> known(std::span<const double> values) {
    std::vector<double> result;
    std::copy_if(values.begin(), values.end(), std::back_inserter(result), [](double v) { return std::isfinite(v); });
    return result;
}

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

std::vector<double> drawnIn(std::span<const double> values, const Baseline &about) {
    std::vector<double> result(values.begin(), values.end());
    for (double &v : result)
        v = std::clamp(v, about.target - drawIn * about.sigma, about.target + drawIn * about.sigma);
    return result;
}

double sumOf(std::span<const double> values) {
    double sum = 0;
    for (const double v : values)
        sum += v;
    return sum;
}

/// Whether the logarithms are the more normal ones.
bool areLogarithms(std::span<const double> values) {
    const std::vector<double> plain = known(values);
    if (plain.size() < 10 || *std::min_element(plain.begin(), plain.end()) <= 0)
        return false;
    std::vector<double> logarithms(plain.size());
    std::transform(plain.begin(), plain.end(), logarithms.begin(), [](double v) { return std::log(v); });
    const Baseline plainBase = baselineOf(plain);
    const Baseline logBase = baselineOf(logarithms);
    const auto n = static_cast<double>(plain.size());
    // Values wild on either scale count no more than the border does.
    const double plainLoss = n * std::log(std::max(plainBase.sigma, 1e-300));
    const double logLoss = n * std::log(std::max(logBase.sigma, 1e-300)) + sumOf(drawnIn(logarithms, logBase));
    return logLoss < plainLoss - 2;
}

/// Orders by BIC of the recursion of Durbin and Levinson; a chart forgives a weak memory more than one made up. What an
/// autoregression of order one is estimated too low by is put back. Source: M. G. Kendall, Biometrika 41 (1954)
/// 403-404.
std::vector<double> memoryOfBaseline(std::span<const double> baseline) {
    const std::vector<double> values = drawnIn(baseline, baselineOf(baseline));
    const std::size_t most = std::min(longestMemory, known(values).size() / 10);
    const std::vector<double> partials = partialAutocorrelations(values, most);
    const auto n = static_cast<double>(known(values).size());
    double logVariance = 0;
    double best = 0;
    std::size_t order = 0;
    for (std::size_t p = 1; p <= partials.size(); ++p) {
        logVariance += std::log(std::max(1 - partials[p - 1] * partials[p - 1], 1e-12));
        const double criterion = n * logVariance + std::log(n) * static_cast<double>(p);
        if (criterion < best) {
            best = criterion;
            order = p;
        }
    }
    if (order == 0)
        return {};
    std::vector<double> ar = yuleWalker(values, order);
    if (order == 1)
        ar[0] = std::min(ar[0] + (1 + 3 * ar[0]) / n, 0.98);
    return ar;
}

std::vector<double> memoryOfDifferences(std::span<const double> values) {
    const std::vector<double> all = known(values);
    if (all.size() < 20)
        return {};
    const Noise noise = noiseOf(drawnIn(all, baselineOf(all)));
    if (!(noise.correlation >= 2 / std::sqrt(static_cast<double>(all.size()))))
        return {};
    return {noise.correlation};
}

/// What is left of deviations after what was to be expected from those before.
std::vector<double> filtered(std::span<const double> deviations, std::span<const double> ar) {
    std::vector<double> result(deviations.begin(), deviations.end());
    if (ar.empty())
        return result;
    std::vector<double> variance; // of the forecast i + 1 steps ahead, in innovations
    double sum = 0;
    for (const double weight : psiWeights(ar, {}, farAhead))
        variance.push_back(sum += weight * weight);
    std::vector<double> past(ar.size(), 0.0); // the newest first
    std::size_t unknown = farAhead - 1;       // nothing is known before the first value
    for (double &v : result) {
        double expected = 0;
        for (std::size_t j = 0; j < ar.size(); ++j)
            expected += ar[j] * past[j];
        const double observed = v;
        if (std::isfinite(v)) {
            v = (v - expected) / std::sqrt(variance[unknown]);
            unknown = 0;
        } else {
            v = missing;
            unknown = std::min(unknown + 1, farAhead - 1);
        }
        std::rotate(past.rbegin(), past.rbegin() + 1, past.rend());
        past.front() = std::isfinite(observed) ? observed : expected;
    }
    return result;
}

} // namespace

Baseline baselineOf(std::span<const double> values) {
    Baseline result;
    const std::vector<double> all = known(values);
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

double ControlInput::gain() const {
    return 1 - sumOf(coefficients);
}

double ControlInput::level(double innovation) const {
    const double there = centre + innovation / gain();
    return logarithms ? std::exp(there) : there;
}

ControlInput controlInput(std::span<const double> values, std::size_t baseline) {
    ControlInput result;
    const auto first = values.first(std::min(baseline, values.size()));
    const auto judged = first.empty() ? values : first;
    result.logarithms = areLogarithms(judged);
    std::vector<double> scaled(values.begin(), values.end());
    for (double &v : scaled) {
        if (result.logarithms)
            v = v > 0 ? std::log(v) : missing; // after a baseline of positive values
        else if (!std::isfinite(v))
            v = missing;
    }
    const auto scaledJudged = std::span<const double>(scaled).first(judged.size());
    result.centre = baselineOf(scaledJudged).target;
    result.coefficients = first.empty() ? memoryOfDifferences(scaled) : memoryOfBaseline(scaledJudged);
    if (!(result.gain() > 0.01))
        result.coefficients.clear();
    for (double &v : scaled)
        v -= result.centre;
    result.values = filtered(scaled, result.coefficients);
    return result;
}

} // namespace ra::series
