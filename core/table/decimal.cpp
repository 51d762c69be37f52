// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/table/decimal.h"

#include "core/stats/doubledouble.h"

#include <charconv>
#include <cmath>
#include <cstdint>

namespace ra::table {

namespace {

using stats::DoubleDouble;

/// 10^exponent for exponents of 0 to 40; exact up to 44 digits' worth of bits, as 5^44 has 103.
DoubleDouble powerOfTen(int exponent) {
    DoubleDouble power = 1;
    for (int i = 0; i < exponent; ++i)
        power = power * 10.0;
    return power;
}

} // namespace

double decimalRemainder(std::string_view text, double nearest) {
    if (!std::isfinite(nearest) || nearest == 0)
        return 0;
    std::uint64_t digits = 0;
    int significant = 0;
    int exponent = 0;
    bool isFraction = false;
    std::size_t i = text.starts_with('-') || text.starts_with('+') ? 1 : 0;
    const bool isNegative = text.starts_with('-');
    for (; i < text.size(); ++i) {
        const char c = text[i];
        if (c == '.') {
            isFraction = true;
            continue;
        }
        if (c < '0' || c > '9')
            break;
        if (significant > 0 || c != '0')
            ++significant;
        if (significant > 19)
            return 0;
        digits = digits * 10 + static_cast<std::uint64_t>(c - '0');
        exponent -= isFraction ? 1 : 0;
    }
    if (i < text.size()) { // e or E
        const std::size_t from = i + (text.substr(i + 1).starts_with('+') ? 2 : 1);
        int given = 0;
        if (std::from_chars(text.data() + from, text.data() + text.size(), given).ec != std::errc())
            return 0;
        exponent += std::abs(given) < 1'000 ? given : 1'000;
    }
    if (std::abs(exponent) > 40)
        return 0;
    const auto high = static_cast<double>(digits & ~std::uint64_t{0x7ff}); // 53 bits at most
    DoubleDouble value = DoubleDouble(high) + static_cast<double>(digits & 0x7ff);
    value = exponent < 0 ? value / powerOfTen(-exponent) : value * powerOfTen(exponent);
    if (isNegative)
        value = -value;
    return (value - nearest).value();
}

} // namespace ra::table
