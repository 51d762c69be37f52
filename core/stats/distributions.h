// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

/// Distribution functions by Boost.Math behind plain doubles, so that its headers are compiled once. Relative accuracy
/// is about 1e-14 unless said. `Upper` is the upper tail 1 - cdf without cancellation. Arguments outside the domain
/// (NaN, degrees of freedom not above 0, p outside [0, 1]) give NaN; infinities are valid where they make sense.
namespace ra::stats::dist {

[[nodiscard]] double normalCdf(double x);
[[nodiscard]] double normalUpper(double x);
[[nodiscard]] double normalQuantile(double p);

[[nodiscard]] double tCdf(double x, double df);
[[nodiscard]] double tUpper(double x, double df);
[[nodiscard]] double tQuantile(double p, double df);
/// P(|T| >= |x|)
[[nodiscard]] double tTwoSided(double x, double df);
/// Cdf of the noncentral t distribution; relative accuracy about 1e-12.
[[nodiscard]] double noncentralTCdf(double x, double df, double delta);

[[nodiscard]] double chiSquaredCdf(double x, double df);
[[nodiscard]] double chiSquaredUpper(double x, double df);
[[nodiscard]] double chiSquaredQuantile(double p, double df);

[[nodiscard]] double fCdf(double x, double df1, double df2);
[[nodiscard]] double fUpper(double x, double df1, double df2);
[[nodiscard]] double fQuantile(double p, double df1, double df2);

[[nodiscard]] double betaCdf(double x, double a, double b);
[[nodiscard]] double betaQuantile(double p, double a, double b);

/// Shape, rate 1.
[[nodiscard]] double gammaQuantile(double p, double shape);

/// P(X <= k) of n trials with probability p; 0 for k < 0, 1 for k >= n.
[[nodiscard]] double binomialCdf(double k, double n, double p);
/// The smallest k with P(X <= k) >= level, up to rounding in the last digits (as R).
[[nodiscard]] double binomialQuantile(double level, double n, double p);
/// P(X = k), k good ones in a sample of `drawn` from a population of `good` and `bad`.
[[nodiscard]] double hypergeometric(double k, double good, double bad, double drawn);

[[nodiscard]] double logGamma(double x);
[[nodiscard]] double digamma(double x);
[[nodiscard]] double trigamma(double x);

} // namespace ra::stats::dist
