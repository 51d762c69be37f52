// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/report/facts.h"
#include "core/report/periodreport.h"

#include <map>
#include <string_view>
#include <vector>

namespace ra::report {

/// What a number of runs amounts to. Pointers and views into the runs, which must outlive it.
struct Tally {
    std::vector<const Run *> runs{}; ///< newest first
    qint64 counted = 0;              ///< runs that ended by themselves: the rate's denominator
    qint64 succeeded = 0;
    qint64 running = 0;
    qint64 stopped = 0;              ///< cancelled, interrupted
    std::vector<double> durations{}; ///< of the completed runs, ns, ascending
    LostTime lost;

    [[nodiscard]] qint64 failures() const { return counted - succeeded; }
};
/// The tally of those runs that start in [begin, end). O(n log n).
[[nodiscard]] Tally tallyOf(std::span<const Run> runs, Time begin, Time end);
/// The same, apart for each recipe.
[[nodiscard]] std::map<std::string_view, Tally> byRecipe(const Tally &all);

/// A step of a recipe over many runs.
struct StepTally {
    std::string_view recipe{};
    std::string_view step{};
    std::vector<double> durations{}; ///< ns, ascending
    Duration total{};
};
/// The steps that took most time altogether, at most `limit`, the greatest first.
[[nodiscard]] std::vector<StepTally> costliestSteps(const Tally &all, std::size_t limit);
/// The time of all steps together.
[[nodiscard]] Duration timeInSteps(const Tally &all);

/// Failures that are the same one: the same step of the same recipe, type, and message apart from numbers.
struct FailureKind {
    FailureFact newest;
    qint64 runs = 0; ///< in how many runs it happened
    std::optional<Time> first{};
    std::optional<Time> last{};
    const Run *counted = nullptr; ///< the run that was counted last
};
/// The most frequent first; of equals the newer one.
[[nodiscard]] std::vector<FailureKind> failureKinds(const Tally &all);

} // namespace ra::report
