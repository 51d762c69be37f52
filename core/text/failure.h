// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace ra::text {

/// What the text of a failure says, be it one line or a whole traceback.
struct Failure {
    std::string exception; ///< its type as printed; empty if none is named
    /// What its class is told from: of a traceback its last line; of an exception group, whose own message only counts,
    /// the last lines of what it holds, at most `groupMembersRead`, with "; " between.
    std::string message;
    /// Equal for the same failure, today and in a year: of a traceback its fingerprint (traceback.h), else the hash of
    /// the message with its variables masked (mask.h). Neither the class it is taken for nor other messages count.
    std::uint64_t signature = 0;
};

inline constexpr int groupMembersRead = 8;

/// Reads a message, a traceback, or the end of one whose head is cut off. Linear.
[[nodiscard]] Failure readFailure(std::string_view text);

} // namespace ra::text
