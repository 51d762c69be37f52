// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/stats/twosample.h"

#include "core/stats/distributions.h"
#include "core/stats/moments.h"

#include <algorithm>
#include <cmath>

namespace ra::stats {

namespace {

struct Part {
    double n = 0;
    DoubleDouble mean;
    double variance = 0;
};

std::optional<Part> partOf(std::span<const double> values) {
    Moments moments;
    moments.add(values);
    const std::optional<double> variance = moments.variance();
    if (!variance || !std::isfinite(*variance))
        return std::nullopt;
    return Part{static_cast<double>(moments.count()), *moments.preciseMean(), *variance};
}

std::optional<TTest> tTest(double difference, double error, double df, double level) {
    if (!(error > 0) || !std::isfinite(error) || !(level > 0 && level < 1))
        return std::nullopt;
    const double half = -dist::tQuantile((1 - level) / 2, df) * error;
    const double t = difference / error;
    return TTest{t, df, dist::tTwoSided(t, df), {difference - half, difference + half}};
}

/// Of two samples that have the same variance.
double pooledVariance(const Part &a, const Part &b) {
    return ((a.n - 1) * a.variance + (b.n - 1) * b.variance) / (a.n + b.n - 2);
}

} // namespace

std::optional<TTest> welchTest(std::span<const double> a, std::span<const double> b, double level) {
    const auto x = partOf(a);
    const auto y = partOf(b);
    if (!x || !y)
        return std::nullopt;
    const double ex = x->variance / x->n;
    const double ey = y->variance / y->n;
    // Shares, so that no square of a tiny variance vanishes.
    const double sx = ex / (ex + ey);
    const double sy = ey / (ex + ey);
    const double df = 1 / (sx * sx / (x->n - 1) + sy * sy / (y->n - 1));
    return tTest((x->mean - y->mean).value(), std::sqrt(ex + ey), df, level);
}

std::optional<TTest> studentTest(std::span<const double> a, std::span<const double> b, double level) {
    const auto x = partOf(a);
    const auto y = partOf(b);
    if (!x || !y)
        return std::nullopt;
    return tTest((x->mean - y->mean).value(), std::sqrt(pooledVariance(*x, *y) * (1 / x->n + 1 / y->n)),
                 x->n + y->n - 2, level);
}

std::optional<VarianceRatio> varianceRatio(std::span<const double> a, std::span<const double> b, double level) {
    const auto x = partOf(a);
    const auto y = partOf(b);
    if (!x || !y || !(x->variance > 0) || !(y->variance > 0) || !(level > 0 && level < 1))
        return std::nullopt;
    const double f = x->variance / y->variance;
    const double tail = (1 - level) / 2;
    const double p = 2 * std::min(dist::fCdf(f, x->n - 1, y->n - 1), dist::fUpper(f, x->n - 1, y->n - 1));
    return VarianceRatio{
        f,
        std::min(1.0, p),
        {f / dist::fQuantile(1 - tail, x->n - 1, y->n - 1), f / dist::fQuantile(tail, x->n - 1, y->n - 1)}};
}

std::optional<StandardizedDifference> standardizedDifference(std::span<const double> a, std::span<const double> b) {
    const auto x = partOf(a);
    const auto y = partOf(b);
    if (!x || !y)
        return std::nullopt;
    const double sd = std::sqrt(pooledVariance(*x, *y));
    if (!(sd > 0) || !std::isfinite(sd))
        return std::nullopt;
    const double df = x->n + y->n - 2;
    const double d = (x->mean - y->mean).value() / sd;
    const double factor = std::exp(dist::logGamma(df / 2) - dist::logGamma((df - 1) / 2)) / std::sqrt(df / 2);
    return StandardizedDifference{d, d * factor};
}

} // namespace ra::stats
