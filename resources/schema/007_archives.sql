-- SPDX-License-Identifier: GPL-3.0-or-later
-- Schema 7: what has been moved into archives.

-- removed: 0 while some of what is in the archive is in the store, too; whoever writes to the store goes on removing it.
CREATE TABLE archives(
  id INTEGER PRIMARY KEY,
  path TEXT NOT NULL,
  before_ns INTEGER NOT NULL,
  made_ns INTEGER NOT NULL,
  removed INTEGER NOT NULL
);
