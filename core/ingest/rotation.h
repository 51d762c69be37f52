// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <string_view>

namespace ra::ingest {

/// Where a file stands in a row of rotated siblings, told by its name.
struct Rotation {
    std::string stem;    ///< the path without what rotation and compression append: "logs/a.log"
    std::string date;    ///< digits of an appended date: "20261123"; empty without
    unsigned number = 0; ///< of ".3": the higher, the older; 0 without
};

/// "logs/a.log.3.gz" -> {"logs/a.log", "", 3}; "a.log-20261123" and "a.log.2026-11-23" -> {"a.log", "20261123", 0}.
[[nodiscard]] Rotation rotationOf(std::string_view path);

/// Whether `a` is to be read before `b`: siblings side by side, the oldest first, the one without a suffix last. A
/// strict weak order over all paths.
[[nodiscard]] bool isReadBefore(std::string_view a, std::string_view b);

} // namespace ra::ingest
