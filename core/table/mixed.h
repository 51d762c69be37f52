// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/error.h"

#include <string>
#include <string_view>
#include <vector>

namespace ra::table {

/// A column of numbers, or one of texts, of which each is the number of a category.
struct MixedColumn {
    std::string name;
    std::vector<double> values;          ///< NaN where the cell is empty
    std::vector<std::string> categories; ///< different texts in the order of the file; empty for numbers
    bool isText = false;                 ///< whether a cell is neither empty nor a number
};

struct MixedTable {
    std::vector<MixedColumn> columns;
    std::vector<double> times; ///< seconds since 1970 UTC, or the plain numbers; empty without a time column
};

/// Which columns are wanted.
struct MixedRequest {
    std::vector<std::string> columns = {}; ///< each must be there; empty: all but the time column
    std::vector<std::string> times = {};   ///< the first that is there is the time column
    bool timeRequired = false;             ///< whether one of `times` must be there
};

/// Reads CSV whose columns may be numbers or texts: rules of readCsv(). Eight bytes a cell, and each text once. Fails
/// with Invalid for a column that is not there, or twice, and with Failed and the number of the line for a row too
/// short, a time that cannot be read or is not written like the first, or a quote that is never closed. Two passes,
/// O(size).
[[nodiscard]] Result<MixedTable> readMixed(std::string_view text, const MixedRequest &request);

/// Reads the columns that another table has, with its categories; a text that it does not have gets the number after
/// its last category. A text where that table has numbers is missing. Columns that are not there are missing in all
/// rows; that none is there is Invalid. No times. Fails as above.
[[nodiscard]] Result<MixedTable> readMixedLike(std::string_view text, const MixedTable &like);

} // namespace ra::table
