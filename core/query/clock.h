// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/zone.h"
#include "core/query/fields.h"
#include "core/query/question.h"
#include "core/samples/rollup.h"

#include <optional>
#include <vector>

namespace ra::query {

/// Weekday, hour and stretches of time of rows on the clocks of a zone. Remembers the last answer, so that rows that
/// follow each other cost little. One thread at a time; cheap to copy.
class Clock {
public:
    /// `stretches`: without `points`. `weekday`, `hour`: the places of these fields in rows, if they are needed.
    Clock(Zone zone, std::vector<Key> stretches, std::optional<std::size_t> weekday, std::optional<std::size_t> hour);

    /// The longest unit of which no part answers differently from another within [from, to]; nothing if there is none.
    [[nodiscard]] std::optional<samples::RollupLevel> unit(Time from, Time to) const;

    /// Sets weekday and hour of a row by its time.
    void fill(Row &row);
    /// The beginning of each stretch in which a moment lies, in nanoseconds; valid until the next call.
    [[nodiscard]] const std::vector<std::int64_t> &stretches(std::int64_t timeNs);
    /// From here on a later moment may lie in another stretch, weekday or hour; later than `timeNs`.
    [[nodiscard]] std::int64_t endOf(std::int64_t timeNs);

private:
    void look(std::int64_t timeNs);

    Zone m_zone;
    std::vector<Key> m_keys;
    std::optional<std::size_t> m_weekdaySlot;
    std::optional<std::size_t> m_hourSlot;
    std::int64_t m_quantum = 1; ///< nanoseconds for which one answer holds
    std::int64_t m_from = 0;    ///< [m_from, m_to) has these answers
    std::int64_t m_to = 0;
    std::int64_t m_weekday = 0;
    std::int64_t m_hour = 0;
    std::vector<std::int64_t> m_stretches;
};

} // namespace ra::query
