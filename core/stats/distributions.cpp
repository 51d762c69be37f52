// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/stats/distributions.h"

#include <boost/math/distributions/non_central_t.hpp>
#include <boost/math/special_functions/beta.hpp>
#include <boost/math/special_functions/digamma.hpp>
#include <boost/math/special_functions/erf.hpp>
#include <boost/math/special_functions/gamma.hpp>
#include <boost/math/special_functions/trigamma.hpp>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>

namespace ra::stats::dist {

namespace {

namespace bm = boost::math;
namespace bp = boost::math::policies;

/// Errors are NaN or the limit, never exceptions.
using Policy = bp::policy<bp::domain_error<bp::ignore_error>, bp::pole_error<bp::ignore_error>,
                          bp::overflow_error<bp::ignore_error>, bp::evaluation_error<bp::ignore_error>,
                          bp::rounding_error<bp::ignore_error>, bp::indeterminate_result_error<bp::ignore_error>>;
constexpr Policy quietly{};

constexpr double nan = std::numeric_limits<double>::quiet_NaN();
constexpr double infinity = std::numeric_limits<double>::infinity();

bool isShape(double value) {
    return value > 0 && std::isfinite(value);
}
bool isProbability(double p) {
    return p >= 0 && p <= 1;
}

} // namespace

double normalCdf(double x) {
    return 0.5 * std::erfc(-x / std::sqrt(2.0));
}
double normalUpper(double x) {
    return normalCdf(-x);
}
double normalQuantile(double p) {
    if (!isProbability(p))
        return nan;
    if (p == 0 || p == 1)
        return p == 0 ? -infinity : infinity;
    return -std::sqrt(2.0) * bm::erfc_inv(2 * p, quietly);
}

double tCdf(double x, double df) {
    if (std::isnan(x) || !(df > 0))
        return nan;
    if (std::isinf(df))
        return normalCdf(x);
    if (std::isinf(x))
        return x > 0 ? 1 : 0;
    // The tail as an incomplete beta function of the smaller of the two complementary arguments.
    const double square = x * x;
    const double tail = df > square ? bm::ibetac(0.5, df / 2, square / (df + square), quietly) / 2
                                    : bm::ibeta(df / 2, 0.5, std::isinf(square) ? 0 : df / (df + square), quietly) / 2;
    return x > 0 ? 1 - tail : tail;
}
double tUpper(double x, double df) {
    return tCdf(-x, df);
}
double tTwoSided(double x, double df) {
    return std::min(1.0, 2 * tCdf(-std::abs(x), df));
}
double tQuantile(double p, double df) {
    if (!isProbability(p) || !(df > 0))
        return nan;
    if (p == 0 || p == 1)
        return p == 0 ? -infinity : infinity;
    if (std::isinf(df))
        return normalQuantile(p);
    // Boost's answer is right to 11 digits; in the tail that p is near to, Newton's step on the cdf gives the others.
    const double near = std::min(p, 1 - p);
    const double side = p < 0.5 ? 1 : -1;
    double x = side * bm::quantile(bm::students_t_distribution<double, Policy>(df), p);
    for (int step = 0; step < 2 && std::isfinite(x); ++step) {
        const double logDensity = logGamma((df + 1) / 2) - logGamma(df / 2) - 0.5 * std::log(df * std::numbers::pi) -
                                  (df + 1) / 2 * std::log1p(x * x / df);
        const double move = (tCdf(x, df) - near) / std::exp(logDensity);
        if (std::abs(move) < 1e-6 * std::abs(x))
            x -= move;
    }
    return side * x;
}
double noncentralTCdf(double x, double df, double delta) {
    if (std::isnan(x) || !isShape(df) || !std::isfinite(delta))
        return nan;
    if (std::isinf(x))
        return x > 0 ? 1 : 0;
    return bm::cdf(bm::non_central_t_distribution<double, Policy>(df, delta), x);
}

double chiSquaredCdf(double x, double df) {
    if (std::isnan(x) || !isShape(df))
        return nan;
    return x <= 0 ? 0 : std::isinf(x) ? 1 : bm::gamma_p(df / 2, x / 2, quietly);
}
double chiSquaredUpper(double x, double df) {
    if (std::isnan(x) || !isShape(df))
        return nan;
    return x <= 0 ? 1 : std::isinf(x) ? 0 : bm::gamma_q(df / 2, x / 2, quietly);
}
double chiSquaredQuantile(double p, double df) {
    return 2 * gammaQuantile(p, df / 2);
}

double fCdf(double x, double df1, double df2) {
    return fUpper(1 / x, df2, df1);
}
double fUpper(double x, double df1, double df2) {
    if (std::isnan(x) || !isShape(df1) || !isShape(df2))
        return nan;
    if (x <= 0 || std::isinf(x))
        return x <= 0 ? 1 : 0;
    const double scaled = df1 * x;
    if (std::isinf(scaled))
        return 0;
    return scaled < df2 ? bm::ibetac(df1 / 2, df2 / 2, scaled / (df2 + scaled), quietly)
                        : bm::ibeta(df2 / 2, df1 / 2, df2 / (df2 + scaled), quietly);
}
double fQuantile(double p, double df1, double df2) {
    if (!isProbability(p) || !isShape(df1) || !isShape(df2))
        return nan;
    if (p == 0 || p == 1)
        return p == 0 ? 0 : infinity;
    double rest = 0;
    const double x = bm::ibeta_inv(df1 / 2, df2 / 2, p, &rest, quietly);
    return df2 * x / (df1 * rest);
}

double betaCdf(double x, double a, double b) {
    if (std::isnan(x) || !isShape(a) || !isShape(b))
        return nan;
    return x <= 0 ? 0 : x >= 1 ? 1 : bm::ibeta(a, b, x, quietly);
}
double betaQuantile(double p, double a, double b) {
    if (!isProbability(p) || !isShape(a) || !isShape(b))
        return nan;
    return p == 0 ? 0 : p == 1 ? 1 : bm::ibeta_inv(a, b, p, quietly);
}

double gammaQuantile(double p, double shape) {
    if (!isProbability(p) || !isShape(shape))
        return nan;
    return p == 0 ? 0 : p == 1 ? infinity : bm::gamma_p_inv(shape, p, quietly);
}

double binomialCdf(double k, double n, double p) {
    if (std::isnan(k) || !(n >= 0) || !isProbability(p))
        return nan;
    k = std::floor(k);
    if (k < 0 || k >= n)
        return k < 0 ? 0 : 1;
    if (p == 0 || p == 1)
        return p == 0 ? 1 : 0;
    return bm::ibetac(k + 1, n - k, p, quietly);
}
double binomialQuantile(double level, double n, double p) {
    if (!isProbability(level) || !(n >= 0) || !isProbability(p) || !std::isfinite(n))
        return nan;
    const double wanted = level * (1 - 64 * std::numeric_limits<double>::epsilon());
    const double sd = std::sqrt(n * p * (1 - p));
    const double z = std::clamp(normalQuantile(level), -40.0, 40.0);
    double k = std::clamp(std::floor(n * p + z * sd + (1 - 2 * p) * (z * z - 1) / 6), 0.0, n);
    // The expansion is right to a step or two; leap where it is not.
    double stride = std::max(1.0, std::floor(sd / 64));
    for (bool isLast = false; !isLast; stride = std::max(1.0, std::floor(stride / 4))) {
        isLast = stride == 1;
        while (k < n && binomialCdf(k, n, p) < wanted)
            k = std::min(n, k + stride);
        while (k > 0 && binomialCdf(k - stride, n, p) >= wanted)
            k = std::max(0.0, k - stride);
    }
    return k;
}
double hypergeometric(double k, double good, double bad, double drawn) {
    if (!(good >= 0) || !(bad >= 0) || !(drawn >= 0) || drawn > good + bad)
        return nan;
    if (k < std::max(0.0, drawn - bad) || k > std::min(good, drawn))
        return 0;
    const auto logChoose = [](double n, double m) { return logGamma(n + 1) - logGamma(m + 1) - logGamma(n - m + 1); };
    return std::exp(logChoose(good, k) + logChoose(bad, drawn - k) - logChoose(good + bad, drawn));
}

double logGamma(double x) {
    return x > 0 ? (std::isinf(x) ? infinity : bm::lgamma(x, quietly)) : nan;
}
double digamma(double x) {
    return isShape(x) ? bm::digamma(x, quietly) : nan;
}
double trigamma(double x) {
    return isShape(x) ? bm::trigamma(x, quietly) : nan;
}

} // namespace ra::stats::dist
