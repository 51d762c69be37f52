// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/error.h"

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>

namespace ra::table {

/// A cell in quotes, of a long one the beginning.
[[nodiscard]] inline std::string shown(std::string_view cell) {
    constexpr std::size_t longest = 40;
    return "\"" + std::string(cell.substr(0, longest)) + (cell.size() > longest ? "..." : "") + "\"";
}

/// A line of a table that cannot be read.
[[nodiscard]] inline tl::unexpected<Error> badLine(std::size_t line, std::string why, std::string hint = {}) {
    return fail({.what = "read the table",
                 .where = "in line " + std::to_string(line),
                 .why = std::move(why),
                 .hint = std::move(hint)});
}

[[nodiscard]] inline tl::unexpected<Error> unclosed(std::size_t line) {
    return badLine(line, "a quote that begins here is never closed");
}

} // namespace ra::table
