-- SPDX-License-Identifier: GPL-3.0-or-later
-- Schema 6: for how long things are kept.

-- Rows of runs that never go, nor what belongs to them.
CREATE TABLE pins(
  run INTEGER PRIMARY KEY    -- runs.id
);

-- The policy. kind: 'samples', 'log', 'rollups', 'runs' with a period in nanoseconds; 'free' with bytes.
CREATE TABLE retention(
  kind TEXT PRIMARY KEY,
  value INTEGER NOT NULL
) WITHOUT ROWID;

-- Before these moments (days of UTC) things have gone. kind: 'samples': none is taken any more; 'runs': those that a
-- known source tells of again are not taken, and the hours of their steps are not summed up anew; 'log': people are told
-- why lines are not there.
CREATE TABLE horizons(
  kind TEXT PRIMARY KEY,
  t_ns INTEGER NOT NULL
) WITHOUT ROWID;
