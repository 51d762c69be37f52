// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/store/pins.h"

#include "core/store/runwriter.h"
#include "core/store/statement.h"

#include <string>

namespace ra::store {

namespace {

/// All rows of the runs that are pinned: a source that came after the pin has rows of its own.
constexpr const char *pinnedRows =
    "(SELECT r.* FROM (SELECT DISTINCT coalesce(o.merged_into, o.id) AS head FROM pins p JOIN runs o ON o.id = p.run) "
    "JOIN runs r ON r.id = head OR r.merged_into = head)";

} // namespace

std::vector<PinnedRange> pinnedTimes(const SQLite::Database &db) {
    std::vector<PinnedRange> times;
    Statement select(
        db, std::string(
                "SELECT min(r.start_ns) AS first, max(iif(r.merged_into IS NULL AND r.status = 0 AND r.end_ns IS NULL, "
                "9223372036854775807, max(r.start_ns, coalesce(r.end_ns, r.start_ns + r.duration_ns, r.start_ns), "
                "coalesce((SELECT max(coalesce(s.end_ns, s.start_ns)) FROM steps s WHERE s.id BETWEEN r.id << 24 AND "
                "(r.id << 24) + 16777215), r.start_ns)))) AS last FROM ") +
                pinnedRows + " r WHERE r.start_ns IS NOT NULL GROUP BY coalesce(r.merged_into, r.id)");
    while (select.step())
        times.emplace_back(select.integer(0), select.integer(1));
    return times;
}

std::vector<PinnedRange> pinnedBytes(const SQLite::Database &db, std::int64_t source) {
    std::vector<PinnedRange> bytes;
    Statement pinnedRuns(db, std::string("SELECT r.id FROM ") + pinnedRows + " r WHERE r.source_id = ?");
    pinnedRuns.bind(source);
    Statement allSpans(db, allSpansSql);
    while (pinnedRuns.step()) {
        for (const ingest::LineSpan &span : readSpans(allSpans, pinnedRuns.integer(0)))
            bytes.emplace_back(static_cast<std::int64_t>(span.offset),
                               static_cast<std::int64_t>(span.offset + span.length) - 1);
    }
    return bytes;
}

} // namespace ra::store
