// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/samples/intcolumn.h"

#include "core/samples/intcolumnform.h"

#include <algorithm>
#include <array>

namespace ra::samples {

IntegerDecoder::IntegerDecoder(stats::ByteReader &in, std::size_t count)
    : m_in(in)
    , m_left(count) {
    const std::uint8_t kind = m_in.byte();
    m_linear = kind == linearColumn;
    m_number = asUnsigned(m_in.signedVarint());
    m_difference = asUnsigned(m_in.signedVarint());
    if (kind == blockColumn) {
        m_unit = m_in.varint();
        m_difference *= m_unit;
    }
    m_number -= m_difference;
    if (kind > blockColumn)
        m_in.fail();
}

template <typename Number>
void IntegerDecoder::place(const Number *offsets, std::size_t count, std::int64_t *numbers) {
    const std::uint64_t unit = m_unit;
    const std::uint64_t reference = m_reference * unit;
    std::uint64_t number = m_number;
    std::uint64_t difference = m_difference;
    if (m_order == 0) {
        const std::uint64_t slope = m_slope * unit;
        const std::uint64_t base = number + reference + slope;
        if (sizeof(Number) == 4 && unit <= 0xffffffffU) { // one multiplication that every machine has for vectors
            const auto factor = static_cast<std::uint32_t>(unit);
            for (std::size_t i = 0; i < count; ++i)
                numbers[i] =
                    asSigned(base + slope * i + std::uint64_t{static_cast<std::uint32_t>(offsets[i])} * factor);
        } else {
            for (std::size_t i = 0; i < count; ++i)
                numbers[i] = asSigned(base + slope * i + offsets[i] * unit);
        }
    } else if (m_order == 1) {
        for (std::size_t i = 0; i < count; ++i) {
            number += reference + offsets[i] * unit;
            numbers[i] = asSigned(number);
        }
    } else {
        for (std::size_t i = 0; i < count; ++i) {
            difference += reference + offsets[i] * unit;
            number += difference;
            numbers[i] = asSigned(number);
        }
    }
    const std::uint64_t last = asUnsigned(numbers[count - 1]);
    m_difference = last - (count > 1 ? asUnsigned(numbers[count - 2]) : m_number);
    m_number = last;
}

std::size_t IntegerDecoder::next(std::int64_t *numbers) {
    const std::size_t n = std::min(m_left, blockLength);
    if (n == 0 || !m_in.ok())
        return 0;
    if (m_linear) {
        for (std::size_t i = 0; i < n; ++i)
            numbers[i] = asSigned(m_number + m_difference * (i + 1));
        m_number += m_difference * n;
        m_left -= n;
        return n;
    }
    const unsigned head = m_in.byte();
    const unsigned width = m_in.byte();
    m_order = head & orderMask;
    m_reference = (head & referenceFlag) != 0 ? asUnsigned(m_in.signedVarint()) : 0;
    m_slope = (head & slopeFlag) != 0 ? asUnsigned(m_in.signedVarint()) : 0;
    if (m_order > 2 || (head & ~anyFlag) != 0 || width > 64) {
        m_in.fail();
        return 0;
    }
    const std::string_view packed = m_in.take(packedSize(n, width));
    if (!m_in.ok())
        return 0;
    const std::size_t patches = (head & patchFlag) != 0 ? m_in.byte() : 0;
    if (patches == 0 && n == blockLength && width <= 32) {
        std::array<std::uint32_t, blockLength> offsets;
        unpackNarrow(packed.data(), width, offsets.data());
        place(offsets.data(), n, numbers);
    } else {
        Block offsets;
        unpack(packed.data(), n, width, offsets.data());
        for (std::size_t i = 0; i < patches; ++i) {
            const std::size_t position = m_in.byte();
            const std::int64_t upper = m_in.signedVarint();
            if (position >= n || width > 63) {
                m_in.fail();
                return 0;
            }
            offsets[position] += asUnsigned(upper) << width;
        }
        place(offsets.data(), n, numbers);
    }
    if (!m_in.ok())
        return 0;
    m_left -= n;
    return n;
}

bool decodeIntegers(stats::ByteReader &in, std::span<std::int64_t> numbers) {
    IntegerDecoder decoder(in, numbers.size());
    for (std::size_t at = 0; at < numbers.size();) {
        const std::size_t n = decoder.next(numbers.data() + at);
        if (n == 0)
            return false;
        at += n;
    }
    return in.ok();
}

} // namespace ra::samples
