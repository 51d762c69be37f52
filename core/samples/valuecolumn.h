// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/samples/intcolumn.h"

#include <span>
#include <string>

namespace ra::samples {

/// How the values of a column are kept. The numbers are in the bytes and keep their meaning for ever.
enum class ValueCodec : std::uint8_t {
    Constant = 0,   ///< one value
    Decimal = 1,    ///< short decimals as integers, what is none apart
    Bits = 2,       ///< the bit patterns as integers that are ordered as the values are
    Dictionary = 3, ///< few different values
    Runs = 4,       ///< values that repeat
    Split = 5,      ///< sign and exponent by a dictionary, mantissa in plain bits
    Raw = 6,
};

/// Appends 1 to columnLength doubles, any at all, by the codec that makes them smallest.
///
/// True doubles are coded as ordered integers rather than by XOR as in Gorilla and Chimp: a difference is never above
/// the XOR of the same two patterns, and packed blocks decode many times faster than bits of changing length. Where
/// exponents and signs vary, Split is what ALP calls ALP_rd.
void encodeValues(std::span<const double> values, std::string &out);

/// The other way, bit for bit; false where the bytes are damaged.
[[nodiscard]] bool decodeValues(stats::ByteReader &in, std::span<double> values);

} // namespace ra::samples
