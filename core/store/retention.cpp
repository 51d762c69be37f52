// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/store/retention.h"

#include "core/base/crashpoint.h"
#include "core/store/runrow.h"
#include "core/store/runwriter.h"

#include <algorithm>
#include <chrono>
#include <string_view>

namespace ra::store {

namespace {

constexpr std::int64_t nsPerDay = 86'400'000'000'000;
constexpr std::int64_t never = INT64_MIN;
/// Of a piece: some milliseconds.
constexpr int rollupsAtATime = 2'000;
constexpr int runsAtATime = 50;

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

} // namespace

Retention::Retention(SQLite::Database &db)
    : m_db(db)
    , m_sealer(db)
    , m_rollups(db, m_sealer.segments())
    , m_tails(db, m_sealer, m_rollups)
    , m_goneSteps(db) {}

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

bool Retention::removeRollups(std::int64_t before, Retained &gone) {
    setHorizon("rollups", before);
    // By level: minutes, hours, days. The wholes first, so that none stands without its parts.
    constexpr std::int64_t lengths[] = {60'000'000'000, 3'600'000'000'000, nsPerDay};
    int rows = 0;
    for (int level = 2; level >= 0; --level) {
        for (const char *sql :
             {"DELETE FROM sealed_rollups WHERE (series, level, bucket) IN (SELECT r.series, r.level, r.bucket FROM "
              "series s CROSS JOIN sealed_rollups r ON r.series = s.id AND r.level = ?1 AND r.bucket < ?2 LIMIT ?3)",
              "DELETE FROM kept_step_rollups WHERE (recipe_id, level, bucket, step) IN (SELECT r.recipe_id, r.level, "
              "r.bucket, r.step FROM recipes c CROSS JOIN kept_step_rollups r ON r.recipe_id = c.id AND r.level = ?1 "
              "AND r.bucket < ?2 LIMIT ?3)"}) {
            Statement drop(m_db, sql);
            drop.bind(level, before / lengths[level], rollupsAtATime - rows);
            drop.run();
            rows += sqlite3_changes(m_db.getHandle());
        }
    }
    gone.rollups += static_cast<std::uint64_t>(rows);
    m_rollupsGone += static_cast<std::uint64_t>(rows);
    // What they are made of, when they have gone.
    for (const auto &[sql, length] :
         {std::pair("DELETE FROM gone_step_rollups WHERE (recipe_id, bucket, step) IN (SELECT recipe_id, bucket, step "
                    "FROM gone_step_rollups WHERE bucket < ?1 LIMIT ?2)",
                    lengths[0]),
          std::pair("DELETE FROM gone_hours WHERE (recipe_id, hour) IN (SELECT recipe_id, hour FROM gone_hours WHERE "
                    "hour < ?1 LIMIT ?2)",
                    lengths[1]),
          std::pair("DELETE FROM gone_runs WHERE (hour, id) IN (SELECT hour, id FROM gone_runs WHERE hour < ?1 LIMIT "
                    "?2)",
                    lengths[1])}) {
        if (rows >= rollupsAtATime)
            break;
        Statement drop(m_db, sql);
        drop.bind(before / length, rollupsAtATime - rows);
        drop.run();
        rows += sqlite3_changes(m_db.getHandle());
    }
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
    m_goneSteps.flush();
    crashPoint("retain.runs");
    return ids.size() == runsAtATime;
}

void Retention::removeRun(std::int64_t id, Retained &gone) {
    m_goneSteps.add(id);
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

std::uint64_t Retention::extent(const Cutoffs &cutoffs) {
    const auto count = [&](const char *sql) { return m_db.execAndGet(sql).getInt64(); };
    m_last = {};
    if (cutoffs.samples != never)
        m_last = {count("SELECT coalesce(max(id), 0) FROM series"), count("SELECT coalesce(max(id), 0) FROM segments")};
    if (cutoffs.log != never)
        m_last[2] = count("SELECT coalesce(max(id), 0) FROM sources");
    if (cutoffs.runs != never)
        m_last[3] = count("SELECT coalesce(max(id), 0) FROM runs");
    std::int64_t all = m_last[0] + m_last[1] + m_last[2] + m_last[3];
    if (cutoffs.rollups != never) {
        for (int level = 0; level < 3; ++level) {
            for (const char *sql : {"SELECT count(*) FROM series s CROSS JOIN sealed_rollups r ON r.series = s.id AND "
                                    "r.level = ?1 AND r.bucket < ?2",
                                    "SELECT count(*) FROM recipes c CROSS JOIN kept_step_rollups r ON r.recipe_id = "
                                    "c.id AND r.level = ?1 AND r.bucket < ?2"}) {
                Statement rows(m_db, sql);
                rows.bind(level, cutoffs.rollups / samples::rollupLengthNs.at(static_cast<std::size_t>(level)));
                const ResetAtEnd reset(rows);
                all += rows.step() ? rows.integer(0) : 0;
            }
        }
    }
    return static_cast<std::uint64_t>(all);
}

std::uint64_t Retention::looked(const Cutoffs &cutoffs) const {
    const std::array<std::pair<bool, std::int64_t>, 4> places = {{{cutoffs.samples != never, m_tail},
                                                                  {cutoffs.samples != never, m_segment},
                                                                  {cutoffs.log != never, m_source},
                                                                  {cutoffs.runs != never, m_run}}};
    std::uint64_t all = m_rollupsGone;
    for (std::size_t i = 0; i < places.size(); ++i) {
        if (places[i].first)
            all += static_cast<std::uint64_t>(std::min(places[i].second, m_last[i]));
    }
    return all;
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
