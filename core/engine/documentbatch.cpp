// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/documentbatch.h"

#include <xxhash.h>

#include <algorithm>
#include <cstdio>
#include <map>

namespace ra::engine {

namespace {

std::string idOf(const Run &run, std::uint32_t ordinal) {
    const std::int64_t start = run.start ? toNs(*run.start) : 0;
    const std::int64_t duration = run.duration ? run.duration->count() : 0;
    std::string key = "document\n" + run.recipePath + '\n' + run.recipe + '\n' + std::to_string(start) + '\n' +
                      std::to_string(duration) + '\n' + std::to_string(ordinal);
    char text[17];
    std::snprintf(text, sizeof text, "%016llx", static_cast<unsigned long long>(XXH3_64bits(key.data(), key.size())));
    return text;
}

/// What cannot be so is kept as it stands, and said to be doubtful.
void noteContradictions(Run &run) {
    const bool backwards =
        (run.start && run.end && *run.end < *run.start) || run.duration.value_or(Duration{}).count() < 0;
    const bool stepBackwards = std::any_of(run.steps.begin(), run.steps.end(), [](const Step &step) {
        return (step.start && step.end && *step.end < *step.start) || step.duration.value_or(Duration{}).count() < 0;
    });
    if (!backwards && !stepBackwards)
        return;
    run.suspect = true;
    run.notes.emplace_back("clock-set-back");
}

} // namespace

std::vector<ingest::RunChange> changesOf(const ingest::Document &document) {
    std::vector<ingest::RunChange> changes;
    std::map<std::string, std::uint32_t> seen;
    for (std::size_t i = 0; i < document.runs.size(); ++i) {
        ingest::RunChange change;
        change.part = static_cast<std::uint32_t>(i);
        change.standsAlone = document.runs[i].standsAlone;
        change.run = document.runs[i].run;
        noteContradictions(change.run);
        change.run.id = idOf(change.run, 0);
        if (const std::uint32_t ordinal = seen[change.run.id]++; ordinal > 0)
            change.run.id = idOf(change.run, ordinal);
        changes.push_back(std::move(change));
    }
    return changes;
}

} // namespace ra::engine
