// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/series/changetests.h"

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

} // namespace

std::vector<TestedChange> eDivisive(std::span<const double> values, const EDivisiveOptions &options) {
    const std::size_t shortest = std::max<std::size_t>(2, options.shortest);
    std::mt19937_64 random(options.seed);
    std::vector<TestedChange> changes;
    std::vector<std::pair<std::size_t, std::size_t>> open{{0, values.size()}};
    while (!open.empty()) {
        const auto [begin, end] = open.back();
        open.pop_back();
        const Split split = bestSplit(values.subspan(begin, end - begin), shortest);
        if (split.at == 0)
            continue;
        std::vector<double> shuffled(values.begin() + static_cast<std::ptrdiff_t>(begin),
                                     values.begin() + static_cast<std::ptrdiff_t>(end));
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
        changes.push_back({begin + split.at, p});
        open.emplace_back(begin, begin + split.at);
        open.emplace_back(begin + split.at, end);
    }
    std::sort(changes.begin(), changes.end(),
              [](const TestedChange &a, const TestedChange &b) { return a.index < b.index; });
    return changes;
}

std::vector<double> onlineChangeProbability(std::span<const double> values, double centre, double scale,
                                            std::size_t recent, const OnlineOptions &options) {
    /// What a run of some length knows of its normal distribution, and how probable that length is.
    struct Run {
        double mean = 0;
        double kappa = 1; ///< values that the mean rests on, one before the first
        double alpha = 1;
        double beta = 1;
        double probability = 1;
    };
    std::vector<double> result;
    result.reserve(values.size());
    if (!(scale > 0) || !std::isfinite(scale) || !std::isfinite(centre))
        return std::vector<double>(values.size(), 0.0);
    const double hazard = 1 / std::max(2.0, options.expectedLength);
    std::vector<Run> runs{Run{}}; // runs[r] is r values long
    double last = 0;
    for (const double raw : values) {
        if (!std::isfinite(raw)) {
            result.push_back(last);
            continue;
        }
        const double x = (raw - centre) / scale;
        double total = 0;
        double begun = 0; // probability that a new run begins after this value
        for (Run &run : runs) {
            // Student's t with 2 α degrees of freedom.
            const double squared = run.beta * (run.kappa + 1) / (run.alpha * run.kappa);
            const double z = (x - run.mean) * (x - run.mean) / squared;
            const double density = std::exp(std::lgamma(run.alpha + 0.5) - std::lgamma(run.alpha) -
                                            (run.alpha + 0.5) * std::log1p(z / (2 * run.alpha))) /
                                   std::sqrt(2 * run.alpha * squared);
            run.probability *= density;
            begun += run.probability * hazard;
            run.probability *= 1 - hazard;
            total += run.probability;
            run.beta += run.kappa * (x - run.mean) * (x - run.mean) / (2 * (run.kappa + 1));
            run.mean += (x - run.mean) / (run.kappa + 1);
            run.kappa += 1;
            run.alpha += 0.5;
        }
        Run fresh;
        fresh.probability = begun;
        total += begun;
        runs.insert(runs.begin(), fresh);
        if (runs.size() > std::max<std::size_t>(2, options.longest)) {
            // The two longest become one, which goes on with what the likelier of them knows.
            Run &longest = runs[runs.size() - 2];
            const double both = longest.probability + runs.back().probability;
            if (runs.back().probability > longest.probability)
                longest = runs.back();
            longest.probability = both;
            runs.pop_back();
        }
        last = 0;
        for (std::size_t r = 0; r < runs.size(); ++r) {
            runs[r].probability = total > 0 ? runs[r].probability / total : (r == 0 ? 1 : 0);
            if (r <= recent)
                last += runs[r].probability;
        }
        result.push_back(std::min(1.0, last));
    }
    return result;
}

} // namespace ra::series
