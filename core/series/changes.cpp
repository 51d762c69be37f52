// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/series/changes.h"

#include "core/series/changeinput.h"
#include "core/series/changememory.h"
#include "core/series/changetests.h"
#include "core/series/gaps.h"
#include "core/series/magnitude.h"
#include "core/series/pelt.h"
#include "core/series/tiedchanges.h"

#include <algorithm>
#include <boost/math/distributions/chi_squared.hpp>
#include <cmath>
#include <limits>

namespace ra::series {

namespace {

constexpr std::size_t shortest = 10;
constexpr std::size_t mostPlaces = 20'000;
constexpr double chanceLevel = 0.05;     ///< of changes among values of which one is frequent
constexpr double chanceQuantile = 1.645; ///< of the normal distribution, at this level above

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
    constexpr double mostCorrelation = 2.0 / 3;
    const double correlation = std::min(noise.correlation, mostCorrelation);
    const double inflation = (1 + correlation) / (1 - correlation);
    // Among 20,000 places the square of their number, which it is where nothing changes, is still a second.
    const std::size_t step = std::max(std::clamp<std::size_t>((n + 149) / 150, 1, 5), n / mostPlaces);
    double least = std::numeric_limits<double>::infinity();
    for (const SegmentCost cost : {SegmentCost::MeanVariance, SegmentCost::TrendVariance}) {
        const int parameters = cost == SegmentCost::MeanVariance ? 2 : 3;
        const double penalty = (parameters + 1) * std::log(static_cast<double>(n)) * inflation; // and one for the place
        const std::vector<std::size_t> found =
            pelt(values, {.cost = cost, .penalty = penalty, .variance = variance, .shortest = shortest, .step = step});
        const SegmentCosts costs(values, cost, variance);
        double total = penalty * static_cast<double>(found.size() + 1);
        for (std::size_t i = 0; i <= found.size(); ++i)
            total += costs.of(i == 0 ? 0 : found[i - 1], i == found.size() ? n : found[i]);
        if (total < least) {
            least = total;
            best = {found, cost, penalty, variance, inflation, parameters};
        }
    }
    // Unless wandering explains the regimes as well. Where steps go on like the last ones it does not: drifts that last
    // are no autoregression of order one. Outliers that were drawn in give a walk of any length a little of that.
    constexpr double leastMomentum = 0.05;
    const double drifting = std::max(leastMomentum, chanceQuantile / std::sqrt(static_cast<double>(n)));
    if (noise.correlation > mostCorrelation && noise.momentum < drifting)
        best.changes =
            withoutMemory(values, std::move(best.changes), best.cost == SegmentCost::TrendVariance, variance);
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
    if (const auto p = tiedChangeProbability(values, begin, middle, end))
        change.p = *p;
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

/// What a test found, with the levels on both sides.
std::vector<Change> describedTests(const std::vector<double> &whole, const std::vector<double> &scaled,
                                   const std::vector<TestedChange> &tested) {
    Segmentation segments;
    for (const TestedChange &change : tested)
        segments.changes.push_back(change.index);
    const SegmentCosts costs(scaled, segments.cost, 1);
    std::vector<Change> changes;
    for (std::size_t i = 0; i < tested.size(); ++i) {
        Change change = described(whole, costs, segments, i);
        change.p = tested[i].p;
        change.confidence = 1 - change.p;
        changes.push_back(change);
    }
    return changes;
}

/// The prior is what the whole series shows: its memory, its middle, its noise, and how far levels lie apart in units
/// of that. Among values of which one is frequent a change is declared when it is also hardly chance.
std::vector<TestedChange> bayesian(std::span<const double> whole, const std::vector<double> &scaled) {
    const double memory = memoryOf(scaled);
    // At a change what was not foreseen is a lone outlier.
    const std::vector<double> innovations = memory > 0 ? drawnIn(unforeseen(scaled, memory)) : scaled;
    const Noise noise = noiseOf(innovations);
    if (!(noise.variance > 0) || !std::isfinite(noise.variance))
        return {};
    std::vector<double> copy = innovations;
    const double centre = medianOf(copy);
    double variance = 0;
    for (const double v : innovations)
        variance += (v - centre) * (v - centre) / static_cast<double>(innovations.size());
    // A level is known beforehand as well as by this many values.
    const double prior = std::clamp(noise.variance / variance, 0.01, 1.0);
    const auto isCredible = [&](std::size_t begin, std::size_t index, std::size_t seen) {
        return tiedChangeProbability(whole, begin, index, seen).value_or(0) <= chanceLevel;
    };
    return onlineChanges(innovations, centre, std::sqrt(noise.variance),
                         {.shortest = shortest, .isCredible = isCredible}, {.prior = prior});
}

} // namespace

std::vector<Change> findChanges(std::span<const double> values, ChangeMethod method) {
    if (const int power = excessPower(values); power != 0) {
        std::vector<Change> changes = findChanges(scaledDown(values, power), method);
        for (Change &change : changes) {
            change.before = scaledUp(change.before, power);
            change.after = scaledUp(change.after, power);
        }
        return changes;
    }
    const std::vector<double> whole = filledGaps(values);
    if (whole.size() < 2 * shortest)
        return {};
    const std::vector<double> scaled = comparable(whole);
    if (method == ChangeMethod::Bayes)
        return describedTests(whole, scaled, bayesian(whole, scaled));
    if (method == ChangeMethod::EDivisive) {
        if (scaled.size() > mostForEDivisive || !(noiseOf(scaled).variance > 0))
            return {};
        return describedTests(whole, scaled, eDivisive(scaled, {.shortest = shortest}));
    }
    Segmentation segments = segmented(scaled);
    segments.changes = withoutChance(whole, std::move(segments.changes), chanceLevel);
    const SegmentCosts costs(scaled, segments.cost, segments.variance);
    std::vector<Change> changes;
    for (std::size_t i = 0; i < segments.changes.size(); ++i)
        changes.push_back(described(whole, costs, segments, i));
    return changes;
}

} // namespace ra::series
