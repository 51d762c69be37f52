// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/series/pelt.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace ra::series {

SegmentCosts::SegmentCosts(std::span<const double> values, SegmentCost cost, double variance)
    : m_trend(cost == SegmentCost::Trend || cost == SegmentCost::TrendVariance)
    , m_ownVariance(cost == SegmentCost::MeanVariance || cost == SegmentCost::TrendVariance)
    , m_variance(variance)
    , m_sums(values.size() + 1) {
    double mean = 0; // sums about it cancel less
    for (const double v : values)
        mean += v / static_cast<double>(values.size());
    const double middle = static_cast<double>(values.size()) / 2;
    for (std::size_t t = 0; t < values.size(); ++t) {
        const double y = values[t] - mean;
        m_sums[t + 1] = {m_sums[t].y + y, m_sums[t].yy + y * y, m_sums[t].ty + (static_cast<double>(t) - middle) * y};
    }
}

double SegmentCosts::squares(std::size_t begin, std::size_t end) const {
    const Sums &a = m_sums[begin];
    const Sums &b = m_sums[end];
    const auto n = static_cast<double>(end - begin);
    const double y = b.y - a.y;
    double squares = b.yy - a.yy - y * y / n;
    if (m_trend && end - begin > 1) {
        const double middle = static_cast<double>(m_sums.size() - 1) / 2;
        const double centre = static_cast<double>(begin) - middle + (n - 1) / 2;
        const double cross = b.ty - a.ty - centre * y;
        squares -= cross * cross * 12 / (n * (n * n - 1));
    }
    return std::max(0.0, squares);
}

double SegmentCosts::of(std::size_t begin, std::size_t end) const {
    const auto n = static_cast<double>(end - begin);
    if (m_ownVariance)
        return n * (1 + std::log(std::max(squares(begin, end) / n, m_variance)));
    return squares(begin, end) / m_variance;
}

namespace {

/// Moves each change to the best place within reach of it, twice over, as neighbours depend on each other.
void settle(std::vector<std::size_t> &changes, const SegmentCosts &costs, std::size_t n, std::size_t reach,
            std::size_t shortest) {
    for (int round = 0; round < 2; ++round) {
        for (std::size_t i = 0; i < changes.size(); ++i) {
            const std::size_t begin = i == 0 ? 0 : changes[i - 1];
            const std::size_t end = i + 1 == changes.size() ? n : changes[i + 1];
            const std::size_t low = std::max(begin + shortest, changes[i] > reach ? changes[i] - reach : 0);
            const std::size_t high = std::min(end - shortest, changes[i] + reach);
            double least = costs.of(begin, changes[i]) + costs.of(changes[i], end);
            for (std::size_t at = low; at <= high; ++at) {
                const double cost = costs.of(begin, at) + costs.of(at, end);
                if (cost < least) {
                    least = cost;
                    changes[i] = at;
                }
            }
        }
    }
}

/// Splits segments where that pays and joins them where it does not: what the coarse places missed by a few values.
void improve(std::vector<std::size_t> &changes, const SegmentCosts &costs, std::size_t n, const PeltOptions &options) {
    settle(changes, costs, n, 2 * options.step, options.shortest);
    std::vector<std::size_t> result;
    std::size_t begin = 0;
    for (std::size_t i = 0; i <= changes.size(); ++i) {
        const std::size_t end = i == changes.size() ? n : changes[i];
        double least = costs.of(begin, end) - options.penalty;
        std::size_t best = 0;
        for (std::size_t at = begin + options.shortest; at + options.shortest <= end; ++at) {
            const double cost = costs.of(begin, at) + costs.of(at, end);
            if (cost < least) {
                least = cost;
                best = at;
            }
        }
        if (best > 0)
            result.push_back(best);
        if (end < n)
            result.push_back(end);
        begin = end;
    }
    changes = std::move(result);
    settle(changes, costs, n, 2 * options.step, options.shortest);
    for (std::size_t i = changes.size(); i-- > 0;) {
        const std::size_t low = i == 0 ? 0 : changes[i - 1];
        const std::size_t high = i + 1 == changes.size() ? n : changes[i + 1];
        if (costs.of(low, high) - costs.of(low, changes[i]) - costs.of(changes[i], high) < options.penalty)
            changes.erase(changes.begin() + static_cast<std::ptrdiff_t>(i));
    }
}

} // namespace

std::vector<std::size_t> pelt(std::span<const double> values, const PeltOptions &options) {
    const std::size_t n = values.size();
    const std::size_t step = std::max<std::size_t>(1, options.step);
    const std::size_t shortest = std::max<std::size_t>(1, options.shortest);
    if (n < 2 * shortest)
        return {};
    const SegmentCosts costs(values, options.cost, options.variance);
    // Places: multiples of the step, and the end.
    std::vector<std::size_t> places;
    for (std::size_t at = 0; at < n; at += step)
        places.push_back(at);
    places.push_back(n);
    const std::size_t last = places.size() - 1;
    std::vector<double> best(places.size(), std::numeric_limits<double>::infinity()); // of the values before a place
    std::vector<std::size_t> from(places.size(), 0);
    best[0] = -options.penalty;
    std::vector<std::size_t> candidates{0};
    std::size_t next = 1; // the first place that is no candidate yet
    std::vector<double> reached;
    for (std::size_t p = 1; p <= last; ++p) {
        const std::size_t end = places[p];
        if (end < shortest)
            continue;
        for (; next < p && places[next] + shortest <= end; ++next) {
            if (places[next] >= shortest)
                candidates.push_back(next);
        }
        reached.resize(candidates.size());
        for (std::size_t i = 0; i < candidates.size(); ++i) {
            reached[i] = best[candidates[i]] + costs.of(places[candidates[i]], end);
            if (reached[i] + options.penalty < best[p]) {
                best[p] = reached[i] + options.penalty;
                from[p] = candidates[i];
            }
        }
        // A beginning that is worse now than the best end here will not be better later.
        std::size_t kept = 0;
        for (std::size_t i = 0; i < candidates.size(); ++i) {
            if (reached[i] <= best[p] || end < places[candidates[i]] + 2 * shortest)
                candidates[kept++] = candidates[i];
        }
        candidates.resize(kept);
    }
    std::vector<std::size_t> changes;
    for (std::size_t p = from[last]; p > 0; p = from[p])
        changes.push_back(places[p]);
    std::reverse(changes.begin(), changes.end());
    if (step > 1)
        improve(changes, costs, n, {options.cost, options.penalty, options.variance, shortest, step});
    return changes;
}

} // namespace ra::series
