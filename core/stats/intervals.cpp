// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/stats/intervals.h"

#include "core/stats/distributions.h"
#include "core/stats/moments.h"

#include <algorithm>
#include <cmath>

namespace ra::stats {

namespace {

bool isLevel(double level) {
    return level > 0 && level < 1;
}

bool areCounts(double successes, double trials, double level) {
    return isLevel(level) && trials > 0 && std::isfinite(trials) && successes >= 0 && successes <= trials;
}

Moments momentsOf(std::span<const double> values) {
    Moments moments;
    moments.add(values);
    return moments;
}

} // namespace

std::optional<Interval> meanInterval(std::span<const double> values, double level) {
    const Moments moments = momentsOf(values);
    if (!moments.sd())
        return std::nullopt;
    return meanInterval(moments.count(), *moments.mean(), *moments.sd(), level);
}

std::optional<Interval> meanInterval(std::uint64_t count, double mean, double sd, double level) {
    if (count < 2 || !isLevel(level))
        return std::nullopt;
    const auto n = static_cast<double>(count);
    const double half = -dist::tQuantile((1 - level) / 2, n - 1) * sd / std::sqrt(n);
    return Interval{mean - half, mean + half};
}

std::optional<Interval> sdInterval(std::span<const double> values, double level) {
    const Moments moments = momentsOf(values);
    if (!moments.sd())
        return std::nullopt;
    return sdInterval(moments.count(), *moments.sd(), level);
}

std::optional<Interval> sdInterval(std::uint64_t count, double sd, double level) {
    if (count < 2 || !isLevel(level))
        return std::nullopt;
    const auto df = static_cast<double>(count - 1);
    const double tail = (1 - level) / 2;
    return Interval{sd * std::sqrt(df / dist::chiSquaredQuantile(1 - tail, df)),
                    sd * std::sqrt(df / dist::chiSquaredQuantile(tail, df))};
}

std::optional<QuantileInterval> quantileInterval(std::span<const double> x, double q, double level) {
    if (x.empty() || !(q > 0 && q < 1) || !isLevel(level))
        return std::nullopt;
    const auto n = static_cast<double>(x.size());
    QuantileInterval answer;
    answer.lowRank = dist::binomialQuantile((1 - level) / 2, n, q);
    answer.highRank = dist::binomialQuantile((1 + level) / 2, n, q) + 1;
    if (answer.lowRank >= 1)
        answer.low = x[static_cast<std::size_t>(answer.lowRank) - 1];
    if (answer.highRank <= n)
        answer.high = x[static_cast<std::size_t>(answer.highRank) - 1];
    answer.coverage = dist::binomialCdf(answer.highRank - 1, n, q) - dist::binomialCdf(answer.lowRank - 1, n, q);
    return answer;
}

std::optional<Interval> wilsonInterval(double successes, double trials, double level) {
    if (!areCounts(successes, trials, level))
        return std::nullopt;
    const double z = dist::normalQuantile((1 + level) / 2);
    const double p = successes / trials;
    const double z2n = z * z / trials;
    const double centre = (p + z2n / 2) / (1 + z2n);
    const double half = z * std::sqrt(p * (1 - p) / trials + z2n / (4 * trials)) / (1 + z2n);
    return Interval{successes == 0 ? 0 : std::max(0.0, centre - half),
                    successes == trials ? 1 : std::min(1.0, centre + half)};
}

std::optional<Interval> clopperPearsonInterval(double successes, double trials, double level) {
    if (!areCounts(successes, trials, level))
        return std::nullopt;
    const double tail = (1 - level) / 2;
    const double failures = trials - successes;
    return Interval{successes == 0 ? 0 : dist::betaQuantile(tail, successes, failures + 1),
                    failures == 0 ? 1 : dist::betaQuantile(1 - tail, successes + 1, failures)};
}

std::optional<Interval> jeffreysInterval(double successes, double trials, double level) {
    if (!areCounts(successes, trials, level))
        return std::nullopt;
    const double tail = (1 - level) / 2;
    const double failures = trials - successes;
    return Interval{successes == 0 ? 0 : dist::betaQuantile(tail, successes + 0.5, failures + 0.5),
                    failures == 0 ? 1 : dist::betaQuantile(1 - tail, successes + 0.5, failures + 0.5)};
}

std::optional<Interval> poissonRateInterval(double events, double exposure, double level) {
    if (!isLevel(level) || !(events >= 0) || !std::isfinite(events) || !(exposure > 0) || !std::isfinite(exposure))
        return std::nullopt;
    const double tail = (1 - level) / 2;
    const double low = events == 0 ? 0 : dist::chiSquaredQuantile(tail, 2 * events) / 2;
    return Interval{low / exposure, dist::chiSquaredQuantile(1 - tail, 2 * events + 2) / 2 / exposure};
}

} // namespace ra::stats
