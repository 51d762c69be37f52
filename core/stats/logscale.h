// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <bit>
#include <cstdint>
#include <limits>

namespace ra::stats {

// Buckets of logarithmic width over the magnitudes of all doubles but zero, numbered upwards from the smallest. `scale`
// is how many there are for a factor of two. The same magnitude has to fall into the same bucket on every machine: what
// is here is for files that are compiled without fused operations, as those of this room are.
// Source: that of Sketch.

/// The logarithm to base 2 of 1 + s, s in [0, 1), nearly: a s^3 + b s^2 + c s, exact at both ends and with equal slopes
/// where one octave meets the next. A bucket is widest, compared with the true logarithm, at the ends of an octave.
struct OctaveCubic {
    static constexpr double a = 6.0 / 35;
    static constexpr double b = -3.0 / 5;
    static constexpr double c = 10.0 / 7;

    [[nodiscard]] static double at(double s) { return ((a * s + b) * s + c) * s; }
};

/// 2^-1075 is below every magnitude: numbers of buckets start there, so that they are never negative.
inline constexpr double lowestExponent = 1075;

/// Where a magnitude, normal and finite, lies on the scale, in octaves.
[[nodiscard]] inline double octaveOf(std::uint64_t bits) {
    // Small integers become doubles by way of the mantissa, which vectorises on every x86-64.
    const double exponent =
        std::bit_cast<double>((bits >> 52) | 0x4330000000000000U) - 0x1p52 - (1023 - lowestExponent);
    const double s = std::bit_cast<double>((bits & 0xfffffffffffffU) | 0x3ff0000000000000U) - 1;
    return exponent + OctaveCubic::at(s);
}

/// The bucket of a magnitude, finite and above zero. O(1).
[[nodiscard]] inline std::uint32_t bucketOf(double magnitude, double scale) {
    double octave = 0;
    if (magnitude < std::numeric_limits<double>::min())
        octave = octaveOf(std::bit_cast<std::uint64_t>(magnitude * 0x1p54)) - 54;
    else
        octave = octaveOf(std::bit_cast<std::uint64_t>(magnitude));
    return static_cast<std::uint32_t>(octave * scale);
}

/// The scale with which the middle of a bucket is off by at most relativeError, above 0 and below 1, of each value in
/// it.
[[nodiscard]] double bucketScale(double relativeError);

/// The magnitude at which a bucket begins. O(1).
[[nodiscard]] double bucketStart(std::uint32_t bucket, double scale);

/// Above the number of every bucket.
[[nodiscard]] std::uint32_t bucketLimit(double scale);

} // namespace ra::stats
