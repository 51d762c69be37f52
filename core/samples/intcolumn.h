// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/samples/bitpack.h"
#include "core/stats/varint.h"

#include <cstdint>
#include <span>
#include <string>

namespace ra::samples {

/// Numbers of a column at most; a segment has as many columns as it needs.
inline constexpr std::size_t columnLength = 4096;

/// Appends 1 to columnLength numbers, any at all. Numbers are taken relative to the first, in the greatest
/// common unit of all; a constant stride takes some bytes. Else each block of 128 is coded by what is smallest of
/// distance from a line, difference, and difference of differences; less a reference, in as many bits as pay, and what
/// does not fit in these is patched in. All arithmetic is modulo 2^64, so that nothing overflows. Source: M. Zukowski
/// et al., "Super-scalar RAM-CPU cache compression", ICDE 2006 (PFOR, PFOR-DELTA).
void encodeIntegers(std::span<const std::int64_t> numbers, std::string &out);

/// Decodes what encodeIntegers() wrote, block by block.
class IntegerDecoder {
public:
    /// Starts on a column of `count` numbers, at least one, at the place of `in`, which must outlive this.
    IntegerDecoder(stats::ByteReader &in, std::size_t count);

    /// Numbers that are still to come.
    [[nodiscard]] std::size_t left() const { return m_left; }
    /// Writes the next min(left(), blockLength) numbers, and returns how many: 0 at the end, and where the bytes are
    /// damaged (then `in` has failed).
    std::size_t next(std::int64_t *numbers);

private:
    template <typename Number>
    void place(const Number *offsets, std::size_t count, std::int64_t *numbers);

    stats::ByteReader &m_in;
    std::size_t m_left;
    bool m_linear = false;
    std::uint64_t m_unit = 1;
    std::uint64_t m_number = 0;     ///< the last one; all in the terms of the output
    std::uint64_t m_difference = 0; ///< between it and the one before
    // The block at hand:
    unsigned m_order = 0;
    std::uint64_t m_reference = 0;
    std::uint64_t m_slope = 0;
};

/// Decodes a whole column; false where the bytes are damaged.
[[nodiscard]] bool decodeIntegers(stats::ByteReader &in, std::span<std::int64_t> numbers);

} // namespace ra::samples
