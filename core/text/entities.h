// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <string_view>

namespace ra::text {

/// Each tells how many bytes from the beginning of `text` are such a thing, 0 if none are. They look at the beginning
/// only: that a word begins there is for the caller to know. All are linear in what they accept.

/// Four decimal numbers below 1000 and a port, if one follows: "10.0.0.1", "10.0.0.1:80".
[[nodiscard]] std::size_t ipv4Length(std::string_view text);
/// At least five groups of hexadecimal digits, or a "::" among them, with a digit somewhere.
[[nodiscard]] std::size_t ipv6Length(std::string_view text);
/// Six or more pairs of hexadecimal digits joined by ':' throughout.
[[nodiscard]] std::size_t macLength(std::string_view text);
/// 8-4-4-4-12 hexadecimal digits.
[[nodiscard]] std::size_t uuidLength(std::string_view text);
/// "scheme://" up to a blank, quote, bracket, comma or bar; without a full stop or colon at its end.
[[nodiscard]] std::size_t urlLength(std::string_view text);
/// An absolute path of POSIX or Windows, or one that begins with "./", "../" or "~/"; "/" alone is none. A path that
/// is an address as Java prints it, "/10.0.0.1:80", takes the port along.
[[nodiscard]] std::size_t pathLength(std::string_view text);
/// Three or more names joined by '/' of which one has a digit, a '.' or a '_': words joined by '/' are none.
[[nodiscard]] std::size_t relativePathLength(std::string_view text);
/// A full host name, or "user@host", and a port, if one follows. Names joined by full stops are a host if they end
/// like one ("a.b.com", "x.co.uk", "12-34.a.cn"), and begin like none of a package ("com.example.x").
[[nodiscard]] std::size_t hostLength(std::string_view text);
/// A date with the name of the month: "Fri Jun 17 07:07:00 2005", "Jul 01 08:16:53", "Sat, 12 Jan 2020 10:00:00 GMT".
[[nodiscard]] std::size_t dateLength(std::string_view text);

} // namespace ra::text
