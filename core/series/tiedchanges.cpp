// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/series/tiedchanges.h"

#include "core/stats/contingency.h"
#include "core/stats/ranktests.h"

#include <algorithm>

namespace ra::series {

namespace {

constexpr std::size_t shortestSegment = 10;
constexpr double fewestOthers = 5; ///< expected on either side, as for the limit of a table

struct Frequent {
    double value = 0;
    std::size_t count = 0;
};

bool isFrequent(const Frequent &most, std::size_t among) {
    return 3 * most.count >= among;
}

Frequent mostFrequent(std::span<const double> values) {
    std::vector<double> ascending(values.begin(), values.end());
    std::sort(ascending.begin(), ascending.end());
    Frequent most;
    for (auto from = ascending.cbegin(); from != ascending.cend();) {
        const auto to = std::upper_bound(from, ascending.cend(), *from);
        if (const auto count = static_cast<std::size_t>(to - from); count > most.count)
            most = {*from, count};
        from = to;
    }
    return most;
}

/// Where a step between two levels leaves the least squares, at least `shortest` values from both ends.
std::size_t bestStep(std::span<const double> values, std::size_t shortest) {
    double total = 0;
    for (const double v : values)
        total += v;
    const auto n = static_cast<double>(values.size());
    double left = 0;
    double most = -1;
    std::size_t best = shortest;
    for (std::size_t at = 1; at + shortest <= values.size(); ++at) {
        left += values[at - 1];
        const auto k = static_cast<double>(at);
        const double between = left / k - (total - left) / (n - k);
        const double gain = k * (n - k) / n * between * between;
        if (at >= shortest && gain > most) {
            most = gain;
            best = at;
        }
    }
    return best;
}

/// Moves changes, which were placed by the likelihood of noise that these values have not.
void settle(std::span<const double> values, std::vector<std::size_t> &changes) {
    for (std::size_t i = 0; i < changes.size(); ++i) {
        const std::size_t begin = i == 0 ? 0 : changes[i - 1];
        const std::size_t end = i + 1 == changes.size() ? values.size() : changes[i + 1];
        const std::span<const double> both = values.subspan(begin, end - begin);
        const Frequent most = mostFrequent(both);
        if (!isFrequent(most, both.size()))
            continue;
        std::vector<double> isOther(both.size());
        std::transform(both.begin(), both.end(), isOther.begin(),
                       [&](double v) { return v == most.value ? 0.0 : 1.0; });
        const std::size_t byFrequency = begin + bestStep(isOther, shortestSegment);
        const std::size_t byLevel = begin + bestStep(stats::midRanks(both), shortestSegment);
        const auto chance = [&](std::size_t at) { return tiedChangeProbability(values, begin, at, end).value_or(1); };
        const double here = chance(changes[i]);
        const std::size_t better = chance(byFrequency) <= chance(byLevel) ? byFrequency : byLevel;
        if (chance(better) <= here)
            changes[i] = better;
    }
}

} // namespace

std::optional<double> tiedChangeProbability(std::span<const double> values, std::size_t begin, std::size_t middle,
                                            std::size_t end) {
    const std::span<const double> left = values.subspan(begin, middle - begin);
    const std::span<const double> right = values.subspan(middle, end - middle);
    const Frequent most = mostFrequent(values.subspan(begin, end - begin));
    if (!isFrequent(most, end - begin))
        return std::nullopt;
    const auto atLeft = static_cast<std::uint64_t>(std::count(left.begin(), left.end(), most.value));
    const std::uint64_t atRight = most.count - atLeft;
    const auto frequency = stats::fisherTest({{{atLeft, left.size() - atLeft}, {atRight, right.size() - atRight}}});
    double p = frequency ? frequency->p : 1;
    // The limit of rank sums needs some values that differ on both sides.
    const auto n = static_cast<double>(end - begin);
    const double others = static_cast<double>(end - begin - most.count);
    if (others * static_cast<double>(std::min(left.size(), right.size())) / n >= fewestOthers)
        p = std::min(p, stats::mannWhitney(left, right)->pExact);
    return std::min(1.0, 2 * n * p);
}

std::vector<std::size_t> withoutChance(std::span<const double> values, std::vector<std::size_t> changes, double level) {
    std::vector<double> p;
    for (;;) {
        p.assign(changes.size(), 0);
        for (std::size_t i = 0; i < changes.size(); ++i) {
            const std::size_t begin = i == 0 ? 0 : changes[i - 1];
            const std::size_t end = i + 1 == changes.size() ? values.size() : changes[i + 1];
            p[i] = tiedChangeProbability(values, begin, changes[i], end).value_or(0);
        }
        std::vector<std::size_t> kept;
        bool isNextToGone = false; // of two that are alike doubtful the first goes
        for (std::size_t i = 0; i < changes.size(); ++i) {
            const bool isWorst = (i == 0 || p[i] >= p[i - 1]) && (i + 1 == changes.size() || p[i] >= p[i + 1]);
            const bool goes = p[i] > level && isWorst && !isNextToGone;
            if (!goes)
                kept.push_back(changes[i]);
            isNextToGone = goes;
        }
        if (kept.size() == changes.size()) {
            settle(values, changes);
            return changes;
        }
        changes = std::move(kept);
    }
}

} // namespace ra::series
