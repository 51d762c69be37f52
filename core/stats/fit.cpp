// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/stats/fit.h"

#include "core/stats/distributions.h"
#include "core/stats/moments.h"
#include "core/stats/quantile.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>
#include <vector>

namespace ra::stats {

namespace {

/// log(value / origin), exact where both are nearly equal.
double logRatio(double value, double origin) {
    const double relative = (value - origin) / origin;
    return std::abs(relative) < 0.5 ? std::log1p(relative) : std::log(value / origin);
}

/// Values and their logarithms relative to `origin`.
struct Logs {
    double origin = 0;
    std::vector<double> ascending;
    std::vector<double> relative;
    double sum = 0; ///< of the logarithms themselves

    [[nodiscard]] double n() const { return static_cast<double>(ascending.size()); }
};

enum class Origin { Mean, Largest };

std::optional<Logs> logsOf(std::span<const double> values, Origin origin) {
    Logs logs;
    logs.ascending = sorted(values);
    if (logs.ascending.size() < 2 || !(logs.ascending.front() > 0) || std::isinf(logs.ascending.back()))
        return std::nullopt;
    Moments moments;
    moments.add(logs.ascending);
    logs.origin = origin == Origin::Mean ? *moments.mean() : logs.ascending.back();
    Moments sums;
    for (const double value : logs.ascending) {
        logs.relative.push_back(logRatio(value, logs.origin));
        sums.add(std::log(value));
    }
    logs.sum = *sums.mean() * logs.n();
    return logs;
}

bool allEqual(const Logs &logs) {
    return logs.ascending.front() == logs.ascending.back();
}

/// d - log(1 + d), which for small d is the small difference of nearly equal numbers.
double excess(double d) {
    if (std::abs(d) > 0.1)
        return d - std::log1p(d);
    double sum = 0;
    double power = d;
    for (int k = 2; k < 20; ++k) {
        power *= -d;
        sum -= power / k;
    }
    return sum;
}

/// The logarithm of the mean minus the mean of the logarithms.
double logMeanExcess(const Logs &logs) {
    // With deviations d from the origin, relative to it, and their mean m: mean(d - log(1 + d)) - (m - log(1 + m)).
    Moments excesses;
    Moments values;
    for (const double value : logs.ascending)
        excesses.add(excess((value - logs.origin) / logs.origin));
    values.add(logs.ascending);
    const double m = ((*values.preciseMean() - logs.origin) / logs.origin).value();
    return *excesses.mean() - excess(m);
}

double meanOf(const std::vector<double> &values) {
    Moments moments;
    moments.add(values);
    return *moments.mean();
}

} // namespace

std::optional<LognormalFit> fitLognormal(std::span<const double> values) {
    const auto logs = logsOf(values, Origin::Mean);
    if (!logs || allEqual(*logs))
        return std::nullopt;
    Moments moments;
    moments.add(logs->relative);
    const double n = logs->n();
    LognormalFit fit;
    fit.meanLog = std::log(logs->origin) + *moments.mean();
    fit.sdLog = std::sqrt(*moments.squares() / n);
    fit.logLikelihood = -logs->sum - n * (std::log(fit.sdLog) + 0.5 * std::log(2 * std::numbers::pi) + 0.5);
    return fit;
}

std::optional<GammaFit> fitGamma(std::span<const double> values) {
    const auto logs = logsOf(values, Origin::Mean);
    if (!logs || allEqual(*logs))
        return std::nullopt;
    const double n = logs->n();
    const double s = logMeanExcess(*logs);
    if (!(s > 0)) // equal but for the last digit
        return std::nullopt;
    double shape = (3 - s + std::sqrt((s - 3) * (s - 3) + 24 * s)) / (12 * s);
    for (int step = 0; step < 50; ++step) {
        // For large shapes log - digamma cancels; its series 1 / (2 k) + 1 / (12 k^2) does not.
        const bool isLarge = shape > 1e4;
        const double value =
            isLarge ? 1 / (2 * shape) + 1 / (12 * shape * shape) : std::log(shape) - dist::digamma(shape);
        const double slope = isLarge ? -1 / (2 * shape * shape) : 1 / shape - dist::trigamma(shape);
        const double next = 1 / (1 / shape + (value - s) / (slope * shape * shape));
        const bool isDone = std::abs(next - shape) <= 1e-14 * shape;
        shape = next > 0 && std::isfinite(next) ? next : shape / 2;
        if (isDone)
            break;
    }
    GammaFit fit{shape, shape / logs->origin, 0};
    // sum of (shape - 1) log x - rate x + shape log rate - log Gamma(shape), with x relative to the mean.
    fit.logLikelihood = n * (shape * std::log(shape) - dist::logGamma(shape) - shape * (1 + s)) - logs->sum;
    return fit;
}

std::optional<WeibullFit> fitWeibull(std::span<const double> values) {
    const auto logs = logsOf(values, Origin::Largest);
    if (!logs || allEqual(*logs))
        return std::nullopt;
    const double n = logs->n();
    const double mean = meanOf(logs->relative);
    // f(k) = sum z e^(kz) / sum e^(kz) - mean(z) - 1/k rises through zero once.
    struct At {
        double value = 0;
        double slope = 0;
        double power = 0; ///< mean of e^(kz)
    };
    const auto at = [&](double k) {
        double s0 = 0;
        double s1 = 0;
        double s2 = 0;
        for (const double z : logs->relative) {
            const double e = std::exp(k * z);
            s0 += e;
            s1 += z * e;
            s2 += z * z * e;
        }
        const double weighted = s1 / s0;
        return At{weighted - mean - 1 / k, s2 / s0 - weighted * weighted + 1 / (k * k), s0 / n};
    };
    Moments spread;
    spread.add(logs->relative);
    double k = std::numbers::pi / std::sqrt(6.0) / *spread.sd();
    double low = 0;
    double high = std::numeric_limits<double>::infinity();
    for (int step = 0; step < 200; ++step) {
        const At now = at(k);
        (now.value > 0 ? high : low) = k;
        double next = k - now.value / now.slope;
        if (!(next > low && next < high))
            next = std::isinf(high) ? 2 * k : (low + high) / 2;
        const bool isDone = std::abs(next - k) <= 1e-14 * k;
        k = next;
        if (isDone)
            break;
    }
    const double logScale = std::log(at(k).power) / k; // relative to the largest value
    WeibullFit fit{k, logs->origin * std::exp(logScale), 0};
    fit.logLikelihood = n * (std::log(k) + k * (mean - logScale) - 1) - logs->sum;
    return fit;
}

std::optional<ExponentialFit> fitExponential(std::span<const double> values) {
    const auto logs = logsOf(values, Origin::Mean);
    if (!logs)
        return std::nullopt;
    return ExponentialFit{1 / logs->origin, -logs->n() * (std::log(logs->origin) + 1)};
}

} // namespace ra::stats
