// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/store/mend.h"

#include "core/store/references.h"
#include "core/store/retention.h"
#include "core/store/rollupwriter.h"
#include "core/store/statement.h"

#include <string_view>
#include <vector>
#include <xxhash.h>

namespace ra::store {

namespace {

constexpr std::string_view lost = "(lost)";

/// What to run for an id that is missing in a table. ?1 is the id, ?2 the text "(lost)", ?3 its hash.
struct StandIn {
    const char *table;
    const char *sql;
};
constexpr StandIn standIns[] = {
    {"texts", "INSERT INTO texts(id, hash, text) SELECT ?1, ?3, ?2"},
    {"recipes",
     "INSERT INTO recipes(id, name, path, file) SELECT ?1, ?2, ?2 || ' ' || ?1, ?2 || ' ' || ?1 WHERE ?3 NOTNULL"},
    // A head that no file has: it is never taken for one that is read.
    {"sources",
     "INSERT INTO sources(id, path, device, inode, head_hash, head_length, generation, format, zone, offset, "
     "lines, state, records, seen_ns) SELECT ?1, ?2, 0, 0, ?3, 2147483647, 0, '', 'UTC', 0, 0, x'', 0, 0"},
    {"metrics",
     "INSERT INTO metrics(id, hash, name, unit, kind, tags) SELECT ?1, ?3, ?2, '', '', '{\"lost\":\"' || ?1 || '\"}'"},
    {"series",
     "INSERT INTO metrics(hash, name, unit, kind, tags) SELECT ?3, ?2, '', '', '{\"lost series\":\"' || ?1 || '\"}'"},
    {"recipe_files", "INSERT INTO recipe_files(id, path, name, description, version, runnable, refusal) "
                     "SELECT ?1, ?2 || ' ' || ?1, ?2, '', '', 0, ?2 WHERE ?3 NOTNULL"},
};

class Mender {
public:
    explicit Mender(SQLite::Database &db)
        : m_db(db)
        , m_hash(static_cast<std::int64_t>(XXH3_64bits(lost.data(), lost.size()))) {}

    Mended run() {
        separate();
        restoreRuns();
        for (const Reference &reference : references())
            standIn(reference);
        return std::move(m_mended);
    }

private:
    std::uint64_t exec(const std::string &sql) { return static_cast<std::uint64_t>(m_db.exec(sql)); }

    void remove(const char *table, const std::string &where) {
        if (const std::uint64_t rows = exec(std::string("DELETE FROM ") + table + " WHERE " + where); rows > 0)
            m_mended.removed[table] += rows;
    }

    void make(const char *table, std::uint64_t rows) {
        if (rows > 0)
            m_mended.made[table] += rows;
    }

    /// What lies over each other: the longer one stays. Pages that came to light again may hold what was folded into
    /// others later.
    void separate() {
        remove("blocks", "id IN (SELECT a.id FROM blocks a JOIN blocks b ON b.source_id = a.source_id AND b.offset < "
                         "a.offset + a.length AND b.offset > a.offset - 1048577 AND b.offset + b.length > a.offset AND "
                         "b.id <> a.id WHERE (b.length, b.id) > (a.length, a.id))");
        remove("segments", "id IN (SELECT a.id FROM segments a JOIN segments b ON b.series = a.series AND b.t_min <= "
                           "a.t_max AND b.t_max >= a.t_min AND b.origin = a.origin AND b.id <> a.id WHERE (b.count, "
                           "b.id) > (a.count, a.id))");
    }

    /// Runs that are lost, but whose steps or errors are not. Others speak for themselves again if the run that they
    /// were merged into is lost.
    void restoreRuns() {
        exec("UPDATE runs SET shown = 1, merged_into = NULL WHERE merged_into IS NOT NULL AND merged_into NOT IN "
             "(SELECT "
             "id FROM runs)");
        const std::string stepRow = "INSERT INTO steps(id, name, class, status, attempts, attempt_bits) SELECT "
                                    "DISTINCT step_id, (SELECT id FROM texts WHERE text = '(lost)'), (SELECT id FROM "
                                    "texts WHERE text = '(lost)'), 2, 1, 0 FROM ";
        const auto orphans = [this](const char *table, const char *key, const char *target) {
            return m_db.execAndGet(std::string("SELECT count(*) FROM ") + table + " WHERE " + key +
                                   " NOT IN (SELECT id FROM " + target + ")")
                       .getInt64() > 0;
        };
        if (orphans("attempts", "step_id", "steps") || orphans("step_errors", "step_id", "steps")) {
            lostText();
            for (const char *table : {"attempts", "step_errors"})
                make("steps", exec(stepRow + table + " WHERE step_id NOT IN (SELECT id FROM steps)"));
        }
        if (orphans("steps", "id >> 24", "runs") || orphans("run_errors", "run", "runs")) {
            const std::int64_t text = lostText();
            const std::int64_t recipe = lostRecipe();
            const std::string row =
                "INSERT INTO runs(id, shown, run_id, recipe_id, status, start_ns, end_ns, total_steps, "
                "completed_steps, failed_steps, skipped_steps, first_offset, part, flags, runner, pid, resolution_ns, "
                "step_count, execution_id, notes) ";
            const std::string fixed = std::to_string(recipe);
            const std::string id = std::to_string(text);
            make("runs",
                 exec(row + "SELECT id >> 24 AS run, 1, (id >> 24) * 1000003 + 7919, " + fixed +
                      ", iif(sum(status = 2) > 0, 3, 1), min(start_ns), max(end_ns), count(*), sum(status = 1), "
                      "sum(status = 2), sum(status = 3), 0, 0, 5, 0, 0, 1000000000, count(*), " +
                      id + ", " + id + " FROM steps WHERE id >> 24 NOT IN (SELECT id FROM runs) GROUP BY run"));
            make("runs", exec(row + "SELECT DISTINCT run, 1, run * 1000003 + 7919, " + fixed +
                              ", 3, NULL, NULL, NULL, 0, 0, 0, 0, 0, 5, 0, 0, 1000000000, 0, " + id + ", " + id +
                              " FROM run_errors WHERE run NOT IN (SELECT id FROM runs)"));
        }
        remove("run_aliases", "run NOT IN (SELECT id FROM runs)");
        remove("run_spans", "id >> 24 NOT IN (SELECT id FROM runs)");
        exec("UPDATE runs SET flags = flags | 4, step_count = (SELECT count(*) FROM steps s WHERE s.id BETWEEN "
             "runs.id << 24 AND (runs.id << 24) + 16777215) WHERE step_count <> (SELECT count(*) FROM steps s WHERE "
             "s.id BETWEEN runs.id << 24 AND (runs.id << 24) + 16777215)");
    }

    std::int64_t lostText() {
        Statement find(m_db, "SELECT id FROM texts WHERE text = ?");
        find.bind(lost);
        if (const ResetAtEnd reset(find); find.step())
            return find.integer(0);
        Statement insert(m_db, "INSERT INTO texts(id, hash, text) SELECT (SELECT max(coalesce((SELECT max(id) FROM "
                               "texts), 0), coalesce((SELECT max(max(name, class)) FROM steps), 0), coalesce((SELECT "
                               "max(max(message, type, traceback)) FROM attempts), 0), coalesce((SELECT max(message) "
                               "FROM step_errors), 0), coalesce((SELECT max(message) FROM run_errors), 0), "
                               "coalesce((SELECT max(max(coalesce(first_error, 0), coalesce(execution_id, 0), "
                               "coalesce(thread, 0), coalesce(notes, 0), coalesce(provenance, 0))) FROM runs), 0))) + "
                               "1, ?, ?");
        insert.bind(m_hash, lost);
        insert.run();
        make("texts", 1);
        return sqlite3_last_insert_rowid(m_db.getHandle());
    }

    std::int64_t lostRecipe() {
        exec("INSERT INTO recipes(id, name, path, file) SELECT max(coalesce((SELECT max(id) FROM recipes), 0), "
             "coalesce((SELECT max(recipe_id) FROM runs), 0)) + 1, '(lost)', '(lost)', '(lost)'");
        make("recipes", 1);
        return sqlite3_last_insert_rowid(m_db.getHandle());
    }

    void standIn(const Reference &reference) {
        for (const StandIn &kind : standIns) {
            if (std::string_view(kind.table) != reference.target)
                continue;
            std::vector<std::int64_t> ids;
            Statement missing(m_db, missingSql(reference));
            while (missing.step())
                ids.push_back(missing.integer(1));
            Statement insert(m_db, kind.sql);
            for (const std::int64_t id : ids) {
                insert.bind(id, lost, m_hash);
                insert.run();
                if (std::string_view(kind.table) == "series")
                    exec("INSERT INTO series(id, metric, subject_kind, subject) VALUES(" + std::to_string(id) +
                         ", last_insert_rowid(), 0, 0)");
                make(kind.table, 1);
            }
        }
    }

    SQLite::Database &m_db;
    std::int64_t m_hash;
    Mended m_mended;
};

} // namespace

Mended mend(SQLite::Database &db) {
    return Mender(db).run();
}

void forgetCheckpoints(SQLite::Database &db) {
    db.exec("UPDATE sources SET offset = 0, lines = 0, state = x'', records = 0, packed_size = NULL, packed_ns = NULL");
}

namespace {

/// Of the steps of removed runs the minutes count, and hours where minutes of theirs are lost; everything is summed up
/// anew of them and of the steps that are there.
void remakeStepRollups(SQLite::Database &db, std::int64_t horizon) {
    const std::string before = std::to_string(horizon / 3'600'000'000'000);
    const std::string minutesOf = " AND m.level = 0 AND m.bucket BETWEEN h.hour * 60 AND h.hour * 60 + 59";
    const std::string columns = "count, failed, sum, min, max, sum_squares, sketch";
    db.exec("CREATE TEMP TABLE left_hours AS SELECT DISTINCT recipe_id, (start_ns - (start_ns % 3600000000000 + "
            "3600000000000) % 3600000000000) / 3600000000000 AS hour FROM main.runs WHERE shown = 1 AND start_ns IS "
            "NOT NULL UNION SELECT recipe_id, (bucket - (bucket % 60 + 60) % 60) / 60 FROM main.gone_step_rollups");
    // What tells that an hour has gone as a whole may be lost itself.
    db.exec("INSERT OR IGNORE INTO gone_hours SELECT recipe_id, (bucket - (bucket % 60 + 60) % 60) / 60 AS h FROM "
            "kept_step_rollups WHERE level = 0 AND h < " +
            before + " AND (recipe_id, h) NOT IN (SELECT recipe_id, hour FROM left_hours) UNION SELECT recipe_id, " +
            "bucket FROM kept_step_rollups WHERE level = 1 AND bucket < " + before +
            " AND (recipe_id, bucket) NOT IN (SELECT recipe_id, hour FROM left_hours)");
    db.exec("CREATE TEMP TABLE torn_hours AS SELECT k.recipe_id, k.bucket AS hour, k.step FROM gone_hours h CROSS JOIN "
            "kept_step_rollups k ON k.recipe_id = h.recipe_id AND k.level = 1 AND k.bucket = h.hour WHERE k.count + "
            "k.failed <> (SELECT coalesce(sum(m.count + m.failed), 0) FROM kept_step_rollups m WHERE m.recipe_id = "
            "k.recipe_id AND m.step = k.step" +
            minutesOf + ")");
    db.exec("INSERT OR IGNORE INTO gone_step_rollups SELECT recipe_id, hour * 60, step, " + columns +
            " FROM torn_hours t JOIN kept_step_rollups k USING(recipe_id, step) WHERE k.level = 1 AND k.bucket = "
            "t.hour");
    db.exec("INSERT OR IGNORE INTO gone_step_rollups SELECT m.recipe_id, m.bucket, m.step, " + columns +
            " FROM gone_hours h CROSS JOIN kept_step_rollups m ON m.recipe_id = h.recipe_id" + minutesOf +
            " WHERE (m.recipe_id, h.hour, m.step) NOT IN (SELECT recipe_id, hour, step FROM torn_hours)");
    db.exec("INSERT OR IGNORE INTO stale_hours SELECT recipe_id, hour FROM left_hours UNION SELECT recipe_id, hour "
            "FROM gone_hours");
    for (const char *table : {"gone_hours", "kept_step_rollups"})
        db.exec(std::string("DELETE FROM ") + table);
    db.exec("DROP TABLE temp.left_hours");
    db.exec("DROP TABLE temp.torn_hours");
}

} // namespace

void remakeRollups(SQLite::Database &db, const std::function<void()> &between) {
    Retention retention(db);
    remakeStepRollups(db, retention.horizon("runs"));
    // What retention has removed is summed up nowhere else any more.
    const std::int64_t samplesFrom = retention.horizon("samples");
    Statement drop(db, "DELETE FROM sealed_rollups WHERE bucket >= ? / CASE level WHEN 0 THEN 60000000000 WHEN 1 THEN "
                       "3600000000000 ELSE 86400000000000 END");
    drop.bind(samplesFrom);
    drop.run();
    rollUpSegments(db, samplesFrom, between);
}

} // namespace ra::store
