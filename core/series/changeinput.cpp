// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/series/changeinput.h"

#include "core/series/autocorrelation.h"
#include "core/series/season.h"
#include "core/series/stl.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>

namespace ra::series {

namespace {

/// Medians of the `2 half + 1` values around each; fewer at the ends.
std::vector<double> runningMedian(const std::vector<double> &values, std::size_t half) {
    const std::size_t n = values.size();
    std::vector<double> result(n);
    std::vector<double> window; // kept in order
    for (std::size_t t = 0; t < std::min(half, n); ++t)
        window.insert(std::upper_bound(window.begin(), window.end(), values[t]), values[t]);
    for (std::size_t t = 0; t < n; ++t) {
        if (t + half < n) {
            const double v = values[t + half];
            window.insert(std::upper_bound(window.begin(), window.end(), v), v);
        }
        if (t > half)
            window.erase(std::lower_bound(window.begin(), window.end(), values[t - half - 1]));
        result[t] = window[window.size() / 2];
    }
    return result;
}

/// Whether the noise of positive values is one of factors rather than of sums: by the likelihood of both about a
/// running median, which follows changes. Logarithms are left only for strong evidence, as they are what makes levels
/// comparable, and for values of which they differ only in the last digits. Source: G. E. P. Box, D. R. Cox, J. Royal
/// Statistical Society B 26 (1964) 211-252, with their powers 0 and 1.
bool isForLogarithms(const std::vector<double> &values) {
    constexpr double fewDigits = 1e-6;
    const auto [low, high] = std::minmax_element(values.begin(), values.end());
    if (*high - *low < fewDigits * *low)
        return false;
    const std::vector<double> level = runningMedian(values, 5);
    const auto n = static_cast<double>(values.size());
    double sums = 0;
    double factors = 0;
    double logarithms = 0;
    for (std::size_t t = 0; t < values.size(); ++t) {
        const double deviation = (values[t] - level[t]) / *high; // squares must not overflow
        const double ratio = std::log(values[t] / level[t]);
        sums += deviation * deviation / n;
        factors += ratio * ratio / n;
        logarithms += std::log(values[t] / *high) / n;
    }
    if (!(sums > 0) || !(factors > 0))
        return true;
    const double gain = n * (0.5 * std::log(factors / sums) + logarithms); // in log-likelihood, of sums
    return !(gain > 2 * std::log(n));
}

/// Takes away a season that stands out of the spectrum; changes are sought in what is left. The differences are tested,
/// in which a changed level is one spike. Source of the test: R. A. Fisher, Proc. Royal Society A 125 (1929) 54-59.
void removeSeason(std::vector<double> &values) {
    const std::size_t n = values.size();
    std::vector<double> differences;
    for (std::size_t t = 1; t < n; ++t)
        differences.push_back(values[t] - values[t - 1]);
    const std::vector<double> power = periodogram(differences, quickLength(differences.size()));
    double total = 0;
    double most = 0;
    for (std::size_t j = 3; j < power.size(); ++j) { // three cycles at least
        total += power[j];
        most = std::max(most, power[j]);
    }
    const auto count = static_cast<double>(power.size()) - 3;
    if (!(count > 2) || count * std::exp(-count * most / std::max(total, 1e-300)) > 1e-3)
        return;
    const std::vector<Season> seasons = findSeasons(values);
    if (seasons.empty())
        return;
    const Decomposition parts =
        mstl(values, {.periods = {seasons.front().period}, .periodic = true, .robust = true, .robustRounds = 5});
    for (std::size_t t = 0; t < n; ++t)
        values[t] -= parts.seasonal[0][t];
}

} // namespace

double medianOf(std::vector<double> &values) {
    const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
    std::nth_element(values.begin(), middle, values.end());
    return *middle;
}

Noise noiseOf(std::span<const double> values) {
    const std::size_t n = values.size();
    std::vector<double> one;
    std::vector<double> two;
    for (std::size_t t = 1; t < n; ++t)
        one.push_back(values[t] - values[t - 1]);
    std::vector<double> copy = one;
    const double drift = medianOf(copy);
    for (double &d : one)
        d = (d - drift) * (d - drift);
    for (std::size_t t = 2; t < n; ++t) {
        const double d = values[t] - values[t - 2] - 2 * drift;
        two.push_back(d * d);
    }
    const auto mean = [](const std::vector<double> &v) {
        double sum = 0;
        for (const double x : v)
            sum += x / static_cast<double>(v.size());
        return sum;
    };
    const double first = mean(one);
    const double second = mean(two);
    Noise noise;
    if (!(first > 0))
        return noise;
    noise.correlation = std::clamp(second / first - 1, 0.0, 0.99);
    noise.momentum = second / first / 2 - 1;
    noise.variance = first / (2 * (1 - noise.correlation));
    return noise;
}

std::vector<double> drawnIn(const std::vector<double> &values) {
    const std::size_t n = values.size();
    const std::vector<double> level = runningMedian(values, 5);
    std::vector<double> distance(n);
    for (std::size_t t = 0; t < n; ++t)
        distance[t] = std::abs(values[t] - level[t]);
    const std::vector<double> spread = runningMedian(distance, 20);
    std::vector<double> result(n);
    for (std::size_t t = 0; t < n; ++t) {
        const double room = 3.5 * 1.4826 * spread[t];
        result[t] = room > 0 ? std::clamp(values[t], level[t] - room, level[t] + room) : values[t];
    }
    return result;
}

double memoryOf(std::span<const double> values) {
    const std::size_t n = values.size();
    if (n < 3)
        return 0;
    std::vector<double> differences;
    for (std::size_t t = 1; t < n; ++t)
        differences.push_back(values[t] - values[t - 1]);
    std::vector<double> copy = differences;
    const double drift = medianOf(copy);
    for (std::size_t t = 0; t < copy.size(); ++t)
        copy[t] = std::abs(differences[t] - drift);
    const double deviation = 1.4826 * medianOf(copy);
    const double most = deviation > 0 ? 4 * deviation : std::numeric_limits<double>::infinity();
    double one = 0;
    double ones = 0;
    double two = 0;
    double twos = 0;
    bool wasKept = false;
    for (std::size_t t = 0; t < differences.size(); ++t) {
        const double d = differences[t] - drift;
        const bool isKept = std::abs(d) <= most;
        if (isKept) {
            one += d * d;
            ++ones;
        }
        if (isKept && wasKept) {
            const double both = d + differences[t - 1] - drift;
            two += both * both;
            ++twos;
        }
        wasKept = isKept;
    }
    if (!(one > 0) || !(twos > 0))
        return 0;
    return std::clamp((two / twos) / (one / ones) - 1, 0.0, 0.99);
}

std::vector<double> unforeseen(std::span<const double> values, double memory) {
    std::vector<double> result(values.begin(), values.end());
    for (std::size_t t = 1; t < values.size(); ++t)
        result[t] = (values[t] - memory * values[t - 1]) / (1 - memory);
    return result;
}

std::vector<double> comparable(std::vector<double> values) {
    if (*std::min_element(values.begin(), values.end()) > 0 && isForLogarithms(values)) {
        for (double &v : values)
            v = std::log(v);
    } else {
        // Of numbers that are large beside their differences only these carry digits.
        const double first = values.front();
        for (double &v : values)
            v -= first;
    }
    removeSeason(values);
    return drawnIn(values);
}

} // namespace ra::series
