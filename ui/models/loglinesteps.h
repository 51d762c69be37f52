// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/model/run.h"
#include "core/query/reader.h"

#include <vector>

namespace ra::ui {

/// For each line of a run's log the index of the step that it belongs to, -1 where it belongs to none. The runner's own
/// words ("Step 'x' completed ...") decide where they stand; between them the attempt that was started last; where a
/// source has neither, the time. Any thread. O(lines).
[[nodiscard]] std::vector<int> stepsOfLines(const Run &run, const std::vector<query::LogLine> &lines);

} // namespace ra::ui
