// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/query/points.h"

#include "core/query/localbucket.h"
#include "core/query/sampleread.h"
#include "core/store/statement.h"

#include <algorithm>
#include <chrono>

namespace ra::query {

using store::Statement;

namespace {

/// `points` as a stretch of a length that people know, such that there are not more of them between first and last.
std::int64_t niceSeconds(std::int64_t firstNs, std::int64_t lastNs, std::int64_t points, const Zone &zone) {
    constexpr std::int64_t nice[] = {1,   2,    5,    10,    15,     30,     60,     120,    300,     600,
                                     900, 1800, 3600, 7'200, 10'800, 21'600, 43'200, 86'400, 172'800, 604'800};
    constexpr std::int64_t day = 86'400;
    constexpr std::int64_t mostDays = 400;
    const double seconds = (static_cast<double>(lastNs) - static_cast<double>(firstNs)) / 1e9;
    // One more than the length has room for, as neither end need be a beginning.
    const double least = points > 1 ? seconds / static_cast<double>(points - 1) : seconds;
    const auto fits = [&](std::int64_t length) {
        const std::chrono::seconds stretch(length);
        return static_cast<double>(length) >= least && (points > 1 || localBucket(fromNs(firstNs), stretch, zone) ==
                                                                          localBucket(fromNs(lastNs), stretch, zone));
    };
    for (const std::int64_t length : nice) {
        if (fits(length))
            return length;
    }
    for (std::int64_t days = 1; days <= mostDays; ++days) {
        if (fits(days * day))
            return days * day;
    }
    return mostDays * day;
}

/// From the first to the last moment that runs can speak of, in nanoseconds; equal of nothing.
std::pair<std::int64_t, std::int64_t> spanOfRuns(const SQLite::Database &db) {
    Statement select(db,
                     "SELECT (SELECT min(start_ns) FROM runs WHERE shown = 1), (SELECT max(start_ns) FROM runs WHERE "
                     "shown = 1)");
    const store::ResetAtEnd reset(select);
    return select.step() ? std::pair(select.integer(0), select.integer(1)) : std::pair<std::int64_t, std::int64_t>();
}

} // namespace

Result<void> resolvePoints(const SQLite::Database &db, Question &question, const std::vector<SeriesFacts> &series,
                           const Zone &zone) {
    for (Key &key : question.by) {
        if (!key.points)
            continue;
        if (*key.points < 1 || *key.points > 100'000) {
            return fail({.kind = ErrorKind::Invalid,
                         .what = "answer the question",
                         .where = {},
                         .why = columnName(key) + ": 1 to 100,000 points",
                         .hint = {}});
        }
        auto [first, last] = question.source == Source::Samples ? spanOf(db, series) : spanOfRuns(db);
        first = question.since ? std::max(toNs(*question.since), first) : first;
        last = question.until ? std::min(toNs(*question.until), last) : last;
        key.seconds = niceSeconds(first, std::max(first, last), *key.points, zone);
    }
    return {};
}

} // namespace ra::query
