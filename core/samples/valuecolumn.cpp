// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/samples/valuecolumn.h"

#include "core/samples/decimal.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstring>
#include <limits>
#include <optional>
#include <vector>

namespace ra::samples {

namespace {

using stats::ByteReader;
using stats::putDouble;
using stats::putVarint;

/// Where a column comes from: what is part of another is not taken apart again.
enum class Depth { Whole, Part };

void encodeAt(Depth depth, std::span<const double> values, std::string &out);
bool decodeAt(Depth depth, ByteReader &in, std::span<double> values);

std::uint64_t bitsOf(double value) {
    return std::bit_cast<std::uint64_t>(value);
}

/// Bit patterns as integers in the order of the values: negative ones have their other bits turned round. Its own
/// inverse.
std::int64_t ordered(std::uint64_t bits) {
    const auto v = static_cast<std::int64_t>(bits);
    return v ^ ((v >> 63) & std::numeric_limits<std::int64_t>::max());
}

void putRaw(std::string &out, const void *from, std::size_t size) {
    out.append(static_cast<const char *>(from), size);
}

void putCodec(std::string &out, ValueCodec codec) {
    out.push_back(static_cast<char>(codec));
}

/// Decodes an integer for each value, block by block; `put(block, at)` makes the values from `at` on of them, or says
/// that they cannot be.
template <typename Put>
bool decodeBlocks(ByteReader &in, std::span<const double> values, Put put) {
    IntegerDecoder decoder(in, values.size());
    std::array<std::int64_t, blockLength> integers;
    for (std::size_t at = 0; at < values.size();) {
        const std::size_t n = decoder.next(integers.data());
        if (n == 0 || !put(std::span<const std::int64_t>(integers).first(n), at))
            return false;
        at += n;
    }
    return true;
}

// --- decimals: how many, exceptions (how many; of each the distance to the one before, and the value), integers
// -------

std::optional<std::string> encodeDecimal(std::span<const double> values, std::size_t &exceptions) {
    const std::optional<unsigned> decimals = chooseDecimals(values);
    if (!decimals)
        return std::nullopt;
    std::array<std::int64_t, columnLength> integers;
    std::array<bool, columnLength> exact;
    exceptions =
        scale(values, *decimals, std::span(integers).first(values.size()), std::span(exact).first(values.size()));
    if (exceptions * 2 > values.size())
        return std::nullopt;
    std::string out;
    putCodec(out, ValueCodec::Decimal);
    out.push_back(static_cast<char>(*decimals));
    putVarint(out, exceptions);
    std::size_t before = 0;
    for (std::size_t i = 0; exceptions > 0 && i < values.size(); ++i) {
        if (exact[i])
            continue;
        putVarint(out, i - before);
        putRaw(out, &values[i], sizeof(double));
        before = i;
    }
    encodeIntegers(std::span(integers).first(values.size()), out);
    return out;
}

bool decodeDecimal(ByteReader &in, std::span<double> values) {
    const unsigned decimals = in.byte();
    const std::uint64_t exceptions = in.varint();
    if (decimals > maxDecimals || exceptions > values.size())
        return false;
    ByteReader apart = in; // exceptions are put in last
    for (std::uint64_t i = 0; i < exceptions; ++i) {
        static_cast<void>(in.varint());
        static_cast<void>(in.take(sizeof(double)));
    }
    if (!in.ok())
        return false;
    const bool whole = decodeBlocks(in, values, [&](std::span<const std::int64_t> block, std::size_t at) {
        unscale(block, decimals, values.data() + at);
        return true;
    });
    if (!whole)
        return false;
    std::uint64_t position = 0;
    for (std::uint64_t i = 0; i < exceptions; ++i) {
        position += std::min<std::uint64_t>(apart.varint(), values.size());
        const std::string_view raw = apart.take(sizeof(double));
        if (position >= values.size())
            return false;
        std::memcpy(&values[position], raw.data(), sizeof(double));
    }
    return in.ok();
}

// --- bit patterns ----------------------------------------------------------------------------------------------------

std::string encodeBits(std::span<const double> values) {
    std::array<std::int64_t, columnLength> integers;
    for (std::size_t i = 0; i < values.size(); ++i)
        integers[i] = ordered(bitsOf(values[i]));
    std::string out;
    putCodec(out, ValueCodec::Bits);
    encodeIntegers(std::span(integers).first(values.size()), out);
    return out;
}

bool decodeBits(ByteReader &in, std::span<double> values) {
    const bool whole = decodeBlocks(in, values, [&](std::span<const std::int64_t> block, std::size_t at) {
        for (std::size_t i = 0; i < block.size(); ++i)
            values[at + i] = std::bit_cast<double>(ordered(static_cast<std::uint64_t>(block[i])));
        return true;
    });
    return whole && in.ok();
}

// --- few different values: how many, they in their order, a code for each value
// ---------------------------------------

constexpr std::size_t dictionaryLimit = 256;

/// The different bit patterns among some, in the order of first occurrence, each with how often it occurs.
class Distinct {
public:
    /// Counts a pattern; false once there are more than dictionaryLimit.
    bool add(std::uint64_t bits) {
        const std::size_t at = slotOf(bits);
        if (m_slots[at] == 0) {
            if (m_patterns.size() == dictionaryLimit)
                return false;
            m_patterns.push_back({bits, 0});
            m_slots[at] = static_cast<std::uint16_t>(m_patterns.size());
        }
        ++m_patterns[m_slots[at] - 1U].second;
        return true;
    }
    /// Orders them, and numbers them so.
    template <typename Before>
    void sort(Before before) {
        std::sort(m_patterns.begin(), m_patterns.end(), before);
        m_slots.fill(0);
        for (std::size_t i = 0; i < m_patterns.size(); ++i)
            m_slots[slotOf(m_patterns[i].first)] = static_cast<std::uint16_t>(i + 1);
    }
    [[nodiscard]] std::int64_t numberOf(std::uint64_t bits) const { return m_slots[slotOf(bits)] - 1; }
    /// Pattern and count.
    [[nodiscard]] const std::vector<std::pair<std::uint64_t, std::size_t>> &patterns() const { return m_patterns; }

private:
    /// The slot that holds a pattern, or the free one where it belongs.
    [[nodiscard]] std::size_t slotOf(std::uint64_t bits) const {
        std::size_t at = (bits * 0x9e3779b97f4a7c15U) >> 54;
        while (m_slots[at] != 0 && m_patterns[m_slots[at] - 1U].first != bits)
            at = (at + 1) % m_slots.size();
        return at;
    }
    std::array<std::uint16_t, 1024> m_slots{}; ///< number plus one; at most a quarter are in use
    std::vector<std::pair<std::uint64_t, std::size_t>> m_patterns;
};

std::optional<std::string> encodeDictionary(std::span<const double> values) {
    Distinct distinct;
    for (const double value : values) {
        if (!distinct.add(bitsOf(value)))
            return std::nullopt;
    }
    if (distinct.patterns().size() * 4 > values.size())
        return std::nullopt;
    distinct.sort([](const auto &a, const auto &b) { return ordered(a.first) < ordered(b.first); });
    std::vector<double> entries;
    for (const auto &[pattern, count] : distinct.patterns())
        entries.push_back(std::bit_cast<double>(pattern));
    std::array<std::int64_t, columnLength> codes;
    for (std::size_t i = 0; i < values.size(); ++i)
        codes[i] = distinct.numberOf(bitsOf(values[i]));
    std::string out;
    putCodec(out, ValueCodec::Dictionary);
    putVarint(out, entries.size());
    encodeAt(Depth::Part, entries, out);
    encodeIntegers(std::span(codes).first(values.size()), out);
    return out;
}

bool decodeDictionary(ByteReader &in, std::span<double> values) {
    std::array<double, dictionaryLimit> entries;
    const std::uint64_t size = in.varint();
    if (size == 0 || size > entries.size() || !decodeAt(Depth::Part, in, std::span(entries).first(size)))
        return false;
    const bool whole = decodeBlocks(in, values, [&](std::span<const std::int64_t> block, std::size_t at) {
        for (std::size_t i = 0; i < block.size(); ++i) {
            const auto code = static_cast<std::uint64_t>(block[i]);
            if (code >= size)
                return false;
            values[at + i] = entries[code];
        }
        return true;
    });
    return whole && in.ok();
}

// --- values that repeat: how many runs, their values, their lengths less one
// -------------------------------------------

std::string encodeRuns(std::span<const double> values, std::size_t runs) {
    std::vector<double> heads;
    std::vector<std::int64_t> lengths;
    heads.reserve(runs);
    lengths.reserve(runs);
    for (const double value : values) {
        if (!heads.empty() && bitsOf(heads.back()) == bitsOf(value)) {
            ++lengths.back();
            continue;
        }
        heads.push_back(value);
        lengths.push_back(0);
    }
    std::string out;
    putCodec(out, ValueCodec::Runs);
    putVarint(out, runs);
    encodeAt(Depth::Part, heads, out);
    encodeIntegers(lengths, out);
    return out;
}

bool decodeRuns(ByteReader &in, std::span<double> values) {
    const std::uint64_t runs = in.varint();
    if (runs == 0 || runs > values.size())
        return false;
    std::array<double, columnLength> heads;
    std::array<std::int64_t, columnLength> lengths;
    if (!decodeAt(Depth::Part, in, std::span(heads).first(runs)) || !decodeIntegers(in, std::span(lengths).first(runs)))
        return false;
    std::size_t at = 0;
    for (std::uint64_t i = 0; i < runs; ++i) {
        const auto more = static_cast<std::uint64_t>(lengths[i]);
        if (more >= values.size() - at)
            return false;
        std::fill_n(values.begin() + static_cast<std::ptrdiff_t>(at), more + 1, heads[i]);
        at += more + 1;
    }
    return at == values.size();
}

// --- sign and exponent apart: bits of the lower part, how many upper parts, they by frequency, codes, lower parts
// ------

/// Nothing if that cannot be smaller than `limit` bytes.
std::optional<std::string> encodeSplit(std::span<const double> values, std::size_t limit) {
    constexpr unsigned lower = 52;
    Distinct distinct;
    for (const double value : values) {
        if (!distinct.add(bitsOf(value) >> lower))
            return std::nullopt;
    }
    double bits = static_cast<double>(lower * values.size()); // and the entropy of the upper parts
    for (const auto &[pattern, count] : distinct.patterns())
        bits += static_cast<double>(count) * std::log2(static_cast<double>(values.size()) / static_cast<double>(count));
    if (bits >= static_cast<double>(limit) * 8)
        return std::nullopt;
    distinct.sort(
        [](const auto &a, const auto &b) { return std::pair(b.second, a.first) < std::pair(a.second, b.first); });
    std::array<std::int64_t, columnLength> integers;
    const auto part = std::span(integers).first(values.size());
    std::string out;
    putCodec(out, ValueCodec::Split);
    out.push_back(static_cast<char>(lower));
    putVarint(out, distinct.patterns().size());
    for (const auto &[pattern, count] : distinct.patterns())
        putVarint(out, pattern);
    for (std::size_t i = 0; i < part.size(); ++i)
        part[i] = distinct.numberOf(bitsOf(values[i]) >> lower);
    encodeIntegers(part, out);
    for (std::size_t i = 0; i < part.size(); ++i)
        part[i] = static_cast<std::int64_t>(bitsOf(values[i]) & ((std::uint64_t{1} << lower) - 1));
    encodeIntegers(part, out);
    return out;
}

bool decodeSplit(ByteReader &in, std::span<double> values) {
    const unsigned lower = in.byte();
    const std::uint64_t size = in.varint();
    if (lower > 63 || size == 0 || size > dictionaryLimit)
        return false;
    std::array<std::uint64_t, dictionaryLimit> uppers;
    for (std::uint64_t i = 0; i < size; ++i)
        uppers[i] = in.varint() << lower;
    std::array<std::int64_t, columnLength> codes;
    if (!decodeIntegers(in, std::span(codes).first(values.size())))
        return false;
    std::uint64_t highest = 0;
    for (std::size_t i = 0; i < values.size(); ++i)
        highest = std::max(highest, static_cast<std::uint64_t>(codes[i]));
    if (highest >= size)
        return false;
    const bool whole = decodeBlocks(in, values, [&](std::span<const std::int64_t> block, std::size_t at) {
        for (std::size_t i = 0; i < block.size(); ++i)
            values[at + i] = std::bit_cast<double>(uppers[static_cast<std::size_t>(codes[at + i])] |
                                                   static_cast<std::uint64_t>(block[i]));
        return true;
    });
    return whole && in.ok();
}

// --- the choice
// --------------------------------------------------------------------------------------------------------

void encodeAt(Depth depth, std::span<const double> values, std::string &out) {
    std::size_t runs = 1;
    for (std::size_t i = 1; i < values.size(); ++i)
        runs += static_cast<std::size_t>(bitsOf(values[i]) != bitsOf(values[i - 1]));
    if (runs == 1) {
        putCodec(out, ValueCodec::Constant);
        putDouble(out, values[0]);
        return;
    }
    std::string best;
    const auto offer = [&best](std::string candidate) {
        if (best.empty() || candidate.size() < best.size())
            best = std::move(candidate);
    };
    std::size_t exceptions = 0;
    if (auto decimal = encodeDecimal(values, exceptions))
        offer(std::move(*decimal));
    // Below these, short decimals are as good as it gets; the others cost time to try.
    const std::size_t n = values.size();
    if (best.empty() || exceptions * 16 > n || best.size() > n * 5) {
        offer(encodeBits(values));
        if (best.size() > n * 5) {
            if (auto split = encodeSplit(values, best.size()))
                offer(std::move(*split));
        }
    }
    if (depth == Depth::Whole) {
        if (runs * 4 <= n)
            offer(encodeRuns(values, runs));
        if (auto dictionary = encodeDictionary(values))
            offer(std::move(*dictionary));
    }
    if (best.size() > n * sizeof(double)) {
        putCodec(out, ValueCodec::Raw);
        putRaw(out, values.data(), n * sizeof(double));
        return;
    }
    out += best;
}

bool decodeAt(Depth depth, ByteReader &in, std::span<double> values) {
    switch (static_cast<ValueCodec>(in.byte())) {
    case ValueCodec::Constant:
        std::fill(values.begin(), values.end(), in.real());
        return in.ok();
    case ValueCodec::Decimal:
        return decodeDecimal(in, values);
    case ValueCodec::Bits:
        return decodeBits(in, values);
    case ValueCodec::Dictionary:
        return depth == Depth::Whole && decodeDictionary(in, values);
    case ValueCodec::Runs:
        return depth == Depth::Whole && decodeRuns(in, values);
    case ValueCodec::Split:
        return decodeSplit(in, values);
    case ValueCodec::Raw: {
        const std::string_view raw = in.take(values.size() * sizeof(double));
        if (in.ok())
            std::memcpy(values.data(), raw.data(), raw.size());
        return in.ok();
    }
    }
    return false;
}

} // namespace

void encodeValues(std::span<const double> values, std::string &out) {
    encodeAt(Depth::Whole, values, out);
}

bool decodeValues(ByteReader &in, std::span<double> values) {
    return decodeAt(Depth::Whole, in, values);
}

} // namespace ra::samples
