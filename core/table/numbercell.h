// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <charconv>
#include <limits>
#include <optional>
#include <string_view>

namespace ra::table {

/// A cell without the blanks around it.
[[nodiscard]] inline std::string_view trimmed(std::string_view cell) {
    while (!cell.empty() && (cell.front() == ' ' || cell.front() == '\t'))
        cell.remove_prefix(1);
    while (!cell.empty() && (cell.back() == ' ' || cell.back() == '\t'))
        cell.remove_suffix(1);
    return cell;
}

/// A number; NaN of an empty cell; nothing of anything else.
[[nodiscard]] inline std::optional<double> numberOf(std::string_view cell) {
    cell = trimmed(cell);
    if (cell.empty())
        return std::numeric_limits<double>::quiet_NaN();
    if (cell.front() == '+') {
        cell.remove_prefix(1);
        if (cell.starts_with('-'))
            return std::nullopt;
    }
    double value = 0;
    const auto [end, error] = std::from_chars(cell.data(), cell.data() + cell.size(), value);
    if (end != cell.data() + cell.size() || error == std::errc::invalid_argument)
        return std::nullopt;
    if (error == std::errc::result_out_of_range) { // from_chars leaves the value alone; is it too large or too small?
        long double wide = 0;
        if (std::from_chars(cell.data(), end, wide).ec == std::errc())
            return static_cast<double>(wide);
        // Too far for a long double, too: by its exponent, or without one by thousands of digits, before the point or
        // behind it.
        const std::size_t exponent = cell.find_first_of("eE");
        const bool isSmall =
            exponent != cell.npos ? cell[exponent + 1] == '-' : cell.find('.') < cell.find_first_of("123456789");
        const double far = isSmall ? 0 : std::numeric_limits<double>::infinity();
        return cell.front() == '-' ? -far : far;
    }
    return value;
}

} // namespace ra::table
