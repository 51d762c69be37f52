-- SPDX-License-Identifier: GPL-3.0-or-later
-- Schema 9: what runs came to that have been removed, so that the hours in which they began can be summed up anew when
-- more is told of these: kept_step_rollups is always the sum of what is here and of what is in steps.

-- By minute; columns as in kept_step_rollups.
CREATE TABLE gone_step_rollups(
  recipe_id INTEGER NOT NULL,
  bucket INTEGER NOT NULL,
  step INTEGER NOT NULL,     -- texts.id
  count INTEGER NOT NULL,
  failed INTEGER NOT NULL,
  sum REAL,
  min REAL,
  max REAL,
  sum_squares REAL,
  sketch BLOB,
  PRIMARY KEY(recipe_id, bucket, step)
) WITHOUT ROWID;

-- Hours of which no run is left: kept_step_rollups is what they came to, and nothing is in gone_step_rollups. None of
-- them is in stale_hours.
CREATE TABLE gone_hours(
  recipe_id INTEGER NOT NULL,
  hour INTEGER NOT NULL,
  PRIMARY KEY(recipe_id, hour)
) WITHOUT ROWID;

-- runs.run_id and the hour of the beginning of whatever has been removed: another copy of its log brings it no second
-- time.
CREATE TABLE gone_runs(
  hour INTEGER NOT NULL,
  id INTEGER NOT NULL,
  PRIMARY KEY(hour, id)
) WITHOUT ROWID;

-- Raw lines of before that moment had gone from the store when the archive was made; NULL: none, or that is not known.
ALTER TABLE archives ADD COLUMN log_from_ns INTEGER;

-- Of what was removed before, nobody has taken down which runs it was ('unlisted' in horizons), nor which rollups
-- ('rollups' now: before that moment they have gone). Of hours in which some runs are left and others are gone, those
-- minutes of a step are of gone ones in which no step that is left began.
INSERT OR IGNORE INTO horizons SELECT 'unlisted', t_ns FROM horizons WHERE kind = 'runs';
INSERT OR IGNORE INTO horizons
SELECT 'rollups', min(bucket) * 86400000000000 FROM kept_step_rollups
WHERE level = 2 AND EXISTS (SELECT 1 FROM horizons WHERE kind = 'runs') HAVING min(bucket) IS NOT NULL;

CREATE TEMP TABLE left_hours AS
SELECT DISTINCT recipe_id, (start_ns - (start_ns % 3600000000000 + 3600000000000) % 3600000000000) / 3600000000000 AS hour
FROM runs WHERE shown = 1 AND start_ns < (SELECT t_ns FROM horizons WHERE kind = 'runs')
UNION SELECT recipe_id, hour FROM stale_hours
WHERE hour * 3600000000000 < (SELECT t_ns FROM horizons WHERE kind = 'runs');
INSERT INTO gone_step_rollups
SELECT k.recipe_id, k.bucket, k.step, k.count, k.failed, k.sum, k.min, k.max, k.sum_squares, k.sketch
FROM left_hours h CROSS JOIN kept_step_rollups k
ON k.recipe_id = h.recipe_id AND k.level = 0 AND k.bucket BETWEEN h.hour * 60 AND h.hour * 60 + 59
WHERE NOT EXISTS (
  SELECT 1 FROM runs r JOIN steps s ON s.id BETWEEN r.id << 24 AND (r.id << 24) + 16777215
  WHERE r.recipe_id = k.recipe_id AND r.shown = 1 AND s.status IN (1, 2) AND s.name = k.step
    AND r.start_ns BETWEEN k.bucket * 60000000000 AND k.bucket * 60000000000 + 59999999999);
INSERT OR IGNORE INTO gone_hours
SELECT recipe_id, bucket FROM kept_step_rollups k
WHERE level = 1 AND bucket * 3600000000000 < (SELECT t_ns FROM horizons WHERE kind = 'runs')
  AND NOT EXISTS (SELECT 1 FROM left_hours h WHERE h.recipe_id = k.recipe_id AND h.hour = k.bucket);
INSERT OR IGNORE INTO stale_hours SELECT recipe_id, hour FROM left_hours;
DROP TABLE left_hours;
