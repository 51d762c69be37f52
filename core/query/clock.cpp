// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/query/clock.h"

#include <algorithm>
#include <limits>

namespace ra::query {

using namespace std::chrono;
using samples::lengthOf;
using samples::RollupLevel;

Clock::Clock(Zone zone, std::vector<Key> stretches, std::optional<std::size_t> weekday, std::optional<std::size_t> hour)
    : m_zone(std::move(zone))
    , m_keys(std::move(stretches))
    , m_weekdaySlot(weekday)
    , m_hourSlot(hour)
    , m_stretches(m_keys.size()) {
    const std::optional<RollupLevel> level = unit(Time::min(), Time::max());
    constexpr std::int64_t second = 1'000'000'000;
    m_quantum = level ? lengthOf(*level) : m_zone.isWhole(seconds(1), Time::min(), Time::max()) ? second : 1;
}

std::optional<RollupLevel> Clock::unit(Time from, Time to) const {
    const bool isFree = m_keys.empty() && !m_weekdaySlot && !m_hourSlot;
    for (const RollupLevel level : {RollupLevel::Day, RollupLevel::Hour, RollupLevel::Minute}) {
        const std::int64_t length = lengthOf(level);
        const auto fits = [&](const Key &key) {
            if (key.seconds)
                return *key.seconds * 1'000'000'000 % length == 0;
            return level == RollupLevel::Minute || (level == RollupLevel::Hour && *key.unit != BucketUnit::Minute) ||
                   (*key.unit != BucketUnit::Minute && *key.unit != BucketUnit::Hour);
        };
        if (isFree || (std::all_of(m_keys.begin(), m_keys.end(), fits) && !(m_hourSlot && level == RollupLevel::Day) &&
                       m_zone.isWhole(Duration(length), from, to)))
            return level;
    }
    return {};
}

void Clock::look(std::int64_t timeNs) {
    if (timeNs >= m_from && timeNs < m_to)
        return;
    const std::int64_t rest = timeNs % m_quantum;
    const std::int64_t since = rest < 0 ? rest + m_quantum : rest;
    constexpr std::int64_t earliest = std::numeric_limits<std::int64_t>::min();
    constexpr std::int64_t latest = std::numeric_limits<std::int64_t>::max();
    m_from = timeNs < earliest + since ? earliest : timeNs - since;
    m_to = m_from > latest - m_quantum ? latest : m_from + m_quantum;
    const Time time = fromNs(timeNs);
    const LocalTime local = m_zone.toLocal(time);
    const auto day = floor<days>(local);
    m_weekday = weekday(day).iso_encoding();
    m_hour = floor<hours>(local - day).count();
    for (std::size_t i = 0; i < m_keys.size(); ++i) {
        m_stretches[i] = toNs(m_keys[i].unit ? localBucket(time, *m_keys[i].unit, m_zone)
                                             : localBucket(time, seconds(*m_keys[i].seconds), m_zone));
    }
}

void Clock::fill(Row &row) {
    if (!m_weekdaySlot && !m_hourSlot)
        return;
    if (row.hasTime)
        look(row.timeNs);
    for (const auto &[slot, value] : {std::pair(m_weekdaySlot, m_weekday), std::pair(m_hourSlot, m_hour)}) {
        if (slot && row.hasTime)
            row.setInteger(*slot, value);
        else if (slot)
            row.setMissing(*slot);
    }
}

const std::vector<std::int64_t> &Clock::stretches(std::int64_t timeNs) {
    if (!m_keys.empty())
        look(timeNs);
    return m_stretches;
}

std::int64_t Clock::endOf(std::int64_t timeNs) {
    if (m_keys.empty() && !m_weekdaySlot && !m_hourSlot)
        return std::numeric_limits<std::int64_t>::max();
    look(timeNs);
    return m_to;
}

} // namespace ra::query
