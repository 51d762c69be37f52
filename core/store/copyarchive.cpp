// SPDX-License-Identifier: GPL-3.0-or-later
// From an archive into a store: every number of the one is another in the other.
#include "core/store/archive.h"
#include "core/store/rollupwriter.h"
#include "core/store/samplesealer.h"
#include "core/store/statement.h"

#include <algorithm>
#include <span>
#include <stdexcept>
#include <utility>
#include <vector>

namespace ra::store {

namespace {

std::uint64_t changes(SQLite::Database &db, const std::string &sql) {
    return static_cast<std::uint64_t>(db.exec(sql));
}

/// A temporary table map_NAME(old, new) of the rows of a table: those that the store has are found by `same` (of
/// archive row a and store row s); the others get the next numbers, and are inserted with `columns`.
void mapRows(SQLite::Database &db, const std::string &name, const std::string &same, const std::string &columns,
             const std::string &values) {
    const std::string map = "temp.map_" + name;
    db.exec("CREATE TABLE " + map + "(old INTEGER PRIMARY KEY, new INTEGER NOT NULL, added INTEGER NOT NULL)");
    db.exec("INSERT OR IGNORE INTO " + map + " SELECT a.id, s.id, 0 FROM archive." + name + " a JOIN main." + name +
            " s ON " + same + " ORDER BY s.id");
    db.exec("INSERT INTO " + map + " SELECT a.id, (SELECT coalesce(max(id), 0) FROM main." + name +
            ") + row_number() OVER (ORDER BY a.id), 1 FROM archive." + name + " a WHERE a.id NOT IN (SELECT old FROM " +
            map + ")");
    db.exec("INSERT INTO main." + name + "(id, " + columns + ") SELECT m.new, " + values + " FROM archive." + name +
            " a JOIN " + map + " m ON m.old = a.id WHERE m.added = 1");
}

/// The number of a row of another table, which may be none.
std::string mapped(const std::string &name, const std::string &value) {
    return "(SELECT new FROM temp.map_" + name + " WHERE old = " + value + ")";
}

void mapRuns(SQLite::Database &db) {
    db.exec("CREATE TABLE temp.map_runs(old INTEGER PRIMARY KEY, new INTEGER NOT NULL)");
    // A group comes whole or not at all: it stays away where any of its members, or its number, is there.
    db.exec(
        "INSERT INTO temp.map_runs SELECT id, (SELECT coalesce(max(id), 0) FROM main.runs) + row_number() OVER (ORDER "
        "BY id) FROM archive.runs WHERE coalesce(merged_into, id) NOT IN (SELECT coalesce(a.merged_into, a.id) FROM "
        "archive.runs a WHERE EXISTS (SELECT 1 FROM main.runs s WHERE s.source_id = " +
        mapped("sources", "a.source_id") +
        " AND s.first_offset = a.first_offset AND s.part = a.part) OR EXISTS (SELECT 1 FROM main.runs s WHERE s.run_id "
        "= "
        "a.run_id AND s.shown = 1 AND a.shown = 1) OR EXISTS (SELECT 1 FROM main.runs s WHERE s.alt_id = a.alt_id AND "
        "s.shown = 1 AND a.shown = 1))");
    db.exec(
        "INSERT INTO main.runs(id, shown, run_id, alt_id, recipe_id, status, start_ns, end_ns, duration_ns, "
        "total_steps, "
        "completed_steps, failed_steps, skipped_steps, first_error, source_id, first_offset, part, merged_into, flags, "
        "runner, pid, resolution_ns, step_count, execution_id, thread, notes, provenance) SELECT m.new, a.shown, "
        "a.run_id, a.alt_id, " +
        mapped("recipes", "a.recipe_id") +
        ", a.status, a.start_ns, a.end_ns, a.duration_ns, a.total_steps, a.completed_steps, a.failed_steps, "
        "a.skipped_steps, " +
        mapped("texts", "a.first_error") + ", " + mapped("sources", "a.source_id") + ", a.first_offset, a.part, " +
        mapped("runs", "a.merged_into") + ", a.flags, a.runner, a.pid, a.resolution_ns, a.step_count, " +
        mapped("texts", "a.execution_id") + ", " + mapped("texts", "a.thread") + ", " + mapped("texts", "a.notes") +
        ", " + mapped("texts", "a.provenance") + " FROM archive.runs a JOIN temp.map_runs m ON m.old = a.id");
}

/// What belongs to runs that have come. The step's place is in the lower 24 bits.
void copyOfRuns(SQLite::Database &db) {
    const auto step = [](const char *id) { return std::string("(m.new << 24) + (") + id + " & 16777215)"; };
    db.exec(
        "INSERT INTO main.steps SELECT " + step("a.id") + ", " + mapped("texts", "a.name") + ", " +
        mapped("texts", "a.class") +
        ", a.status, a.start_ns, a.end_ns, a.duration_ns, a.attempts, a.exit_code, a.attempt_bits, a.attempt_ns FROM "
        "archive.steps a JOIN temp.map_runs m ON m.old = a.id >> 24");
    db.exec("INSERT INTO main.attempts SELECT " + step("a.step_id") +
            ", a.number, a.start_ns, a.duration_ns, a.success, a.exit_code, " + mapped("texts", "a.type") + ", " +
            mapped("texts", "a.message") + ", " + mapped("texts", "a.traceback") +
            " FROM archive.attempts a JOIN temp.map_runs m ON m.old = a.step_id >> 24");
    db.exec("INSERT INTO main.step_errors SELECT " + step("a.step_id") + ", a.position, " +
            mapped("texts", "a.message") +
            " FROM archive.step_errors a JOIN temp.map_runs m ON m.old = a.step_id >> 24");
    db.exec("INSERT INTO main.run_errors SELECT m.new, a.position, " + mapped("texts", "a.message") +
            " FROM archive.run_errors a JOIN temp.map_runs m ON m.old = a.run");
    db.exec("INSERT INTO main.run_spans SELECT " + step("a.id") +
            ", a.end_offset, a.data FROM archive.run_spans a JOIN temp.map_runs m ON m.old = a.id >> 24");
    db.exec(
        "INSERT OR IGNORE INTO main.run_aliases SELECT a.id, m.new FROM archive.run_aliases a JOIN temp.map_runs m ON "
        "m.old = a.run");
}

/// Times of a series within [first, last] that the store has a sample of, in order.
std::vector<std::int64_t> timesOf(SegmentTable &segments, Statement &tail, std::int64_t series, std::int64_t first,
                                  std::int64_t last) {
    SampleColumns stored;
    for (const SegmentRow &row : segments.overlapping(series, first, last))
        segments.read(row, first, last, stored);
    tail.bind(series, first, last);
    const ResetAtEnd reset(tail);
    while (tail.step())
        stored.times.push_back(tail.integer(0));
    std::sort(stored.times.begin(), stored.times.end());
    return std::move(stored.times);
}

/// Samples of an archive that lie among some of the store's: for the sake of a pinned run some of an archived segment
/// has stayed, and been joined with what came later.
void mergeSamples(SQLite::Database &db, const std::string &origin) {
    SegmentTable archived(db, "archive.segments");
    SampleSealer sealer(db);
    Statement tail(db, "SELECT t_ns FROM main.tail_samples WHERE series = ? AND t_ns BETWEEN ? AND ?");
    Statement overlapping(db, "SELECT a.id, m.new, " + origin +
                                  ", a.t_min, a.t_max, a.count FROM archive.segments a JOIN temp.map_series m ON "
                                  "m.old = a.series WHERE a.id NOT IN (SELECT id FROM temp.copied)");
    SampleColumns samples;
    while (overlapping.step()) {
        const SegmentRow row{overlapping.integer(0), overlapping.integer(1),
                             overlapping.integer(2), overlapping.integer(3),
                             overlapping.integer(4), static_cast<std::size_t>(overlapping.integer(5))};
        samples.clear();
        archived.readAll(row, samples);
        const auto stored = timesOf(sealer.segments(), tail, row.series, row.tMin, row.tMax);
        SampleColumns missing;
        for (std::size_t i = 0; i < samples.size(); ++i) {
            if (!std::binary_search(stored.begin(), stored.end(), samples.times[i]))
                missing.add(samples.times[i], samples.values[i]);
        }
        sealer.seal(row.series, row.origin, missing);
    }
}

/// `origin` is the store's number of a.origin.
void copySamples(SQLite::Database &db, const std::string &origin) {
    // As they are, where the store has nothing among them.
    db.exec("CREATE TABLE temp.copied AS SELECT a.id FROM archive.segments a JOIN temp.map_series m ON m.old = "
            "a.series WHERE NOT EXISTS (SELECT 1 FROM main.segments s WHERE s.series = m.new AND s.t_min <= a.t_max "
            "AND s.t_max >= a.t_min) AND NOT EXISTS (SELECT 1 FROM main.tail_samples t WHERE t.series = m.new AND "
            "t.t_ns BETWEEN a.t_min AND a.t_max)");
    db.exec("CREATE UNIQUE INDEX temp.copied_id ON copied(id)");
    db.exec("INSERT INTO main.segments(series, origin, t_min, t_max, count, min, max, sum, first, last, sum_squares, "
            "data) SELECT m.new, " +
            origin +
            ", a.t_min, a.t_max, a.count, a.min, a.max, a.sum, a.first, a.last, a.sum_squares, a.data FROM "
            "archive.segments a JOIN temp.map_series m ON m.old = a.series WHERE a.id IN (SELECT id FROM "
            "temp.copied)");
    mergeSamples(db, origin);
    db.exec("DROP TABLE temp.copied");
    // Those of the tail lie outside of all segments of their origin, here as there.
    SegmentTable segments(db);
    Statement held(db, "SELECT t_ns FROM main.tail_samples WHERE series = ? AND t_ns BETWEEN ? AND ?");
    Statement insert(db, "INSERT OR IGNORE INTO main.tail_samples VALUES(?, ?, ?, ?)");
    Statement tail(db, "SELECT m.new, a.t_ns, a.value, " + origin +
                           " FROM archive.tail_samples a JOIN temp.map_series m ON m.old = a.series");
    while (tail.step()) {
        const std::int64_t series = tail.integer(0);
        const std::int64_t time = tail.integer(1);
        if (!timesOf(segments, held, series, time, time).empty())
            continue;
        insert.bind(series, time, tail.real(2), tail.integer(3));
        insert.run();
    }
}

/// Days of which the archive and the store each had samples, that are summed up together now; where samples have gone
/// from the store, its rollups know of all.
void sumUpMixedDays(SQLite::Database &db) {
    std::vector<std::pair<std::int64_t, std::int64_t>> days; // and their series
    Statement mixed(
        db, "SELECT m.new, a.bucket FROM archive.sealed_rollups a JOIN temp.map_series m ON m.old = a.series JOIN "
            "main.sealed_rollups s ON s.series = m.new AND s.level = 2 AND s.bucket = a.bucket WHERE a.level = 2 AND "
            "a.bucket * 86400000000000 >= coalesce((SELECT t_ns FROM main.horizons WHERE kind = 'samples'), a.bucket * "
            "86400000000000) AND (a.count, a.sum, a.min, a.max, a.sketch) IS NOT (s.count, s.sum, s.min, s.max, "
            "s.sketch)");
    while (mixed.step())
        days.emplace_back(mixed.integer(0), mixed.integer(1));
    SegmentTable segments(db);
    RollupWriter rollups(db, segments);
    Statement drop(db, "DELETE FROM main.sealed_rollups WHERE series = ?1 AND level = ?2 AND bucket BETWEEN ?3 AND ?4");
    for (const auto &[series, day] : days) {
        drop.bind(series, 2, day, day);
        drop.run();
        drop.bind(series, 1, day * 24, day * 24 + 23);
        drop.run();
        drop.bind(series, 0, day * 1'440, day * 1'440 + 1'439);
        drop.run();
        const std::int64_t begin = day * samples::lengthOf(samples::RollupLevel::Day);
        rollups.touch(series, std::span(&begin, 1));
        if (const auto damage = rollups.flush())
            throw std::runtime_error(*damage);
    }
}

} // namespace

Archived copyFromArchive(SQLite::Database &db) {
    for (const char *name : {"texts", "recipes", "sources", "metrics", "series", "runs"})
        db.exec(std::string("DROP TABLE IF EXISTS temp.map_") + name);
    mapRows(db, "texts", "s.hash = a.hash AND s.text = a.text", "hash, text", "a.hash, a.text");
    mapRows(db, "recipes", "s.path = a.path AND s.name = a.name", "name, path, file", "a.name, a.path, a.file");
    mapRows(
        db, "sources",
        "s.device = a.device AND s.inode = a.inode AND s.path = a.path AND s.generation = a.generation AND s.seen_ns = "
        "a.seen_ns",
        "path, device, inode, head_hash, head_length, generation, format, zone, offset, lines, state, records, "
        "first_ns, "
        "last_ns, seen_ns, packed_size, packed_ns",
        "a.path, a.device, a.inode, a.head_hash, a.head_length, a.generation, a.format, a.zone, a.offset, a.lines, "
        "a.state, a.records, a.first_ns, a.last_ns, a.seen_ns, a.packed_size, a.packed_ns");
    mapRows(db, "metrics",
            "s.hash = a.hash AND s.name = a.name AND s.unit = a.unit AND s.kind = a.kind AND s.tags = a.tags",
            "hash, name, unit, kind, tags", "a.hash, a.name, a.unit, a.kind, a.tags");
    mapRows(db, "series",
            "s.metric = " + mapped("metrics", "a.metric") +
                " AND s.subject_kind = a.subject_kind AND s.subject = a.subject",
            "metric, subject_kind, subject", mapped("metrics", "a.metric") + ", a.subject_kind, a.subject");
    mapRuns(db);
    copyOfRuns(db);
    Archived copied;
    Statement runs(db,
                   "SELECT count(*), coalesce(sum(step_count), 0) FROM archive.runs a JOIN temp.map_runs m ON m.old = "
                   "a.id WHERE a.shown = 1");
    if (runs.step()) {
        copied.runs = static_cast<std::uint64_t>(runs.integer(0));
        copied.steps = static_cast<std::uint64_t>(runs.integer(1));
    }
    runs.reset();
    const auto sum = [&](const char *sql) { return static_cast<std::uint64_t>(db.execAndGet(sql).getInt64()); };
    const std::uint64_t logBefore = sum("SELECT coalesce(sum(length), 0) FROM main.blocks");
    changes(
        db,
        "INSERT INTO main.blocks(source_id, offset, length, codec, data) SELECT m.new, a.offset, a.length, a.codec, "
        "a.data FROM archive.blocks a JOIN temp.map_sources m ON m.old = a.source_id WHERE NOT EXISTS (SELECT 1 FROM "
        "main.blocks s WHERE s.source_id = m.new AND s.offset < a.offset + a.length AND s.offset > a.offset - 1048577 "
        "AND s.offset + s.length > a.offset)");
    copied.logBytes = sum("SELECT coalesce(sum(length), 0) FROM main.blocks") - logBefore;
    // Lines may go on from a block into one that was not there: their times are looked for anew.
    changes(db,
            "DELETE FROM main.block_times WHERE block IN (SELECT b.id FROM main.blocks b JOIN temp.map_sources m ON "
            "m.new = b.source_id)");
    changes(
        db,
        "INSERT OR IGNORE INTO main.rejected SELECT m.new, a.offset, a.line, a.reason, a.excerpt FROM archive.rejected "
        "a JOIN temp.map_sources m ON m.old = a.source_id");
    // origin: 0 for logs, else a source.
    const std::string origin = "iif(a.origin = 0, 0, " + mapped("sources", "a.origin") + ")";
    const char *samples =
        "SELECT (SELECT coalesce(sum(count), 0) FROM main.segments) + (SELECT count(*) FROM main.tail_samples)";
    const std::uint64_t samplesBefore = sum(samples);
    copySamples(db, origin);
    changes(db, "INSERT OR IGNORE INTO main.sample_claims SELECT m.new, a.t_ns, " + origin +
                    ", a.value FROM archive.sample_claims a JOIN temp.map_series m ON m.old = a.series");
    copied.samples = sum(samples) - samplesBefore;
    // Rollups that went meanwhile.
    changes(db,
            "INSERT OR IGNORE INTO main.sealed_rollups SELECT m.new, a.level, a.bucket, a.count, a.sum, a.min, a.max, "
            "a.sum_squares, a.sketch FROM archive.sealed_rollups a JOIN temp.map_series m ON m.old = a.series");
    sumUpMixedDays(db);
    changes(db, "INSERT OR IGNORE INTO main.kept_step_rollups SELECT " + mapped("recipes", "a.recipe_id") + ", " +
                    mapped("texts", "a.step") +
                    ", a.level, a.bucket, a.count, a.failed, a.sum, a.min, a.max, a.sum_squares, a.sketch FROM "
                    "archive.kept_step_rollups a");
    for (const char *name : {"texts", "recipes", "sources", "metrics", "series", "runs"})
        db.exec(std::string("DROP TABLE temp.map_") + name);
    return copied;
}

} // namespace ra::store
