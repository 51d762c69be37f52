// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/stats/correlation.h"

#include "core/stats/distributions.h"
#include "core/stats/inversions.h"
#include "core/stats/moments.h"
#include "core/stats/ranktests.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <numeric>
#include <utility>
#include <vector>

namespace ra::stats {

namespace {

constexpr std::size_t exactKendall = 50; // below, as R
constexpr std::size_t edgeworth = 1'290; // up to, as R
constexpr std::size_t exactSpearman = 9; // up to: 9! orders

struct Pairs {
    std::vector<double> a;
    std::vector<double> b;
};

std::optional<Pairs> pairsOf(std::span<const double> a, std::span<const double> b, std::size_t least) {
    if (a.size() != b.size())
        return std::nullopt;
    Pairs pairs;
    for (std::size_t i = 0; i < a.size(); ++i) {
        if (!std::isnan(a[i]) && !std::isnan(b[i])) {
            pairs.a.push_back(a[i]);
            pairs.b.push_back(b[i]);
        }
    }
    if (pairs.a.size() < least)
        return std::nullopt;
    return pairs;
}

/// Of finite values; nothing where either does not vary.
std::optional<double> linear(std::span<const double> a, std::span<const double> b) {
    Moments x;
    Moments y;
    x.add(a);
    y.add(b);
    if (!x.preciseMean() || !y.preciseMean())
        return std::nullopt;
    // Of values divided by powers of two, so that no product overflows or vanishes.
    const int ex = std::ilogb(std::max(std::abs(*x.max()), std::abs(*x.min())));
    const int ey = std::ilogb(std::max(std::abs(*y.max()), std::abs(*y.min())));
    if (*x.max() == *x.min() || *y.max() == *y.min())
        return std::nullopt;
    const DoubleDouble mx = ldexp(*x.preciseMean(), -ex);
    const DoubleDouble my = ldexp(*y.preciseMean(), -ey);
    DoubleDouble xx;
    DoubleDouble yy;
    DoubleDouble xy;
    for (std::size_t i = 0; i < a.size(); ++i) {
        const DoubleDouble dx = DoubleDouble(std::ldexp(a[i], -ex)) - mx;
        const DoubleDouble dy = DoubleDouble(std::ldexp(b[i], -ey)) - my;
        xx += dx * dx;
        yy += dy * dy;
        xy += dx * dy;
    }
    return std::clamp((xy / (sqrt(xx) * sqrt(yy))).value(), -1.0, 1.0);
}

double studentP(double r, double n) {
    // (1 - r)(1 + r) keeps its digits where r is near one.
    return dist::tTwoSided(r * std::sqrt((n - 2) / ((1 - r) * (1 + r))), n - 2);
}

bool hasTies(const std::vector<double> &ranks) {
    std::vector<double> order = ranks;
    std::ranges::sort(order);
    return std::ranges::adjacent_find(order) != order.end();
}

/// P(S >= s) of the sum of squared rank differences, for an s above zero and within their range.
double spearmanUpper(double s, std::size_t size) {
    const auto n = static_cast<double>(size);
    if (size <= exactSpearman) {
        std::vector<int> order(size);
        std::iota(order.begin(), order.end(), 0);
        double extreme = 0;
        double all = 0;
        do {
            int sum = 0;
            for (int i = 0; i < static_cast<int>(size); ++i)
                sum += (order[static_cast<std::size_t>(i)] - i) * (order[static_cast<std::size_t>(i)] - i);
            ++all;
            extreme += sum >= s ? 1 : 0;
        } while (std::ranges::next_permutation(order).found);
        return extreme / all;
    }
    const double b = 1 / n;
    const double x = (6 * (s - 1) * b / (n * n - 1) - 1) * std::sqrt(1 / b - 1);
    const double y = x * x;
    const double u = x * b *
                     (0.2274 + b * (0.2531 + 0.1745 * b) +
                      y * (-0.0758 + b * (0.1033 + 0.3932 * b) -
                           y * b * (0.0879 + 0.0151 * b - y * (0.0072 - 0.0831 * b + y * b * (0.0131 - 4.6e-4 * y)))));
    return std::clamp(u / std::exp(y / 2) + dist::normalUpper(x), 0.0, 1.0);
}

/// Two-sided, of the number of concordant pairs among n (n - 1) / 2 without ties.
double kendallExactP(double concordant, std::size_t n) {
    // shares[k]: of the orders of i values that have k inversions.
    std::vector<double> shares = {1};
    for (std::size_t i = 2; i <= n; ++i) {
        std::vector<double> more(shares.size() + i - 1, 0.0);
        for (std::size_t k = 0; k < shares.size(); ++k) {
            for (std::size_t j = 0; j < i; ++j)
                more[k + j] += shares[k] / static_cast<double>(i);
        }
        shares = std::move(more);
    }
    double low = 0;
    double high = 0;
    for (std::size_t k = 0; k < shares.size(); ++k) {
        low += static_cast<double>(k) <= concordant ? shares[k] : 0;
        high += static_cast<double>(k) >= concordant ? shares[k] : 0;
    }
    return std::min(1.0, 2 * std::min(low, high));
}

/// Sums over groups of equal values.
struct Ties {
    double pairs = 0;  ///< t (t - 1) / 2
    double spread = 0; ///< t (t - 1) (2 t + 5)
    double triples = 0;
};
Ties tiesOf(std::vector<double> values) {
    std::ranges::sort(values);
    Ties ties;
    for (std::size_t from = 0; from < values.size();) {
        std::size_t to = from;
        while (to < values.size() && values[to] == values[from])
            ++to;
        const auto t = static_cast<double>(to - from);
        ties.pairs += t * (t - 1) / 2;
        ties.spread += t * (t - 1) * (2 * t + 5);
        ties.triples += t * (t - 1) * (t - 2);
        from = to;
    }
    return ties;
}

} // namespace

std::optional<Correlation> pearson(std::span<const double> a, std::span<const double> b, double level) {
    const auto pairs = pairsOf(a, b, 3);
    if (!pairs || !(level > 0 && level < 1))
        return std::nullopt;
    const std::optional<double> r = linear(pairs->a, pairs->b);
    if (!r)
        return std::nullopt;
    const auto n = static_cast<double>(pairs->a.size());
    Correlation answer{*r, studentP(*r, n), {}};
    if (n >= 4) {
        const double half = dist::normalQuantile((1 + level) / 2) / std::sqrt(n - 3);
        answer.interval = Interval{std::tanh(std::atanh(*r) - half), std::tanh(std::atanh(*r) + half)};
    }
    return answer;
}

std::optional<Correlation> spearman(std::span<const double> a, std::span<const double> b) {
    const auto pairs = pairsOf(a, b, 3);
    if (!pairs)
        return std::nullopt;
    const std::vector<double> x = midRanks(pairs->a);
    const std::vector<double> y = midRanks(pairs->b);
    const std::optional<double> r = linear(x, y);
    if (!r)
        return std::nullopt;
    const auto n = static_cast<double>(x.size());
    if (x.size() > edgeworth || hasTies(x) || hasTies(y))
        return Correlation{*r, studentP(*r, n), {}};
    const double largest = n * (n * n - 1) / 3;
    const double s = std::round(largest * (1 - *r) / 2);
    // Sums are even: what is not above s begins at s + 2, and what is above s - 1 at s, where R puts its continuity
    // correction.
    const double p = s > largest / 2 ? spearmanUpper(s - 1, x.size()) : 1 - spearmanUpper(s + 2, x.size());
    return Correlation{*r, std::clamp(2 * p, 0.0, 1.0), {}};
}

std::optional<Correlation> kendall(std::span<const double> a, std::span<const double> b) {
    const auto pairs = pairsOf(a, b, 2);
    if (!pairs)
        return std::nullopt;
    const std::size_t size = pairs->a.size();
    const auto n = static_cast<double>(size);
    std::vector<std::pair<double, double>> order;
    for (std::size_t i = 0; i < size; ++i)
        order.emplace_back(pairs->a[i], pairs->b[i]);
    std::ranges::sort(order);
    double tiedInBoth = 0;
    std::vector<double> second;
    for (std::size_t i = 0, from = 0; i < size; ++i) {
        second.push_back(order[i].second);
        if (order[i] != order[from])
            from = i;
        tiedInBoth += static_cast<double>(i - from);
    }
    const auto discordant = static_cast<double>(sortCountingInversions(second));
    const Ties x = tiesOf(pairs->a);
    const Ties y = tiesOf(pairs->b);
    const double all = n * (n - 1) / 2;
    const double concordant = all - x.pairs - y.pairs + tiedInBoth - discordant;
    const double s = concordant - discordant;
    const double divisor = std::sqrt((all - x.pairs) * (all - y.pairs));
    if (!(divisor > 0))
        return std::nullopt;
    Correlation answer{std::clamp(s / divisor, -1.0, 1.0), 1, {}};
    if (size < exactKendall && x.pairs == 0 && y.pairs == 0) {
        answer.p = kendallExactP(concordant, size);
        return answer;
    }
    double variance = (n * (n - 1) * (2 * n + 5) - x.spread - y.spread) / 18 + x.pairs * 2 * y.pairs / (n * (n - 1));
    if (size > 2)
        variance += x.triples * y.triples / (9 * n * (n - 1) * (n - 2));
    if (variance > 0)
        answer.p = std::min(1.0, 2 * dist::normalUpper(std::abs(s) / std::sqrt(variance)));
    return answer;
}

} // namespace ra::stats
