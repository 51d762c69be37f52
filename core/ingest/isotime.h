// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace ra::ingest {

/// A moment as Python's datetime.isoformat() writes it.
struct IsoTime {
    std::int64_t ns = 0;           ///< since 1970, UTC
    std::int64_t resolutionNs = 0; ///< 1 s without a fraction, 1 us or less with one
    std::size_t length = 0;        ///< of the text that was read

    bool operator==(const IsoTime &) const = default;
};

/// The moment that `text` begins with: `YYYY-MM-DDTHH:MM:SS[.f…](Z|±HH:MM[:SS])`, a fraction of one to nine digits.
/// Nothing if there is no such text, no zone, no such date, or a year outside 1900 to 2200. Python leaves the fraction
/// out when it is exactly zero, so its absence in one record says nothing about the others.
[[nodiscard]] std::optional<IsoTime> isoTime(std::string_view text);

} // namespace ra::ingest
