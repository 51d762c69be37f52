// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/stats/sumsquares.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>
#include <limits>
#include <type_traits>

namespace ra::stats {

namespace {

/// Two lanes; GCC and clang translate operations on it for whatever the machine has.
using Lanes = double __attribute__((vector_size(16)));

/// Adds to `sum`, and what rounding takes from it to `low`. Source: D. E. Knuth, "The Art of Computer Programming",
/// vol. 2, section 4.2.2, theorem B.
template <typename T>
inline void addExactly(T &sum, T &low, T value) {
    const T total = sum + value;
    const T part = total - sum;
    low += (sum - (total - part)) + (value - part);
    sum = total;
}

/// Adds a square. Its rounding error comes from halves of the value, whose products are exact: T. J. Dekker, "A
/// floating-point technique for extending the available precision", Numer. Math. 18 (1971) 224-242.
inline void addSquare(Lanes &sum, Lanes &low, Lanes value) {
    const auto numbers = value <= std::numeric_limits<double>::infinity(); // NaN is no value
    const auto x = reinterpret_cast<Lanes>(reinterpret_cast<std::remove_const_t<decltype(numbers)>>(value) & numbers);
    const Lanes scaled = 0x1p27 * x + x;
    const Lanes upper = scaled - (scaled - x);
    const Lanes lower = x - upper;
    const Lanes square = x * x;
    low += lower * lower - ((square - upper * upper) - 2 * (upper * lower));
    addExactly(sum, low, square);
}

/// Halves of large values overflow before their squares do not: whatever came out, the sum is infinite.
Compensated finished(Compensated sum) {
    if (!std::isfinite(sum.high) || !std::isfinite(sum.low))
        return {std::numeric_limits<double>::infinity(), 0};
    const double high = sum.high + sum.low;
    return {high, std::isfinite(high) ? sum.low - (high - sum.high) : 0};
}

} // namespace

Compensated sumOfSquares(std::span<const double> values) {
    // Parts that do not wait for each other.
    constexpr std::size_t parts = 3;
    constexpr std::size_t width = sizeof(Lanes) / sizeof(double);
    constexpr std::size_t stride = parts * width;
    std::array<Lanes, parts> sums{};
    std::array<Lanes, parts> lows{};
    const std::size_t whole = values.size() / stride * stride;
    const auto addAt = [&](const double *from, std::size_t part) {
        Lanes lanes;
        std::memcpy(&lanes, from, sizeof lanes);
        addSquare(sums[part], lows[part], lanes);
    };
    for (std::size_t i = 0; i < whole; i += stride) {
        for (std::size_t part = 0; part < parts; ++part)
            addAt(&values[i + part * width], part);
    }
    if (whole < values.size()) {
        std::array<double, stride> rest{};
        std::copy(values.begin() + static_cast<std::ptrdiff_t>(whole), values.end(), rest.begin());
        for (std::size_t part = 0; part < parts; ++part)
            addAt(&rest[part * width], part);
    }
    Compensated total;
    for (std::size_t part = 0; part < parts; ++part) {
        for (std::size_t lane = 0; lane < width; ++lane) {
            addExactly<double>(total.high, total.low, sums[part][lane]);
            total.low += lows[part][lane];
        }
    }
    return finished(total);
}

Compensated add(Compensated a, Compensated b) {
    addExactly(a.high, a.low, b.high);
    a.low += b.low;
    return finished(a);
}

} // namespace ra::stats
