// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/samples/bitpack.h"

#include <array>
#include <cstdint>

namespace ra::samples {

// The form of a column of integers, between what encodes and what decodes it.
//
// A column: its kind, the first number, the stride from the first to the second; if not linear also the unit, and
// blocks. A block: how it is coded, its width, [reference], [slope], packed offsets, [patches: how many, then position
// and upper part of each].

inline constexpr std::uint8_t linearColumn = 0; ///< kind: a constant stride, no blocks
inline constexpr std::uint8_t blockColumn = 1;  ///< kind

inline constexpr unsigned orderMask = 3; ///< 0: distance from a line, 1: difference, 2: difference of differences
inline constexpr unsigned referenceFlag = 4;
inline constexpr unsigned slopeFlag = 8;
inline constexpr unsigned patchFlag = 16;
inline constexpr unsigned anyFlag = orderMask | referenceFlag | slopeFlag | patchFlag;

/// The numbers of a block, or as many offsets.
using Block = std::array<std::uint64_t, blockLength>;

/// All arithmetic is modulo 2^64; these name the same bits the other way.
[[nodiscard]] constexpr std::int64_t asSigned(std::uint64_t v) {
    return static_cast<std::int64_t>(v);
}
[[nodiscard]] constexpr std::uint64_t asUnsigned(std::int64_t v) {
    return static_cast<std::uint64_t>(v);
}

} // namespace ra::samples
