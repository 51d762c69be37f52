// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/stats/moments.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace ra::stats {

namespace {

/// Values that are summed about one of them before they are merged: enough that merging costs nothing.
constexpr std::size_t blockSize = 512;

/// Exponents are taken in such steps, so that everyday values are not scaled at all. Fourth powers of values below
/// 2^(step / 2) times any count fit a double.
constexpr int exponentStep = 240;

int scaleOf(double magnitude) {
    if (magnitude == 0)
        return 0;
    const int exponent = std::ilogb(magnitude);
    const int rounded =
        exponent >= 0 ? (exponent + exponentStep / 2) / exponentStep : -((exponentStep / 2 - exponent) / exponentStep);
    return rounded * exponentStep;
}

} // namespace

void Moments::add(std::span<const double> values) {
    std::array<double, blockSize> finite{};
    while (!values.empty()) {
        std::size_t count = 0;
        Moments block;
        double largest = 0;
        const std::span<const double> head = values.first(std::min(values.size(), blockSize));
        for (const double value : head) {
            if (std::isfinite(value)) {
                finite[count++] = value;
                block.m_min = std::min(block.m_min, value);
                block.m_max = std::max(block.m_max, value);
                largest = std::max(largest, std::abs(value));
            } else if (std::isnan(value)) {
                ++m_missing;
            } else {
                ++m_infinite[value > 0 ? 1 : 0];
            }
        }
        values = values.subspan(head.size());
        if (count == 0)
            continue;
        block.m_count = count;
        block.m_exponent = scaleOf(largest);
        if (block.m_exponent != 0) {
            for (std::size_t i = 0; i < count; ++i)
                finite[i] = std::ldexp(finite[i], -block.m_exponent);
        }
        const double origin = finite[0];
        DoubleDouble s1;
        DoubleDouble s2;
        DoubleDouble s3;
        DoubleDouble s4;
        for (std::size_t i = 0; i < count; ++i) {
            const DoubleDouble d = twoSum(finite[i], -origin);
            const DoubleDouble square = d * d;
            s1 += d;
            s2 += square;
            s3 += square * d;
            s4 += square * square;
        }
        const auto n = static_cast<double>(count);
        const DoubleDouble shift = s1 / n; // from the first value to the mean
        const DoubleDouble shift2 = shift * shift;
        block.m_mean = shift + origin;
        block.m_squares = s2 - s1 * shift;
        block.m_cubes = s3 - shift * s2 * 3.0 + shift * shift2 * (2 * n);
        block.m_fourths = s4 - shift * s3 * 4.0 + shift2 * s2 * 6.0 - shift2 * shift2 * (3 * n);
        mergeFinite(block);
    }
}

void Moments::rescale(int exponent) {
    const int by = m_exponent - exponent;
    m_mean = ldexp(m_mean, by);
    m_squares = ldexp(m_squares, 2 * by);
    m_cubes = ldexp(m_cubes, 3 * by);
    m_fourths = ldexp(m_fourths, 4 * by);
    m_exponent = exponent;
}

void Moments::mergeFinite(const Moments &other) {
    if (other.m_count == 0)
        return;
    m_min = std::min(m_min, other.m_min);
    m_max = std::max(m_max, other.m_max);
    Moments b = other;
    if (m_count == 0) {
        m_count = b.m_count;
        m_exponent = b.m_exponent;
        m_mean = b.m_mean;
        m_squares = b.m_squares;
        m_cubes = b.m_cubes;
        m_fourths = b.m_fourths;
        return;
    }
    // Zeros have no exponent of their own; otherwise the larger values decide, and what the smaller ones lose is far
    // below the last digit.
    const bool isZeroHere = m_min == 0 && m_max == 0;
    const int exponent = other.m_min == 0 && other.m_max == 0 ? m_exponent
                         : isZeroHere                         ? b.m_exponent
                                                              : std::max(m_exponent, b.m_exponent);
    if (m_exponent != exponent)
        rescale(exponent);
    if (b.m_exponent != exponent)
        b.rescale(exponent);
    const auto na = static_cast<double>(m_count);
    const auto nb = static_cast<double>(b.m_count);
    const DoubleDouble n = twoSum(na, nb);
    const DoubleDouble pa = DoubleDouble(na) / n; // the share of either part
    const DoubleDouble pb = DoubleDouble(nb) / n;
    const DoubleDouble d = b.m_mean - m_mean;
    const DoubleDouble d2 = d * d;
    m_fourths = m_fourths + b.m_fourths + d2 * d2 * pa * pb * n * (pa * pa - pa * pb + pb * pb) +
                d2 * (pa * pa * b.m_squares + pb * pb * m_squares) * 6.0 + d * (pa * b.m_cubes - pb * m_cubes) * 4.0;
    m_cubes = m_cubes + b.m_cubes + d * d2 * pa * pb * (na - nb) + d * (pa * b.m_squares - pb * m_squares) * 3.0;
    m_squares = m_squares + b.m_squares + d2 * pa * pb * n;
    m_mean = m_mean + d * pb;
    m_count += b.m_count;
}

void Moments::merge(const Moments &other) {
    m_missing += other.m_missing;
    m_infinite[0] += other.m_infinite[0];
    m_infinite[1] += other.m_infinite[1];
    mergeFinite(other);
}

std::optional<double> Moments::min() const {
    if (count() == 0)
        return std::nullopt;
    return m_infinite[0] > 0 ? -std::numeric_limits<double>::infinity()
           : m_count > 0     ? m_min
                             : std::numeric_limits<double>::infinity();
}

std::optional<double> Moments::max() const {
    if (count() == 0)
        return std::nullopt;
    return m_infinite[1] > 0 ? std::numeric_limits<double>::infinity()
           : m_count > 0     ? m_max
                             : -std::numeric_limits<double>::infinity();
}

std::optional<double> Moments::mean() const {
    if (!isFinite()) {
        return m_infinite[0] == 0   ? std::numeric_limits<double>::infinity()
               : m_infinite[1] == 0 ? -std::numeric_limits<double>::infinity()
                                    : std::numeric_limits<double>::quiet_NaN();
    }
    if (m_count == 0)
        return std::nullopt;
    return std::ldexp(m_mean.value(), m_exponent);
}

std::optional<DoubleDouble> Moments::preciseMean() const {
    if (!isFinite() || m_count == 0)
        return std::nullopt;
    return ldexp(m_mean, m_exponent);
}

std::optional<double> Moments::squares() const {
    if (!isFinite() || m_count == 0)
        return std::nullopt;
    return std::ldexp(std::max(0.0, m_squares.value()), 2 * m_exponent);
}

std::optional<double> Moments::variance() const {
    if (!isFinite() || m_count < 2)
        return std::nullopt;
    return std::ldexp(std::max(0.0, (m_squares / static_cast<double>(m_count - 1)).value()), 2 * m_exponent);
}

std::optional<double> Moments::sd() const {
    if (!isFinite() || m_count < 2)
        return std::nullopt;
    return std::ldexp(sqrt(m_squares / static_cast<double>(m_count - 1)).value(), m_exponent);
}

std::optional<double> Moments::skewness() const {
    if (!varies())
        return std::nullopt;
    return (m_cubes / (m_squares * sqrt(m_squares / static_cast<double>(m_count)))).value();
}

std::optional<double> Moments::adjustedSkewness() const {
    const std::optional<double> plain = skewness();
    if (!plain || m_count < 3)
        return std::nullopt;
    const auto n = static_cast<double>(m_count);
    return *plain * std::sqrt(n * (n - 1)) / (n - 2);
}

std::optional<double> Moments::kurtosis() const {
    if (!varies())
        return std::nullopt;
    return (m_fourths * static_cast<double>(m_count) / (m_squares * m_squares) - 3.0).value();
}

std::optional<double> Moments::adjustedKurtosis() const {
    const std::optional<double> plain = kurtosis();
    if (!plain || m_count < 4)
        return std::nullopt;
    const auto n = static_cast<double>(m_count);
    return ((n + 1) * *plain + 6) * (n - 1) / ((n - 2) * (n - 3));
}

} // namespace ra::stats
