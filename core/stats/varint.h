// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <bit>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

namespace ra::stats {

/// A signed number as an unsigned one in which small magnitudes stay small: 0, -1, 1, -2, ...
[[nodiscard]] constexpr std::uint64_t zigzag(std::int64_t value) {
    return (static_cast<std::uint64_t>(value) << 1) ^ static_cast<std::uint64_t>(value >> 63);
}
[[nodiscard]] constexpr std::int64_t unzigzag(std::uint64_t value) {
    return static_cast<std::int64_t>((value >> 1) ^ (0 - (value & 1)));
}

/// Bytes that putVarint() writes for a value: 1 to 10.
[[nodiscard]] constexpr unsigned varintSize(std::uint64_t value) {
    return (static_cast<unsigned>(std::bit_width(value | 1)) + 6) / 7;
}

/// Appends seven bits a byte, the lowest first; the highest bit says that more follow (LEB128).
inline void putVarint(std::string &out, std::uint64_t value) {
    while (value >= 0x80) {
        out.push_back(static_cast<char>(value | 0x80));
        value >>= 7;
    }
    out.push_back(static_cast<char>(value));
}
inline void putSigned(std::string &out, std::int64_t value) {
    putVarint(out, zigzag(value));
}

/// The bytes of a number in reverse: doubles with a short mantissa become small numbers, thus short varints.
[[nodiscard]] constexpr std::uint64_t swapBytes(std::uint64_t v) {
    v = ((v & 0x00ff00ff00ff00ffU) << 8) | ((v >> 8) & 0x00ff00ff00ff00ffU);
    v = ((v & 0x0000ffff0000ffffU) << 16) | ((v >> 16) & 0x0000ffff0000ffffU);
    return (v << 32) | (v >> 32);
}
/// Appends a double bit for bit: 1 byte for 0, 3 for 1 and 2.5, at most 10.
inline void putDouble(std::string &out, double value) {
    putVarint(out, swapBytes(std::bit_cast<std::uint64_t>(value)));
}

/// Takes numbers from bytes that may be damaged. After the first failure ok() is false and all else reads as zero.
class ByteReader {
public:
    explicit ByteReader(std::string_view bytes)
        : m_at(bytes.data())
        , m_end(bytes.data() + bytes.size()) {}

    [[nodiscard]] bool ok() const { return m_ok; }
    [[nodiscard]] std::size_t left() const { return static_cast<std::size_t>(m_end - m_at); }
    void fail() {
        m_ok = false;
        m_at = m_end;
    }

    [[nodiscard]] std::uint8_t byte() {
        if (m_at == m_end) {
            fail();
            return 0;
        }
        return static_cast<std::uint8_t>(*m_at++);
    }
    /// Fails for more than 64 bits, and for more bytes than putVarint() takes: one number has one form.
    [[nodiscard]] std::uint64_t varint() {
        std::uint64_t value = 0;
        for (unsigned shift = 0; shift < 64; shift += 7) {
            const std::uint64_t next = byte();
            value |= (next & 0x7f) << shift;
            if (next < 0x80) {
                if ((shift == 63 && next > 1) || (shift > 0 && next == 0))
                    break;
                return value;
            }
        }
        fail();
        return 0;
    }
    [[nodiscard]] std::int64_t signedVarint() { return unzigzag(varint()); }
    [[nodiscard]] double real() { return std::bit_cast<double>(swapBytes(varint())); }
    /// The next `size` bytes; empty and failed if there are fewer.
    [[nodiscard]] std::string_view take(std::size_t size) {
        if (size > left()) {
            fail();
            return {};
        }
        const std::string_view taken(m_at, size);
        m_at += size;
        return taken;
    }

private:
    const char *m_at;
    const char *m_end;
    bool m_ok = true;
};

} // namespace ra::stats
