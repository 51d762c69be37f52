// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/stats/trend.h"

#include "core/stats/distributions.h"
#include "core/stats/inversions.h"
#include "core/stats/quantile.h"
#include "core/stats/randomness.h"
#include "core/stats/ranktests.h"
#include "core/stats/slopes.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <vector>

namespace ra::stats {

namespace {

constexpr std::size_t fewestForCorrection = 10;

struct Ties {
    double pairs = 0;
    double spread = 0; ///< t (t - 1) (2 t + 5)
};
Ties tiesOf(std::span<const double> ascending) {
    Ties ties;
    for (std::size_t from = 0; from < ascending.size();) {
        std::size_t to = from;
        while (to < ascending.size() && ascending[to] == ascending[from])
            ++to;
        const auto t = static_cast<double>(to - from);
        ties.pairs += t * (t - 1) / 2;
        ties.spread += t * (t - 1) * (2 * t + 5);
        from = to;
    }
    return ties;
}

double standardised(double s, double variance) {
    if (s == 0 || !(variance > 0))
        return 0;
    return (s - (s > 0 ? 1 : -1)) / std::sqrt(variance);
}

double twoSided(double z) {
    return std::min(1.0, 2 * dist::normalUpper(std::abs(z)));
}

} // namespace

std::optional<MannKendall> mannKendall(std::span<const double> values) {
    std::vector<double> x = present(values);
    if (x.size() < 3)
        return std::nullopt;
    const auto n = static_cast<double>(x.size());
    const auto falling = static_cast<double>(sortCountingInversions(x));
    const Ties ties = tiesOf(x);
    const double pairs = n * (n - 1) / 2;
    MannKendall answer;
    answer.s = pairs - ties.pairs - 2 * falling;
    answer.variance = (n * (n - 1) * (2 * n + 5) - ties.spread) / 18;
    if (!(pairs > ties.pairs))
        return std::nullopt;
    answer.z = standardised(answer.s, answer.variance);
    answer.p = twoSided(answer.z);
    answer.tau = answer.s / std::sqrt(pairs * (pairs - ties.pairs));
    return answer;
}

std::optional<CorrectedTrend> correctedMannKendall(std::span<const double> values) {
    const auto plain = mannKendall(values);
    const auto line = theilSen(values);
    const std::vector<double> x = present(values);
    if (!plain || !line || x.size() < fewestForCorrection)
        return std::nullopt;
    // Ranks of the residuals, at their places among the missing ones.
    std::vector<double> residuals;
    for (std::size_t i = 0; i < values.size(); ++i) {
        if (!std::isnan(values[i]))
            residuals.push_back(values[i] - line->slope * static_cast<double>(i + 1));
    }
    const std::vector<double> ranks = midRanks(residuals);
    std::vector<double> placed(values.size(), std::numeric_limits<double>::quiet_NaN());
    for (std::size_t i = 0, at = 0; i < values.size(); ++i) {
        if (!std::isnan(values[i]))
            placed[i] = ranks[at++];
    }
    const auto n = static_cast<double>(x.size());
    const auto lags = static_cast<std::size_t>(std::min(n - 1, std::floor(10 * std::log10(n))));
    const std::vector<double> r = autocorrelation(placed, lags);
    const double significant = dist::normalQuantile(0.975) / std::sqrt(n);
    double sum = 0;
    for (std::size_t i = 0; i < r.size(); ++i) {
        const double rest = n - static_cast<double>(i + 1);
        if (std::abs(r[i]) > significant)
            sum += rest * (rest - 1) * (rest - 2) * r[i];
    }
    CorrectedTrend answer;
    answer.correction = std::max(1.0, 1 + 2 / (n * (n - 1) * (n - 2)) * sum);
    answer.z = standardised(plain->s, plain->variance * answer.correction);
    answer.p = twoSided(answer.z);
    return answer;
}

std::optional<TheilSen> theilSen(std::span<const double> x, std::span<const double> y, double level) {
    if (x.size() != y.size() || !(level > 0 && level < 1))
        return std::nullopt;
    std::vector<double> px;
    std::vector<double> py;
    for (std::size_t i = 0; i < x.size(); ++i) {
        if (std::isnan(x[i]) || std::isnan(y[i]))
            continue;
        if (std::isinf(x[i]) || std::isinf(y[i]))
            return std::nullopt;
        px.push_back(x[i]);
        py.push_back(y[i]);
    }
    Slopes slopes(px, py);
    const std::uint64_t count = slopes.count();
    if (count == 0)
        return std::nullopt;
    TheilSen answer;
    const double low = slopes.select((count - 1) / 2);
    answer.slope = count % 2 == 1 ? low : low / 2 + slopes.select(count / 2) / 2;

    const std::vector<double> ascendingX = sorted(px);
    const std::vector<double> ascendingY = sorted(py);
    answer.intercept = *median(ascendingY) - answer.slope * *median(ascendingX);
    const auto n = static_cast<double>(px.size());
    const Ties tiesX = tiesOf(ascendingX);
    const Ties tiesY = tiesOf(ascendingY);
    const double variance =
        (n * (n - 1) * (2 * n + 5) - tiesX.spread - tiesY.spread) / 18 + 2 * tiesX.pairs * tiesY.pairs / (n * (n - 1));
    const double half = dist::normalQuantile((1 + level) / 2) * std::sqrt(std::max(0.0, variance));
    const auto total = static_cast<double>(count);
    const double lowRank = std::floor((total - half) / 2); // from 1
    const double highRank = std::ceil((total + half) / 2) + 1;
    constexpr double infinity = std::numeric_limits<double>::infinity();
    answer.interval.low = lowRank >= 1 ? slopes.select(static_cast<std::uint64_t>(lowRank) - 1) : -infinity;
    answer.interval.high = highRank <= total ? slopes.select(static_cast<std::uint64_t>(highRank) - 1) : infinity;
    return answer;
}

std::optional<TheilSen> theilSen(std::span<const double> values, double level) {
    std::vector<double> x(values.size());
    std::iota(x.begin(), x.end(), 1.0);
    return theilSen(x, values, level);
}

} // namespace ra::stats
