// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/error.h"

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace ra::table {

/// Which columns of a CSV text are wanted, by the names in its header.
struct Request {
    std::vector<std::string> values = {"value"};         ///< numbers; each must be there
    std::vector<std::string> times = {"t", "timestamp"}; ///< the first that is there is the time column; may be none
    bool timeRequired = false;                           ///< whether one of `times` must be there
    std::vector<std::string> series = {"series"};        ///< the first that is there tells series apart; may be none
    bool seriesRequired = false;                         ///< whether one of `series` must be there
    bool remainders = false;                             ///< whether Series::remainders are wanted
};

/// The rows of one series, in the order of the file.
struct Series {
    std::string name;                         ///< as in the series column; empty without one
    std::vector<double> times;                ///< seconds since 1970 UTC, or the plain numbers; empty without a column
    std::vector<std::vector<double>> columns; ///< one for each of Request::values; NaN where the cell was empty

    /// For each of `columns`, by how much the decimal digits of the file exceed the double: the sum of both is right to
    /// 30 digits, of numbers of up to 19 significant digits. Empty unless wanted.
    std::vector<std::vector<double>> remainders;

    /// The only or first column.
    [[nodiscard]] const std::vector<double> &values() const { return columns.front(); }
};

/// What was read.
struct Table {
    std::vector<Series> series; ///< in the order of their first rows; without a series column exactly one, maybe empty
    bool hasSeries = false;     ///< whether there was a series column
    bool hasTimes = false;      ///< whether there was a time column
    bool timesAreText = false;  ///< whether its cells were dates (ISO 8601), not numbers
    std::vector<std::string> columnNames; ///< the header
};

/// Reads CSV (RFC 4180: a header, cells may be quoted, lines end in \n or \r\n, a byte order mark is skipped) in one
/// pass. An empty cell is a missing value, as is "nan"; blanks around numbers and a leading plus are allowed. A row may
/// have more cells than are wanted; a blank line is no row, unless the file has one column only: there it is a missing
/// value. Times are numbers or ISO 8601, alike for a whole file; a missing time is an error, for nothing can be
/// made of its row.
///
/// Fails with Invalid for a column that is not there (the error lists those that are), and with Failed and the number
/// of the line for a cell that cannot be read, a row too short or a quote that is never closed. O(size).
[[nodiscard]] Result<Table> readCsv(std::string_view text, const Request &request);

/// The cells of one column as text; the same rules and errors.
[[nodiscard]] Result<std::vector<std::string>> readCsvTexts(std::string_view text, std::string_view column);

} // namespace ra::table
