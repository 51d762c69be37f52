// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/ingest/record.h"

#include <cstdint>
#include <string_view>

namespace ra::ingest {

/// Fills kind, text, rest, thread, durationNs, a and b of `record` from its logger and message; used by every format
/// that carries the runner's messages. FORMATS.md 2.3.
void interpretRunnerMessage(Record &record);

/// "0.405", "-3597.799", "1e-05" as nanoseconds; Record::kNoDuration if it is no number. Exact for plain decimals.
[[nodiscard]] std::int64_t decimalSecondsToNs(std::string_view text);

} // namespace ra::ingest
