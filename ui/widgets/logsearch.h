// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/widgets/logdocument.h"

#include <cstdint>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

namespace ra::ui {

/// Pure search over log lines; any thread. Letters A to Z match in either case, all other bytes exactly.

/// Whether `text` contains `needle`. An empty needle is in everything.
[[nodiscard]] bool containsText(std::string_view text, std::string_view needle);

/// Which lines to show: every include and no exclude must be in a line. Text form: words and "quoted phrases" apart by
/// blanks; a minus before one excludes.
struct LogFilter {
    std::vector<std::string> include;
    std::vector<std::string> exclude;

    bool operator==(const LogFilter &) const = default;
    [[nodiscard]] bool isEmpty() const { return include.empty() && exclude.empty(); }
    [[nodiscard]] bool admits(std::string_view text) const;
    [[nodiscard]] static LogFilter fromText(std::string_view text);
};

/// What a search over the lines [from, size) found, as ascending line numbers.
struct LogScan {
    std::vector<std::uint32_t> admitted; ///< lines that the filter admits; left empty for an empty filter
    std::vector<std::uint32_t> matches;  ///< admitted lines with the needle; left empty for an empty needle
    std::vector<std::uint32_t> errors;   ///< admitted lines of level error
    std::size_t scannedTo = 0;           ///< smaller than size() where it was stopped
};

[[nodiscard]] LogScan scanLog(const LogDocument &document, const LogFilter &filter, std::string_view needle,
                              std::size_t from, std::stop_token stop = {});

} // namespace ra::ui
