// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <bit>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace bench {

/// A plain Gorilla as a yardstick: times by delta of delta in microseconds with the paper's buckets, values by XOR.
/// Source: T. Pelkonen et al., "Gorilla: a fast, scalable, in-memory time series database", PVLDB 8 (2015) 1816-1827.
class BitWriter {
public:
    void put(std::uint64_t bits, unsigned count) {
        if (count < 64)
            bits &= (std::uint64_t{1} << count) - 1;
        if (count <= m_free) {
            m_free -= count;
            m_word |= m_free == 64 ? 0 : bits << m_free;
        } else {
            const unsigned rest = count - m_free;
            m_word |= bits >> rest;
            m_words.push_back(m_word);
            m_free = 64 - rest;
            m_word = bits << m_free;
        }
        if (m_free == 0) {
            m_words.push_back(m_word);
            m_word = 0;
            m_free = 64;
        }
    }
    [[nodiscard]] std::vector<std::uint64_t> finish() {
        m_words.push_back(m_word);
        m_words.push_back(0); // readers look one word ahead
        return std::move(m_words);
    }

private:
    std::vector<std::uint64_t> m_words;
    std::uint64_t m_word = 0;
    unsigned m_free = 64;
};

class BitReader {
public:
    explicit BitReader(const std::uint64_t *words)
        : m_words(words) {}
    [[nodiscard]] std::uint64_t take(unsigned count) {
        const std::uint64_t bits = peek() >> (64 - count);
        m_at += count;
        return bits;
    }
    [[nodiscard]] std::uint64_t peek() const {
        const std::size_t word = m_at / 64;
        const unsigned shift = m_at % 64;
        return shift == 0 ? m_words[word] : (m_words[word] << shift) | (m_words[word + 1] >> (64 - shift));
    }
    void skip(unsigned count) { m_at += count; }

private:
    const std::uint64_t *m_words;
    std::size_t m_at = 0;
};

inline std::vector<std::uint64_t> encodeGorilla(std::span<const std::int64_t> timesNs, std::span<const double> values) {
    BitWriter out;
    std::int64_t time = timesNs[0] / 1000;
    std::int64_t delta = 0;
    auto value = std::bit_cast<std::uint64_t>(values[0]);
    unsigned leading = 65;
    unsigned trailing = 0;
    out.put(static_cast<std::uint64_t>(time), 64);
    out.put(value, 64);
    for (std::size_t i = 1; i < timesNs.size(); ++i) {
        const std::int64_t next = timesNs[i] / 1000;
        const std::int64_t bend = next - time - delta;
        const auto bits = static_cast<std::uint64_t>(bend);
        delta = next - time;
        time = next;
        if (bend == 0) {
            out.put(0, 1);
        } else if (bend >= -64 && bend < 64) {
            out.put((0b10U << 7) | (bits & 0x7f), 9);
        } else if (bend >= -256 && bend < 256) {
            out.put((0b110U << 9) | (bits & 0x1ff), 12);
        } else if (bend >= -2048 && bend < 2048) {
            out.put((0b1110U << 12) | (bits & 0xfff), 16);
        } else {
            out.put(0b1111, 4);
            out.put(bits, 64);
        }
        const std::uint64_t change = std::bit_cast<std::uint64_t>(values[i]) ^ value;
        value ^= change;
        if (change == 0) {
            out.put(0, 1);
            continue;
        }
        const auto zeros = std::min(31U, static_cast<unsigned>(std::countl_zero(change)));
        const auto tail = static_cast<unsigned>(std::countr_zero(change));
        if (leading <= zeros && tail >= trailing) {
            out.put(0b10, 2);
        } else {
            leading = zeros;
            trailing = tail;
            out.put((0b11U << 11) | (leading << 6) | (64 - leading - trailing - 1), 13);
        }
        out.put(change >> trailing, 64 - leading - trailing);
    }
    return out.finish();
}

inline void decodeGorilla(const std::vector<std::uint64_t> &words, std::span<std::int64_t> timesNs,
                          std::span<double> values) {
    BitReader in(words.data());
    auto time = static_cast<std::int64_t>(in.take(64));
    std::int64_t delta = 0;
    std::uint64_t value = in.take(64);
    unsigned leading = 0;
    unsigned length = 64;
    timesNs[0] = time * 1000;
    values[0] = std::bit_cast<double>(value);
    const auto bent = [&in](unsigned prefix, unsigned width) {
        in.skip(prefix);
        return static_cast<std::int64_t>(in.take(width) << (64 - width)) >> (64 - width);
    };
    for (std::size_t i = 1; i < timesNs.size(); ++i) {
        switch (std::countl_one(in.peek())) {
        case 0:
            in.skip(1);
            break;
        case 1:
            delta += bent(2, 7);
            break;
        case 2:
            delta += bent(3, 9);
            break;
        case 3:
            delta += bent(4, 12);
            break;
        default:
            delta += bent(4, 64);
        }
        time += delta;
        timesNs[i] = time * 1000;
        const std::uint64_t head = in.peek() >> 62;
        if (head < 2) {
            in.skip(1);
        } else {
            in.skip(2);
            if (head == 3) {
                leading = static_cast<unsigned>(in.take(5));
                length = static_cast<unsigned>(in.take(6)) + 1;
            }
            value ^= in.take(length) << (64 - leading - length);
        }
        values[i] = std::bit_cast<double>(value);
    }
}

} // namespace bench
