// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <tl/expected.hpp>
#include <utility>

namespace ra {

/// Which of the outcomes that callers treat differently an Error is. Cancelled and NotFound are answers, not mishaps.
enum class ErrorKind { Failed, NotFound, Cancelled, Invalid, Busy, Damaged };

/// A failure for reasons outside the program, in the four parts that a user needs.
struct Error {
    ErrorKind kind = ErrorKind::Failed;
    std::string what = {};  ///< what was being done: "open the store"
    std::string where = {}; ///< to what: a path, "file:line", a field; may be empty
    std::string why = {};   ///< the system's or library's own words
    std::string hint = {};  ///< what the user can do; may be empty

    bool operator==(const Error &) const = default;

    /// One sentence: "Cannot <what> <where>: <why>. <hint>".
    [[nodiscard]] std::string sentence() const {
        std::string text = "Cannot " + what;
        if (!where.empty())
            text += " " + where;
        if (!why.empty())
            text += ": " + why;
        if (!hint.empty())
            text += ". " + hint;
        return text;
    }
};

/// What every function returns that can fail for reasons outside the program.
template <typename T>
using Result = tl::expected<T, Error>;

/// Shorthand for the failing return: `return fail({.what = "...", ...});`
[[nodiscard]] inline tl::unexpected<Error> fail(Error error) {
    return tl::unexpected<Error>(std::move(error));
}

} // namespace ra
