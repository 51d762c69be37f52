// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/samples/rollup.h"
#include "core/store/gonesteps.h"
#include "core/store/statement.h"

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <utility>
#include <vector>

namespace ra::store {

/// Keeps the durations of steps summed up by recipe and step, those of runs that have been removed among them (see
/// GoneSteps). A transaction that changes a run marks the hour in which it began as stale; that is all it costs. What
/// is stale does not count for readers and is made anew when there is time. Part of a transaction of the caller's;
/// throws SQLite::Exception, and std::runtime_error for damaged rows.
class StepRollups {
public:
    using Clock = std::chrono::steady_clock;

    explicit StepRollups(const SQLite::Database &db);

    /// A run of that recipe and start came, changed or went.
    void note(std::int64_t recipeId, std::optional<std::int64_t> startNs);
    /// Writes what was noted into the transaction.
    void mark(Clock::time_point now);

    /// Whether an hour may wait to be made anew.
    [[nodiscard]] bool mayRefresh() const { return m_mayRefresh; }
    /// Makes some of what is stale anew, in some milliseconds, but for what was still changing within the last minute;
    /// false if nothing more waits.
    bool refreshSome(Clock::time_point now);

    void forget();

private:
    using Hour = RecipeHour;
    std::size_t refresh(const Hour &hour);
    void refreshDay(std::int64_t recipeId, std::int64_t day);
    void put(std::int64_t recipeId, std::int64_t step, samples::RollupLevel level, std::int64_t bucket,
             const samples::Rollup &rollup, std::int64_t failed);

    GoneSteps m_gone;
    Statement m_mark;
    Statement m_next;
    Statement m_unmark;
    Statement m_isDayStale;
    Statement m_steps;
    Statement m_drop;
    Statement m_hoursOfDay;
    Statement m_put;
    std::map<Hour, int> m_noted;
    std::optional<Hour> m_last;                  ///< noted last: runs come by recipe and time
    std::map<Hour, Clock::time_point> m_changed; ///< when an hour was marked last, by this object
    bool m_mayRefresh = true;
};

} // namespace ra::store
