// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/stats/exactsum.h"

#include <cmath>
#include <limits>

namespace ra::stats {

void ExactSum::carry() {
    std::int64_t carried = 0;
    for (unsigned i = 0; i + 1 < digitCount; ++i) {
        const std::int64_t digit = m_digits[i] + carried;
        carried = digit >> 32; // towards minus infinity: what remains is never negative
        m_digits[i] = digit & 0xffffffff;
    }
    m_digits[digitCount - 1] += carried;
    m_room = additions;
}

void ExactSum::merge(const ExactSum &other) {
    // Digits hold no more than what was added since they were carried last: as long as both together fit, nothing need
    // be carried, which is most of the work.
    if (additions - other.m_room + 1 >= m_room)
        carry();
    if (additions - other.m_room + 1 >= m_room) {
        ExactSum copy = other;
        copy.carry();
        return merge(copy);
    }
    const int used = additions - other.m_room + 1;
    for (unsigned i = 0; i < digitCount; ++i)
        m_digits[i] += other.m_digits[i];
    m_room -= used;
}

void ExactSum::takeAway(const ExactSum &other) {
    ExactSum negative = other;
    negative.carry(); // as large a digit as there can be is then far from the end of its range
    for (std::int64_t &digit : negative.m_digits)
        digit = -digit;
    merge(negative);
}

ExactSum ExactSum::ofEqual(double value, std::uint64_t count) {
    ExactSum sum;
    for (int bit = std::bit_width(count); bit-- > 0;) {
        sum.merge(sum);
        if ((count >> bit & 1) != 0)
            sum.add(value);
    }
    return sum;
}

ExactSum::Magnitude ExactSum::magnitude() const {
    ExactSum copy = *this;
    copy.carry();
    Magnitude result;
    result.negative = copy.m_digits[digitCount - 1] < 0;
    if (result.negative) {
        for (std::int64_t &digit : copy.m_digits)
            digit = -digit;
        copy.carry();
    }
    for (unsigned i = 0; i < digitCount; ++i) {
        result.digits[i] = static_cast<std::uint32_t>(copy.m_digits[i]);
        if (result.digits[i] != 0)
            result.top = static_cast<int>(i);
    }
    return result;
}

double ExactSum::value() const {
    const Magnitude m = magnitude();
    if (m.top < 0)
        return 0;
    const int high = m.top * 32 + std::bit_width(m.digits[static_cast<unsigned>(m.top)]) - 1; // the highest set bit
    const int low = high < 53 ? 0 : high - 53; // of the 54 bits that decide: mantissa and the one to round by
    std::uint64_t bits = 0;
    for (int i = m.top; i >= 0 && i >= m.top - 2; --i) {
        const int shift = i * 32 - low;
        const std::uint64_t digit = m.digits[static_cast<unsigned>(i)];
        if (shift > -32)
            bits |= shift >= 0 ? digit << shift : digit >> -shift;
    }
    if (high >= 53) {
        bool below = false; // whether anything is set below these bits
        for (int i = 0; i < low / 32; ++i)
            below = below || m.digits[static_cast<unsigned>(i)] != 0;
        below = below || (m.digits[static_cast<unsigned>(low / 32)] & ((std::uint32_t{1} << (low % 32)) - 1)) != 0;
        const bool odd = (bits & 2) != 0;
        bits = (bits >> 1) + static_cast<std::uint64_t>((bits & 1) != 0 && (below || odd));
        // At most 2^53, so exact; what lies beyond the largest double becomes infinity here.
        const double result = std::ldexp(static_cast<double>(bits), low + 1 - 1074);
        return m.negative ? -result : result;
    }
    const double result = std::ldexp(static_cast<double>(bits), -1074);
    return m.negative ? -result : result;
}

void ExactSum::serialise(std::string &out) const {
    const Magnitude m = magnitude();
    if (m.top < 0) {
        putVarint(out, 0);
        return;
    }
    unsigned first = 0;
    while (m.digits[first] == 0)
        ++first;
    const auto count = static_cast<unsigned>(m.top) - first + 1;
    putVarint(out, count * 2 + static_cast<unsigned>(m.negative));
    putVarint(out, first);
    for (unsigned i = first; i < first + count; ++i)
        putVarint(out, m.digits[i]);
}

ExactSum ExactSum::deserialise(ByteReader &in) {
    ExactSum sum;
    const std::uint64_t head = in.varint();
    if (head == 0)
        return sum;
    const std::uint64_t count = head / 2;
    const std::uint64_t first = in.varint();
    if (count == 0 || count > digitCount || first > digitCount - count) {
        in.fail();
        return sum;
    }
    std::uint64_t digit = 0;
    for (std::uint64_t i = first; i < first + count; ++i) {
        digit = in.varint();
        if (digit > 0xffffffffU || (i == first && digit == 0))
            in.fail();
        const auto value = static_cast<std::int64_t>(digit);
        sum.m_digits[i] = head % 2 == 0 ? value : -value;
    }
    if (digit == 0) // the highest: a shorter form would have been written
        in.fail();
    --sum.m_room; // digits of either sign, below 2^32
    return sum;
}

bool ExactSum::operator==(const ExactSum &other) const {
    return magnitude() == other.magnitude();
}

} // namespace ra::stats
