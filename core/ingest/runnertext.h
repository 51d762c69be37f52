// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/ingest/lineformat.h"

namespace ra::ingest {

/// The runner's text log and the same lines on stderr: `YYYY-MM-DD HH:MM:SS [   LEVEL] logger: message[ [thread]]`.
extern const LineFormat runnerTextFormat;
/// The same with milliseconds after a comma (capstone programs).
extern const LineFormat runnerTextMsFormat;
/// `YYYY-MM-DD HH:MM:SS,mmm - logger - LEVEL - message` (persistence module).
extern const LineFormat dashTextFormat;

/// Fills kind, text, rest, thread, durationNs, a and b of `record` from its logger and message; used by every format
/// that carries the runner's messages. FORMATS.md 2.3.
void interpretRunnerMessage(Record &record);

/// "0.405", "-3597.799", "1e-05" as nanoseconds; Record::kNoDuration if it is no number. Exact for plain decimals.
[[nodiscard]] std::int64_t decimalSecondsToNs(std::string_view text);

} // namespace ra::ingest
