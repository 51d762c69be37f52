// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/model/run.h"
#include "ui/widgets/timelinegeometry.h"

namespace ra::ui {

/// The steps of a run as a timeline: one row a step, one bar an attempt (Bar::key is its number). Attempts whose times
/// no source tells are one bar for the step; steps whose times nothing tells have none. Rows that run reach to `now`.
[[nodiscard]] timeline::Data timelineOf(const Run &run, Time now);

[[nodiscard]] timeline::BarState barState(StepStatus status);
[[nodiscard]] timeline::BarState barState(RunStatus status);

} // namespace ra::ui
