// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/store/gonesteps.h"

#include "core/base/crashpoint.h"
#include "core/store/runrow.h"

#include <span>
#include <stdexcept>

namespace ra::store {

using samples::bucketOf;
using samples::lengthOf;
using samples::Rollup;
using samples::RollupLevel;

namespace {

constexpr std::int64_t minutesOfHour = 60;
constexpr std::int64_t hourNs = lengthOf(RollupLevel::Hour);

/// Of the columns count, failed, sum, sum_squares, sketch from `column` on.
StepSum sumOf(const Statement &row, int column) {
    auto rollup = Rollup::fromRow(static_cast<std::uint64_t>(row.integer(column)), row.real(column + 2),
                                  row.real(column + 3), row.text(column + 4));
    if (!rollup && row.integer(column) > 0)
        throw std::runtime_error(rollup.error().sentence());
    return {rollup ? std::move(*rollup) : Rollup(), row.integer(column + 1)};
}

} // namespace

GoneSteps::GoneSteps(const SQLite::Database &db)
    : m_run(db, "SELECT recipe_id, start_ns FROM runs WHERE id = ? AND shown = 1 AND start_ns IS NOT NULL")
    , m_steps(db, "SELECT name, status, coalesce(duration_ns, end_ns - start_ns) FROM steps WHERE id BETWEEN ? AND ? "
                  "AND status IN (1, 2)")
    , m_remember(db, "INSERT OR IGNORE INTO gone_runs(hour, id) SELECT (start_ns - (start_ns % 3600000000000 + "
                     "3600000000000) % 3600000000000) / 3600000000000, run_id FROM runs WHERE id = ? AND start_ns IS "
                     "NOT NULL AND source_id IS NOT NULL")
    , m_remembered(db, "SELECT 1 FROM gone_runs WHERE hour = ? AND id = ?")
    , m_unmark(db, "DELETE FROM gone_hours WHERE recipe_id = ? AND hour = ?")
    , m_mark(db, "INSERT OR IGNORE INTO gone_hours(recipe_id, hour) VALUES(?, ?)")
    , m_copyKept(db, "INSERT OR REPLACE INTO gone_step_rollups SELECT recipe_id, bucket, step, count, failed, sum, "
                     "min, max, sum_squares, sketch FROM kept_step_rollups WHERE recipe_id = ? AND level = 0 AND "
                     "bucket BETWEEN ? AND ?")
    , m_ofHour(db, "SELECT step, bucket, count, failed, sum, sum_squares, sketch FROM gone_step_rollups WHERE "
                   "recipe_id = ? AND bucket BETWEEN ? AND ? ORDER BY bucket, step")
    , m_one(db, "SELECT count, failed, sum, sum_squares, sketch FROM gone_step_rollups WHERE recipe_id = ? AND bucket "
                "= ? AND step = ?")
    , m_put(db, "INSERT OR REPLACE INTO gone_step_rollups(recipe_id, bucket, step, count, failed, sum, min, max, "
                "sum_squares, sketch) VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?)")
    , m_drop(db, "DELETE FROM gone_step_rollups WHERE recipe_id = ? AND bucket = ? AND step = ?")
    , m_dropHour(db, "DELETE FROM gone_step_rollups WHERE recipe_id = ? AND bucket BETWEEN ? AND ?")
    , m_isStale(db, "SELECT 1 FROM stale_hours WHERE recipe_id = ? AND hour = ?")
    , m_makeStale(db, "INSERT OR IGNORE INTO stale_hours(recipe_id, hour) VALUES(?, ?)")
    , m_isLeft(db, "SELECT 1 FROM runs WHERE recipe_id = ? AND start_ns BETWEEN ? AND ? AND shown = 1 LIMIT 1") {}

std::optional<RecipeHour> GoneSteps::stepsOf(std::int64_t run, StepSums &sums) {
    m_run.bind(run);
    const ResetAtEnd reset(m_run);
    if (!m_run.step())
        return std::nullopt;
    const std::int64_t start = m_run.integer(1);
    const std::int64_t minute = bucketOf(RollupLevel::Minute, start);
    m_steps.bind(stepId(run, 0), stepId(run, stepsPerRun - 1));
    while (m_steps.step()) {
        StepSum &sum = sums[{m_steps.integer(0), minute}];
        constexpr std::int64_t failed = 2;
        if (m_steps.integer(1) == failed) {
            ++sum.failed;
        } else if (!m_steps.isNull(2)) {
            const auto duration = static_cast<double>(m_steps.integer(2));
            sum.durations.add(std::span(&duration, 1));
        }
    }
    return RecipeHour(m_run.integer(0), bucketOf(RollupLevel::Hour, start));
}

void GoneSteps::add(std::int64_t run) {
    m_remember.bind(run);
    m_remember.run();
    StepSums sums;
    const auto hour = stepsOf(run, sums);
    if (!hour)
        return;
    StepSums &all = m_added[*hour];
    for (const auto &[place, sum] : sums) {
        all[place].durations.merge(sum.durations);
        all[place].failed += sum.failed;
    }
}

bool GoneSteps::remembers(std::int64_t runId, std::int64_t startNs) {
    m_remembered.bind(bucketOf(RollupLevel::Hour, startNs), runId);
    const ResetAtEnd reset(m_remembered);
    return m_remembered.step();
}

void GoneSteps::flush() {
    for (const auto &[hour, sums] : std::exchange(m_added, {})) {
        unfold(hour);
        crashPoint("gone-steps.unfolded");
        // What is kept of an hour that is not stale tells of them already, and of those that had gone before.
        if (isStale(hour) || isLeft(hour))
            merge(hour, sums);
        else
            fold(hour);
        crashPoint("gone-steps.counted");
    }
}

void GoneSteps::takeBack(std::int64_t run) {
    StepSums sums;
    const auto hour = stepsOf(run, sums);
    if (!hour)
        return;
    unfold(*hour);
    for (const auto &[place, sum] : sums) {
        const auto &[step, minute] = place;
        std::optional<StepSum> counted = sumAt(hour->first, minute, step);
        if (!counted || counted->failed < sum.failed || !counted->durations.takeAway(sum.durations))
            continue;
        counted->failed -= sum.failed;
        if (counted->failed == 0 && counted->durations.isEmpty())
            drop(hour->first, minute, step);
        else
            put(hour->first, minute, step, *counted);
    }
    makeStale(*hour);
}

void GoneSteps::makeStale(const RecipeHour &hour) {
    unfold(hour);
    m_makeStale.bind(hour.first, hour.second);
    m_makeStale.run();
}

void GoneSteps::unfold(const RecipeHour &hour) {
    m_unmark.bind(hour.first, hour.second);
    m_unmark.run();
    if (sqlite3_changes(sqlite3_db_handle(m_unmark.handle())) == 0)
        return;
    const std::int64_t first = hour.second * minutesOfHour;
    m_copyKept.bind(hour.first, first, first + minutesOfHour - 1);
    m_copyKept.run();
}

void GoneSteps::addTo(StepSums &sums, const RecipeHour &hour) {
    const std::int64_t first = hour.second * minutesOfHour;
    m_ofHour.bind(hour.first, first, first + minutesOfHour - 1);
    const ResetAtEnd reset(m_ofHour);
    while (m_ofHour.step()) {
        const StepSum gone = sumOf(m_ofHour, 2);
        StepSum &sum = sums[{m_ofHour.integer(0), m_ofHour.integer(1)}];
        sum.durations.merge(gone.durations);
        sum.failed += gone.failed;
    }
}

void GoneSteps::fold(const RecipeHour &hour) {
    if (isLeft(hour))
        return;
    const std::int64_t first = hour.second * minutesOfHour;
    m_dropHour.bind(hour.first, first, first + minutesOfHour - 1);
    m_dropHour.run();
    m_mark.bind(hour.first, hour.second);
    m_mark.run();
}

bool GoneSteps::isStale(const RecipeHour &hour) {
    m_isStale.bind(hour.first, hour.second);
    const ResetAtEnd reset(m_isStale);
    return m_isStale.step();
}

bool GoneSteps::isLeft(const RecipeHour &hour) {
    m_isLeft.bind(hour.first, hour.second * hourNs, hour.second * hourNs + (hourNs - 1));
    const ResetAtEnd reset(m_isLeft);
    return m_isLeft.step();
}

void GoneSteps::merge(const RecipeHour &hour, const StepSums &sums) {
    for (const auto &[place, sum] : sums) {
        const auto &[step, minute] = place;
        StepSum all = sumAt(hour.first, minute, step).value_or(StepSum());
        all.durations.merge(sum.durations);
        all.failed += sum.failed;
        put(hour.first, minute, step, all);
    }
}

std::optional<StepSum> GoneSteps::sumAt(std::int64_t recipe, std::int64_t minute, std::int64_t step) {
    m_one.bind(recipe, minute, step);
    const ResetAtEnd reset(m_one);
    return m_one.step() ? std::optional(sumOf(m_one, 0)) : std::nullopt;
}

void GoneSteps::put(std::int64_t recipe, std::int64_t minute, std::int64_t step, const StepSum &sum) {
    const Rollup::Row row = sum.durations.row();
    const auto bind = [&](const auto &sketch) {
        m_put.bind(recipe, minute, step, row.count, sum.failed, row.sum, row.min, row.max, row.sumSquares, sketch);
    };
    if (row.sketch.empty())
        bind(nullptr);
    else
        bind(Blob{row.sketch});
    m_put.run();
}

void GoneSteps::drop(std::int64_t recipe, std::int64_t minute, std::int64_t step) {
    m_drop.bind(recipe, minute, step);
    m_drop.run();
}

} // namespace ra::store
