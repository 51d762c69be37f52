// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/stats/varint.h"

#include <array>
#include <cstdint>
#include <string>

namespace ra::stats {

/// The sum of finite doubles without any rounding: a fixed-point number as wide as the range of double, in digits of
/// 32 bits with room for carries. Order and grouping of additions leave no trace, which is what makes sums of merged
/// parts equal the sum of the whole. Room for 2^63 values. About 550 bytes. Source: R. M. Neal, "Fast exact summation
/// using small and large superaccumulators", arXiv:1505.05571 (2015), the small one.
class ExactSum {
public:
    /// Adds a finite value; two memory operations.
    void add(double value) {
        const auto bits = std::bit_cast<std::uint64_t>(value);
        const auto exponent = static_cast<unsigned>(bits >> 52) & 0x7ffU;
        const std::uint64_t fraction = bits & 0xfffffffffffffU;
        // The lowest bit of a value with exponent e weighs 2^(e - 1075), of a subnormal 2^-1074.
        const unsigned place = exponent == 0 ? 0 : exponent - 1;
        const std::uint64_t mantissa = fraction | (static_cast<std::uint64_t>(exponent != 0) << 52);
        const unsigned shift = place % 32;
        const auto low = static_cast<std::int64_t>((mantissa << shift) & 0xffffffffU);
        const auto high = static_cast<std::int64_t>(mantissa >> (32 - shift));
        const auto sign = static_cast<std::int64_t>(bits) >> 63; // 0 or -1: (v ^ sign) - sign negates
        m_digits[place / 32] += (low ^ sign) - sign;
        m_digits[place / 32 + 1] += (high ^ sign) - sign;
        if (--m_room == 0)
            carry();
    }
    /// Adds what another one holds.
    void merge(const ExactSum &other);
    /// Takes off what another one holds, without any rounding either.
    void takeAway(const ExactSum &other);

    /// The double nearest to the sum, ties to even; an infinity where it lies beyond the largest double.
    [[nodiscard]] double value() const;

    /// The sum of `count` equal values, in some dozen steps.
    [[nodiscard]] static ExactSum ofEqual(double value, std::uint64_t count);

    /// Appends sign, place and digits; 1 byte for zero, about 8 for sums of numbers of everyday size.
    void serialise(std::string &out) const;
    /// The other way; `in` fails where the bytes are none that serialise() writes.
    [[nodiscard]] static ExactSum deserialise(ByteReader &in);

    /// Whether both hold the same number.
    [[nodiscard]] bool operator==(const ExactSum &other) const;

private:
    /// 2,098 bits of double and 63 of carries.
    static constexpr unsigned digitCount = 69;
    /// Additions of at most 2^53 each that a 64-bit digit below 2^32 takes before it could overflow.
    static constexpr int additions = 1000;

    void carry();
    /// Sign and digits in [0, 2^32) of the magnitude; `top` is the highest that is not zero, -1 for zero.
    struct Magnitude {
        bool negative = false;
        int top = -1;
        std::array<std::uint32_t, digitCount> digits{};
        bool operator==(const Magnitude &) const = default;
    };
    [[nodiscard]] Magnitude magnitude() const;

    std::array<std::int64_t, digitCount> m_digits{};
    int m_room = additions;
};

} // namespace ra::stats
