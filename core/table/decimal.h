// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string_view>

namespace ra::table {

/// By how much a decimal number, as text, exceeds the double nearest to it, to 15 digits: measured data are decimal,
/// and ill-conditioned sums feel what rounding to double took from them. 0 for text of more than 19 significant digits
/// or an exponent beyond +-40, and for infinities and NaN.
[[nodiscard]] double decimalRemainder(std::string_view text, double nearest);

} // namespace ra::table
