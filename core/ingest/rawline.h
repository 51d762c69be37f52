// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/ingest/record.h"

#include <string_view>

namespace ra::ingest {

/// Decodes a stored line (without its end) by the first format that knows it; false: no record begins with it.
[[nodiscard]] bool decodeLine(std::string_view line, Record &record);

/// A line without "\n" and "\r\n".
[[nodiscard]] std::string_view withoutEnd(std::string_view line);

} // namespace ra::ingest
