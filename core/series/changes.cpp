// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/series/changes.h"

#include "core/series/autocorrelation.h"
#include "core/series/gaps.h"
#include "core/series/pelt.h"
#include "core/series/season.h"
#include "core/series/stl.h"

#include <algorithm>
#include <boost/math/distributions/chi_squared.hpp>
#include <cmath>
#include <limits>

namespace ra::series {

namespace {

constexpr std::size_t shortest = 10;

double medianOf(std::vector<double> &values) {
    const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
    std::nth_element(values.begin(), middle, values.end());
    return *middle;
}

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

/// Values drawn in to 3.5 deviations of their surroundings.
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

/// Variance of the noise and correlation of neighbours, from differences at one and two steps: levels and slopes fall
/// out.
struct Noise {
    double variance = 0;
    double correlation = 0;
};

Noise noiseOf(const std::vector<double> &values) {
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
    noise.variance = first / (2 * (1 - noise.correlation));
    return noise;
}

/// Takes away a season that stands out of the spectrum; changes are sought in what is left. The differences are tested,
/// in which a changed level is one spike. Source of the test: R. A. Fisher, Proc. Royal Society A 125 (1929) 54-59.
void removeSeason(std::vector<double> &values) {
    const std::size_t n = values.size();
    std::vector<double> differences;
    for (std::size_t t = 1; t < n; ++t)
        differences.push_back(values[t] - values[t - 1]);
    const std::vector<double> power = periodogram(differences);
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

struct Segmentation {
    std::vector<std::size_t> changes;
    SegmentCost cost = SegmentCost::MeanVariance;
    double penalty = 0;
    double variance = 0; ///< the least of a segment
    double inflation = 1;
    int parameters = 2; ///< of a segment
};

/// Segments of levels or of lines, whichever explains the series at less expense.
Segmentation segmented(const std::vector<double> &values) {
    const std::size_t n = values.size();
    Segmentation best;
    const Noise noise = noiseOf(values);
    if (!(noise.variance > 0) || !std::isfinite(noise.variance))
        return best;
    const auto [low, high] = std::minmax_element(values.begin(), values.end());
    // What is below a hundredth of the range cannot be seen in a picture of the series, and is no change to anybody.
    const double visible = 0.01 * (*high - *low);
    const double variance = std::max(0.01 * noise.variance, visible * visible);
    // Neighbours that hang together more than by two thirds are no noise but what people call a regime.
    const double correlation = std::min(noise.correlation, 2.0 / 3);
    const double inflation = (1 + correlation) / (1 - correlation);
    const std::size_t step = std::clamp<std::size_t>((n + 149) / 150, 1, 5);
    double least = std::numeric_limits<double>::infinity();
    for (const SegmentCost cost : {SegmentCost::MeanVariance, SegmentCost::TrendVariance}) {
        const int parameters = cost == SegmentCost::MeanVariance ? 2 : 3;
        const double penalty = (parameters + 1) * std::log(static_cast<double>(n)) * inflation; // and one for the place
        std::vector<std::size_t> found =
            pelt(values, {.cost = cost, .penalty = penalty, .variance = variance, .shortest = shortest, .step = step});
        const SegmentCosts costs(values, cost, variance);
        double total = penalty * static_cast<double>(found.size() + 1);
        for (std::size_t i = 0; i <= found.size(); ++i)
            total += costs.of(i == 0 ? 0 : found[i - 1], i == found.size() ? n : found[i]);
        if (total < least) {
            least = total;
            best = {std::move(found), cost, penalty, variance, inflation, parameters};
        }
    }
    return best;
}

Change described(std::span<const double> values, const SegmentCosts &costs, const Segmentation &segments,
                 std::size_t i) {
    const std::size_t begin = i == 0 ? 0 : segments.changes[i - 1];
    const std::size_t middle = segments.changes[i];
    const std::size_t end = i + 1 == segments.changes.size() ? values.size() : segments.changes[i + 1];
    Change change;
    change.index = middle;
    // The statistic has the distribution of χ² at a given place; that it is the best of many is Bonferroni's.
    const double gain = (costs.of(begin, end) - costs.of(begin, middle) - costs.of(middle, end)) / segments.inflation;
    const boost::math::chi_squared distribution(segments.parameters);
    change.p = std::min(1.0, static_cast<double>(end - begin) *
                                 boost::math::cdf(boost::math::complement(distribution, std::max(0.0, gain))));
    change.confidence = 1 - change.p;
    std::vector<double> left(values.begin() + static_cast<std::ptrdiff_t>(begin),
                             values.begin() + static_cast<std::ptrdiff_t>(middle));
    std::vector<double> right(values.begin() + static_cast<std::ptrdiff_t>(middle),
                              values.begin() + static_cast<std::ptrdiff_t>(end));
    change.before = medianOf(left);
    change.after = medianOf(right);
    constexpr double undefined = std::numeric_limits<double>::quiet_NaN();
    change.magnitude = change.before != 0 ? (change.after - change.before) / std::abs(change.before) : undefined;
    const double a = costs.squares(begin, middle) / static_cast<double>(middle - begin);
    const double b = costs.squares(middle, end) / static_cast<double>(end - middle);
    change.spread = a > 0 ? std::sqrt(b / a) : undefined;
    return change;
}

} // namespace

std::vector<Change> findChanges(std::span<const double> values) {
    const std::vector<double> whole = filledGaps(values);
    if (whole.size() < 2 * shortest)
        return {};
    std::vector<double> scaled = whole;
    if (*std::min_element(whole.begin(), whole.end()) > 0) {
        for (double &v : scaled)
            v = std::log(v);
    }
    removeSeason(scaled);
    scaled = drawnIn(scaled);
    const Segmentation segments = segmented(scaled);
    const SegmentCosts costs(scaled, segments.cost, segments.variance);
    std::vector<Change> changes;
    for (std::size_t i = 0; i < segments.changes.size(); ++i)
        changes.push_back(described(whole, costs, segments, i));
    return changes;
}

} // namespace ra::series
