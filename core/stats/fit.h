// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <optional>
#include <span>

namespace ra::stats {

// Distributions of positive values such as durations, by maximum likelihood. NaN is left out. Nothing for values that
// are not positive and finite, fewer than two of them, or, but for the exponential, all equal ones. Logarithms are
// taken relative to one of the values, so that a spread of 1e-9 of the mean is still seen. O(n) a step of Newton's
// method.

struct LognormalFit {
    double meanLog = 0;
    double sdLog = 0; ///< divisor n
    double logLikelihood = 0;
};
[[nodiscard]] std::optional<LognormalFit> fitLognormal(std::span<const double> values);

struct GammaFit {
    double shape = 0;
    double rate = 0;
    double logLikelihood = 0;
};
/// Source: T. P. Minka, "Estimating a Gamma distribution" (2002), equation 10.
[[nodiscard]] std::optional<GammaFit> fitGamma(std::span<const double> values);

struct WeibullFit {
    double shape = 0;
    double scale = 0;
    double logLikelihood = 0;
};
/// The shape by safeguarded Newton steps on the profile likelihood's derivative, which has one root.
[[nodiscard]] std::optional<WeibullFit> fitWeibull(std::span<const double> values);

struct ExponentialFit {
    double rate = 0;
    double logLikelihood = 0;
};
[[nodiscard]] std::optional<ExponentialFit> fitExponential(std::span<const double> values);

} // namespace ra::stats
