// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/runneighbours.h"

#include <algorithm>

namespace ra::ui {

Result<RunNeighbours> neighboursOf(query::Reader &reader, const Run &run, Time now) {
    RunNeighbours found;
    if (!run.start)
        return found;
    constexpr std::size_t many = 200;
    query::RunFilter filter;
    filter.recipe = run.recipe;

    // Runs that start at the very same moment (text logs know it to the second) follow each other by id.
    filter.since = *run.start;
    filter.until = *run.start + Duration(1);
    auto same = reader.runs(filter, many);
    if (!same)
        return fail(same.error());
    std::ranges::sort(*same, {}, &Run::id);
    for (std::size_t i = 0; i < same->size(); ++i) {
        if ((*same)[i].id != run.id)
            continue;
        if (i > 0)
            found.previous = (*same)[i - 1].id;
        if (i + 1 < same->size())
            found.next = (*same)[i + 1].id;
    }

    if (found.previous.empty()) {
        filter.since.reset();
        filter.until = *run.start;
        auto before = reader.runs(filter, 1);
        if (!before)
            return fail(before.error());
        if (!before->empty())
            found.previous = before->front().id;
    }
    // The store lists the newest first: the oldest run after this one is the last of a stretch that is short enough.
    Duration stretch = std::chrono::seconds(1);
    filter.since = *run.start + Duration(1);
    while (found.next.empty()) {
        const bool all = *run.start + stretch > now;
        filter.until = all ? std::optional<Time>() : *run.start + stretch;
        auto after = reader.runs(filter, many);
        if (!after)
            return fail(after.error());
        if (!after->empty())
            found.next = after->back().id;
        if (all)
            break;
        stretch *= 4;
    }
    return found;
}

} // namespace ra::ui
