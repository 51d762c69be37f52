// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/stats/differences.h"
#include "core/stats/distributions.h"
#include "core/stats/quantile.h"
#include "core/stats/ranktests.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>

namespace ra::stats {

namespace {

constexpr std::size_t exactBelow = 50;

bool allFinite(std::span<const double> ascending) {
    return !ascending.empty() && std::isfinite(ascending.front()) && std::isfinite(ascending.back());
}

/// Groups of equal values of two ascending samples: the sum of t^3 - t.
double tieTerm(std::span<const double> x, std::span<const double> y, double shift) {
    double sum = 0;
    std::size_t i = 0;
    std::size_t j = 0;
    while (i < x.size() || j < y.size()) {
        const double value = j == y.size() || (i < x.size() && x[i] - shift <= y[j]) ? x[i] - shift : y[j];
        double t = 0;
        for (; i < x.size() && x[i] - shift == value; ++i)
            ++t;
        for (; j < y.size() && y[j] == value; ++j)
            ++t;
        sum += t * t * t - t;
    }
    return sum;
}

/// u - na nb / 2 of (x - shift, y), ascending.
double centredU(std::span<const double> x, std::span<const double> y, double shift) {
    double twice = 0;
    std::size_t below = 0;
    std::size_t notAbove = 0;
    for (const double value : x) {
        while (below < y.size() && y[below] < value - shift)
            ++below;
        while (notAbove < y.size() && y[notAbove] <= value - shift)
            ++notAbove;
        twice += static_cast<double>(below + notAbove);
    }
    return (twice - static_cast<double>(x.size()) * static_cast<double>(y.size())) / 2;
}

double sdOfU(double na, double nb, double ties) {
    const double n = na + nb;
    return std::sqrt(std::max(0.0, na * nb / 12 * ((n + 1) - ties / (n * (n - 1)))));
}

/// The largest c with P(U < c) <= tail, from the exact distribution without ties.
std::uint64_t exactCritical(std::size_t na, std::size_t nb, double tail) {
    // ways[k][u]: choices of k of the first i places; by the recursion of Mann and Whitney, as shares.
    std::vector<std::vector<double>> ways(na + 1, std::vector<double>(na * nb + 1, 0.0));
    ways[0][0] = 1;
    for (std::size_t j = 1; j <= na + nb; ++j) {
        for (std::size_t k = std::min(na, j); k > 0; --k) {
            if (j - k > nb)
                continue;
            // Place j goes to the first sample as its k-th: it is above the j - k of the second that came before.
            for (std::size_t u = ways[k].size(); u-- > j - k;)
                ways[k][u] += ways[k - 1][u - (j - k)];
        }
    }
    double all = 0;
    for (const double share : ways[na])
        all += share;
    double sum = 0;
    std::uint64_t c = 0;
    while (c < na * nb && (sum + ways[na][c]) / all <= tail)
        sum += ways[na][c++];
    return c;
}

/// Brent's method as R's uniroot takes it (zeroin.c), step for step, so that it stops at the same place.
template <typename Function>
double brent(Function f, double a, double b, double fa, double fb, double tolerance) {
    double c = a;
    double fc = fa;
    for (int step = 0; step < 1'000; ++step) {
        const double previous = b - a;
        if (std::abs(fc) < std::abs(fb)) {
            a = b;
            b = c;
            c = a;
            fa = fb;
            fb = fc;
            fc = fa;
        }
        const double least = 2 * std::numeric_limits<double>::epsilon() * std::abs(b) + tolerance / 2;
        double move = (c - b) / 2;
        if (std::abs(move) <= least || fb == 0)
            break;
        if (std::abs(previous) >= least && std::abs(fa) > std::abs(fb)) {
            const double span = c - b;
            double p = 0;
            double q = 0;
            if (a == c) {
                p = span * (fb / fa);
                q = 1 - fb / fa;
            } else {
                q = fa / fc;
                const double t1 = fb / fc;
                const double t2 = fb / fa;
                p = t2 * (span * q * (q - t1) - (b - a) * (t1 - 1));
                q = (q - 1) * (t1 - 1) * (t2 - 1);
            }
            if (p > 0)
                q = -q;
            else
                p = -p;
            if (p < 0.75 * span * q - std::abs(least * q) / 2 && p < std::abs(previous * q / 2))
                move = p / q;
        }
        if (std::abs(move) < least)
            move = move > 0 ? least : -least;
        a = b;
        fa = fb;
        b += move;
        fb = f(b);
        if ((fb > 0 && fc > 0) || (fb < 0 && fc < 0)) {
            c = a;
            fc = fa;
        }
    }
    return b;
}

} // namespace

std::optional<Shift> hodgesLehmann(std::span<const double> a, std::span<const double> b, double level) {
    const std::vector<double> x = sorted(a);
    const std::vector<double> y = sorted(b);
    if (!allFinite(x) || !allFinite(y) || !(level > 0 && level < 1))
        return std::nullopt;
    Differences differences(x, y);
    const std::uint64_t count = differences.count();
    Shift answer;
    const double low = differences.select((count - 1) / 2);
    answer.estimate = count % 2 == 1 ? low : low / 2 + differences.select(count / 2) / 2;
    const double tail = (1 - level) / 2;
    const double ties = tieTerm(x, y, 0);
    double rank = 0; // how many differences lie outside at either end
    if (x.size() < exactBelow && y.size() < exactBelow && ties == 0) {
        rank = static_cast<double>(exactCritical(x.size(), y.size(), tail));
    } else {
        const auto na = static_cast<double>(x.size());
        const auto nb = static_cast<double>(y.size());
        rank = std::floor(na * nb / 2 - dist::normalQuantile(1 - tail) * sdOfU(na, nb, ties));
    }
    // Too few values for the level: the shift may be anything.
    constexpr double infinity = std::numeric_limits<double>::infinity();
    if (rank < 1) {
        answer.interval = {-infinity, infinity};
        return answer;
    }
    const auto outside = static_cast<std::uint64_t>(rank);
    answer.interval = {differences.select(outside - 1), differences.select(count - outside)};
    return answer;
}

std::optional<double> rankShift(std::span<const double> a, std::span<const double> b) {
    const std::vector<double> x = sorted(a);
    const std::vector<double> y = sorted(b);
    if (!allFinite(x) || !allFinite(y))
        return std::nullopt;
    const auto na = static_cast<double>(x.size());
    const auto nb = static_cast<double>(y.size());
    const auto standardised = [&](double shift) { return centredU(x, y, shift) / sdOfU(na, nb, tieTerm(x, y, shift)); };
    const double from = x.front() - y.back();
    const double to = x.back() - y.front();
    const double fromValue = standardised(from);
    const double toValue = standardised(to);
    if (!(from < to) || std::isnan(fromValue) || std::isnan(toValue))
        return from == to ? std::optional(from) : std::nullopt;
    return brent(standardised, from, to, fromValue, toValue, 1e-4);
}

} // namespace ra::stats
