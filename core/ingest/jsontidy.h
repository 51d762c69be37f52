// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace ra::ingest {

/// What a pass over a JSON text found.
struct JsonShape {
    std::size_t depth = 0;    ///< of nested brackets
    std::uint64_t values = 0; ///< about how many values it holds: brackets, commas and colons
    bool tidy = true;         ///< whether a strict parser takes it as it is, as far as this pass looks
};

/// Depth, number of values, and whether tidyJson would change something. O(n), no allocation, no recursion.
[[nodiscard]] JsonShape jsonShape(std::string_view text);

/// Makes what Python writes digestible for a strict parser, without moving a byte: NaN, Infinity and -Infinity become
/// empty strings padded with blanks (readers of numbers take them for absent), halves of surrogate pairs that stand
/// alone become \ufffd, bytes that are not UTF-8 become question marks.
void tidyJson(std::string &text);

} // namespace ra::ingest
