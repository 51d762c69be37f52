// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/ingest/openruns.h"
#include "core/ingest/record.h"

namespace ra::ingest {

/// The run that a line without a runner's name belongs to, and how surely.
struct Attribution {
    OpenRun *run = nullptr; ///< null: there was no candidate
    Certainty certainty = Certainty::Certain;
};

/// Decides by what the open runs are doing. FORMATS.md 4. `forked`: there are also runs that share a runner's name, to
/// which the line may belong as well. `candidates` is memory to use.
[[nodiscard]] Attribution attribute(OpenRuns &open, Candidates &candidates, const Record &record, Time time,
                                    bool forked);

} // namespace ra::ingest
