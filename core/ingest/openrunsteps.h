// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/ingest/openrun.h"

#include <string_view>

namespace ra::ingest {

// The steps and attempts of a run while it is read: how the one in progress is begun, named and ended by what the lines
// say, and what follows where lines are missing. Steps run one after another.

/// Step number `step`, or what belongs to none where it is beyond the last, is part of the next change.
void touch(OpenRun &open, int step);

/// The run's times or steps are doubtful; `note` says why, once.
void noteSuspect(Run &run, const char *note);
void noteClockSetBack(Run &run);

/// Begins a nameless step, not before the last one ended nor long before `time`.
Step &pushStep(OpenRun &open, Time time);

/// The step that a record naming `name` speaks of: the one in progress if it is nameless or bears the name, else a new
/// one.
Step &stepNamed(OpenRun &open, std::string_view name, Time time);

/// Ends a step at `time`, and with it the attempt in progress.
void endStep(OpenRun &open, Step &step, StepStatus status, Time time);

/// The step in progress did not end with a line of its own: completed if its last attempt succeeded, else `status`.
void leaveStep(OpenRun &open, StepStatus status, Time time);

/// Before a record that ends an attempt of the step `name`. An attempt in progress whose own end was not seen can only
/// be another step's if what began last has ended as the record says: then the lines between them are lost.
void settleNested(OpenRun &open, std::string_view name, bool success);

/// Takes a framework record that tells of a class other than the attempt's in progress. False: nothing is known of it.
bool takeNested(OpenRun &open, const Record &record);

/// Begins the next attempt where the one before did not end with a line of its own; or, with another class in the
/// midst of an attempt, a nested one. False: that it is.
bool leaveAttempt(OpenRun &open, const Record &record, Time time);

/// The class of the attempt in progress; empty without one.
[[nodiscard]] std::string_view currentClass(const OpenRun &open);

} // namespace ra::ingest
