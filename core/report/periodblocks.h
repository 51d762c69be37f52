// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/report/document.h"
#include "core/report/periodfacts.h"
#include "core/report/text.h"

namespace ra::report {

/// The parts of a period's report, see buildPeriodReport(). Moments bear their year only where it is not the
/// reference's.

/// How the runs of every day (week, four weeks for long periods) ended.
[[nodiscard]] Outcomes outcomesOf(const Tally &all, const Period &period, const Style &style);
/// A row a recipe, those with most failures first. `onlyTroubled`: those that failed, with fewer columns.
[[nodiscard]] Table recipeTable(const Tally &all, bool onlyTroubled, qsizetype maxRows, Time reference,
                                const Style &style);
[[nodiscard]] Table slowStepTable(const Tally &all, const Style &style);
[[nodiscard]] Table failedRunTable(const Tally &all, Time reference, const Style &style);
[[nodiscard]] Failures failureKindsBlock(const std::vector<FailureKind> &kinds, qsizetype maxItems,
                                         qsizetype traceLines, Time reference, const Style &style);
[[nodiscard]] Notes periodNotes(const Tally &all, qint64 withoutStart, const Period &period, const Style &style);

/// "97.4 %", or "3 of 4" where there are too few runs for a rate.
[[nodiscard]] QString rateText(qint64 succeeded, qint64 counted, const Style &style);

} // namespace ra::report
