// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/store/copysteps.h"

#include "core/store/gonesteps.h"

#include <string>
#include <vector>

namespace ra::store {

namespace {

const std::string hourOfStart =
    "(o.start_ns - (o.start_ns % 3600000000000 + 3600000000000) % 3600000000000) / 3600000000000";

std::vector<RecipeHour> hoursOf(SQLite::Database &db, const std::string &sql) {
    std::vector<RecipeHour> hours;
    Statement select(db, sql);
    while (select.step())
        hours.emplace_back(select.integer(0), select.integer(1));
    return hours;
}

/// What is gone from the archive itself, in hours of which the store knows of no removed run, nor of any of those as
/// one that is there: they may have come back from another archive.
void copyGone(SQLite::Database &db) {
    db.exec("CREATE TABLE temp.new_gone AS SELECT DISTINCT m.old, m.new, g.hour FROM (SELECT recipe_id, (bucket - "
            "(bucket % 60 + 60) % 60) / 60 AS hour FROM archive.gone_step_rollups UNION SELECT recipe_id, hour FROM "
            "archive.gone_hours) g JOIN temp.map_recipes m ON m.old = g.recipe_id WHERE NOT EXISTS (SELECT 1 FROM "
            "main.gone_hours s WHERE s.recipe_id = m.new AND s.hour = g.hour) AND NOT EXISTS (SELECT 1 FROM "
            "main.gone_step_rollups s WHERE s.recipe_id = m.new AND s.bucket BETWEEN g.hour * 60 AND g.hour * 60 + "
            "59) AND iif(EXISTS (SELECT 1 FROM archive.gone_runs a WHERE a.hour = g.hour), NOT EXISTS (SELECT 1 FROM "
            "archive.gone_runs a WHERE a.hour = g.hour AND (EXISTS (SELECT 1 FROM main.gone_runs s WHERE s.hour = "
            "a.hour AND s.id = a.id) OR EXISTS (SELECT 1 FROM main.runs r WHERE r.run_id = a.id))), NOT EXISTS (SELECT "
            "1 FROM main.runs r WHERE r.recipe_id = m.new AND r.shown = 1 AND r.start_ns BETWEEN g.hour * "
            "3600000000000 AND g.hour * 3600000000000 + 3599999999999))");
    db.exec("INSERT OR IGNORE INTO main.gone_runs SELECT hour, id FROM archive.gone_runs WHERE hour IN (SELECT hour "
            "FROM temp.new_gone)");
    const auto copy = [&](const char *from, const char *where) {
        db.exec(std::string("INSERT OR IGNORE INTO main.gone_step_rollups SELECT n.new, a.bucket, t.new, a.count, "
                            "a.failed, a.sum, a.min, a.max, a.sum_squares, a.sketch FROM temp.new_gone n CROSS JOIN "
                            "archive.") +
                from +
                " a ON a.recipe_id = n.old AND a.bucket BETWEEN n.hour * 60 AND n.hour * 60 + 59 JOIN "
                "temp.map_texts t ON t.old = a.step WHERE " +
                where);
    };
    copy("gone_step_rollups", "1");
    copy("kept_step_rollups", "a.level = 0 AND EXISTS (SELECT 1 FROM archive.gone_hours g WHERE g.recipe_id = n.old "
                              "AND g.hour = n.hour)");
    db.exec("INSERT OR IGNORE INTO main.stale_hours SELECT new, hour FROM temp.new_gone");
    db.exec("DROP TABLE temp.new_gone");
}

/// The shown runs that have come and were removed from here, by the rows of their groups. Of what was removed before
/// that was taken down ('unlisted'), the checkpoint of a known source tells.
std::vector<std::int64_t> runsThatWereHere(SQLite::Database &db) {
    std::vector<std::int64_t> runs;
    Statement select(db, "SELECT DISTINCT coalesce(o.merged_into, o.id) FROM main.runs o JOIN temp.map_runs m ON m.new "
                         "= o.id WHERE o.source_id IS NOT NULL AND o.start_ns IS NOT NULL AND (EXISTS (SELECT 1 FROM "
                         "main.gone_runs g WHERE g.hour = " +
                             hourOfStart +
                             " AND g.id = o.run_id) OR (coalesce(o.end_ns, o.start_ns) < (SELECT t_ns FROM "
                             "main.horizons WHERE kind = 'unlisted') AND EXISTS (SELECT 1 FROM temp.map_sources s "
                             "JOIN main.sources t ON t.id = s.new WHERE s.new = o.source_id AND s.added = 0 AND "
                             "o.first_offset < t.offset)))");
    while (select.step())
        runs.push_back(select.integer(0));
    return runs;
}

} // namespace

void copyStepSums(SQLite::Database &db) {
    copyGone(db);
    GoneSteps gone(db);
    for (const std::int64_t run : runsThatWereHere(db))
        gone.takeBack(run);
    db.exec("DELETE FROM main.gone_runs WHERE (hour, id) IN (SELECT " + hourOfStart +
            ", o.run_id FROM main.runs o JOIN temp.map_runs m ON m.new = o.id WHERE o.start_ns IS NOT NULL)");
    for (const RecipeHour &hour :
         hoursOf(db, "SELECT DISTINCT o.recipe_id, " + hourOfStart +
                         " FROM main.runs o JOIN temp.map_runs m ON m.new = o.id WHERE o.shown = 1 AND o.start_ns IS "
                         "NOT NULL"))
        gone.makeStale(hour);
}

} // namespace ra::store
