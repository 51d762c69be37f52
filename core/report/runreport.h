// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/query/reader.h"
#include "core/report/document.h"
#include "core/report/text.h"

namespace ra::report {

/// Rows beyond which the tables and pictures of a report hold a selection and say what they leave out.
inline constexpr qsizetype maxStepRows = 60, maxLongestSteps = 50, maxFailedSteps = 100, maxFailureItems = 25;
inline constexpr qsizetype maxSummaryBars = 16, maxSummaryFailures = 3, traceLines = 8;

/// The report on one run. `history` tells how long runs of this recipe usually take; with fewer than runsForFigures
/// runs in it nothing is compared. A run that still goes on is reported as it stands at `generatedAt`. Pure: the same
/// arguments give the same document. O(s log s) in the number of steps.
[[nodiscard]] ReportDocument buildRunReport(const Run &run, const query::RecipeHistory &history, Time generatedAt,
                                            const Style &style);

} // namespace ra::report
