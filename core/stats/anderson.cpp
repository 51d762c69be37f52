// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/stats/distances.h"
#include "core/stats/distributions.h"
#include "core/stats/moments.h"
#include "core/stats/quantile.h"
#include "core/stats/random.h"

#include <algorithm>
#include <cmath>
#include <utility>
#include <vector>

namespace ra::stats {

namespace {

/// Table 4.9 of D'Agostino and Stephens for the modified statistic.
double normalP(double a) {
    if (a < 0.2)
        return 1 - std::exp(-13.436 + 101.14 * a - 223.73 * a * a);
    if (a < 0.34)
        return 1 - std::exp(-8.318 + 42.796 * a - 59.938 * a * a);
    if (a < 0.6)
        return std::exp(0.9177 - 4.279 * a - 1.38 * a * a);
    // Beyond 10 the fitted parabola would turn up again.
    return std::exp(1.2937 - 5.709 * std::min(a, 153.0) + 0.0186 * std::min(a, 153.0) * std::min(a, 153.0));
}

/// The two-sample statistic. `isFirst` says of which sample each value of the common order is; `ends` where groups of
/// equal values end.
double twoSampleStatistic(const std::vector<char> &isFirst, const std::vector<std::size_t> &ends, double na) {
    const auto total = static_cast<double>(isFirst.size());
    const double nb = total - na;
    double sumA = 0;
    double sumB = 0;
    double before = 0;      // values below the group
    double firstBefore = 0; // of them, of the first sample
    std::size_t at = 0;
    for (const std::size_t end : ends) {
        double first = 0;
        const auto size = static_cast<double>(end - at);
        for (; at < end; ++at)
            first += isFirst[at];
        const double ma = firstBefore + first / 2;
        const double mb = before - firstBefore + (size - first) / 2;
        const double b = before + size / 2;
        const double divisor = b * (total - b) - total * size / 4;
        if (divisor > 0) {
            sumA += size / total * (total * ma - na * b) * (total * ma - na * b) / divisor;
            sumB += size / total * (total * mb - nb * b) * (total * mb - nb * b) / divisor;
        }
        before += size;
        firstBefore += first;
    }
    return (total - 1) / total * (sumA / na + sumB / nb);
}

} // namespace

std::optional<AndersonDarling> andersonDarlingNormal(std::span<const double> values) {
    const std::vector<double> x = sorted(values);
    Moments moments;
    moments.add(x);
    if (x.size() < 8 || !moments.sd() || !(*moments.sd() > 0))
        return std::nullopt;
    const auto n = static_cast<double>(x.size());
    double sum = 0;
    for (std::size_t i = 0; i < x.size(); ++i) {
        const double low = (x[i] - *moments.mean()) / *moments.sd();
        const double high = (x[x.size() - 1 - i] - *moments.mean()) / *moments.sd();
        sum += (2 * static_cast<double>(i) + 1) * (std::log(dist::normalCdf(low)) + std::log(dist::normalUpper(high)));
    }
    const double a2 = -n - sum / n;
    return AndersonDarling{a2, std::clamp(normalP(a2 * (1 + 0.75 / n + 2.25 / (n * n))), 0.0, 1.0)};
}

std::optional<AndersonDarling> andersonDarlingTwoSample(std::span<const double> a, std::span<const double> b,
                                                        std::uint64_t seed, std::uint32_t permutations) {
    std::vector<std::pair<double, char>> all;
    for (const double value : present(a))
        all.emplace_back(value, 1);
    const std::size_t na = all.size();
    for (const double value : present(b))
        all.emplace_back(value, 0);
    if (na < 2 || all.size() - na < 2)
        return std::nullopt;
    std::ranges::sort(all);
    std::vector<char> isFirst;
    std::vector<std::size_t> ends;
    for (std::size_t i = 0; i < all.size(); ++i) {
        isFirst.push_back(all[i].second);
        if (i + 1 == all.size() || all[i + 1].first != all[i].first)
            ends.push_back(i + 1);
    }
    if (ends.size() < 2)
        return std::nullopt;
    const auto first = static_cast<double>(na);
    const double a2 = twoSampleStatistic(isFirst, ends, first);
    Random random(seed);
    std::uint32_t extreme = 0;
    for (std::uint32_t r = 0; r < permutations; ++r) {
        for (std::size_t i = isFirst.size(); i > 1; --i)
            std::swap(isFirst[i - 1], isFirst[random.below(static_cast<std::uint32_t>(i))]);
        if (twoSampleStatistic(isFirst, ends, first) >= a2 * (1 - 1e-12))
            ++extreme;
    }
    return AndersonDarling{a2, (1.0 + extreme) / (1.0 + permutations)};
}

} // namespace ra::stats
