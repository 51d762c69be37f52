// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/series/controlinput.h"

#include "core/series/autocorrelation.h"
#include "core/series/baseline.h"
#include "core/series/changeinput.h"
#include "core/series/memory.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace ra::series {

namespace {

constexpr double missing = std::numeric_limits<double>::quiet_NaN();

double sumOf(std::span<const double> values) {
    double sum = 0;
    for (const double v : values)
        sum += v;
    return sum;
}

/// Whether the logarithms are the more normal ones.
bool areLogarithms(std::span<const double> values) {
    const std::vector<double> plain = knownOf(values);
    if (plain.size() < 10 || *std::min_element(plain.begin(), plain.end()) <= 0)
        return false;
    std::vector<double> logarithms(plain.size());
    std::transform(plain.begin(), plain.end(), logarithms.begin(), [](double v) { return std::log(v); });
    const Baseline plainBase = baselineOf(plain);
    const Baseline logBase = baselineOf(logarithms);
    const auto n = static_cast<double>(plain.size());
    // Values wild on either scale count no more than the border does.
    const double plainLoss = n * std::log(std::max(plainBase.sigma, 1e-300));
    const double logLoss = n * std::log(std::max(logBase.sigma, 1e-300)) + sumOf(drawnInTo(logarithms, logBase));
    return logLoss < plainLoss - 2;
}

std::vector<double> memoryOfDifferences(std::span<const double> values) {
    const std::vector<double> all = knownOf(values);
    if (all.size() < 20)
        return {};
    const Noise noise = noiseOf(drawnInTo(all, baselineOf(all)));
    if (!(noise.correlation >= 2 / std::sqrt(static_cast<double>(all.size()))))
        return {};
    return {noise.correlation};
}

/// That of a baseline. Few values do not show that there is one: the estimate counts even where the criterion does not
/// see it, for its error is one that limits can allow for, and what was left out is none.
std::vector<double> memoryOfBaseline(std::span<const double> values) {
    std::vector<double> memory = robustMemory(values);
    const Baseline base = baselineOf(values);
    if (!memory.empty() || !(base.sigma > 0))
        return memory;
    const std::vector<double> first = partialAutocorrelations(drawnInTo(values, base), 1);
    if (first.empty())
        return {};
    const auto n = static_cast<double>(base.count);
    return {std::clamp(first[0] + (1 + 3 * first[0]) / n, -0.98, 0.98)}; // as robustMemory() puts back what is missing
}

} // namespace

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
    result.values = innovationsOf(scaled, result.coefficients);
    return result;
}

} // namespace ra::series
