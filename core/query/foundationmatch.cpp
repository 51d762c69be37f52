// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/query/foundationmatch.h"

#include <algorithm>
#include <map>
#include <set>
#include <string_view>
#include <utility>

namespace ra::query {

using ingest::Certainty;

namespace {

/// Each handler stamps a record for itself, a little later than the one before.
constexpr auto copiesWithin = std::chrono::milliseconds(2);

bool contains(std::span<const std::string> names, const std::string &name) {
    return std::find(names.begin(), names.end(), name) != names.end();
}

/// Which other runs were there at the time of a record.
struct Presence {
    bool any = false;
    bool ofRecipe = false;  ///< one of the run's own recipe
    bool ofProcess = false; ///< one that may be of the run's own process
};

/// For every record, in one sweep over time: there may be many of both.
std::vector<Presence> presenceAt(const Run &run, std::span<const std::string> names,
                                 std::span<const Neighbour> neighbours, std::span<const FoundationRecord> records) {
    struct Event {
        Time time;
        bool ofRecipe;
        bool ofProcess;
    };
    std::vector<Event> begun;
    std::vector<Event> ended;
    for (const Neighbour &n : neighbours) {
        if (n.end && *n.end < n.start)
            continue;
        const Event event{n.start, contains(names, n.recipe), n.pid == 0 || n.pid == run.pid};
        begun.push_back(event);
        if (n.end) {
            ended.push_back(event);
            ended.back().time = *n.end;
        }
    }
    const auto earlier = [](const Event &x, const Event &y) { return x.time < y.time; };
    std::sort(begun.begin(), begun.end(), earlier);
    std::sort(ended.begin(), ended.end(), earlier);
    std::vector<Presence> result;
    result.reserve(records.size());
    std::int64_t any = 0;
    std::int64_t ofRecipe = 0;
    std::int64_t ofProcess = 0;
    const auto count = [&](const Event &event, std::int64_t by) {
        any += by;
        ofRecipe += event.ofRecipe ? by : 0;
        ofProcess += event.ofProcess ? by : 0;
    };
    auto begin = begun.begin();
    auto end = ended.begin();
    for (const FoundationRecord &record : records) {
        for (; begin != begun.end() && begin->time <= record.time; ++begin)
            count(*begin, 1);
        for (; end != ended.end() && end->time < record.time; ++end) // still there at its end
            count(*end, -1);
        result.push_back({any > 0, ofRecipe > 0, ofProcess > 0});
    }
    return result;
}

/// Finds records that say what an earlier one in another file says that was taken.
class Copies {
public:
    [[nodiscard]] bool contain(const FoundationRecord &record) const {
        const auto known = m_taken.find({record.logger, record.message});
        if (known == m_taken.end())
            return false;
        return std::any_of(known->second.begin(), known->second.end(), [&](const FoundationRecord *other) {
            const bool sameProcess = other->pid == record.pid || other->pid == 0 || record.pid == 0;
            return other->sourceId != record.sourceId && sameProcess && record.time - other->time <= copiesWithin;
        });
    }
    /// In the order of time. The record must live on.
    void take(const FoundationRecord &record) {
        std::vector<const FoundationRecord *> &same = m_taken[{record.logger, record.message}];
        for (const FoundationRecord *&other : same) {
            if (other->sourceId == record.sourceId && other->pid == record.pid) {
                other = &record; // the later one is the nearer one
                return;
            }
        }
        same.push_back(&record);
    }

private:
    std::map<std::pair<std::string_view, std::string_view>, std::vector<const FoundationRecord *>> m_taken;
};

} // namespace

std::vector<std::optional<Certainty>> matchFoundation(const Run &run, std::span<const std::string> names,
                                                      std::span<const Neighbour> neighbours,
                                                      std::span<const FoundationRecord> records) {
    const std::vector<Presence> others = presenceAt(run, names, neighbours, records);
    const auto namesRun = [&](std::size_t i) {
        return records[i].sameTree && contains(names, records[i].recipe) && !others[i].ofRecipe;
    };
    std::set<std::int64_t> naming; // processes that name the run's recipe
    std::set<std::int64_t> all;
    for (std::size_t i = 0; i < records.size(); ++i) {
        if (records[i].pid != 0 && records[i].sameTree)
            all.insert(records[i].pid);
        if (records[i].pid != 0 && namesRun(i))
            naming.insert(records[i].pid);
    }

    std::vector<std::optional<Certainty>> result(records.size());
    Copies copies;
    for (std::size_t i = 0; i < records.size(); ++i) {
        const FoundationRecord &record = records[i];
        const bool othersRecipe = !record.recipe.empty() && !contains(names, record.recipe);
        const bool alone = !others[i].any;
        std::optional<Certainty> certainty;
        if (run.pid != 0 && record.pid != 0) {
            const bool shared = others[i].ofProcess;
            if (record.pid == run.pid && !(shared && othersRecipe))
                certainty = shared ? Certainty::Likely : Certainty::Certain;
        } else if (othersRecipe || !record.sameTree) {
            continue;
        } else if (!naming.empty()) {
            // Several processes name the recipe while one run of it is known: which is its own cannot be told.
            const bool itsProcess = naming.size() == 1 && (record.pid == *naming.begin() || (record.pid == 0 && alone));
            if (itsProcess && (alone || namesRun(i)))
                certainty = Certainty::Likely;
        } else if (alone && all.size() <= 1) {
            certainty = Certainty::Likely;
        }
        if (!certainty || copies.contain(record))
            continue;
        copies.take(record);
        result[i] = certainty;
    }
    return result;
}

} // namespace ra::query
