// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace ra::table {

/// A moment of ISO 8601 as seconds since 1970 UTC: `YYYY-MM-DD`, or with `T` or a blank and `HH:MM`, `HH:MM:SS` or
/// `HH:MM:SS.f`, then perhaps a zone `Z`, `±HH`, `±HHMM` or `±HH:MM`; without one it counts as UTC. Nothing for any
/// other text or a date that does not exist. A double holds present times to a quarter of a microsecond.
[[nodiscard]] std::optional<double> parseMoment(std::string_view text);

/// The other way: `YYYY-MM-DDTHH:MM:SSZ`, with microseconds where there are any. Empty for NaN and for years that are
/// not of four digits.
[[nodiscard]] std::string momentText(double seconds);

} // namespace ra::table
