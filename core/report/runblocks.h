// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/query/reader.h"
#include "core/report/document.h"
#include "core/report/text.h"

namespace ra::report {

/// The parts of a run's report, see buildRunReport().

/// Steps in the order in which they deserve to be shown: failed and unfinished ones, repeated ones, the longest.
[[nodiscard]] std::vector<std::size_t> stepsByImportance(const Run &run);
/// The picture; at most `maxRows` rows, `byImportance` first.
[[nodiscard]] Timeline timelineOf(const Run &run, const std::vector<std::size_t> &byImportance, qsizetype maxRows,
                                  Time generatedAt, const Style &style);
[[nodiscard]] Table stepTable(const Run &run, const query::RecipeHistory &history, const Style &style);
[[nodiscard]] Failures failuresBlock(const Run &run, qsizetype maxItems, qsizetype traceLines, const Style &style);
[[nodiscard]] Notes runNotes(const Run &run, const query::RecipeHistory &history, const Style &style);

} // namespace ra::report
