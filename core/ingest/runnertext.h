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

} // namespace ra::ingest
