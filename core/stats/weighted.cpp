// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/stats/weighted.h"

#include "core/stats/doubledouble.h"

#include <algorithm>
#include <cmath>
#include <utility>
#include <vector>

namespace ra::stats {

namespace {

/// value, weight
using Pairs = std::vector<std::pair<double, double>>;

std::optional<Pairs> pairsOf(std::span<const double> values, std::span<const double> weights) {
    if (values.size() != weights.size())
        return std::nullopt;
    Pairs pairs;
    for (std::size_t i = 0; i < values.size(); ++i) {
        if (std::isnan(values[i]) || std::isnan(weights[i]) || weights[i] == 0)
            continue;
        if (weights[i] < 0 || std::isinf(weights[i]))
            return std::nullopt;
        pairs.emplace_back(values[i], weights[i]);
    }
    if (pairs.empty())
        return std::nullopt;
    return pairs;
}

DoubleDouble meanOf(const Pairs &pairs) {
    // About the first value, so that equal ones have exactly themselves as their mean.
    DoubleDouble sum;
    DoubleDouble total;
    const double origin = pairs.front().first;
    for (const auto &[value, weight] : pairs) {
        sum += twoSum(value, -origin) * weight;
        total += weight;
    }
    return sum / total + origin;
}

} // namespace

std::optional<double> weightedMean(std::span<const double> values, std::span<const double> weights) {
    const auto pairs = pairsOf(values, weights);
    if (!pairs)
        return std::nullopt;
    return meanOf(*pairs).value();
}

std::optional<double> weightedVariance(std::span<const double> values, std::span<const double> weights,
                                       WeightMeaning meaning) {
    const auto pairs = pairsOf(values, weights);
    if (!pairs)
        return std::nullopt;
    const DoubleDouble mean = meanOf(*pairs);
    DoubleDouble squares;
    DoubleDouble total;
    DoubleDouble totalSquares;
    for (const auto &[value, weight] : *pairs) {
        const DoubleDouble deviation = DoubleDouble(value) - mean;
        squares += deviation * deviation * weight;
        total += weight;
        totalSquares += twoProduct(weight, weight);
    }
    const DoubleDouble divisor = meaning == WeightMeaning::Frequency ? total - 1.0 : total - totalSquares / total;
    if (!(divisor.high > 0))
        return std::nullopt;
    return (squares / divisor).value();
}

std::optional<double> weightedQuantile(std::span<const double> values, std::span<const double> weights, double p) {
    auto pairs = pairsOf(values, weights);
    if (!pairs || !(p >= 0 && p <= 1))
        return std::nullopt;
    std::ranges::sort(*pairs);
    DoubleDouble total;
    for (const auto &pair : *pairs)
        total += pair.second;
    const double wanted = (total * p).value();
    const double fuzz = 1e-12 * total.value();
    DoubleDouble sum;
    for (std::size_t i = 0; i < pairs->size(); ++i) {
        sum += (*pairs)[i].second;
        if (sum.value() > wanted + fuzz || i + 1 == pairs->size())
            return (*pairs)[i].first;
        if (sum.value() >= wanted - fuzz)
            return (*pairs)[i].first / 2 + (*pairs)[i + 1].first / 2;
    }
    return std::nullopt;
}

} // namespace ra::stats
