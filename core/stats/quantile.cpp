// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/stats/quantile.h"

#include "core/stats/moments.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>

namespace ra::stats {

namespace {

/// What rounding may add to or take from n p; as R.
constexpr double fuzz = 4 * std::numeric_limits<double>::epsilon();

/// Between two order statistics. Written so that equal and infinite ones give themselves, and huge ones no overflow.
double between(double low, double high, double share) {
    return low == high || share == 0 ? low : (1 - share) * low + share * high;
}

/// The order statistic that quantile and share of the next refer to, from 0: may lie one outside.
struct Place {
    double index = 0;
    double share = 0;
};

Place discontinuous(double n, double p, int type) {
    const double at = type == 3 ? n * p - 0.5 : n * p;
    const double below = std::floor(at + fuzz);
    const bool isAbove = at > below + fuzz;
    double share = isAbove ? 1 : 0;
    if (type == 2)
        share = isAbove ? 1 : 0.5;
    if (type == 3)
        share = isAbove || std::fmod(std::abs(below), 2) == 1 ? 1 : 0;
    return {below - 1, share};
}

Place continuous(double n, double p, int type) {
    constexpr double as[] = {0, 0.5, 0, 1, 1.0 / 3, 0.375}; // types 4 to 9
    const double a = as[type - 4];
    const double b = type == 4 ? 1 : a;
    const double at = a + p * (n + 1 - a - b);
    const double below = std::floor(at + fuzz);
    const double share = at - below;
    return {below - 1, std::abs(share) < fuzz ? 0 : share};
}

} // namespace

std::vector<double> present(std::span<const double> values) {
    std::vector<double> some;
    some.reserve(values.size());
    for (const double value : values) {
        if (!std::isnan(value))
            some.push_back(value);
    }
    return some;
}

std::vector<double> sorted(std::span<const double> values) {
    std::vector<double> some = present(values);
    std::ranges::sort(some);
    return some;
}

std::optional<double> quantile(std::span<const double> x, double p, int type) {
    if (x.empty() || !(p >= 0 && p <= 1) || type < 1 || type > 9)
        return std::nullopt;
    const auto n = static_cast<double>(x.size());
    if (type == 7) {
        const double at = (n - 1) * p;
        const auto low = static_cast<std::size_t>(at);
        return between(x[low], x[std::min(low + 1, x.size() - 1)], at - std::floor(at));
    }
    const Place place = type <= 3 ? discontinuous(n, p, type) : continuous(n, p, type);
    const auto at = [&](double index) { return x[static_cast<std::size_t>(std::clamp(index, 0.0, n - 1))]; };
    if (place.share == 1)
        return at(place.index + 1);
    return between(at(place.index), at(place.index + 1), place.share);
}

std::vector<double> selectQuantiles(std::span<const double> values, std::span<const double> ps) {
    std::vector<double> x = present(values);
    std::vector<double> answer;
    if (x.empty() || !std::ranges::all_of(ps, [](double p) { return p >= 0 && p <= 1; }))
        return answer;
    // Ascending ranks, each selected among what the one before left above itself.
    std::vector<std::size_t> ranks;
    for (const double p : ps) {
        const auto low = static_cast<std::size_t>(static_cast<double>(x.size() - 1) * p);
        ranks.push_back(low);
        ranks.push_back(std::min(low + 1, x.size() - 1));
    }
    std::ranges::sort(ranks);
    ranks.erase(std::unique(ranks.begin(), ranks.end()), ranks.end());
    std::ptrdiff_t from = 0;
    for (const std::size_t rank : ranks) {
        const auto at = static_cast<std::ptrdiff_t>(rank);
        std::nth_element(x.begin() + from, x.begin() + at, x.end());
        from = at + 1;
    }
    for (const double p : ps)
        answer.push_back(*quantile(x, p));
    return answer;
}

std::optional<double> median(std::span<const double> x) {
    if (x.empty())
        return std::nullopt;
    const std::size_t half = x.size() / 2;
    return x.size() % 2 == 1 ? x[half] : between(x[half - 1], x[half], 0.5);
}

std::optional<double> medianDeviation(std::span<const double> x) {
    const std::optional<double> middle = median(x);
    if (!middle)
        return std::nullopt;
    // The deviations on either side of the median are in order already: merge them as far as the middle.
    const std::size_t last = x.size() / 2;
    auto right = static_cast<std::size_t>(std::ranges::lower_bound(x, *middle) - x.begin());
    std::size_t left = right; // values left of the median begin at left - 1
    double before = 0;
    double now = 0;
    for (std::size_t i = 0; i <= last; ++i) {
        before = now;
        const double down = left > 0 ? *middle - x[left - 1] : std::numeric_limits<double>::infinity();
        const double up = right < x.size() ? x[right] - *middle : std::numeric_limits<double>::infinity();
        if (right < x.size() && (left == 0 || up <= down || std::isnan(down))) {
            now = up;
            ++right;
        } else {
            now = down;
            --left;
        }
    }
    return x.size() % 2 == 1 ? now : between(before, now, 0.5);
}

std::optional<double> trimmedMean(std::span<const double> x, double share) {
    if (x.empty() || !(share >= 0 && share <= 0.5))
        return std::nullopt;
    if (share == 0.5)
        return median(x);
    const auto away = static_cast<std::size_t>(std::floor(static_cast<double>(x.size()) * share));
    if (2 * away >= x.size())
        return median(x);
    Moments rest;
    rest.add(x.subspan(away, x.size() - 2 * away));
    return rest.mean();
}

} // namespace ra::stats
