// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/ingest/jsonmembers.h"

#include "core/ingest/jsontidy.h"
#include "core/ingest/sourcereader.h"

#include <nlohmann/json.hpp>

#include <charconv>
#include <limits>

namespace ra::ingest {

std::string jsonText(std::string_view inside) {
    if (inside.find('\\') == std::string_view::npos)
        return toUtf8(inside);
    std::string quoted = '"' + std::string(inside) + '"';
    tidyJson(quoted); // halves of surrogate pairs
    const nlohmann::json text = nlohmann::json::parse(quoted, nullptr, false);
    return text.is_string() ? text.get<std::string>() : toUtf8(inside);
}

bool jsonNumber(std::string_view value, double &number) {
    if (value == "NaN") {
        number = std::numeric_limits<double>::quiet_NaN();
        return true;
    }
    const bool negative = value.starts_with('-');
    if (value.substr(negative ? 1 : 0) == "Infinity") {
        number = negative ? -std::numeric_limits<double>::infinity() : std::numeric_limits<double>::infinity();
        return true;
    }
    // from_chars knows more spellings than JSON: "inf", "nan(1)".
    if (value.find_first_not_of("0123456789+-.eE") != std::string_view::npos)
        return false;
    const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), number);
    if (end != value.data() + value.size())
        return false;
    if (error == std::errc::result_out_of_range) {
        // Python wrote what a double holds; what is too large for one was an integer.
        const bool small = value.find("e-") != std::string_view::npos || value.find("E-") != std::string_view::npos;
        number = small ? 0 : std::numeric_limits<double>::infinity();
        number = negative ? -number : number;
        return true;
    }
    return error == std::errc();
}

} // namespace ra::ingest
