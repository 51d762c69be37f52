// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/error.h"
#include "core/base/time.h"
#include "core/query/question.h"

#include <string>
#include <string_view>

namespace ra::query {

/// A question from one line of text, for example
///
///     steps | where recipe = "etl" and not status = failed | since 7d | by recipe, step, hour
///           | p50(duration), p95(duration), count() | having count() > 10 | order p95(duration) desc | limit 20
///
/// A source, then stages in any order, each at most once but `where` and `having`, of which all must hold:
///
///     source     steps | allsteps | runs | errors | samples of METRIC | METRIC
///     where      conditions by and, or, not and parentheses: FIELD = != < <= > >= VALUE, FIELD like "a%",
///                FIELD contains "a", FIELD in (VALUE, ...), FIELD is none, FIELD is not none
///     since, until   2026-11-23, 2026-11-23T17:00, 2026-11-23T17:00:00Z, 7d, 12h, 30m (before now)
///     by         FIELD, tag:NAME, bucket(second|minute|hour|day|week|month|year|15m|90s ...), points(N)
///     select     FIELD, ... of the rows themselves: instead of by, aggregates and having
///     (nothing)  aggregates: count(), count(F), sum, mean, min, max, stddev, first, last, delta, rate, slope (F),
///                p95(F), quantile(F, Q), error_rate(), histogram(F, LOW, HIGH, BINS), top(F, N); each `as NAME`
///     having     conditions over columns of the answer, by their names
///     order      COLUMN [asc|desc], ...
///     limit, offset  a number
///     zone       an IANA name
///
/// Words need no quotes where they hold nothing but letters, digits and _ . / - : %. Numbers take units: 5s, 200ms,
/// 3min, 2h (seconds), 4KB, 2MB, 1GB (bytes, powers of 1,024). Invalid: anything else; `where` tells the column, from
/// 1, and the hint what would be allowed there. Text of more than 64 KiB is refused. O(text).
///
/// `now`: what periods count back from. Dates without a zone are read in that of the question, else the system's.
[[nodiscard]] Result<Question> parseQuestion(std::string_view text, Time now);

} // namespace ra::query
