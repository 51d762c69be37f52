// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/series/changetests.h"

#include "core/series/changeinput.h"
#include "core/series/runlengths.h"

#include <algorithm>
#include <cmath>
#include <random>

namespace ra::series {

namespace {

struct Split {
    std::size_t at = 0;
    double statistic = 0;
};

/// The split of greatest energy distance, with the sums of distances updated from one place to the next.
Split bestSplit(std::span<const double> values, std::size_t shortest) {
    const std::size_t n = values.size();
    Split best;
    if (n < 2 * shortest)
        return best;
    double within[2] = {0, 0}; // Σ |x - x'| over pairs left and right
    double between = 0;
    for (std::size_t i = 0; i < n; ++i) {
        for (std::size_t j = i + 1; j < n; ++j)
            within[1] += std::abs(values[i] - values[j]);
    }
    for (std::size_t k = 1; k + shortest <= n; ++k) {
        const double moved = values[k - 1];
        double left = 0;
        double right = 0;
        for (std::size_t i = 0; i + 1 < k; ++i)
            left += std::abs(values[i] - moved);
        for (std::size_t i = k; i < n; ++i)
            right += std::abs(values[i] - moved);
        within[0] += left;
        within[1] -= right;
        between += right - left;
        if (k < shortest)
            continue;
        const auto a = static_cast<double>(k);
        const auto b = static_cast<double>(n - k);
        const double distance = 2 * between / (a * b) - 2 * within[0] / (a * (a - 1)) - 2 * within[1] / (b * (b - 1));
        const double statistic = a * b / (a + b) * distance;
        if (statistic > best.statistic)
            best = {k, statistic};
    }
    return best;
}

/// The memory of a segment: by least squares in what the levels on both sides of its best split leave, less its bias
/// towards 0, and held within two standard errors of memoryOf(), which is less sure but takes no further change for
/// memory. Bias: M. G. Kendall, Biometrika 41 (1954) 403-404, for two levels.
double memoryBeside(std::span<const double> segment, std::size_t split) {
    const auto n = static_cast<double>(segment.size());
    double cross = 0;
    double squares = 0;
    for (const std::span<const double> side : {segment.first(split), segment.subspan(split)}) {
        double mean = 0;
        for (const double v : side)
            mean += v / static_cast<double>(side.size());
        for (std::size_t t = 1; t < side.size(); ++t) {
            cross += (side[t] - mean) * (side[t - 1] - mean);
            squares += (side[t - 1] - mean) * (side[t - 1] - mean);
        }
    }
    const double estimate = squares > 0 ? cross / squares : 0;
    const double unbiased = estimate + 2 * (1 + 3 * estimate) / n;
    const double robust = memoryOf(segment);
    const double margin = 2 / std::sqrt(n);
    return std::clamp(std::clamp(unbiased, robust - margin, robust + margin), 0.0, 0.99);
}

} // namespace

std::vector<TestedChange> eDivisive(std::span<const double> values, const EDivisiveOptions &options) {
    const std::size_t shortest = std::max<std::size_t>(2, options.shortest);
    std::mt19937_64 random(options.seed);
    std::vector<TestedChange> changes;
    std::vector<std::pair<std::size_t, std::size_t>> open{{0, values.size()}};
    while (!open.empty()) {
        const auto [begin, end] = open.back();
        open.pop_back();
        const std::span<const double> segment = values.subspan(begin, end - begin);
        const std::size_t apparent = bestSplit(segment, shortest).at;
        std::vector<double> shuffled = unforeseen(segment, memoryBeside(segment, apparent));
        const Split split = bestSplit(shuffled, shortest);
        if (split.at == 0)
            continue;
        int asGreat = 0;
        for (int i = 0; i < options.permutations; ++i) {
            // Fisher and Yates with the generator's own numbers, so that every library shuffles alike.
            for (std::size_t k = shuffled.size() - 1; k > 0; --k)
                std::swap(shuffled[k], shuffled[random() % (k + 1)]);
            asGreat += static_cast<int>(bestSplit(shuffled, shortest).statistic >= split.statistic);
        }
        const double p = (asGreat + 1.0) / (options.permutations + 1.0);
        if (p > options.level)
            continue;
        changes.push_back({begin + split.at, p, values.size()});
        open.emplace_back(begin, begin + split.at);
        open.emplace_back(begin + split.at, end);
    }
    std::sort(changes.begin(), changes.end(),
              [](const TestedChange &a, const TestedChange &b) { return a.index < b.index; });
    return changes;
}

std::vector<double> onlineChangeProbability(std::span<const double> values, double centre, double scale,
                                            std::size_t recent, const OnlineOptions &options) {
    std::vector<double> result;
    result.reserve(values.size());
    if (!(scale > 0) || !std::isfinite(scale) || !std::isfinite(centre))
        return std::vector<double>(values.size(), 0.0);
    RunLengths runs(options);
    double last = 0;
    for (const double raw : values) {
        if (std::isfinite(raw)) {
            runs.add((raw - centre) / scale);
            last = 0;
            for (std::size_t r = 0; r < runs.size() && r <= recent; ++r)
                last += runs.probability(r);
        }
        result.push_back(std::min(1.0, last));
    }
    return result;
}

std::vector<TestedChange> onlineChanges(std::span<const double> values, double centre, double scale,
                                        const OnlineDecision &decision, const OnlineOptions &options) {
    std::vector<TestedChange> changes;
    const bool sane = std::all_of(values.begin(), values.end(), [](double v) { return std::isfinite(v); });
    if (!sane || !(scale > 0) || !std::isfinite(scale) || !std::isfinite(centre))
        return changes;
    const std::size_t shortest = std::max<std::size_t>(1, decision.shortest);
    RunLengths runs(options);
    std::size_t last = 0;    // where the regime that was declared last began
    std::size_t askedOf = 0; // the beginning that was not credible, and how many values it had then
    std::size_t askedAt = 0;
    for (std::size_t t = 0; t < values.size(); ++t) {
        runs.add((values[t] - centre) / scale);
        const std::size_t seen = t + 1;
        double newer = 0;
        double older = 0;
        std::size_t likeliest = 0;
        for (std::size_t r = 0; r < runs.size(); ++r) {
            if (runs.probability(r) > runs.probability(likeliest))
                likeliest = r;
            const bool isOld = runs.holdsLonger(r) || seen - r < last + shortest;
            if (r >= shortest)
                (isOld ? older : newer) += runs.probability(r);
        }
        // A change of late is waited for: until then regimes that began a little before it look good beside the old.
        if (likeliest < shortest || runs.holdsLonger(likeliest) || seen - likeliest < last + shortest)
            continue;
        const double p = older / (newer + older);
        if (p > decision.level)
            continue;
        const std::size_t index = seen - likeliest;
        if (decision.isCredible) {
            if (index == askedOf && 10 * likeliest < 11 * askedAt)
                continue;
            if (!decision.isCredible(last, index, seen)) {
                askedOf = index;
                askedAt = likeliest;
                continue;
            }
        }
        last = index;
        changes.push_back({last, p, seen});
    }
    return changes;
}

} // namespace ra::series
