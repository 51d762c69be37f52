// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

namespace ra::ingest {

/// The length of the well-formed UTF-8 sequence (RFC 3629) at `at`, or 0 if there is none.
[[nodiscard]] std::size_t utf8SequenceLength(std::string_view text, std::size_t at);

/// Where `text` stops being UTF-8, if it does.
[[nodiscard]] std::optional<std::size_t> firstInvalidUtf8(std::string_view text);

} // namespace ra::ingest
