// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace ra::text {

/// One level of the call stack.
struct TraceFrame {
    std::string file;          ///< as Python names it, e.g. "/opt/app/io.py" or "<string>"
    std::uint32_t line = 0;    ///< 0 if the number is none
    std::string function;      ///< empty for the place of a SyntaxError, which is in no function
    std::string code;          ///< its first line, without indentation; empty if it is not shown
    std::uint32_t repeats = 0; ///< how often more it stood there: "[Previous line repeated N more times]"

    bool operator==(const TraceFrame &) const = default;
};

/// Why an exception follows the one before it.
enum class TraceLink {
    First,   ///< it does not
    Cause,   ///< raise ... from ...: "was the direct cause of"
    Context, ///< "During handling of the above exception"
};

/// One exception and the way to it.
struct TraceException {
    TraceLink link = TraceLink::First;
    std::string type;               ///< as printed, with the module: "json.decoder.JSONDecodeError"; empty if cut off
    std::string message;            ///< may be of several lines; notes are its last ones
    std::vector<TraceFrame> frames; ///< outermost first
    /// What a group holds: one chain for each sub-exception, each in the order of `Traceback::chain`.
    std::vector<std::vector<TraceException>> group;

    bool operator==(const TraceException &) const = default;
};

/// What Python prints when an exception is not handled.
struct Traceback {
    std::vector<TraceException> chain; ///< in the order printed: the last is the one that was raised

    [[nodiscard]] const TraceException &raised() const { return chain.back(); }
    bool operator==(const Traceback &) const = default;
};

/// Reads the first traceback in a text: chains, exception groups with their boxes, messages of several lines, carets,
/// repeated lines; as of the `traceback` module of Python 3.8 to 3.13. What stands before it, on its first line too,
/// is skipped; lines that follow the last exception count as its message. Indentation that all lines have is allowed.
/// Nothing if there is no traceback. Linear. What is in groups deeper than 64 levels is left out;
/// Python prints 10.
[[nodiscard]] std::optional<Traceback> parseTraceback(std::string_view text);

/// A number that is equal for the same failure: it is made of types, how they are chained, functions and names of
/// files, of a group as a set. Line numbers, code, folders, messages and how deep a recursion went make no
/// difference; of an exception without frames the message counts, with its variables masked (mask.h).
[[nodiscard]] std::uint64_t fingerprint(const Traceback &traceback);

/// "type: message" of one line, as programs print it: its parts, the type empty if the line does not begin with one
/// that looks like the name of an exception ("ValueError", "java.io.IOException", "requests.exceptions.Timeout").
struct ExceptionLine {
    std::string_view type;
    std::string_view message;
};
[[nodiscard]] ExceptionLine splitException(std::string_view line);

} // namespace ra::text
