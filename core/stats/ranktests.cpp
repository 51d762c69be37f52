// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/stats/ranktests.h"

#include "core/stats/distributions.h"
#include "core/stats/quantile.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <numeric>

namespace ra::stats {

namespace {

/// R enumerates below this.
constexpr std::size_t exactBelow = 50;
/// Above that, too, as long as it takes no more steps than that: the normal limit is far off where one sample is small
/// and most values are equal.
constexpr double exactSteps = 5e7;

/// Two samples without NaN, and their common ranks.
struct Ranked {
    std::vector<double> a;
    std::vector<double> b;
    std::vector<double> ranks; ///< of a, then of b
    double na = 0;
    double nb = 0;
    double tieTerm = 0; ///< sum of t^3 - t over groups of equal values

    [[nodiscard]] double rankSum() const {
        return std::accumulate(ranks.begin(), ranks.begin() + static_cast<std::ptrdiff_t>(a.size()), 0.0);
    }
    [[nodiscard]] double u() const { return rankSum() - na * (na + 1) / 2; }
    /// Of u, with ties.
    [[nodiscard]] double sd() const {
        const double n = na + nb;
        return std::sqrt(std::max(0.0, na * nb / 12 * ((n + 1) - (n > 1 ? tieTerm / (n * (n - 1)) : 0))));
    }
};

double tieTermOf(std::vector<double> ranks) {
    std::ranges::sort(ranks);
    double sum = 0;
    for (std::size_t from = 0; from < ranks.size();) {
        std::size_t to = from;
        while (to < ranks.size() && ranks[to] == ranks[from])
            ++to;
        const auto t = static_cast<double>(to - from);
        sum += t * t * t - t;
        from = to;
    }
    return sum;
}

std::optional<Ranked> rank(std::span<const double> a, std::span<const double> b) {
    Ranked both{present(a), present(b), {}, 0, 0, 0};
    if (both.a.empty() || both.b.empty())
        return std::nullopt;
    std::vector<double> all = both.a;
    all.insert(all.end(), both.b.begin(), both.b.end());
    both.ranks = midRanks(all);
    both.na = static_cast<double>(both.a.size());
    both.nb = static_cast<double>(both.b.size());
    both.tieTerm = tieTermOf(both.ranks);
    return both;
}

bool canBeExact(const Ranked &both) {
    const double n = both.na + both.nb;
    return (both.na < exactBelow && both.nb < exactBelow) || std::min(both.na, both.nb) * n * n * (n + 1) <= exactSteps;
}

/// P(|W - E W| >= |w - E W|) over all choices of the smaller sample among the midranks. Ranks are doubled to whole
/// numbers.
double exactP(const Ranked &both) {
    const std::size_t chosen = std::min(both.a.size(), both.b.size());
    std::vector<std::uint32_t> doubled;
    for (const double r : both.ranks)
        doubled.push_back(static_cast<std::uint32_t>(std::lround(2 * r)));
    const std::size_t top = std::accumulate(doubled.begin(), doubled.end(), std::size_t{0});
    // ways[k][s]: shares of the choices of k ranks with sum s. Shares stay in range where counts would not.
    std::vector<std::vector<double>> ways(chosen + 1, std::vector<double>(top + 1, 0.0));
    ways[0][0] = 1;
    std::size_t reach = 0;
    for (std::size_t i = 0; i < doubled.size(); ++i) {
        reach += doubled[i];
        for (std::size_t k = std::min(chosen, i + 1); k > 0; --k) {
            for (std::size_t s = reach; s >= doubled[i]; --s)
                ways[k][s] += ways[k - 1][s - doubled[i]];
        }
    }
    const double expected = static_cast<double>(chosen) * (both.na + both.nb + 1); // of the doubled sum
    const double distance = 2 * std::abs(both.u() - both.na * both.nb / 2);        // the same for either sample
    double extreme = 0;
    double all = 0;
    for (std::size_t s = 0; s <= top; ++s) {
        all += ways[chosen][s];
        if (std::abs(static_cast<double>(s) - expected) >= distance - 0.25)
            extreme += ways[chosen][s];
    }
    return std::min(1.0, extreme / all);
}

/// For each value of `of`, how many of `among` (ascending) are below minus how many are above.
std::vector<double> dominance(std::span<const double> of, std::span<const double> among) {
    std::vector<double> answer;
    answer.reserve(of.size());
    for (const double value : of) {
        const auto below = std::ranges::lower_bound(among, value) - among.begin();
        const auto above = among.end() - std::ranges::upper_bound(among, value);
        answer.push_back(static_cast<double>(below) - static_cast<double>(above));
    }
    return answer;
}

} // namespace

std::vector<double> midRanks(std::span<const double> values) {
    std::vector<std::uint32_t> order(values.size());
    std::iota(order.begin(), order.end(), 0U);
    std::ranges::sort(order, [&](std::uint32_t i, std::uint32_t j) { return values[i] < values[j]; });
    std::vector<double> ranks(values.size());
    for (std::size_t from = 0; from < order.size();) {
        std::size_t to = from;
        while (to < order.size() && values[order[to]] == values[order[from]])
            ++to;
        for (std::size_t i = from; i < to; ++i)
            ranks[order[i]] = static_cast<double>(from + to + 1) / 2;
        from = to;
    }
    return ranks;
}

std::optional<MannWhitney> mannWhitney(std::span<const double> a, std::span<const double> b) {
    const auto both = rank(a, b);
    if (!both)
        return std::nullopt;
    MannWhitney answer;
    answer.u = both->u();
    const double distance = answer.u - both->na * both->nb / 2;
    const double sd = both->sd();
    if (sd > 0) {
        const double corrected = std::max(0.0, std::abs(distance) - 0.5);
        answer.pNormal = std::min(1.0, 2 * dist::normalUpper(std::abs(distance) / sd));
        answer.pCorrected = std::min(1.0, 2 * dist::normalUpper(corrected / sd));
    }
    answer.isExact = canBeExact(*both);
    answer.pExact = answer.isExact ? exactP(*both) : answer.pNormal;
    return answer;
}

std::optional<double> cliffsDelta(std::span<const double> a, std::span<const double> b) {
    const auto both = rank(a, b);
    if (!both)
        return std::nullopt;
    return 2 * both->u() / (both->na * both->nb) - 1;
}

std::optional<Interval> cliffsDeltaInterval(std::span<const double> a, std::span<const double> b, double level) {
    const std::vector<double> x = sorted(a);
    const std::vector<double> y = sorted(b);
    if (x.size() < 2 || y.size() < 2 || !(level > 0 && level < 1))
        return std::nullopt;
    const auto na = static_cast<double>(x.size());
    const auto nb = static_cast<double>(y.size());
    const std::vector<double> rows = dominance(x, y);
    const std::vector<double> columns = dominance(y, x);
    double ties = 0;
    double sum = 0;
    for (std::size_t i = 0; i < x.size(); ++i) {
        sum += rows[i];
        const auto [from, to] = std::equal_range(y.begin(), y.end(), x[i]);
        ties += static_cast<double>(to - from);
    }
    const double delta = sum / (na * nb);
    double rowSquares = 0;
    double columnSquares = 0;
    for (const double row : rows)
        rowSquares += (row / nb - delta) * (row / nb - delta);
    for (const double column : columns)
        columnSquares += (column / na + delta) * (column / na + delta);
    const double cellSquares = na * nb - ties - na * nb * delta * delta;
    // Never below what the same delta has at the least (Cliff's lower limit keeps the estimate of variance positive).
    const double least = (1 - delta * delta) / (na * nb - 1);
    const double variance = std::max(least, (nb * nb * rowSquares + na * na * columnSquares - cellSquares) /
                                                (na * nb * (na - 1) * (nb - 1)));
    if (std::abs(delta) == 1) {
        // Nothing varies, so the variance says nothing: as sure as that many tosses that all came out the same way.
        const double fewer = std::min(na, nb);
        const double other = 2 * wilsonInterval(0, fewer, level)->high - 1;
        return delta > 0 ? Interval{-other, 1} : Interval{-1, other};
    }
    const double z = dist::normalQuantile((1 + level) / 2);
    const double sd = std::sqrt(variance);
    const double root = std::sqrt((1 - delta * delta) * (1 - delta * delta) + z * z * variance);
    const double divisor = 1 - delta * delta + z * z * variance;
    const double cube = delta - delta * delta * delta;
    return Interval{std::max(-1.0, (cube - z * sd * root) / divisor), std::min(1.0, (cube + z * sd * root) / divisor)};
}

std::optional<ScaleTest> moodTest(std::span<const double> a, std::span<const double> b) {
    const auto both = rank(a, b);
    if (!both || both->na + both->nb < 3)
        return std::nullopt;
    const double n = both->na + both->nb;
    // A group of t equal values with midrank r takes the places r - (t - 1) / 2 to r + (t - 1) / 2; the mean of their
    // squared distances from the middle is the score of each.
    std::vector<double> ascending = both->ranks;
    std::ranges::sort(ascending);
    const auto groupSize = [&](double r) {
        const auto [from, to] = std::equal_range(ascending.begin(), ascending.end(), r);
        return static_cast<double>(to - from);
    };
    double t = 0;
    for (std::size_t i = 0; i < both->a.size(); ++i) {
        const double distance = both->ranks[i] - (n + 1) / 2;
        const double size = groupSize(both->ranks[i]);
        t += distance * distance + (size * size - 1) / 12;
    }
    double ties = 0;
    for (const double r : ascending) { // each group as often as it has members
        const double size = groupSize(r);
        ties += (size * size - 1) * (size * size - 4 + 15 * (n - size) * (n - size));
    }
    const double product = both->na * both->nb;
    const double variance = product * (n + 1) * (n + 2) * (n - 2) / 180 - product / (180 * n * (n - 1)) * ties;
    if (!(variance > 1e-12 * product))
        return ScaleTest{0, 1};
    const double z = (t - both->na * (n * n - 1) / 12) / std::sqrt(variance);
    return ScaleTest{z, std::min(1.0, 2 * dist::normalUpper(std::abs(z)))};
}

} // namespace ra::stats
