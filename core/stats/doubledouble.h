// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cmath>

namespace ra::stats {

/// An unevaluated sum of two doubles, |low| at most half a unit in the last place of high: about 31 decimal digits in
/// the range of double. Where high is infinite or NaN, low means nothing. Sources: T. J. Dekker, "A floating-point
/// technique for extending the available precision", Numer. Math. 18 (1971) 224-242; Y. Hida, X. S. Li, D. H. Bailey,
/// "Library for double-double and quad-double arithmetic" (2007).
struct DoubleDouble {
    double high = 0;
    double low = 0;

    DoubleDouble() = default;
    // A double is one of these: the conversion loses nothing.
    DoubleDouble(double value)
        : high(value) {}
    DoubleDouble(double larger, double smaller)
        : high(larger)
        , low(smaller) {}

    [[nodiscard]] double value() const { return high + low; }
    [[nodiscard]] DoubleDouble operator-() const { return {-high, -low}; }
};

/// a + b without error; needs |a| >= |b|.
[[nodiscard]] inline DoubleDouble quickTwoSum(double a, double b) {
    const double sum = a + b;
    return {sum, b - (sum - a)};
}

/// a + b without error.
[[nodiscard]] inline DoubleDouble twoSum(double a, double b) {
    const double sum = a + b;
    const double part = sum - a;
    return {sum, (a - (sum - part)) + (b - part)};
}

/// a * b without error, as long as neither magnitude exceeds 2^996 and the product does not fall below 2^-969.
[[nodiscard]] inline DoubleDouble twoProduct(double a, double b) {
    constexpr double splitter = 134217729; // 2^27 + 1
    const double ta = splitter * a;
    const double ah = ta - (ta - a);
    const double al = a - ah;
    const double tb = splitter * b;
    const double bh = tb - (tb - b);
    const double bl = b - bh;
    const double product = a * b;
    return {product, ((ah * bh - product) + ah * bl + al * bh) + al * bl};
}

[[nodiscard]] inline DoubleDouble operator+(DoubleDouble a, DoubleDouble b) {
    DoubleDouble s = twoSum(a.high, b.high);
    const DoubleDouble t = twoSum(a.low, b.low);
    s = quickTwoSum(s.high, s.low + t.high);
    return quickTwoSum(s.high, s.low + t.low);
}
[[nodiscard]] inline DoubleDouble operator-(DoubleDouble a, DoubleDouble b) {
    return a + (-b);
}
[[nodiscard]] inline DoubleDouble operator*(DoubleDouble a, DoubleDouble b) {
    DoubleDouble p = twoProduct(a.high, b.high);
    p.low += a.high * b.low + a.low * b.high;
    return quickTwoSum(p.high, p.low);
}
[[nodiscard]] inline DoubleDouble operator/(DoubleDouble a, DoubleDouble b) {
    const double first = a.high / b.high;
    DoubleDouble rest = a - b * first;
    const double second = rest.high / b.high;
    rest = rest - b * second;
    const double third = rest.high / b.high;
    return quickTwoSum(first, second) + third;
}
inline DoubleDouble &operator+=(DoubleDouble &a, DoubleDouble b) {
    return a = a + b;
}
inline DoubleDouble &operator-=(DoubleDouble &a, DoubleDouble b) {
    return a = a - b;
}
[[nodiscard]] inline bool operator<(DoubleDouble a, DoubleDouble b) {
    return a.high < b.high || (a.high == b.high && a.low < b.low);
}
/// 0 for a negative one.
[[nodiscard]] inline DoubleDouble sqrt(DoubleDouble a) {
    if (!(a.high > 0))
        return 0;
    const double root = std::sqrt(a.high);
    // One step of Newton's iteration doubles the digits.
    return DoubleDouble(root) + (a - twoProduct(root, root)).high / (2 * root);
}
/// a * 2^exponent
[[nodiscard]] inline DoubleDouble ldexp(DoubleDouble a, int exponent) {
    return {std::ldexp(a.high, exponent), std::ldexp(a.low, exponent)};
}

} // namespace ra::stats
