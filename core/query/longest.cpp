// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/query/longest.h"

#include "core/samples/rollup.h"

#include <algorithm>
#include <functional>
#include <limits>
#include <map>
#include <queue>

namespace ra::query {

using store::Statement;

namespace {

constexpr Aggregate greatest{.kind = AggregateKind::Max};

bool isWithinRuns(const Shape &shape) {
    return std::any_of(shape.keys.begin(), shape.keys.end(), [&](const Shape::KeyPart &key) {
        return key.slot && shape.fields.fields()[*key.slot].decode == Decode::RunId;
    });
}

} // namespace

std::optional<std::size_t> longestAsked(const Shape &shape) {
    const Question &question = shape.question;
    if (question.source != Source::Steps || question.limit == 0 || question.order.empty() ||
        !question.order.front().descending || question.having.kind != Filter::Kind::Everything || !isWithinRuns(shape))
        return {};
    for (std::size_t i = 0; i < question.aggregates.size(); ++i) {
        const std::optional<std::size_t> measure = shape.answering[i].measure;
        if (question.aggregates[i].kind == AggregateKind::Max &&
            question.aggregates[i].columnName() == question.order.front().column && measure &&
            !shape.measures[*measure].isMetric &&
            shape.fields.fields()[shape.measures[*measure].slot].name == "duration")
            return measure;
    }
    return {};
}

std::vector<RecipeDay> byLongest(const SQLite::Database &db, const std::vector<RecipeName> &recipes) {
    constexpr std::int64_t hoursOfDay = 24;
    constexpr double unknown = std::numeric_limits<double>::infinity();
    Statement summed(db, "SELECT bucket, max(max) FROM kept_step_rollups WHERE recipe_id = ? AND level = " +
                             std::to_string(static_cast<int>(samples::RollupLevel::Day)) + " GROUP BY bucket");
    Statement stale(db, "SELECT hour FROM stale_hours WHERE recipe_id = ?");
    std::vector<RecipeDay> days;
    for (std::size_t recipe = 0; recipe < recipes.size(); ++recipe) {
        std::map<std::int64_t, double> longest;
        summed.bind(recipes[recipe].id);
        while (summed.step()) // a day on which all failed has none
            longest[summed.integer(0)] = summed.isNull(1) ? -unknown : summed.real(1);
        stale.bind(recipes[recipe].id);
        while (stale.step()) {
            const std::int64_t hour = stale.integer(0);
            longest[hour / hoursOfDay - (hour % hoursOfDay < 0 ? 1 : 0)] = unknown;
        }
        for (const auto &[day, most] : longest)
            days.push_back({recipe, day, most});
    }
    std::stable_sort(days.begin(), days.end(),
                     [](const RecipeDay &a, const RecipeDay &b) { return a.longest > b.longest; });
    return days;
}

std::size_t readLongest(Gathering &gathering, std::size_t measure, const std::vector<RecipeDay> &days,
                        const std::function<void(const RecipeDay &day)> &read) {
    const std::size_t limit = gathering.shape.question.limit;
    const std::size_t offset = gathering.shape.question.offset;
    const std::size_t wanted = limit > std::numeric_limits<std::size_t>::max() - offset
                                   ? std::numeric_limits<std::size_t>::max()
                                   : limit + offset;
    std::priority_queue<double, std::vector<double>, std::greater<>> best; ///< the least of them on top
    std::size_t seen = 0;
    Progress progress{.stage = "query", .item = {}, .done = 0, .total = days.size()};
    for (const RecipeDay &day : days) {
        // Equal ones may come before by their keys.
        if (best.size() == wanted && best.top() > day.longest)
            break;
        if (!gathering.goesOn())
            break;
        read(day);
        if (gathering.error)
            break;
        for (; seen < gathering.groups.size(); ++seen) {
            if (const auto value = gathering.groups.accumulator(seen, measure).result(greatest)) {
                best.push(*value);
                if (best.size() > wanted)
                    best.pop();
            }
        }
        ++progress.done;
        if (gathering.options.progress)
            gathering.options.progress(progress);
    }
    return progress.done;
}

} // namespace ra::query
