// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/samples/bitpack.h"

#include <array>
#include <cstring>
#include <utility>

namespace ra::samples {

namespace {

/// Four lanes; GCC and clang translate operations on it for whatever the machine has.
using Lanes = std::uint32_t __attribute__((vector_size(16)));
constexpr unsigned lanes = 4;
constexpr unsigned perLane = blockLength / lanes;

Lanes load(const char *from) {
    Lanes v;
    std::memcpy(&v, from, sizeof v);
    return v;
}
void store(char *to, Lanes v) {
    std::memcpy(to, &v, sizeof v);
}

constexpr std::uint32_t maskOf(unsigned width) {
    return width >= 32 ? 0xffffffffU : (std::uint32_t{1} << width) - 1;
}

/// Number k of each lane is at bit k * Width of the lane's words; word w of the four lanes is at byte 16 w.
template <unsigned Width, unsigned K>
inline void unpackStep(const char *in, char *out) {
    constexpr unsigned word = K * Width / 32;
    constexpr unsigned shift = K * Width % 32;
    Lanes v = load(in + word * sizeof(Lanes)) >> shift;
    if constexpr (shift + Width > 32)
        v |= load(in + (word + 1) * sizeof(Lanes)) << (32 - shift);
    if constexpr (shift + Width != 32)
        v &= maskOf(Width);
    store(out + K * sizeof(Lanes), v);
}

template <unsigned Width, unsigned... K>
inline void unpackSteps(const char *in, char *out, std::integer_sequence<unsigned, K...>) {
    (unpackStep<Width, K>(in, out), ...);
}

template <unsigned Width>
void unpackLanes(const char *in, char *out) {
    if constexpr (Width == 0)
        std::memset(out, 0, blockLength * sizeof(std::uint32_t));
    else
        unpackSteps<Width>(in, out, std::make_integer_sequence<unsigned, perLane>());
}

using Unpacker = void (*)(const char *, char *);
template <unsigned... Width>
constexpr std::array<Unpacker, sizeof...(Width)> unpackersOf(std::integer_sequence<unsigned, Width...>) {
    return {unpackLanes<Width>...};
}
constexpr std::array<Unpacker, 33> unpackers = unpackersOf(std::make_integer_sequence<unsigned, 33>());

void packLanes(const std::uint32_t *numbers, unsigned width, char *out) {
    if (width == 0)
        return;
    const char *in = reinterpret_cast<const char *>(numbers);
    const std::uint32_t mask = maskOf(width);
    Lanes word{};
    unsigned filled = 0;
    for (unsigned k = 0; k < perLane; ++k) {
        const Lanes v = load(in + k * sizeof(Lanes)) & mask;
        word |= v << filled;
        filled += width;
        if (filled < 32)
            continue;
        store(out, word);
        out += sizeof(Lanes);
        filled -= 32;
        word = filled == 0 ? Lanes{} : v >> (width - filled);
    }
}

/// Up to 64 bits from any bit on, of which `size` bytes exist.
std::uint64_t bitsAt(const char *in, std::size_t size, std::size_t bit, unsigned width) {
    std::array<unsigned char, 9> bytes{};
    const std::size_t at = bit / 8;
    std::memcpy(bytes.data(), in + at, size - at < bytes.size() ? size - at : bytes.size());
    const auto shift = static_cast<unsigned>(bit % 8);
    std::uint64_t value = 0;
    for (unsigned i = 8; i-- > 0;)
        value = (value << 8) | bytes[i];
    value >>= shift;
    if (shift > 0)
        value |= std::uint64_t{bytes[8]} << (64 - shift);
    return width == 64 ? value : value & ((std::uint64_t{1} << width) - 1);
}

void putBitsAt(char *out, std::size_t bit, unsigned width, std::uint64_t value) {
    for (unsigned done = 0; done < width;) {
        const auto shift = static_cast<unsigned>((bit + done) % 8);
        const unsigned part = width - done < 8 - shift ? width - done : 8 - shift;
        const auto piece = static_cast<unsigned>((value >> done) & ((1U << part) - 1));
        char &byte = out[(bit + done) / 8];
        byte = static_cast<char>(static_cast<unsigned char>(byte) | (piece << shift));
        done += part;
    }
}

} // namespace

void pack(const std::uint64_t *numbers, std::size_t count, unsigned width, char *out) {
    if (count < blockLength) {
        std::memset(out, 0, packedSize(count, width));
        for (std::size_t i = 0; i < count; ++i)
            putBitsAt(out, i * width, width, numbers[i]);
        return;
    }
    std::array<std::uint32_t, blockLength> half;
    for (std::size_t i = 0; i < blockLength; ++i)
        half[i] = static_cast<std::uint32_t>(numbers[i]);
    if (width > 32) { // the lower halves as they are, the upper ones packed
        std::memcpy(out, half.data(), sizeof half);
        out += sizeof half;
        for (std::size_t i = 0; i < blockLength; ++i)
            half[i] = static_cast<std::uint32_t>(numbers[i] >> 32);
        width -= 32;
    }
    packLanes(half.data(), width, out);
}

void unpackNarrow(const char *in, unsigned width, std::uint32_t *numbers) {
    unpackers[width](in, reinterpret_cast<char *>(numbers));
}

void unpack(const char *in, std::size_t count, unsigned width, std::uint64_t *numbers) {
    if (count < blockLength) {
        const std::size_t size = packedSize(count, width);
        for (std::size_t i = 0; i < count; ++i)
            numbers[i] = width == 0 ? 0 : bitsAt(in, size, i * width, width);
        return;
    }
    std::array<std::uint32_t, blockLength> half;
    if (width <= 32) {
        unpackNarrow(in, width, half.data());
        for (std::size_t i = 0; i < blockLength; ++i)
            numbers[i] = half[i];
        return;
    }
    std::array<std::uint32_t, blockLength> low;
    std::memcpy(low.data(), in, sizeof low);
    unpackNarrow(in + sizeof low, width - 32, half.data());
    for (std::size_t i = 0; i < blockLength; ++i)
        numbers[i] = (std::uint64_t{half[i]} << 32) | low[i];
}

} // namespace ra::samples
