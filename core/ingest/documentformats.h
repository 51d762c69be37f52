// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/ingest/document.h"

#include <string_view>
#include <vector>

namespace ra::ingest {

/// `RecipeExecutionResult.to_dict()`, one or an array of them (FORMATS.md 6). They stand alone: each is an execution.
extern const DocumentFormat runnerResultFormat;

/// What `--json-output` prints, alone or after other text of a captured stdout (3). It tells no time.
extern const DocumentFormat runnerJsonOutputFormat;

/// Executions of the analytics engine, one, an array or a whole export (8). Filled by hand in practice.
extern const DocumentFormat executionMetricsFormat;

/// Timelines of the visualisation classes (13): demonstrations more often than not.
extern const DocumentFormat executionTimelineFormat;

/// Recipe files, YAML or JSON, the dialects that the runner refuses included (12).
extern const DocumentFormat recipeFormat;

/// All runs that `--json-output` printed somewhere in `stdoutText`, in order: indented objects, which may begin in the
/// middle of a line, and the one-line form of refused recipes. Their status is told by `success`, since `status` always
/// says completed. Text that only resembles them is passed over. O(n).
[[nodiscard]] std::vector<DocumentRun> jsonOutputRuns(std::string_view stdoutText);

} // namespace ra::ingest
