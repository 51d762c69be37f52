-- SPDX-License-Identifier: GPL-3.0-or-later
-- Schema 4: samples of measured values.

-- What is measured, without whose it is. Found by XXH3 of name, unit, kind and tags. tags: a JSON object of texts, keys
-- ascending, without blanks.
CREATE TABLE metrics(
  id INTEGER PRIMARY KEY,
  hash INTEGER NOT NULL,
  name TEXT NOT NULL,
  unit TEXT NOT NULL,
  kind TEXT NOT NULL,
  tags TEXT NOT NULL
);
CREATE INDEX metrics_hash ON metrics(hash);
CREATE INDEX metrics_name ON metrics(name);

-- subject_kind: 0 none, 1 process (subject is its id), 2 the machine.
CREATE TABLE series(
  id INTEGER PRIMARY KEY,
  metric INTEGER NOT NULL,
  subject_kind INTEGER NOT NULL,
  subject INTEGER NOT NULL,
  UNIQUE(metric, subject_kind, subject)
);

-- Every moment of a series has one sample, here or in a segment. origin: 0 for logs, which take nothing back; else the
-- source that is a document. Of values told for one moment the greatest counts, of equal ones that of the least origin;
-- NaN (here NULL) is less than all. What the other origins told is in sample_claims.
CREATE TABLE tail_samples(
  series INTEGER NOT NULL,
  t_ns INTEGER NOT NULL,
  value REAL,
  origin INTEGER NOT NULL,
  PRIMARY KEY(series, t_ns)
) WITHOUT ROWID;
CREATE INDEX tail_samples_origin ON tail_samples(origin) WHERE origin <> 0;

CREATE TABLE sample_claims(
  series INTEGER NOT NULL,
  t_ns INTEGER NOT NULL,
  origin INTEGER NOT NULL,
  value REAL,
  PRIMARY KEY(series, t_ns, origin)
) WITHOUT ROWID;
CREATE INDEX sample_claims_origin ON sample_claims(origin) WHERE origin <> 0;

-- Sealed samples; those of one series and origin do not overlap. data begins with a header that holds the columns
-- before it and the quantile sketch. min, max, sum, sum_squares: of all values but NaN.
CREATE TABLE segments(
  id INTEGER PRIMARY KEY,
  series INTEGER NOT NULL,
  origin INTEGER NOT NULL,
  t_min INTEGER NOT NULL,
  t_max INTEGER NOT NULL,
  count INTEGER NOT NULL,
  min REAL,
  max REAL,
  sum REAL,
  first REAL,
  last REAL,
  sum_squares REAL,
  data BLOB NOT NULL
);
CREATE INDEX segments_range ON segments(series, t_min, t_max);
CREATE INDEX segments_origin ON segments(origin) WHERE origin <> 0;

-- One row a series. recipe, step: of its tags; pid: of the process whose it is; machine: 1 if it is of the whole machine.
CREATE VIEW series_v AS
SELECT s.id AS series, m.name AS name, m.unit AS unit, nullif(m.kind, '') AS kind, m.tags AS tags,
  m.tags ->> '$.recipe' AS recipe, m.tags ->> '$.step' AS step,
  iif(s.subject_kind = 1, s.subject, NULL) AS pid, s.subject_kind = 2 AS machine
FROM series s JOIN metrics m ON m.id = s.metric;

-- One row a segment of sealed samples; what is measured last is not sealed yet. bytes: of the segment in the store.
CREATE VIEW segments_v AS
SELECT series, t_min AS first_ns, t_max AS last_ns, count AS samples, min, max, sum, first, last, sum_squares,
  length(data) AS bytes
FROM segments;
