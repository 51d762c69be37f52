-- SPDX-License-Identifier: GPL-3.0-or-later
-- Schema 3: size in bytes and time of change, as stored, of a compressed file that was read to its end; null otherwise.
-- While the file keeps both it need not be unpacked again.
ALTER TABLE sources ADD COLUMN packed_size INTEGER;
ALTER TABLE sources ADD COLUMN packed_ns INTEGER;
