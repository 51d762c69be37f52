// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/stats/power.h"

#include "core/stats/distributions.h"

#include <algorithm>
#include <cmath>

namespace ra::stats {

namespace {

constexpr double most = 1e9;

bool areValid(double power, double alpha) {
    return alpha > 0 && power < 1 && power > alpha;
}

std::optional<std::uint64_t> roundedUp(double n) {
    if (!(n <= most))
        return std::nullopt;
    return static_cast<std::uint64_t>(std::max(2.0, std::ceil(n - 1e-9)));
}

/// The smallest whole n from 2 for which `suffices` holds, which it does for all larger ones.
template <typename Predicate>
std::optional<std::uint64_t> smallest(Predicate suffices) {
    std::uint64_t high = 2;
    while (!suffices(static_cast<double>(high))) {
        high *= 2;
        if (static_cast<double>(high) > most)
            return std::nullopt;
    }
    std::uint64_t low = high / 2;
    while (high - low > 1) {
        const std::uint64_t middle = low + (high - low) / 2;
        (suffices(static_cast<double>(middle)) ? high : low) = middle;
    }
    return high;
}

/// Sum of the normal quantiles that a normal test of that power needs.
double quantileSum(double power, double alpha) {
    return dist::normalQuantile(1 - alpha / 2) + dist::normalQuantile(power);
}

} // namespace

std::optional<double> tTestPower(double n, double d, double alpha) {
    if (!(n >= 2) || !std::isfinite(n) || !std::isfinite(d) || !(alpha > 0 && alpha < 1))
        return std::nullopt;
    const double df = 2 * (n - 1);
    const double delta = std::abs(d) * std::sqrt(n / 2);
    const double critical = -dist::tQuantile(alpha / 2, df);
    // Far out the distribution is a point, and Boost's series would not end.
    if (delta > critical + 38)
        return 1;
    if (df > 1e7)
        return dist::normalUpper(critical - delta) + dist::normalUpper(critical + delta);
    return std::min(1.0, 1 - dist::noncentralTCdf(critical, df, delta) + dist::noncentralTCdf(-critical, df, delta));
}

std::optional<std::uint64_t> tTestRuns(double d, double power, double alpha) {
    if (!areValid(power, alpha) || !std::isfinite(d) || d == 0)
        return std::nullopt;
    return smallest([&](double n) { return *tTestPower(n, d, alpha) >= power; });
}

std::optional<std::uint64_t> mannWhitneyRuns(double superiority, double power, double alpha) {
    if (!areValid(power, alpha) || !(superiority >= 0 && superiority <= 1) || superiority == 0.5)
        return std::nullopt;
    const double z = quantileSum(power, alpha);
    return roundedUp(z * z / (6 * (superiority - 0.5) * (superiority - 0.5)));
}

std::optional<std::uint64_t> proportionRuns(double p1, double p2, double power, double alpha) {
    if (!areValid(power, alpha) || !(p1 >= 0 && p1 <= 1) || !(p2 >= 0 && p2 <= 1) || p1 == p2)
        return std::nullopt;
    const double mean = (p1 + p2) / 2;
    const double null = dist::normalQuantile(1 - alpha / 2) * std::sqrt(2 * mean * (1 - mean));
    const double other = dist::normalQuantile(power) * std::sqrt(p1 * (1 - p1) + p2 * (1 - p2));
    return roundedUp((null + other) * (null + other) / ((p1 - p2) * (p1 - p2)));
}

std::optional<std::uint64_t> meanRuns(double sd, double margin, double level) {
    if (!(sd >= 0) || !std::isfinite(sd) || !(margin > 0) || !(level > 0 && level < 1))
        return std::nullopt;
    return smallest([&](double n) { return -dist::tQuantile((1 - level) / 2, n - 1) * sd / std::sqrt(n) <= margin; });
}

} // namespace ra::stats
