// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>

namespace ra::samples {

/// Numbers that are packed together.
inline constexpr std::size_t blockLength = 128;

/// Bytes that `count` numbers of `width` bits take; count <= blockLength.
[[nodiscard]] constexpr std::size_t packedSize(std::size_t count, unsigned width) {
    return (count * width + 7) / 8;
}

/// Packs the lowest `width` bits of `count` numbers into packedSize() bytes; width <= 64, count <= blockLength; higher
/// bits are ignored. A full block is laid out for four lanes of 32 bits that are unpacked at once, bit planes of 32
/// first: D. Lemire, L. Boytsov, "Decoding billions of integers per second through vectorization", Softw. Pract. Exper.
/// 45 (2015), SIMD-BP128. Fewer numbers follow each other bit by bit.
void pack(const std::uint64_t *numbers, std::size_t count, unsigned width, char *out);

/// The other way, for a full block of width <= 32.
void unpackNarrow(const char *in, unsigned width, std::uint32_t *numbers);

/// The other way, for any count and width.
void unpack(const char *in, std::size_t count, unsigned width, std::uint64_t *numbers);

} // namespace ra::samples
