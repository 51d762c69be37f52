-- SPDX-License-Identifier: GPL-3.0-or-later
-- Schema 2: what is kept of runs that shared a runner name (forked processes), so that they can be told apart anew when
-- their recipes become known. recipe_paths: JSON array, by order of the starts; basis: what was known of these recipes
-- when it was decided last; data: packed (codec as in blocks), `length` bytes.
CREATE TABLE forks(
  id INTEGER PRIMARY KEY,
  source_id INTEGER NOT NULL,
  first_offset INTEGER NOT NULL,
  recipe_paths TEXT NOT NULL,
  basis INTEGER NOT NULL,
  codec INTEGER NOT NULL,
  length INTEGER NOT NULL,
  data BLOB NOT NULL
);
CREATE UNIQUE INDEX forks_place ON forks(source_id, first_offset);
