// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/ingest/batch.h"
#include "core/model/run.h"

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace ra::query {

/// A record of one of the foundation's logs. It bears a time to the microsecond and perhaps a process number and the
/// name of a recipe, but nothing that names a run (FORMATS.md 5, 16).
struct FoundationRecord {
    Time time{};
    std::int64_t pid = 0; ///< 0: the format has none
    std::string recipe;   ///< empty: unknown
    std::string logger;
    std::string message;  ///< its first line
    bool sameTree = true; ///< its file lies in the folder tree of the run's logs
    std::int64_t sourceId = 0;
};

/// Another run that was there at the same time.
struct Neighbour {
    std::string recipe;
    std::int64_t pid = 0;
    Time start{};
    std::optional<Time> end; ///< nothing: it still runs, or its end is not known
};

/// With which certainty each record belongs to the run; nothing for those that do not or of which it cannot be told.
/// `names` are what the run's recipe is called. `records` must ascend in time and lie in the run's time.
///
/// Certain: it bears the run's process number, and no other run of that process was there. Likely: it names the recipe
/// while no other run of the recipe was there, or its process does so in other records, or only this run and one
/// process were there. A record that stands in several files counts once: the copies are left out. Takes little more
/// than sorting both.
[[nodiscard]] std::vector<std::optional<ingest::Certainty>> matchFoundation(const Run &run,
                                                                            std::span<const std::string> names,
                                                                            std::span<const Neighbour> neighbours,
                                                                            std::span<const FoundationRecord> records);

} // namespace ra::query
