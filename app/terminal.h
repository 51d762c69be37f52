// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/report/text.h"

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace ra::app {

/// How the command line speaks to people: C locale, times in the system's zone. Documents for programs are --json's.
[[nodiscard]] report::Style terminalStyle();

/// "14.2 MB"
[[nodiscard]] std::string bytesText(std::uint64_t bytes);

/// Text from logs and paths as one line that a terminal can do nothing with but show it: see report::visible().
[[nodiscard]] std::string oneLine(std::string_view text, qsizetype maxChars = 400);

/// The same for text that keeps its lines. Where standard output is no terminal the bytes go out as they are, so that
/// what is piped is what was logged.
[[nodiscard]] std::string rawLine(std::string_view text);

/// A column of a table for people.
struct Column {
    std::string title;
    bool isNumber = false;   ///< aligned right
    std::size_t widest = 60; ///< in characters; what is longer ends in an ellipsis
};

/// Lines of aligned cells below their titles, each without blanks at its end. Cells are shown by oneLine().
[[nodiscard]] std::string table(std::span<const Column> columns, const std::vector<std::vector<std::string>> &rows);

} // namespace ra::app
