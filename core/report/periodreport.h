// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/report/document.h"
#include "core/report/text.h"

#include <span>

namespace ra::report {

inline constexpr qsizetype maxRecipeRows = 50, maxSlowSteps = 20, maxFailedRuns = 30, maxFailureKinds = 20;
inline constexpr qsizetype maxSummaryRecipes = 6;

/// The stretch of time that a report covers: runs that start in [begin, end) belong to it.
struct Period {
    Time begin{};
    Time end{};
    int days = 1;

    bool operator==(const Period &) const = default;
};

/// The last `days` calendar days in the zone, today among them, up to `generatedAt`. days < 1 counts as 1.
[[nodiscard]] Period periodOf(Time generatedAt, int days, const Zone &zone);
/// The calendar days from `first` to `last`, both included, in the zone; what lies behind `generatedAt` is left off. A
/// `last` before `first` counts as that day.
[[nodiscard]] Period periodOfDays(std::chrono::local_days first, std::chrono::local_days last, Time generatedAt,
                                  const Zone &zone);
/// What a file with a report on the period is called, without its ending: "recipes-2026-11-23-7d".
[[nodiscard]] QString periodFileStem(const Period &period, const Zone &zone);
/// What it is compared with: the same number of days before, up to the same time of the day, so that a day that is half
/// over is compared with half a day.
[[nodiscard]] Period previousOf(const Period &period, const Zone &zone);

/// The report on a period. `runs` and `previous` are the runs of the two periods in any order; what starts outside of
/// its period is left out and a run without a known start is only counted in the notes. Pure: the same runs give the
/// same document in whatever order they come. O(n log n) in the number of steps.
[[nodiscard]] ReportDocument buildPeriodReport(std::span<const Run> runs, std::span<const Run> previous,
                                               const Period &period, Time generatedAt, const Style &style);

} // namespace ra::report
