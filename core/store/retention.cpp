// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/store/retention.h"

#include "core/base/crashpoint.h"
#include "core/ingest/rawline.h"
#include "core/store/codec.h"
#include "core/store/runrow.h"
#include "core/store/runwriter.h"

#include <algorithm>
#include <string_view>

namespace ra::store {

namespace {

constexpr std::int64_t nsPerDay = 86'400'000'000'000;
constexpr std::int64_t never = INT64_MIN;
/// Of a piece: some milliseconds.
constexpr int segmentsAtATime = 50;
constexpr int tailsAtATime = 200;
constexpr std::size_t tailRowsAtATime = 5'000;
constexpr std::size_t splitAtATime = 2'000; // rows
constexpr int rollupsAtATime = 2'000;
constexpr int runsAtATime = 50;
constexpr int blocksAtATime = 20;

constexpr const char *kinds[] = {"samples", "log", "rollups", "runs"};

std::optional<Duration> &periodOf(RetentionPolicy &policy, std::string_view kind) {
    if (kind == "samples")
        return policy.samples;
    if (kind == "log")
        return policy.log;
    return kind == "rollups" ? policy.rollups : policy.runs;
}

std::int64_t dayBefore(std::int64_t nowNs, const std::optional<Duration> &period) {
    if (!period)
        return never;
    const std::int64_t time = nowNs - period->count();
    return (time / nsPerDay - (time % nsPerDay < 0 ? 1 : 0)) * nsPerDay;
}

/// All rows of the runs that are pinned: a source that came after the pin has rows of its own.
constexpr const char *pinnedRows =
    "(SELECT r.* FROM (SELECT DISTINCT coalesce(o.merged_into, o.id) AS head FROM pins p JOIN runs o ON o.id = p.run) "
    "JOIN runs r ON r.id = head OR r.merged_into = head)";

/// The first and last nanosecond of each pinned run. One that still runs has no end yet; one that ended without telling
/// when reaches to the last thing that is known of it.
std::string pinnedTimes() {
    return std::string(
               "SELECT min(r.start_ns) AS first, max(iif(r.merged_into IS NULL AND r.status = 0 AND r.end_ns IS NULL, "
               "9223372036854775807, max(r.start_ns, coalesce(r.end_ns, r.start_ns + r.duration_ns, r.start_ns), "
               "coalesce((SELECT max(coalesce(s.end_ns, s.start_ns)) FROM steps s WHERE s.id BETWEEN r.id << 24 AND "
               "(r.id << 24) + 16777215), r.start_ns)))) AS last FROM ") +
           pinnedRows + " r WHERE r.start_ns IS NOT NULL GROUP BY coalesce(r.merged_into, r.id)";
}

/// The time of the last record in a block; nothing if it has none. Local times are taken for UTC.
std::optional<std::int64_t> lastTimeIn(std::string_view bytes) {
    while (!bytes.empty()) {
        const std::size_t end = bytes.ends_with('\n') ? bytes.size() - 1 : bytes.size();
        const std::size_t before = end == 0 ? std::string_view::npos : bytes.rfind('\n', end - 1);
        const std::size_t begin = before == std::string_view::npos ? 0 : before + 1;
        ingest::Record record;
        if (ingest::decodeLine(ingest::withoutEnd(bytes.substr(begin)), record) &&
            record.timeNs != ingest::Record::kNoTime)
            return record.timeNs;
        bytes = bytes.substr(0, begin);
    }
    return std::nullopt;
}

} // namespace

Retention::Retention(SQLite::Database &db)
    : m_db(db)
    , m_sealer(db)
    , m_rollups(db, m_sealer.segments())
    , m_tails(db, m_sealer, m_rollups) {}

RetentionPolicy Retention::policy() {
    RetentionPolicy policy;
    Statement rows(m_db, "SELECT kind, value FROM retention");
    while (rows.step()) {
        if (rows.text(0) == "free")
            policy.keepFreeBytes = static_cast<std::uint64_t>(rows.integer(1));
        else
            periodOf(policy, rows.text(0)) = Duration(rows.integer(1));
    }
    return policy;
}

void Retention::setPolicy(const RetentionPolicy &policy) {
    m_db.exec("DELETE FROM retention");
    Statement insert(m_db, "INSERT INTO retention(kind, value) VALUES(?, ?)");
    RetentionPolicy copy = policy;
    for (const char *kind : kinds) {
        if (const auto &period = periodOf(copy, kind)) {
            insert.bind(std::string_view(kind), period->count());
            insert.run();
        }
    }
    if (policy.keepFreeBytes > 0) {
        insert.bind(std::string_view("free"), policy.keepFreeBytes);
        insert.run();
    }
}

void Retention::pin(std::int64_t run, bool on) {
    // All rows of it: which of them is shown may change as sources come.
    Statement change(m_db,
                     on ? "INSERT OR IGNORE INTO pins SELECT id FROM runs WHERE id = ?1 OR merged_into = ?1"
                        : "DELETE FROM pins WHERE run = ?1 OR run IN (SELECT id FROM runs WHERE merged_into = ?1)");
    change.bind(run);
    change.run();
}

std::int64_t Retention::horizon(const char *kind) {
    Statement select(m_db, "SELECT t_ns FROM horizons WHERE kind = ?");
    select.bind(std::string_view(kind));
    const ResetAtEnd reset(select);
    return select.step() ? select.integer(0) : never;
}

void Retention::setHorizon(const char *kind, std::int64_t time) {
    Statement put(m_db, "INSERT INTO horizons(kind, t_ns) VALUES(?, ?) ON CONFLICT DO UPDATE SET t_ns = max(t_ns, "
                        "excluded.t_ns)");
    put.bind(std::string_view(kind), time);
    put.run();
}

Retention::Cutoffs Retention::cutoffsOf(const RetentionPolicy &policy, std::int64_t nowNs) {
    return {dayBefore(nowNs, policy.samples), dayBefore(nowNs, policy.log), dayBefore(nowNs, policy.rollups),
            dayBefore(nowNs, policy.runs)};
}

bool Retention::removeSome(const Cutoffs &cutoffs, Retained &gone) {
    if (cutoffs.samples != never)
        setHorizon("samples", cutoffs.samples);
    // Whatever goes has gone for readers in the order in which it is worth less.
    return (cutoffs.samples != never && (sealTails(cutoffs.samples) || removeSamples(cutoffs, gone))) ||
           (cutoffs.log != never && removeLog(cutoffs.log, gone)) ||
           (cutoffs.runs != never && removeRuns(cutoffs.runs, gone)) ||
           (cutoffs.rollups != never && removeRollups(cutoffs.rollups, gone));
}

std::vector<Retention::Window> Retention::pinnedWindows() {
    std::vector<Window> windows;
    Statement select(m_db, pinnedTimes());
    while (select.step())
        windows.emplace_back(select.integer(0), select.integer(1));
    return windows;
}

/// What is still in rows is sealed, and with that summed up, before it may go.
bool Retention::sealTails(std::int64_t before) {
    Statement next(m_db, "SELECT min(series) FROM tail_samples WHERE series > ?");
    Statement origins(m_db, "SELECT DISTINCT origin FROM tail_samples WHERE series = ? AND t_ns < ?");
    std::size_t sealed = 0;
    for (int tails = 0; tails < tailsAtATime && sealed < tailRowsAtATime; ++tails) {
        next.bind(m_tail);
        std::int64_t series = 0;
        {
            const ResetAtEnd reset(next);
            if (!next.step() || next.isNull(0))
                return false;
            series = next.integer(0);
        }
        std::vector<std::int64_t> found;
        origins.bind(series, before);
        while (origins.step())
            found.push_back(origins.integer(0));
        bool isAll = true;
        for (const std::int64_t origin : found) {
            const TailSealer::Sealed some = m_tails.seal(series, origin, before, 1);
            sealed += some.rows;
            isAll = isAll && some.isAll;
            crashPoint("retain.sealed");
        }
        if (isAll)
            m_tail = series;
    }
    return true;
}

bool Retention::removeSamples(const Cutoffs &cutoffs, Retained &gone) {
    const std::int64_t before = cutoffs.samples;
    if (m_segment == 0) {
        Statement claims(m_db, "DELETE FROM sample_claims WHERE t_ns < ?");
        claims.bind(before);
        claims.run();
    }
    const std::vector<Window> windows = pinnedWindows();
    std::vector<SegmentRow> rows;
    Statement select(m_db, "SELECT id, series, origin, t_min, t_max, count FROM segments WHERE id > ? AND t_min < ? "
                           "ORDER BY id LIMIT ?");
    select.bind(m_segment, before, segmentsAtATime);
    while (select.step())
        rows.push_back({select.integer(0), select.integer(1), select.integer(2), select.integer(3), select.integer(4),
                        static_cast<std::size_t>(select.integer(5))});
    for (const SegmentRow &row : rows) {
        // What only these samples tell of minutes and hours.
        if (cutoffs.keepParts && !m_rollups.split(row.series, row.tMin, std::min(row.tMax, before - 1), splitAtATime)) {
            crashPoint("retain.split");
            return true;
        }
        m_segment = row.id;
        const auto isKept = [&](std::int64_t time) {
            return time >= before || std::any_of(windows.begin(), windows.end(), [&](const Window &window) {
                       return window.first <= time && time <= window.second;
                   });
        };
        const bool touchesPinned = std::any_of(windows.begin(), windows.end(), [&](const Window &window) {
            return window.first <= row.tMax && row.tMin <= window.second;
        });
        if (row.tMax < before && !touchesPinned) {
            m_sealer.segments().remove(row);
            gone.samples += row.count;
            continue;
        }
        SampleColumns samples;
        m_sealer.segments().readAll(row, samples);
        std::vector<SampleSealer::Edit> edits;
        for (const std::int64_t time : samples.times) {
            if (!isKept(time))
                edits.push_back({time, std::nullopt});
        }
        if (edits.empty())
            continue;
        gone.samples += edits.size();
        m_sealer.edit(row, std::move(edits)); // what is left is new, and behind: looked at once more, in vain
    }
    crashPoint("retain.samples");
    return rows.size() == segmentsAtATime;
}

bool Retention::removeRollups(std::int64_t before, Retained &gone) {
    // By level: minutes, hours, days. The wholes first, so that none stands without its parts.
    constexpr std::int64_t lengths[] = {60'000'000'000, 3'600'000'000'000, nsPerDay};
    int rows = 0;
    for (int level = 2; level >= 0; --level) {
        for (const char *sql :
             {"DELETE FROM sealed_rollups WHERE (series, level, bucket) IN (SELECT series, level, bucket FROM "
              "sealed_rollups WHERE level = ?1 AND bucket < ?2 LIMIT ?3)",
              "DELETE FROM kept_step_rollups WHERE (recipe_id, level, bucket, step) IN (SELECT recipe_id, level, "
              "bucket, "
              "step FROM kept_step_rollups WHERE level = ?1 AND bucket < ?2 LIMIT ?3)"}) {
            Statement drop(m_db, sql);
            drop.bind(level, before / lengths[level], rollupsAtATime - rows);
            drop.run();
            rows += sqlite3_changes(m_db.getHandle());
        }
    }
    gone.rollups += static_cast<std::uint64_t>(rows);
    return rows >= rollupsAtATime;
}

bool Retention::removeRuns(std::int64_t before, Retained &gone) {
    setHorizon("runs", before);
    std::vector<std::int64_t> ids;
    Statement select(m_db,
                     "SELECT id FROM runs r WHERE id > ?1 AND merged_into IS NULL AND status <> 0 AND "
                     "coalesce(end_ns, start_ns) < ?2 AND NOT EXISTS (SELECT 1 FROM pins p WHERE p.run = r.id OR p.run "
                     "IN (SELECT m.id FROM runs m WHERE m.merged_into = r.id)) ORDER BY id LIMIT ?3");
    select.bind(m_run, before, runsAtATime);
    while (select.step())
        ids.push_back(select.integer(0));
    Statement members(m_db, "SELECT id FROM runs WHERE merged_into = ?");
    for (const std::int64_t id : ids) {
        m_run = id;
        members.bind(id);
        std::vector<std::int64_t> group;
        while (members.step())
            group.push_back(members.integer(0));
        for (const std::int64_t member : group)
            removeRun(member, gone);
        Statement shown(m_db, "SELECT shown FROM runs WHERE id = ?");
        shown.bind(id);
        {
            const ResetAtEnd reset(shown);
            gone.runs += shown.step() && shown.integer(0) != 0 ? 1 : 0;
        }
        removeRun(id, gone);
    }
    crashPoint("retain.runs");
    return ids.size() == runsAtATime;
}

void Retention::removeRun(std::int64_t id, Retained &gone) {
    const std::int64_t first = stepId(id, 0);
    const std::int64_t last = stepId(id, stepsPerRun - 1);
    for (const char *sql :
         {"DELETE FROM attempts WHERE step_id BETWEEN ?1 AND ?2",
          "DELETE FROM step_errors WHERE step_id BETWEEN ?1 AND ?2", "DELETE FROM run_spans WHERE id BETWEEN ?1 AND ?2",
          "DELETE FROM steps WHERE id BETWEEN ?1 AND ?2"}) {
        Statement drop(m_db, sql);
        drop.bind(first, last);
        drop.run();
    }
    gone.steps += static_cast<std::uint64_t>(sqlite3_changes(m_db.getHandle()));
    for (const char *sql : {"DELETE FROM run_errors WHERE run = ?", "DELETE FROM run_aliases WHERE run = ?",
                            "DELETE FROM runs WHERE id = ?"}) {
        Statement drop(m_db, sql);
        drop.bind(id);
        drop.run();
    }
}

bool Retention::removeLog(std::int64_t before, Retained &gone) {
    setHorizon("log", before);
    struct Block {
        std::int64_t id;
        std::int64_t source;
        std::int64_t offset;
        std::int64_t length;
    };
    // The beginnings of logs, up to a run that is still young enough.
    Statement sources(m_db, "SELECT id FROM sources WHERE id > ? ORDER BY id LIMIT 1");
    sources.bind(m_source);
    std::int64_t source = 0;
    {
        const ResetAtEnd reset(sources);
        if (!sources.step())
            return false;
        source = sources.integer(0);
    }
    std::int64_t limit = INT64_MAX;
    Statement young(m_db, "SELECT min(first_offset) FROM runs WHERE source_id = ? AND (status = 0 OR coalesce(end_ns, "
                          "start_ns) >= ? OR coalesce(end_ns, start_ns) IS NULL)");
    young.bind(source, before);
    {
        const ResetAtEnd reset(young);
        if (young.step() && !young.isNull(0))
            limit = young.integer(0);
    }
    std::vector<Window> pinned; // bytes
    Statement pinnedRuns(m_db, std::string("SELECT r.id FROM ") + pinnedRows + " r WHERE r.source_id = ?");
    pinnedRuns.bind(source);
    Statement allSpans(m_db, allSpansSql);
    while (pinnedRuns.step()) {
        for (const ingest::LineSpan &span : readSpans(allSpans, pinnedRuns.integer(0)))
            pinned.emplace_back(static_cast<std::int64_t>(span.offset),
                                static_cast<std::int64_t>(span.offset + span.length) - 1);
    }
    std::vector<Block> blocks;
    Statement select(m_db,
                     "SELECT id, source_id, offset, length, codec, data FROM blocks WHERE source_id = ? AND offset + "
                     "length <= ? ORDER BY offset");
    select.bind(source, limit);
    int removed = 0;
    while (removed < blocksAtATime && select.step()) {
        Block block{select.integer(0), select.integer(1), select.integer(2), select.integer(3)};
        const bool holdsPinned = std::any_of(pinned.begin(), pinned.end(), [&](const Window &bytes) {
            return bytes.first < block.offset + block.length && bytes.second >= block.offset;
        });
        if (holdsPinned)
            continue;
        const auto time = lastTimeIn(
            unpack(static_cast<Codec>(select.integer(4)), select.text(5), static_cast<std::size_t>(block.length)));
        // No zone is a day off. What has no time at all lies between what has.
        if (time && *time >= before - nsPerDay)
            break;
        blocks.push_back(block);
        ++removed;
    }
    select.reset();
    Statement drop(m_db, "DELETE FROM blocks WHERE id = ?");
    Statement rejected(m_db, "DELETE FROM rejected WHERE source_id = ? AND offset >= ? AND offset < ?");
    for (const Block &block : blocks) {
        drop.bind(block.id);
        drop.run();
        rejected.bind(block.source, block.offset, block.offset + block.length);
        rejected.run();
        gone.logBytes += static_cast<std::uint64_t>(block.length);
    }
    crashPoint("retain.log");
    if (removed < blocksAtATime)
        m_source = source;
    return true;
}

std::int64_t Retention::oldestDay(bool runsToo) {
    const char *sql =
        runsToo ? "SELECT min(coalesce(end_ns, start_ns)) FROM runs WHERE status <> 0 AND merged_into IS NULL "
                  "AND id NOT IN (SELECT run FROM pins)"
                : "SELECT min(t) FROM (SELECT min(t_min) AS t FROM segments UNION ALL SELECT min(t_ns) FROM "
                  "tail_samples UNION ALL SELECT min(r.start_ns) FROM runs r WHERE r.source_id IN (SELECT "
                  "source_id FROM blocks))";
    Statement select(m_db, sql);
    const ResetAtEnd reset(select);
    if (!select.step() || select.isNull(0))
        return INT64_MAX;
    return (select.integer(0) / nsPerDay) * nsPerDay;
}

} // namespace ra::store
