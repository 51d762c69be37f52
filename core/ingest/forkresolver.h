// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/time.h"
#include "core/ingest/recipebook.h"
#include "core/ingest/record.h"

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

namespace ra::ingest {

/// One runner record among those of several runs that share a runner name (children forked after the runner was made,
/// or processes without address randomisation of which one died).
struct ForkFact {
    RecordKind kind = RecordKind::Text;
    std::int64_t timeNs = 0; ///< of the line, cut to its resolution
    std::string_view name;   ///< step name; recipe path for RunStarted; status word for RunFinished
    std::int64_t durationNs = Record::kNoDuration;
    std::int64_t a = 0;
    std::int64_t b = 0;
    std::string_view thread;
};

/// Gives each fact to one of the runs that the RunStarted facts begin: result[i] is the ordinal of its run (0 for the
/// first RunStarted), or -1 for a fact before any start.
///
/// What tells runs apart: a step ends once in a run; it ends when the run's start plus the steps before it say (lines
/// are cut to whole seconds); retries are followed by their step; and a run's stated duration exceeds the sum of its
/// steps by a few milliseconds. The assignment of least total contradiction is found by beam search and improved by
/// exchanging facts between runs until nothing improves; runs that look alike so far are interchangeable and only one
/// of them is tried. Deterministic. O(facts x runs x beam).
///
/// `book` may be null; where it knows a run's recipe, steps that the recipe does not have and steps out of its order
/// count as contradictions. Without it, runs of different recipes that share step names may be beyond telling apart.
[[nodiscard]] std::vector<int> resolveForks(std::span<const ForkFact> facts, const RecipeBook *book = nullptr);

} // namespace ra::ingest
