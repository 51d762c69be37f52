-- SPDX-License-Identifier: GPL-3.0-or-later
-- Schema 8: when the records are that begin in a block of raw lines, so that questions about a time need not unpack
-- them all. What their lines say, as nanoseconds since 1970: a wall clock's reading (local_*) is no moment before the
-- zone of the source is known, which may change. NULL: there are none. A block without a row, as all were before, may
-- hold any; a writer makes the rows when it has nothing else to do. state: 1 the times are known; 2 a record begins on
-- a line that begins in the block; 4 the last line goes on behind the block, where nothing is stored yet; 8 the block
-- ends with the end of a line.
CREATE TABLE block_times(
  block INTEGER PRIMARY KEY, -- blocks.id
  state INTEGER NOT NULL,
  local_first INTEGER,
  local_last INTEGER,
  utc_first INTEGER,
  utc_last INTEGER
);
-- Numbers of blocks are given again.
CREATE TRIGGER block_times_gone AFTER DELETE ON blocks BEGIN
  DELETE FROM block_times WHERE block = old.id;
END;
