// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/stats/calibration.h"

#include "core/stats/distributions.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

namespace ra::stats {

namespace {

constexpr double fewestOutcomes = 5;
constexpr double unknown = std::numeric_limits<double>::quiet_NaN();

double lossOf(const Platt &platt, std::span<const double> scores, std::span<const double> targets) {
    double sum = 0;
    for (std::size_t i = 0; i < scores.size(); ++i)
        sum += scoreLoss(platt.at(scores[i]), targets[i]);
    return sum;
}

/// One Newton step, as far as it lowers the loss; whether it did.
bool improve(Platt &platt, std::span<const double> scores, std::span<const double> targets, double &loss) {
    double gradientSlope = 0;
    double gradientOffset = 0;
    double curveSlope = 1e-12;
    double curveOffset = 1e-12;
    double curveBoth = 0;
    for (std::size_t i = 0; i < scores.size(); ++i) {
        const double p = 1 / (1 + std::exp(-platt.at(scores[i])));
        const double weight = p * (1 - p);
        gradientSlope += (p - targets[i]) * scores[i];
        gradientOffset += p - targets[i];
        curveSlope += weight * scores[i] * scores[i];
        curveOffset += weight;
        curveBoth += weight * scores[i];
    }
    const double determinant = curveSlope * curveOffset - curveBoth * curveBoth;
    if (!(determinant > 0))
        return false;
    const double slope = -(curveOffset * gradientSlope - curveBoth * gradientOffset) / determinant;
    const double offset = -(curveSlope * gradientOffset - curveBoth * gradientSlope) / determinant;
    double step = 1;
    for (int halving = 0; halving < 34; ++halving, step /= 2) {
        const Platt next{platt.slope + step * slope, platt.offset + step * offset};
        const double there = lossOf(next, scores, targets);
        if (there < loss - 1e-12 * std::abs(loss)) {
            platt = next;
            loss = there;
            return true;
        }
    }
    return false;
}

std::vector<std::size_t> ascending(std::span<const double> values) {
    std::vector<std::size_t> order(values.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return values[a] < values[b]; });
    return order;
}

/// Midranks from 1.
std::vector<double> ranksOf(std::span<const double> values) {
    const std::vector<std::size_t> order = ascending(values);
    std::vector<double> ranks(values.size());
    for (std::size_t i = 0; i < order.size();) {
        std::size_t end = i + 1;
        while (end < order.size() && values[order[end]] == values[order[i]])
            ++end;
        for (std::size_t k = i; k < end; ++k)
            ranks[order[k]] = static_cast<double>(i + end + 1) / 2;
        i = end;
    }
    return ranks;
}

double varianceOf(std::span<const double> values, double mean) {
    double squares = 0;
    for (const double v : values)
        squares += (v - mean) * (v - mean);
    return squares / (static_cast<double>(values.size()) - 1);
}

} // namespace

double scoreLoss(double score, double y) {
    return std::max(score, 0.0) - score * y + std::log1p(std::exp(-std::abs(score)));
}

Platt fitPlatt(std::span<const double> scores, std::span<const double> y) {
    const double positives = std::accumulate(y.begin(), y.end(), 0.0);
    const double negatives = static_cast<double>(y.size()) - positives;
    if (positives < fewestOutcomes || negatives < fewestOutcomes)
        return {};
    std::vector<double> targets(y.size());
    std::transform(y.begin(), y.end(), targets.begin(),
                   [&](double one) { return one > 0.5 ? (positives + 1) / (positives + 2) : 1 / (negatives + 2); });
    const double base = std::log((positives + 1) / (negatives + 1));
    Platt platt{.slope = 0, .offset = base};
    double loss = lossOf(platt, scores, targets);
    for (int i = 0; i < 100; ++i) {
        if (!improve(platt, scores, targets, loss))
            break;
    }
    return platt.slope > 0 ? platt : Platt{.slope = 0, .offset = base};
}

double brierScore(std::span<const double> probabilities, std::span<const double> y) {
    double sum = 0;
    for (std::size_t i = 0; i < y.size(); ++i)
        sum += (probabilities[i] - y[i]) * (probabilities[i] - y[i]);
    return sum / static_cast<double>(y.size());
}

std::vector<ReliabilityBin> reliabilityOf(std::span<const double> probabilities, std::span<const double> y,
                                          std::size_t most) {
    std::vector<ReliabilityBin> bins;
    const std::vector<std::size_t> order = ascending(probabilities);
    const double room = static_cast<double>(order.size()) / static_cast<double>(std::max<std::size_t>(most, 1));
    for (std::size_t i = 0; i < order.size();) {
        const double share = std::round(static_cast<double>(bins.size() + 1) * room);
        std::size_t end = std::max(i + 1, static_cast<std::size_t>(share));
        while (end < order.size() && probabilities[order[end]] == probabilities[order[end - 1]])
            ++end;
        end = std::min(end, order.size());
        ReliabilityBin bin{.low = probabilities[order[i]], .high = probabilities[order[end - 1]], .count = end - i};
        double came = 0;
        for (std::size_t k = i; k < end; ++k) {
            bin.predicted += probabilities[order[k]] / static_cast<double>(bin.count);
            came += y[order[k]];
        }
        bin.observed = came / static_cast<double>(bin.count);
        bin.interval = wilsonInterval(came, static_cast<double>(bin.count)).value_or(Interval{unknown, unknown});
        bins.push_back(bin);
        i = end;
    }
    return bins;
}

RocArea rocArea(std::span<const double> scores, std::span<const double> y, double level) {
    std::vector<double> with;
    std::vector<double> without;
    for (std::size_t i = 0; i < y.size(); ++i)
        (y[i] > 0.5 ? with : without).push_back(scores[i]);
    RocArea result{.area = unknown, .variance = unknown, .interval = {unknown, unknown}};
    const auto m = static_cast<double>(with.size());
    const auto n = static_cast<double>(without.size());
    if (with.empty() || without.empty())
        return result;
    const std::vector<double> all = ranksOf(scores);
    const std::vector<double> ownWith = ranksOf(with);
    const std::vector<double> ownWithout = ranksOf(without);
    // Placements: the share of the other group below each.
    std::vector<double> placedWith;
    std::vector<double> placedWithout;
    for (std::size_t i = 0; i < y.size(); ++i) {
        if (y[i] > 0.5)
            placedWith.push_back((all[i] - ownWith[placedWith.size()]) / n);
        else
            placedWithout.push_back(1 - (all[i] - ownWithout[placedWithout.size()]) / m);
    }
    result.area = std::accumulate(placedWith.begin(), placedWith.end(), 0.0) / m;
    if (with.size() < 2 || without.size() < 2)
        return result;
    result.variance = varianceOf(placedWith, result.area) / m + varianceOf(placedWithout, result.area) / n;
    const double room = dist::normalQuantile((1 + level) / 2) * std::sqrt(result.variance);
    result.interval = {std::max(0.0, result.area - room), std::min(1.0, result.area + room)};
    return result;
}

} // namespace ra::stats
