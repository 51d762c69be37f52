// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/time.h"
#include "core/base/zone.h"

#include <array>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>

namespace ra::simulate {

/// Writes moments as the two kinds of logs do. Remembers the last second, since most records share it with the one
/// before.
class Stamp {
public:
    explicit Stamp(Zone zone);

    /// "2026-11-23 16:59:24": wall clock, whole seconds, cut off. Valid until the next call.
    [[nodiscard]] std::string_view local(Time time);

    /// Appends "2026-11-23T17:00:27.450035+00:00"; without the fraction when it is exactly 0.
    void appendUtc(std::string &out, Time time);

    [[nodiscard]] const Zone &zone() const { return m_zone; }

private:
    struct Second {
        std::int64_t value = std::numeric_limits<std::int64_t>::min();
        std::array<char, 19> text{};
    };
    /// Fills `second` with the reading for that many seconds since 1970.
    static void fill(Second &second, std::int64_t value, char between);

    Zone m_zone;
    Second m_local;
    Second m_utc;
    std::int64_t m_localFor = std::numeric_limits<std::int64_t>::min(); ///< the UTC second that m_local was made for
};

/// Appends a whole number.
void appendNumber(std::string &out, std::int64_t number);
/// Appends a number with so many decimals, as Python's format "%.Nf".
void appendFixed(std::string &out, double number, int decimals);
/// Appends the shortest text that reads back as the same number, as Python's repr.
void appendDouble(std::string &out, double number);
/// Appends a text as Python's repr: in single quotes, or in double ones if it has single and no double ones.
void appendPythonString(std::string &out, std::string_view text);
/// Appends a text as a JSON string, not escaping what is not ASCII.
void appendJsonString(std::string &out, std::string_view text);
/// Appends a template with "{n}" and "{i}" replaced.
void appendFilled(std::string &out, std::string_view pattern, std::uint64_t n, int i = 0);

} // namespace ra::simulate
