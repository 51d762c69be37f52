// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/error.h"

#include <string>
#include <string_view>

namespace ra::table {

/// Whether a text is meant to be JSON: it begins with { or with [ and a value. A header of CSV does not.
[[nodiscard]] bool isJson(std::string_view text);

/// A table in JSON as CSV, which the readers of csv.h take. Tables are arrays of records, [{"t": 0, "value": 1.5},
/// ...]; records of one line each; columns, {"t": [0, 60], "value": [1.5, null]}; or numbers alone, which are the
/// column "value". Columns come in the order in which they are first named; null and what a record has not is an empty
/// cell; numbers keep their digits. Fails with Failed where the text is no JSON, or a cell holds an array or an object,
/// or columns are not of one length. A record is one line of the CSV, after the header. O(size).
[[nodiscard]] Result<std::string> csvOfJson(std::string_view text);

} // namespace ra::table
