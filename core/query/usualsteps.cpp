// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/query/usualsteps.h"

#include <deque>
#include <string_view>
#include <unordered_map>

namespace ra::query {

std::vector<std::optional<Duration>> usualSteps(const Run &run, const RecipeHistory &history) {
    std::unordered_map<std::string_view, std::deque<Duration>> medians;
    for (const auto &[name, median] : history.stepMedians)
        medians[name].push_back(median);
    std::vector<std::optional<Duration>> usual(run.steps.size());
    for (std::size_t i = 0; i < usual.size(); ++i) {
        const auto known = medians.find(run.steps[i].name);
        if (known == medians.end() || known->second.empty())
            continue;
        usual[i] = known->second.front();
        known->second.pop_front();
    }
    return usual;
}

} // namespace ra::query
