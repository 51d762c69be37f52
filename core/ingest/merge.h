// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/model/run.h"

#include <cstdint>
#include <span>
#include <vector>

namespace ra::ingest {

/// What one source says about one run.
struct Sighting {
    Run run;
    bool standsAlone = true;
    bool headless = false;
    std::int64_t sourceId = 0;
    std::uint64_t firstOffset = 0;
    std::uint32_t part = 0;
};

/// Whether it comes from a text log, else from a document.
[[nodiscard]] inline bool isText(const Sighting &sighting) {
    return sighting.run.runner != 0;
}

/// How well two sightings agree on being the same run: 0 if they contradict each other, else more for every fact that
/// they share. Symmetric. Sightings of one source agree only where one continues the other (a run whose source was
/// truncated under it).
[[nodiscard]] int agreement(const Sighting &x, const Sighting &y);

/// Partition of the sightings into runs: indices of one group are one run. Best agreement first, at most one sighting
/// of a source in a group. A function of the sightings' contents, whatever their order. O(n^2) in the number of
/// sightings.
[[nodiscard]] std::vector<std::vector<std::size_t>> groupSightings(std::span<const Sighting> sightings);

/// One run out of the sightings of a group, field by field from the most precise: times from documents (microseconds)
/// before text (seconds), attempts and tracebacks from text, steps from whoever has them. `provenance` says which.
/// One sighting gives its own run back.
[[nodiscard]] Run mergeSightings(std::span<const Sighting> sightings);

} // namespace ra::ingest
