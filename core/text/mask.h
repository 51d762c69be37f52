// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <string_view>

namespace ra::text {

/// Stands for a variable in a masked line. Control characters of the line itself are blanks, so that it never occurs.
inline constexpr char variableMark = '\x01';

/// The line with everything that is a variable by its looks replaced by `variableMark`: numbers, hexadecimal ones,
/// addresses, paths, URLs, host names, UUIDs, names that end in a number, dates with the name of a month, truth values,
/// "null", and the name behind "for user" and its like. Blanks at the ends are left out, those within become one
/// space, variables with nothing but blanks or a full stop between them are one. `out` is overwritten.
///
/// A token is what stands between delimiters (blanks and ,!;:=|"'[](){}.-+@#$%&/), and a token with a variable in it is
/// a variable as a whole: "blk_17" and "16K" are variables, "core.17" is "core." and a variable. That, and that
/// numbers and truth values always are variables, follows Z. A. Khan, D. Shin, D. Bianculli, L. Briand, "Guidelines for
/// assessing the accuracy of log message template identification techniques", ICSE 2022. A word with one or two digits
/// behind letters ("en0", "ssh2") is as often part of the sentence as not, and is left to the miner, which sees how it
/// varies.
///
/// Only the first `maskedBytes` are looked at. Linear in time; the memory of `out` is used again.
void maskLine(std::string_view line, std::string &out);
inline constexpr std::size_t maskedBytes = 8192;

/// A masked text with "<*>" for its variables, those with blanks alone or a full stop between them being one.
[[nodiscard]] std::string readable(std::string_view masked);

} // namespace ra::text
