// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace ra::ingest {

/// The length of the Python list literal of strings that `text` begins with ("['a', \"b's\"]"), or nothing if it does
/// not begin with a whole one. Allocates nothing. O(length).
[[nodiscard]] std::optional<std::size_t> pythonListLength(std::string_view text);

/// The strings of a Python list literal as str(list) writes it, escapes undone (\\ \' \" \n \r \t \xNN \uNNNN
/// \UNNNNNNNN) into UTF-8; lone surrogates and undecodable escapes stay as they are written. Empty for anything that is
/// no list.
[[nodiscard]] std::vector<std::string> parsePythonList(std::string_view text);

} // namespace ra::ingest
