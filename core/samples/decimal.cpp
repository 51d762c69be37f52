// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/samples/decimal.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <limits>

namespace ra::samples {

namespace {

constexpr std::array<double, maxDecimals + 1> powers{1e0, 1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,  1e8,
                                                     1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17};

/// Added to a double below 2^51 in magnitude, it leaves the nearest integer in the lowest bits of the mantissa: a
/// conversion that vectorises on every x86-64.
constexpr double roundingMagic = 0x1.8p52;
constexpr auto magicBits = std::bit_cast<std::uint64_t>(roundingMagic);

struct Scaled {
    std::int64_t integer;
    std::uint64_t wrong; ///< zero if the integer gives back the value
};

inline Scaled scaleOne(double value, double power) {
    const double shifted = value * power + roundingMagic;
    const std::uint64_t integer = std::bit_cast<std::uint64_t>(shifted) - magicBits;
    const double back = (shifted - roundingMagic) / power;
    // What is no number, or too large, leaves far more bits than 52.
    return {static_cast<std::int64_t>(integer),
            (std::bit_cast<std::uint64_t>(back) ^ std::bit_cast<std::uint64_t>(value)) |
                ((integer + (std::uint64_t{1} << 51)) >> 52)};
}

constexpr double exceptionBits = 80; ///< a position and a raw value

} // namespace

std::optional<unsigned> chooseDecimals(std::span<const double> values) {
    constexpr std::size_t sampleSize = 64;
    const std::size_t step = std::max<std::size_t>(1, values.size() / sampleSize);
    std::array<unsigned, maxDecimals + 1> needing{}; // how many need so many decimals
    unsigned sampled = 0;
    double lowest = std::numeric_limits<double>::infinity();
    double highest = -lowest;
    for (std::size_t i = 0; i < values.size(); i += step) {
        ++sampled;
        for (unsigned decimals = 0; decimals <= maxDecimals; ++decimals) {
            if (scaleOne(values[i], powers[decimals]).wrong != 0)
                continue;
            ++needing[decimals];
            lowest = std::min(lowest, values[i]);
            highest = std::max(highest, values[i]);
            break;
        }
    }
    std::optional<unsigned> choice;
    double least = std::numeric_limits<double>::infinity();
    unsigned covered = 0;
    for (unsigned decimals = 0; decimals <= maxDecimals; ++decimals) {
        covered += needing[decimals];
        if (needing[decimals] == 0 || covered * 2 < sampled)
            continue;
        const double width = std::log2((highest - lowest) * powers[decimals] + 1);
        const double cost = covered * width + (sampled - covered) * exceptionBits;
        if (cost < least) {
            least = cost;
            choice = decimals;
        }
    }
    return choice;
}

std::size_t scale(std::span<const double> values, unsigned decimals, std::span<std::int64_t> integers,
                  std::span<bool> exact) {
    const double power = powers[decimals];
    std::uint64_t anyWrong = 0;
    for (std::size_t i = 0; i < values.size(); ++i) {
        const Scaled scaled = scaleOne(values[i], power);
        integers[i] = scaled.integer;
        anyWrong |= scaled.wrong;
    }
    if (anyWrong == 0) {
        std::fill(exact.begin(), exact.end(), true);
        return 0;
    }
    std::size_t wrong = 0;
    std::int64_t before = 0;
    for (std::size_t i = 0; i < values.size(); ++i) {
        exact[i] = scaleOne(values[i], power).wrong == 0;
        if (exact[i]) {
            before = integers[i];
        } else {
            integers[i] = before;
            ++wrong;
        }
    }
    return wrong;
}

void unscale(std::span<const std::int64_t> integers, unsigned decimals, double *values) {
    const double power = powers[decimals];
    if (decimals == 0) {
        for (std::size_t i = 0; i < integers.size(); ++i)
            values[i] = std::bit_cast<double>(static_cast<std::uint64_t>(integers[i]) + magicBits) - roundingMagic;
        return;
    }
    for (std::size_t i = 0; i < integers.size(); ++i)
        values[i] =
            (std::bit_cast<double>(static_cast<std::uint64_t>(integers[i]) + magicBits) - roundingMagic) / power;
}

} // namespace ra::samples
