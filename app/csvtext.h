// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <string_view>

namespace ra::app {

/// A text as a cell of CSV (RFC 4180). What a spreadsheet would run as a formula gets an apostrophe.
[[nodiscard]] std::string csvText(std::string_view text);

/// The shortest decimal that reads back as the same double.
[[nodiscard]] std::string numberText(double number);

} // namespace ra::app
