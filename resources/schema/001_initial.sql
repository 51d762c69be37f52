-- SPDX-License-Identifier: GPL-3.0-or-later
-- Schema 1. Times are nanoseconds since 1970 UTC, durations nanoseconds, sizes bytes. The tables are private and may
-- change with any version; the views at the end (*_v) are the interface for people, templates and plugins.

-- Every text that recurs: step and class names, error texts, tracebacks. Found by XXH3 of the text.
CREATE TABLE texts(
  id INTEGER PRIMARY KEY,
  hash INTEGER NOT NULL,
  text TEXT NOT NULL
);
CREATE INDEX texts_hash ON texts(hash);

-- A file or stream, one generation of it: see SourceIdentity. `offset`, `lines`, `state` are its checkpoint.
CREATE TABLE sources(
  id INTEGER PRIMARY KEY,
  path TEXT NOT NULL,
  device INTEGER NOT NULL,
  inode INTEGER NOT NULL,
  head_hash INTEGER NOT NULL,
  head_length INTEGER NOT NULL,
  generation INTEGER NOT NULL,
  format TEXT NOT NULL,
  zone TEXT NOT NULL,
  offset INTEGER NOT NULL,
  lines INTEGER NOT NULL,
  state BLOB NOT NULL,
  records INTEGER NOT NULL,
  first_ns INTEGER,          -- the earliest and latest start or end of its runs, never shrinking:
  last_ns INTEGER,           -- tells cheaply which sources can speak of the same run
  seen_ns INTEGER NOT NULL   -- when it was read first
);
CREATE INDEX sources_inode ON sources(device, inode);
CREATE INDEX sources_head ON sources(head_hash);

-- What runs call their recipes. `file` is the last component of the path.
CREATE TABLE recipes(
  id INTEGER PRIMARY KEY,
  name TEXT NOT NULL,
  path TEXT NOT NULL,
  file TEXT NOT NULL,
  UNIQUE(path, name)
);
CREATE INDEX recipes_file ON recipes(file);
CREATE INDEX recipes_name ON recipes(name);

-- Recipe files as found on the disk, and their steps.
CREATE TABLE recipe_files(
  id INTEGER PRIMARY KEY,
  path TEXT NOT NULL UNIQUE,
  name TEXT NOT NULL,
  description TEXT NOT NULL,
  version TEXT NOT NULL,
  runnable INTEGER NOT NULL,
  refusal TEXT NOT NULL
);
CREATE INDEX recipe_files_name ON recipe_files(name);
CREATE TABLE recipe_steps(
  recipe_file_id INTEGER NOT NULL,
  position INTEGER NOT NULL,
  name TEXT NOT NULL,
  module TEXT NOT NULL,
  class TEXT NOT NULL,
  depends_on TEXT NOT NULL,  -- JSON array of names
  PRIMARY KEY(recipe_file_id, position)
) WITHOUT ROWID;

-- A row is what one source says about one run (a sighting) or, without source_id, what several sightings say together.
-- shown = 1: a run of its own; else merged_into is the row that speaks for it, if any.
-- The number of a run is coalesce(alt_id, run_id): alt_id is there only where two shown runs have one run_id.
-- flags: 1 stands alone, 2 headless, 4 suspect, 8 found abandoned by its process' end, 16 has rows in attempts,
-- 32 in step_errors, 64 in run_errors.
CREATE TABLE runs(
  id INTEGER PRIMARY KEY,
  shown INTEGER NOT NULL,
  run_id INTEGER NOT NULL,
  alt_id INTEGER,
  recipe_id INTEGER NOT NULL,
  status INTEGER NOT NULL,
  start_ns INTEGER,
  end_ns INTEGER,
  duration_ns INTEGER,
  total_steps INTEGER,
  completed_steps INTEGER NOT NULL,
  failed_steps INTEGER NOT NULL,
  skipped_steps INTEGER NOT NULL,
  first_error INTEGER,       -- texts.id
  source_id INTEGER,
  first_offset INTEGER NOT NULL,
  part INTEGER NOT NULL,
  merged_into INTEGER,       -- runs.id
  flags INTEGER NOT NULL,
  runner INTEGER NOT NULL,
  pid INTEGER NOT NULL,
  resolution_ns INTEGER NOT NULL,
  step_count INTEGER NOT NULL,
  execution_id INTEGER,      -- texts.id; NULL for 'runner.<runner>'
  thread INTEGER,            -- texts.id
  notes INTEGER,             -- texts.id; entries separated by char(31)
  provenance INTEGER         -- texts.id; entries separated by char(31)
);
CREATE UNIQUE INDEX runs_sighting ON runs(source_id, first_offset, part) WHERE source_id IS NOT NULL;
CREATE INDEX runs_number ON runs(run_id);
CREATE INDEX runs_alternative ON runs(alt_id) WHERE alt_id IS NOT NULL;
CREATE INDEX runs_start ON runs(start_ns) WHERE shown = 1;
CREATE INDEX runs_status ON runs(status, start_ns) WHERE shown = 1 AND status <> 1;
CREATE INDEX runs_recipe ON runs(recipe_id, start_ns, duration_ns, source_id);
CREATE INDEX runs_runner ON runs(runner) WHERE runner <> 0;
CREATE INDEX runs_headless ON runs(runner) WHERE (flags & 2) <> 0;
CREATE INDEX runs_members ON runs(merged_into) WHERE merged_into IS NOT NULL;

-- Numbers of runs that were merged or renumbered: links to them go on working.
CREATE TABLE run_aliases(
  id INTEGER PRIMARY KEY,
  run INTEGER NOT NULL       -- runs.id
);

-- id = runs.id * 16777216 + index of the step: rows of a run lie together and need no second index.
-- attempt_bits: 1 the only attempt is told by this row, 2 it failed, 4 it succeeded, 8 it starts with the step,
-- 16 it has the step's exit_code; attempt_ns is its duration.
CREATE TABLE steps(
  id INTEGER PRIMARY KEY,
  name INTEGER NOT NULL,     -- texts.id
  class INTEGER NOT NULL,    -- texts.id
  status INTEGER NOT NULL,
  start_ns INTEGER,
  end_ns INTEGER,
  duration_ns INTEGER,
  attempts INTEGER NOT NULL,
  exit_code INTEGER,
  attempt_bits INTEGER NOT NULL,
  attempt_ns INTEGER
);

-- Only attempts that say more than their step's row does: of several, or with an error.
CREATE TABLE attempts(
  step_id INTEGER NOT NULL,
  number INTEGER NOT NULL,
  start_ns INTEGER,
  duration_ns INTEGER,
  success INTEGER,
  exit_code INTEGER,
  type INTEGER NOT NULL,     -- texts.id, as are the next two
  message INTEGER NOT NULL,
  traceback INTEGER NOT NULL,
  PRIMARY KEY(step_id, number)
) WITHOUT ROWID;

-- The runner's own lists of errors: of a step, of a run.
CREATE TABLE step_errors(
  step_id INTEGER NOT NULL,
  position INTEGER NOT NULL,
  message INTEGER NOT NULL,  -- texts.id
  PRIMARY KEY(step_id, position)
) WITHOUT ROWID;
CREATE TABLE run_errors(
  run INTEGER NOT NULL,      -- runs.id
  position INTEGER NOT NULL,
  message INTEGER NOT NULL,  -- texts.id
  PRIMARY KEY(run, position)
) WITHOUT ROWID;

-- Where a sighting's lines lie in its source: id = runs.id * 16777216 + number of the chunk. data holds pairs of varints:
-- bytes since the end of the span before (of the chunk: since 0), length * 4 + certainty.
CREATE TABLE run_spans(
  id INTEGER PRIMARY KEY,
  end_offset INTEGER NOT NULL,
  data BLOB NOT NULL
);

-- The bytes of the sources. codec 0: as they are; 1: zstd; 2: zstd with the first dictionary of the program.
CREATE TABLE blocks(
  id INTEGER PRIMARY KEY,
  source_id INTEGER NOT NULL,
  offset INTEGER NOT NULL,
  length INTEGER NOT NULL,
  codec INTEGER NOT NULL,
  data BLOB NOT NULL
);
CREATE UNIQUE INDEX blocks_place ON blocks(source_id, offset);

-- Lines that could not be read.
CREATE TABLE rejected(
  source_id INTEGER NOT NULL,
  offset INTEGER NOT NULL,
  line INTEGER NOT NULL,     -- from 1; 0 if unknown
  reason TEXT NOT NULL,
  excerpt TEXT NOT NULL,
  PRIMARY KEY(source_id, offset)
) WITHOUT ROWID;

-- The size of the store at the first commit of each day (days since 1970, UTC): how fast it grows.
CREATE TABLE store_days(
  day INTEGER PRIMARY KEY,
  bytes INTEGER NOT NULL
);

CREATE TABLE words(kind TEXT NOT NULL, code INTEGER NOT NULL, word TEXT NOT NULL, PRIMARY KEY(kind, code)) WITHOUT ROWID;
INSERT INTO words VALUES
  ('run', 0, 'running'), ('run', 1, 'completed'), ('run', 2, 'partial'), ('run', 3, 'failed'), ('run', 4, 'rejected'),
  ('run', 5, 'cancelled'), ('run', 6, 'interrupted'), ('run', 7, 'killed'), ('run', 8, 'timeout'), ('run', 9, 'abandoned'),
  ('step', 0, 'running'), ('step', 1, 'completed'), ('step', 2, 'failed'), ('step', 3, 'skipped'),
  ('step', 4, 'interrupted'), ('step', 5, 'not_reached');

-- One row a run. run_id: 16 hex digits. status: running, completed, partial, failed, rejected, cancelled, interrupted,
-- killed, timeout or abandoned. duration_s: as stated by the source, else end - start; resolution_s: of start and end.
-- suspect: 1 if something about the run contradicts itself, notes says what. provenance: "field=kind of source; ...".
CREATE VIEW runs_v AS
SELECT
  printf('%016x', coalesce(r.alt_id, r.run_id)) AS run_id,
  c.name AS recipe,
  c.path AS recipe_path,
  coalesce((SELECT text FROM texts WHERE id = r.execution_id), 'runner.' || r.runner) AS execution_id,
  (SELECT word FROM words WHERE kind = 'run' AND code = r.status) AS status,
  r.start_ns AS start_ns,
  r.end_ns AS end_ns,
  strftime('%Y-%m-%dT%H:%M:%fZ', r.start_ns / 1e9, 'unixepoch') AS start_utc,
  strftime('%Y-%m-%dT%H:%M:%fZ', r.end_ns / 1e9, 'unixepoch') AS end_utc,
  coalesce(r.duration_ns, r.end_ns - r.start_ns) / 1e9 AS duration_s,
  r.resolution_ns / 1e9 AS resolution_s,
  r.total_steps AS total_steps,
  r.completed_steps AS completed_steps,
  r.failed_steps AS failed_steps,
  r.skipped_steps AS skipped_steps,
  (SELECT text FROM texts WHERE id = r.first_error) AS error,
  nullif(r.pid, 0) AS pid,
  (SELECT text FROM texts WHERE id = r.thread) AS thread,
  (r.flags & 4) <> 0 AS suspect,
  replace((SELECT text FROM texts WHERE id = r.notes), char(31), '; ') AS notes,
  replace((SELECT text FROM texts WHERE id = r.provenance), char(31), '; ') AS provenance
FROM runs r JOIN recipes c ON c.id = r.recipe_id
WHERE r.shown = 1;

-- One row a step of a run, idx from 0. status: running, completed, failed, skipped, interrupted or not_reached.
-- attempts: 1 + retries. Times include all attempts and the pauses between them.
CREATE VIEW steps_v AS
SELECT
  printf('%016x', coalesce(r.alt_id, r.run_id)) AS run_id,
  c.name AS recipe,
  s.id & 16777215 AS idx,
  n.text AS name,
  k.text AS class,
  (SELECT word FROM words WHERE kind = 'step' AND code = CASE WHEN s.status = 0 AND r.status = 9 THEN 4 ELSE s.status END)
    AS status,
  s.start_ns AS start_ns,
  s.end_ns AS end_ns,
  coalesce(s.duration_ns, s.end_ns - s.start_ns) / 1e9 AS duration_s,
  s.attempts AS attempts,
  s.exit_code AS exit_code
FROM runs r
JOIN steps s ON s.id BETWEEN r.id << 24 AND (r.id << 24) + 16777215
JOIN recipes c ON c.id = r.recipe_id
JOIN texts n ON n.id = s.name
JOIN texts k ON k.id = s.class
WHERE r.shown = 1;

-- One row a known attempt at a step, attempt from 1. success: 1, 0 or NULL if unknown.
CREATE VIEW attempts_v AS
SELECT
  printf('%016x', coalesce(r.alt_id, r.run_id)) AS run_id,
  c.name AS recipe,
  n.text AS step,
  s.id & 16777215 AS idx,
  coalesce(a.number, 1) AS attempt,
  iif(a.number IS NULL, iif(s.attempt_bits & 8, s.start_ns, NULL), a.start_ns) AS start_ns,
  iif(a.number IS NULL, s.attempt_ns, a.duration_ns) / 1e9 AS duration_s,
  iif(a.number IS NULL, CASE s.attempt_bits & 6 WHEN 2 THEN 0 WHEN 4 THEN 1 END, a.success) AS success,
  iif(a.number IS NULL, iif(s.attempt_bits & 16, s.exit_code, NULL), a.exit_code) AS exit_code,
  nullif((SELECT text FROM texts WHERE id = a.type), '') AS type,
  nullif((SELECT text FROM texts WHERE id = a.message), '') AS message
FROM runs r
JOIN steps s ON s.id BETWEEN r.id << 24 AND (r.id << 24) + 16777215
JOIN recipes c ON c.id = r.recipe_id
JOIN texts n ON n.id = s.name
LEFT JOIN attempts a ON a.step_id = s.id
WHERE r.shown = 1 AND (a.number IS NOT NULL OR s.attempt_bits & 1);

-- One row an error: what attempts raised, what the runner lists for steps beyond that, and errors of runs as a whole
-- (step and attempt are NULL then). type and traceback are known only for what attempts raised.
CREATE VIEW errors_v AS
SELECT
  printf('%016x', coalesce(r.alt_id, r.run_id)) AS run_id, c.name AS recipe, e.step AS step, e.attempt AS attempt,
  e.type AS type, e.message AS message, e.traceback AS traceback
FROM (
  SELECT a.step_id >> 24 AS run, n.text AS step, a.number AS attempt, nullif(t.text, '') AS type, m.text AS message,
    nullif(b.text, '') AS traceback
  FROM attempts a JOIN steps s ON s.id = a.step_id JOIN texts n ON n.id = s.name JOIN texts t ON t.id = a.type
    JOIN texts m ON m.id = a.message JOIN texts b ON b.id = a.traceback
  WHERE t.text <> '' OR m.text <> '' OR b.text <> ''
  UNION ALL
  SELECT e.step_id >> 24, n.text, NULL, NULL, m.text, NULL
  FROM step_errors e JOIN steps s ON s.id = e.step_id JOIN texts n ON n.id = s.name JOIN texts m ON m.id = e.message
  WHERE NOT EXISTS (SELECT 1 FROM attempts a WHERE a.step_id = e.step_id AND a.message = e.message)
  UNION ALL
  SELECT e.run, NULL, NULL, NULL, m.text, NULL FROM run_errors e JOIN texts m ON m.id = e.message
) e
JOIN runs r ON r.id = e.run JOIN recipes c ON c.id = r.recipe_id
WHERE r.shown = 1;

-- One row a line that could not be read.
CREATE VIEW rejected_v AS
SELECT s.path AS path, nullif(j.line, 0) AS line, j.offset AS offset, j.reason AS reason, j.excerpt AS excerpt
FROM rejected j JOIN sources s ON s.id = j.source_id;

-- One row a file or stream that was read; bytes, lines, records: what is in the store of it.
CREATE VIEW sources_v AS
SELECT id AS source_id, path, format, zone, generation, offset AS bytes, lines, records,
  (SELECT count(*) FROM rejected j WHERE j.source_id = s.id) AS rejected,
  strftime('%Y-%m-%dT%H:%M:%fZ', seen_ns / 1e9, 'unixepoch') AS seen_utc
FROM sources s;

-- One row a recipe as runs name it, with what its runs came to.
CREATE VIEW recipes_v AS
SELECT c.name AS recipe, c.path AS recipe_path, count(r.id) AS runs, sum(r.status = 1) AS completed,
  sum(r.status = 3) AS failed, min(r.start_ns) AS first_start_ns, max(r.start_ns) AS last_start_ns
FROM recipes c JOIN runs r ON r.recipe_id = c.id AND r.shown = 1
GROUP BY c.id;

-- One row a recipe file that was found; runnable: whether the runner would accept it, refusal why not.
CREATE VIEW recipe_files_v AS
SELECT path, name, description, version, runnable, nullif(refusal, '') AS refusal,
  (SELECT count(*) FROM recipe_steps s WHERE s.recipe_file_id = f.id) AS steps
FROM recipe_files f;

-- One row a step of a recipe file in the order of execution; depends_on: a JSON array of names.
CREATE VIEW recipe_steps_v AS
SELECT f.path AS path, f.name AS recipe, s.position AS idx, s.name AS name, s.module AS module, s.class AS class,
  s.depends_on AS depends_on
FROM recipe_files f JOIN recipe_steps s ON s.recipe_file_id = f.id;
