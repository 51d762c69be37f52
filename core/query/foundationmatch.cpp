// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/query/foundationmatch.h"

#include <algorithm>
#include <set>

namespace ra::query {

using ingest::Certainty;

namespace {

/// Each handler stamps a record for itself, a little later than the one before.
constexpr auto copiesWithin = std::chrono::milliseconds(2);

bool contains(std::span<const std::string> names, const std::string &name) {
    return std::find(names.begin(), names.end(), name) != names.end();
}

bool isThere(const Neighbour &neighbour, Time time) {
    return neighbour.start <= time && (!neighbour.end || time <= *neighbour.end);
}

/// Whether an earlier record that was taken says the same in another file.
bool isCopy(std::span<const FoundationRecord> records, std::size_t index,
            std::span<const std::optional<Certainty>> taken) {
    const FoundationRecord &record = records[index];
    for (std::size_t i = index; i-- > 0 && record.time - records[i].time <= copiesWithin;) {
        const FoundationRecord &other = records[i];
        const bool sameProcess = other.pid == record.pid || other.pid == 0 || record.pid == 0;
        if (taken[i] && other.sourceId != record.sourceId && sameProcess && other.logger == record.logger &&
            other.message == record.message)
            return true;
    }
    return false;
}

} // namespace

std::vector<std::optional<Certainty>> matchFoundation(const Run &run, std::span<const std::string> names,
                                                      std::span<const Neighbour> neighbours,
                                                      std::span<const FoundationRecord> records) {
    const auto anyThere = [&](Time time, auto &&which) {
        return std::any_of(neighbours.begin(), neighbours.end(),
                           [&](const Neighbour &n) { return isThere(n, time) && which(n); });
    };
    const auto namesRun = [&](const FoundationRecord &record) {
        return record.sameTree && contains(names, record.recipe) &&
               !anyThere(record.time, [&](const Neighbour &n) { return contains(names, n.recipe); });
    };
    std::set<std::int64_t> naming; // processes that name the run's recipe
    std::set<std::int64_t> all;
    for (const FoundationRecord &record : records) {
        if (record.pid != 0 && record.sameTree)
            all.insert(record.pid);
        if (record.pid != 0 && namesRun(record))
            naming.insert(record.pid);
    }

    std::vector<std::optional<Certainty>> result(records.size());
    for (std::size_t i = 0; i < records.size(); ++i) {
        const FoundationRecord &record = records[i];
        const bool othersRecipe = !record.recipe.empty() && !contains(names, record.recipe);
        const bool alone = !anyThere(record.time, [](const Neighbour &) { return true; });
        std::optional<Certainty> certainty;
        if (run.pid != 0 && record.pid != 0) {
            const bool shared =
                anyThere(record.time, [&](const Neighbour &n) { return n.pid == 0 || n.pid == run.pid; });
            if (record.pid == run.pid && !(shared && othersRecipe))
                certainty = shared ? Certainty::Likely : Certainty::Certain;
        } else if (othersRecipe || !record.sameTree) {
            continue;
        } else if (!naming.empty()) {
            // Several processes name the recipe while one run of it is known: which is its own cannot be told.
            const bool itsProcess = naming.size() == 1 && (record.pid == *naming.begin() || (record.pid == 0 && alone));
            if (itsProcess && (alone || namesRun(record)))
                certainty = Certainty::Likely;
        } else if (alone && all.size() <= 1) {
            certainty = Certainty::Likely;
        }
        if (certainty && !isCopy(records, i, result))
            result[i] = certainty;
    }
    return result;
}

} // namespace ra::query
