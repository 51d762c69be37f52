// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/time.h"
#include "core/simulate/catalogue.h"
#include "core/simulate/random.h"
#include "core/simulate/simulate.h"

#include <string>
#include <vector>

namespace ra::simulate {

/// One try at a step, decided before it happens.
struct PlannedAttempt {
    Duration work{};          ///< until it returns or raises
    int fault = -1;           ///< index into faults(); -1: it works
    std::uint64_t number = 0; ///< stands for "{n}" in the fault's message
    int lines = 0;            ///< the step's own log lines
};

struct PlannedStep {
    std::vector<PlannedAttempt> attempts;
    bool filtered = false; ///< left out by --skip
};

/// How an execution ends.
enum class Ending : std::uint8_t {
    Normal,
    Cancelled,   ///< during the step `endingStep`; the steps after it are left out
    Vanishes,    ///< during the step `endingStep`, without a final line
    MissingFile, ///< refused: there is no such recipe
    NoMapping,   ///< refused: not a mapping
    BadYaml,     ///< refused: YAML error over several lines
    UnquotedDate ///< refused after the result object was made
};

/// An execution, decided before it happens.
struct PlannedRun {
    const RecipeSpec *recipe = nullptr;
    std::string path; ///< as the runner will log it
    Ending ending = Ending::Normal;
    int endingStep = 0;
    std::vector<PlannedStep> steps;
    bool structured = false;
    bool result = false;
    std::uint64_t salt = 0; ///< for details that do not matter
};

/// When an execution happens, as far as that matters to what happens.
struct Moment {
    double days = 0;     ///< since the history began: recipes drift
    double fraction = 0; ///< of the whole history: regressions come at 0.6
    int hour = 12;       ///< of the wall clock
    bool weekend = false;
};

/// Decides everything about an execution.
[[nodiscard]] PlannedRun planRun(const SimulateConfig &config, const Moment &moment, Random random);

/// `count` start times over `days` days from `begin` on, ascending, in nanoseconds since `begin`; denser in working
/// hours.
[[nodiscard]] std::vector<std::int64_t> planStarts(std::uint64_t count, double days, Time begin, Random random);

/// Whether that moment lies in the history's span, and where.
[[nodiscard]] Moment momentAt(Time time, Time begin, double days);

} // namespace ra::simulate
