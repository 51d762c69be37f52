// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/query/localbucket.h"

#include <algorithm>
#include <array>
#include <utility>

namespace ra::query {

using namespace std::chrono;

std::optional<BucketUnit> bucketUnitFromString(std::string_view word) {
    using Word = std::pair<std::string_view, BucketUnit>;
    constexpr std::array words = {Word{"minute", BucketUnit::Minute}, Word{"hour", BucketUnit::Hour},
                                  Word{"day", BucketUnit::Day},       Word{"week", BucketUnit::Week},
                                  Word{"month", BucketUnit::Month},   Word{"year", BucketUnit::Year}};
    const auto *found =
        std::find_if(words.begin(), words.end(), [&](const auto &entry) { return entry.first == word; });
    return found == words.end() ? std::nullopt : std::optional(found->second);
}

namespace {

/// `begin`, or the moment after it at which the clocks were last set before `time`: some are set by half an hour.
Time sinceChange(Time begin, Time time, const Zone &zone) {
    const Duration now = zone.offsetAt(time);
    if (zone.offsetAt(begin) == now)
        return begin;
    Time before = begin;
    while (time - before > Duration(1)) {
        const Time middle = before + (time - before) / 2;
        (zone.offsetAt(middle) == now ? time : before) = middle;
    }
    return time;
}

} // namespace

Time localBucket(Time time, Duration length, const Zone &zone) {
    // By the distance from UTC that holds now, which tells a repeated hour from the first.
    const Duration local = zone.toLocal(time).time_since_epoch();
    const Duration rest = local % length;
    const Duration since = rest < Duration::zero() ? rest + length : rest;
    // Longer ones may have an hour more or less, as days have.
    if (length > hours(1))
        return std::min(zone.toUtc(LocalTime(local - since)), time);
    return sinceChange(time - since, time, zone);
}

Time localBucket(Time time, BucketUnit unit, const Zone &zone) {
    if (unit == BucketUnit::Minute || unit == BucketUnit::Hour)
        return localBucket(time, unit == BucketUnit::Minute ? Duration(minutes(1)) : Duration(hours(1)), zone);
    const LocalTime local = zone.toLocal(time);
    const auto day = floor<days>(local);
    local_days first = day;
    if (unit == BucketUnit::Week) {
        first = day - (weekday(day) - Monday);
    } else if (unit == BucketUnit::Month || unit == BucketUnit::Year) {
        const year_month_day date(day);
        first = local_days(date.year() / (unit == BucketUnit::Year ? January : date.month()) / 1);
    }
    const Time begin = zone.toUtc(LocalTime(first));
    // A midnight that the clocks skip reads as one before the change.
    return std::min(begin, time);
}

} // namespace ra::query
