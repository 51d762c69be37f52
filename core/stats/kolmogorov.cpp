// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/stats/distances.h"
#include "core/stats/quantile.h"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <vector>

namespace ra::stats {

namespace {

constexpr std::uint64_t exactPairs = 10'000'000;

/// P(K > x) of Kolmogorov's limit distribution. Below 1 one term of the series counts, as in R's ks.test: the
/// others add less than 4e-5 there.
double limitUpper(double x) {
    if (x <= 0)
        return 1;
    if (x < 1) { // the other series converges slowly here
        const double sum = std::exp(-std::numbers::pi * std::numbers::pi / (8 * x * x));
        return 1 - sum * std::sqrt(2 * std::numbers::pi) / x;
    }
    double sum = 0;
    for (int k = 1; k < 20; ++k)
        sum += (k % 2 == 1 ? 2 : -2) * std::exp(-2.0 * k * k * x * x);
    return sum;
}

/// Share of the paths from (0, 0) to (na, nb) that somewhere, where a group of equal values ends, are as far apart as
/// `distance`. isEnd[i + j] tells where groups end.
double exactUpper(double distance, std::size_t na, std::size_t nb, const std::vector<bool> &isEnd) {
    const auto m = static_cast<double>(na);
    const auto n = static_cast<double>(nb);
    // Distances are multiples of 1 / (m n): half of one decides.
    const double limit = (std::floor(distance * m * n + 0.5) - 0.5) / (m * n);
    std::vector<double> reached(nb + 1, 0.0);
    for (std::size_t i = 0; i <= na; ++i) {
        for (std::size_t j = 0; j <= nb; ++j) {
            const auto di = static_cast<double>(i);
            const auto dj = static_cast<double>(j);
            if (isEnd[i + j] && std::abs(di / m - dj / n) > limit)
                reached[j] = 1;
            else if (i + j > 0)
                reached[j] = (di * reached[j] + (j > 0 ? dj * reached[j - 1] : 0)) / (di + dj);
        }
    }
    return reached[nb];
}

} // namespace

std::optional<KolmogorovSmirnov> kolmogorovSmirnov(std::span<const double> a, std::span<const double> b) {
    const std::vector<double> x = sorted(a);
    const std::vector<double> y = sorted(b);
    if (x.empty() || y.empty())
        return std::nullopt;
    const auto m = static_cast<double>(x.size());
    const auto n = static_cast<double>(y.size());
    KolmogorovSmirnov answer;
    std::vector<bool> isEnd(x.size() + y.size() + 1, false);
    std::size_t i = 0;
    std::size_t j = 0;
    while (i < x.size() || j < y.size()) {
        const double value = j == y.size() || (i < x.size() && x[i] <= y[j]) ? x[i] : y[j];
        while (i < x.size() && x[i] == value)
            ++i;
        while (j < y.size() && y[j] == value)
            ++j;
        isEnd[i + j] = true;
        answer.d = std::max(answer.d, std::abs(static_cast<double>(i) / m - static_cast<double>(j) / n));
    }
    answer.pAsymptotic = std::clamp(limitUpper(std::sqrt(m * n / (m + n)) * answer.d), 0.0, 1.0);
    if (std::uint64_t{x.size()} * y.size() <= exactPairs)
        answer.pExact = answer.d > 0 ? exactUpper(answer.d, x.size(), y.size(), isEnd) : 1;
    return answer;
}

} // namespace ra::stats
