// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/report/statistics.h"

#include <algorithm>
#include <cmath>

namespace ra::report {

namespace {
constexpr double z = 1.959963984540054; // the standard normal distribution's 0.975 quantile
}

std::optional<Interval> wilson95(long long successes, long long n) {
    if (n <= 0 || successes < 0 || successes > n)
        return std::nullopt;
    const double count = double(n);
    const double p = double(successes) / count;
    const double z2n = z * z / count;
    const double centre = p + z2n / 2;
    const double half = z * std::sqrt(p * (1 - p) / count + z2n / (4 * count));
    // At 0 and n successes the exact limits are 0 and 1; rounding may miss them by an ulp.
    return Interval{successes == 0 ? 0.0 : std::max(0.0, (centre - half) / (1 + z2n)),
                    successes == n ? 1.0 : std::min(1.0, (centre + half) / (1 + z2n))};
}

std::optional<Interval> newcombe95(long long successes1, long long n1, long long successes2, long long n2) {
    const auto first = wilson95(successes1, n1);
    const auto second = wilson95(successes2, n2);
    if (!first || !second)
        return std::nullopt;
    const double p1 = double(successes1) / double(n1);
    const double p2 = double(successes2) / double(n2);
    return Interval{p1 - p2 - std::hypot(p1 - first->lower, second->upper - p2),
                    p1 - p2 + std::hypot(first->upper - p1, p2 - second->lower)};
}

std::optional<double> quantile(std::span<const double> ascending, double q) {
    if (ascending.empty())
        return std::nullopt;
    const double position = std::clamp(q, 0.0, 1.0) * double(ascending.size() - 1);
    const auto below = std::size_t(position);
    const std::size_t above = std::min(below + 1, ascending.size() - 1);
    return std::lerp(ascending[below], ascending[above], position - double(below));
}

std::optional<Interval> median95(std::span<const double> ascending) {
    const std::size_t n = ascending.size();
    // Terms of the binomial distribution by logarithms: 2^-n itself leaves the range of double beyond n = 1074.
    double logTerm = -double(n) * std::log(2.0);
    double cumulated = 0;
    std::size_t k = 0;
    for (std::size_t i = 0; i < n; ++i) {
        cumulated += std::exp(logTerm);
        if (cumulated > 0.025)
            break;
        k = i + 1;
        logTerm += std::log(double(n - i)) - std::log(double(i + 1));
    }
    if (k == 0)
        return std::nullopt;
    return Interval{ascending[k - 1], ascending[n - k]};
}

} // namespace ra::report
