// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/livelanes.h"

#include "ui/theme/tokens.h"
#include "ui/widgets/runtimeline.h"

#include <algorithm>
#include <atomic>
#include <cstdio>
#include <map>
#include <unordered_set>

namespace ra::ui {

namespace {

struct Execution {
    std::string_view recipe;
    std::string id;
    Time start{};
    Time end{};
    RunStatus status = RunStatus::Running;
};

std::string hexId(std::uint64_t id) {
    char text[17];
    std::snprintf(text, sizeof text, "%016llx", static_cast<unsigned long long>(id));
    return text;
}

void addStored(std::vector<Execution> &executions, const query::RunColumns &stored, Time from, Time now) {
    std::unordered_set<std::string> known;
    for (const Execution &execution : executions)
        known.insert(execution.id);
    for (std::size_t i = 0; i < stored.size(); ++i) {
        if (stored.startNs[i] == INT64_MIN)
            continue;
        const Time start = fromNs(stored.startNs[i]);
        const bool runs = stored.status[i] == RunStatus::Running;
        const Time end = stored.durationNs[i] != INT64_MIN
                             ? start + std::max(Duration(stored.durationNs[i]), Duration::zero())
                         : runs ? now
                                : start;
        if (end < from || start > now)
            continue;
        std::string id = hexId(stored.id[i]);
        if (!known.contains(id))
            executions.push_back(
                {stored.recipes[stored.recipe[i]], std::move(id), start, std::min(end, now), stored.status[i]});
    }
}

/// Rows of a recipe's executions, which stand by start: each goes into the first row that is free by then.
std::vector<std::vector<const Execution *>> partition(const std::vector<const Execution *> &executions) {
    std::vector<std::vector<const Execution *>> rows;
    for (const Execution *execution : executions) {
        const auto row =
            std::ranges::find_if(rows, [&](const auto &used) { return used.back()->end <= execution->start; });
        if (row == rows.end())
            rows.push_back({execution});
        else
            row->push_back(execution);
    }
    return rows;
}

/// The shortest of some round spans that reaches back to the start of nine tenths of the executions (which stand by
/// start), so that a minute of life is no sliver at the edge of half an empty hour, nor one old run makes it one: its
/// bar is cut at the edge.
Duration shownSpan(const std::vector<Execution> &executions, Time now, Duration most) {
    using std::chrono::minutes;
    const Duration all = executions.empty() ? most : now - executions[executions.size() / 10].start;
    for (const Duration span : {minutes(2), minutes(5), minutes(10), minutes(15)}) {
        if (all <= span)
            return std::min<Duration>(span, most);
    }
    return most;
}

} // namespace

Lanes lanesOf(const query::RunColumns &stored, const live::LiveSnapshot &board, Time origin, Time now,
              Duration window) {
    static std::atomic<std::uint64_t> versions{0};
    const Time from = now - window;
    std::vector<Execution> executions;
    for (const live::LiveRun &run : board.runs) {
        const Time end = std::max(run.end.value_or(now), run.start);
        if (end >= from)
            executions.push_back({run.recipe, run.id, run.start, end, run.status});
    }
    addStored(executions, stored, from, now);
    std::ranges::stable_sort(executions, {}, &Execution::start);
    const Duration span = shownSpan(executions, now, window);
    std::erase_if(executions, [&](const Execution &execution) { return execution.end < now - span; });
    std::map<std::string_view, std::vector<const Execution *>> byRecipe;
    for (const Execution &execution : executions)
        byRecipe[execution.recipe].push_back(&execution);

    Lanes lanes;
    lanes.window = span;
    auto data = std::make_shared<timeline::Data>();
    data->version = ++versions;
    data->origin = origin;
    data->resolution = std::chrono::seconds(1);
    data->cascade = false;
    data->extent = {(now - span - origin).count(), (now - origin + span / 60).count()};
    data->now = (now - origin).count();
    for (const auto &[recipe, ofRecipe] : byRecipe) {
        std::uint32_t number = 0;
        for (const auto &lane : partition(ofRecipe)) {
            timeline::Row row;
            row.name = recipe;
            row.lane = number++;
            row.firstBar = static_cast<std::uint32_t>(data->bars.size());
            row.barCount = static_cast<std::uint32_t>(lane.size());
            for (const Execution *execution : lane) {
                timeline::Bar bar;
                bar.start = (execution->start - origin).count();
                bar.end = (execution->end - origin).count();
                bar.state = barState(execution->status);
                bar.open = execution->status == RunStatus::Running;
                bar.key = static_cast<std::uint32_t>(lanes.runIds.size());
                lanes.runIds.push_back(execution->id);
                data->bars.push_back(bar);
            }
            row.state = barState(lane.back()->status);
            row.status = displayName(lane.back()->status);
            data->rows.push_back(std::move(row));
        }
    }
    lanes.data = std::move(data);
    return lanes;
}

LanePlace placeIn(const Lanes &after, const Lanes &before, const LanePlace &place) {
    if (place.row < 0)
        return {};
    const auto &rows = after.data->rows;
    if (place.bar < 0) {
        const auto &old = before.data->rows;
        const auto row = static_cast<std::size_t>(place.row);
        const auto isSame = [&](const timeline::Row &other) { return other.name == old[row].name; };
        auto rank = std::count_if(old.begin(), old.begin() + place.row, isSame);
        for (std::size_t i = 0; i < rows.size(); ++i) {
            if (isSame(rows[i]) && rank-- == 0)
                return {static_cast<int>(i), -1};
        }
        return {};
    }
    const std::string &run = before.runIds[before.data->bars[static_cast<std::size_t>(place.bar)].key];
    for (std::size_t row = 0; row < rows.size(); ++row) {
        const auto bars = after.data->barsOf(row);
        const auto bar = std::ranges::find_if(bars, [&](const timeline::Bar &b) { return after.runIds[b.key] == run; });
        if (bar != bars.end())
            return {static_cast<int>(row), static_cast<int>(&*bar - after.data->bars.data())};
    }
    return {};
}

std::string runAt(const Lanes &lanes, const LanePlace &place) {
    if (place.bar >= 0)
        return lanes.runIds[lanes.data->bars[static_cast<std::size_t>(place.bar)].key];
    if (place.row < 0)
        return {};
    const auto bars = lanes.data->barsOf(static_cast<std::size_t>(place.row));
    if (bars.empty())
        return {};
    const auto running = std::ranges::find_if(bars, &timeline::Bar::open);
    return lanes.runIds[(running != bars.end() ? *running : bars.back()).key];
}

std::size_t firstNew(const std::vector<std::pair<Time, std::string>> &before,
                     const std::vector<std::pair<Time, std::string>> &tail) {
    if (before.empty())
        return 0;
    // The last line shown, at its last place in the new tail where all that stands before it agrees too.
    for (std::size_t end = tail.size(); end > 0; --end) {
        if (tail[end - 1] != before.back())
            continue;
        const std::size_t length = std::min(end, before.size());
        if (std::equal(tail.begin() + static_cast<std::ptrdiff_t>(end - length),
                       tail.begin() + static_cast<std::ptrdiff_t>(end),
                       before.end() - static_cast<std::ptrdiff_t>(length)))
            return end;
    }
    return 0;
}

} // namespace ra::ui
