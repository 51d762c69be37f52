// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/store/steprollups.h"

#include "core/base/crashpoint.h"

#include <array>
#include <stdexcept>
#include <tuple>

namespace ra::store {

using samples::bucketOf;
using samples::lengthOf;
using samples::Rollup;
using samples::RollupLevel;

namespace {

constexpr std::int64_t hourNs = lengthOf(RollupLevel::Hour);
constexpr std::int64_t hoursOfDay = 24;
/// An hour that runs still change is not worth making anew.
constexpr auto settled = std::chrono::minutes(1);
/// Steps after which one piece of work ends, and stale hours that it looks at.
constexpr std::size_t enoughSteps = 5'000;
constexpr int mostHours = 256;

std::int64_t dayOf(std::int64_t hour) {
    return hour / hoursOfDay - (hour % hoursOfDay < 0 ? 1 : 0);
}

} // namespace

StepRollups::StepRollups(const SQLite::Database &db)
    : m_gone(db)
    , m_mark(db, "INSERT OR IGNORE INTO stale_hours(recipe_id, hour) VALUES(?, ?)")
    , m_next(db, "SELECT recipe_id, hour FROM stale_hours WHERE (recipe_id, hour) > (?, ?) ORDER BY recipe_id, hour "
                 "LIMIT ?")
    , m_unmark(db, "DELETE FROM stale_hours WHERE recipe_id = ? AND hour = ?")
    , m_isDayStale(db, "SELECT 1 FROM stale_hours WHERE recipe_id = ? AND hour BETWEEN ? AND ? LIMIT 1")
    , m_steps(db, "SELECT s.name, r.start_ns, s.status, coalesce(s.duration_ns, s.end_ns - s.start_ns) FROM runs r "
                  "JOIN steps s ON s.id BETWEEN r.id << 24 AND (r.id << 24) + 16777215 WHERE r.recipe_id = ? AND "
                  "r.start_ns BETWEEN ? AND ? AND r.shown = 1 AND s.status IN (1, 2) ORDER BY r.start_ns, r.id, s.id")
    , m_drop(db, "DELETE FROM kept_step_rollups WHERE recipe_id = ? AND level = ? AND bucket BETWEEN ? AND ?")
    , m_hoursOfDay(db, "SELECT step, failed, count, sum, sum_squares, sketch FROM kept_step_rollups WHERE "
                       "recipe_id = ? AND level = 1 AND bucket BETWEEN ? AND ? ORDER BY bucket")
    , m_put(db, "INSERT INTO kept_step_rollups(recipe_id, step, level, bucket, count, failed, sum, min, max, "
                "sum_squares, sketch) VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)") {}

void StepRollups::note(std::int64_t recipeId, std::optional<std::int64_t> startNs) {
    if (!startNs)
        return; // a run without a start is in no hour
    const Hour hour(recipeId, bucketOf(RollupLevel::Hour, *startNs));
    if (m_last == hour)
        return;
    m_last = hour;
    m_noted.try_emplace(hour);
}

void StepRollups::mark(Clock::time_point now) {
    constexpr std::size_t mostRemembered = 10'000;
    if (m_changed.size() > mostRemembered)
        m_changed.clear();
    for (const auto &[hour, ignored] : m_noted) {
        m_gone.unfold(hour);
        m_mark.bind(hour.first, hour.second);
        m_mark.run();
        m_changed[hour] = now;
        m_mayRefresh = true;
    }
    m_noted.clear();
    m_last.reset();
}

void StepRollups::forget() {
    m_noted.clear();
    m_last.reset();
    m_mayRefresh = true;
}

bool StepRollups::refreshSome(Clock::time_point now) {
    std::vector<Hour> ready;
    Hour from(INT64_MIN, 0);
    // Past those that are still changing.
    for (bool more = true; more && ready.empty();) {
        int looked = 0;
        m_next.bind(from.first, from.second, mostHours);
        while (m_next.step()) {
            ++looked;
            from = {m_next.integer(0), m_next.integer(1)};
            const auto changed = m_changed.find(from);
            if (changed == m_changed.end() || now - changed->second >= settled)
                ready.push_back(from);
        }
        more = looked == mostHours;
    }
    std::size_t steps = 0;
    for (std::size_t i = 0; i < ready.size() && steps < enoughSteps; ++i) {
        const Hour &hour = ready[i];
        steps += refresh(hour) + 10; // one without steps is not for nothing
        crashPoint("step-rollup.hour");
        m_unmark.bind(hour.first, hour.second);
        m_unmark.run();
        crashPoint("step-rollup.unmarked");
        m_changed.erase(hour);
        const std::int64_t day = dayOf(hour.second);
        m_isDayStale.bind(hour.first, day * hoursOfDay, day * hoursOfDay + hoursOfDay - 1);
        bool stale = false;
        {
            const ResetAtEnd reset(m_isDayStale);
            stale = m_isDayStale.step();
        }
        if (!stale)
            refreshDay(hour.first, day);
    }
    m_mayRefresh = !ready.empty() || !m_changed.empty();
    return !ready.empty();
}

/// How many steps there were.
std::size_t StepRollups::refresh(const Hour &hour) {
    struct Part {
        std::vector<double> durations;
        std::int64_t failed = 0;
    };
    const auto &[recipe, number] = hour;
    std::map<std::pair<std::int64_t, std::int64_t>, Part> minutes; ///< by step and minute
    std::size_t steps = 0;
    m_steps.bind(recipe, number * hourNs, number * hourNs + (hourNs - 1));
    while (m_steps.step()) {
        ++steps;
        Part &part = minutes[{m_steps.integer(0), bucketOf(RollupLevel::Minute, m_steps.integer(1))}];
        constexpr std::int64_t failed = 2;
        if (m_steps.integer(2) == failed)
            ++part.failed;
        else if (!m_steps.isNull(3))
            part.durations.push_back(static_cast<double>(m_steps.integer(3)));
    }
    StepSums sums;
    m_gone.addTo(sums, hour);
    const bool hasGone = !sums.empty();
    for (const auto &[place, part] : minutes) {
        StepSum &sum = sums[place];
        sum.durations.add(part.durations);
        sum.failed += part.failed;
    }
    constexpr std::int64_t minutesOfHour = 60;
    m_drop.bind(recipe, static_cast<int>(RollupLevel::Minute), number * minutesOfHour,
                number * minutesOfHour + minutesOfHour - 1);
    m_drop.run();
    m_drop.bind(recipe, static_cast<int>(RollupLevel::Hour), number, number);
    m_drop.run();
    for (auto it = sums.begin(); it != sums.end();) {
        const std::int64_t step = it->first.first;
        StepSum whole;
        for (; it != sums.end() && it->first.first == step; ++it) {
            put(recipe, step, RollupLevel::Minute, it->first.second, it->second.durations, it->second.failed);
            whole.durations.merge(it->second.durations);
            whole.failed += it->second.failed;
        }
        put(recipe, step, RollupLevel::Hour, number, whole.durations, whole.failed);
    }
    if (hasGone && minutes.empty())
        m_gone.fold(hour);
    return steps + sums.size();
}

void StepRollups::refreshDay(std::int64_t recipeId, std::int64_t day) {
    m_drop.bind(recipeId, static_cast<int>(RollupLevel::Day), day, day);
    m_drop.run();
    crashPoint("step-rollup.day-dropped");
    std::map<std::int64_t, std::pair<Rollup, std::int64_t>> steps;
    m_hoursOfDay.bind(recipeId, day * hoursOfDay, day * hoursOfDay + hoursOfDay - 1);
    {
        const ResetAtEnd reset(m_hoursOfDay);
        while (m_hoursOfDay.step()) {
            const auto part = Rollup::fromRow(static_cast<std::uint64_t>(m_hoursOfDay.integer(2)), m_hoursOfDay.real(3),
                                              m_hoursOfDay.real(4), m_hoursOfDay.text(5));
            if (!part)
                throw std::runtime_error(part.error().sentence());
            auto &[rollup, failed] = steps[m_hoursOfDay.integer(0)];
            rollup.merge(*part);
            failed += m_hoursOfDay.integer(1);
        }
    }
    for (const auto &[step, sum] : steps)
        put(recipeId, step, RollupLevel::Day, day, sum.first, sum.second);
}

void StepRollups::put(std::int64_t recipeId, std::int64_t step, RollupLevel level, std::int64_t bucket,
                      const Rollup &rollup, std::int64_t failed) {
    const Rollup::Row row = rollup.row();
    const auto bind = [&](const auto &sketch) {
        m_put.bind(recipeId, step, static_cast<int>(level), bucket, row.count, failed, row.sum, row.min, row.max,
                   row.sumSquares, sketch);
    };
    if (row.sketch.empty())
        bind(nullptr);
    else
        bind(Blob{row.sketch});
    m_put.run();
}

} // namespace ra::store
