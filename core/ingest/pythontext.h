// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <string_view>

// Values in Python's spelling, as they stand in the runner's lines.

namespace ra::ingest {

/// str() of a float: "0.01", "1e-05", "1e+16", "12.0", "nan", "-inf".
[[nodiscard]] std::string pythonFloat(double value);

/// repr() of a str whose characters are all printable but for ASCII controls: 'a', "it's", 'x\ny'.
[[nodiscard]] std::string pythonQuoted(std::string_view text);

} // namespace ra::ingest
