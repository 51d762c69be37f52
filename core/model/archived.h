// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>

namespace ra {

/// What is in an archive, or came out of one.
struct Archived {
    std::uint64_t runs = 0;
    std::uint64_t steps = 0;
    std::uint64_t samples = 0;
    std::uint64_t logBytes = 0; ///< of raw lines, as they were read
    std::uint64_t bytes = 0;    ///< of the archive

    bool operator==(const Archived &) const = default;
};

} // namespace ra
