// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace ra::simulate {

/// How an attempt of a step goes wrong.
enum class FaultKind : std::uint8_t {
    Raises,      ///< the step raises: framework line with a traceback
    ExitCode,    ///< it returns a code other than 0: the runner's list stays empty
    Validation,  ///< a parameter is missing
    Import,      ///< its module is not there: no framework lines at all
    ClassMissing ///< its module has no such class
};

/// One kind of failure. In `message`, "{n}" stands for a number that differs from time to time.
struct Fault {
    FaultKind kind = FaultKind::Raises;
    std::string_view type;    ///< as the traceback's last line prints it; for Raises
    std::string_view message; ///< for Raises, Import, ClassMissing; for Validation the step's own line
    std::string_view file;    ///< of the last frame
    int line = 0;
    std::string_view function; ///< of the last frame
    std::string_view source;   ///< source line of the last frame
    int exitCode = 1;
    std::string_view cause; ///< a whole "Type: message" that was the direct cause; empty without
};

/// One step of a simulated recipe.
struct StepSpec {
    std::string_view name;
    std::string_view module;
    std::string_view className;
    double medianS = 1;       ///< of its duration
    double sigma = 0.25;      ///< of the duration's logarithm
    double faultRate = 0;     ///< chance that an attempt fails
    int fault = 0;            ///< index into faults()
    double lines = 2;         ///< mean number of its own log lines
    std::string_view message; ///< of these lines, with "{i}" (from 0) and "{n}"
};

/// When recipes are started.
enum class Rhythm : std::uint8_t { Nightly, Office, Always };

/// One simulated recipe.
struct RecipeSpec {
    std::string_view path; ///< as the runner logs it
    std::string_view name;
    std::string_view description;
    double weight = 1; ///< share of the executions
    Rhythm rhythm = Rhythm::Always;
    int maxRetries = 0;
    std::string_view retryDelay; ///< in seconds, as the runner prints it
    bool continueOnError = false;
    double driftPerDay = 0;      ///< relative growth of all its durations a day
    int regressionStep = -1;     ///< this step becomes slower ...
    double regressionFactor = 1; ///< ... by this after 60 % of the history
    std::span<const StepSpec> steps;
};

[[nodiscard]] std::span<const Fault> faults();
[[nodiscard]] std::span<const RecipeSpec> recipes();

/// Relative chance that an execution with this rhythm starts in an hour of the day (0 to 23), on a weekday or not.
[[nodiscard]] double startWeight(Rhythm rhythm, int hour, bool weekend);

/// The recipe's YAML file, as the runner would read it.
[[nodiscard]] std::string recipeYaml(const RecipeSpec &recipe);

} // namespace ra::simulate
