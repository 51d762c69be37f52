-- SPDX-License-Identifier: GPL-3.0-or-later
-- Schema 5: what came to pass by minute, hour and day (UTC).

-- Of the sealed samples of a series; the tail is for the reader to add. level: 0 minute, 1 hour, 2 day; bucket: times
-- since 1970 in that unit. Of one value: sum is the value, and what follows from it is NULL. count, sum, min, max,
-- sum_squares: of all values but NaN, which the sketch counts. Every day with samples has a row, hours and minutes where
-- that pays.
CREATE TABLE sealed_rollups(
  series INTEGER NOT NULL,
  level INTEGER NOT NULL,
  bucket INTEGER NOT NULL,
  count INTEGER NOT NULL,
  sum REAL,
  min REAL,
  max REAL,
  sum_squares REAL,
  sketch BLOB,
  PRIMARY KEY(series, level, bucket)
) WITHOUT ROWID;

-- Of the durations, in nanoseconds, of completed steps of runs that are shown, by when their run began; failed: how many
-- steps failed. step: texts.id. Columns and level as above.
CREATE TABLE kept_step_rollups(
  recipe_id INTEGER NOT NULL,
  step INTEGER NOT NULL,
  level INTEGER NOT NULL,
  bucket INTEGER NOT NULL,
  count INTEGER NOT NULL,
  failed INTEGER NOT NULL,
  sum REAL,
  min REAL,
  max REAL,
  sum_squares REAL,
  sketch BLOB,
  PRIMARY KEY(recipe_id, level, bucket, step)
) WITHOUT ROWID;

-- Hours of recipes whose runs have changed since their rollups were made: rollups of them, and of their days, do not
-- count.
CREATE TABLE stale_hours(
  recipe_id INTEGER NOT NULL,
  hour INTEGER NOT NULL,
  PRIMARY KEY(recipe_id, hour)
) WITHOUT ROWID;
INSERT INTO stale_hours
SELECT DISTINCT recipe_id, (start_ns - (start_ns % 3600000000000 + 3600000000000) % 3600000000000) / 3600000000000
FROM runs WHERE shown = 1 AND start_ns IS NOT NULL;
