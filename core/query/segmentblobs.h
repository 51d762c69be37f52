// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <SQLiteCpp/Exception.h>
#include <sqlite3.h>

#include <cstdint>
#include <string>

namespace ra::query {

/// Reads segments' bytes without the limit on the length of values, which is meant for what a statement makes. Throws
/// SQLite::Exception.
class SegmentBlobs {
public:
    explicit SegmentBlobs(sqlite3 *db)
        : m_db(db) {}
    ~SegmentBlobs() { sqlite3_blob_close(m_blob); }
    SegmentBlobs(const SegmentBlobs &) = delete;
    SegmentBlobs &operator=(const SegmentBlobs &) = delete;

    /// Replaces what `bytes` held by those of a row of segments.
    void read(std::int64_t row, std::string &bytes) {
        const int opened = m_blob ? sqlite3_blob_reopen(m_blob, row)
                                  : sqlite3_blob_open(m_db, "main", "segments", "data", row, 0, &m_blob);
        if (opened != SQLITE_OK)
            throw SQLite::Exception(m_db, opened);
        bytes.resize(static_cast<std::size_t>(sqlite3_blob_bytes(m_blob)));
        const int got = sqlite3_blob_read(m_blob, bytes.data(), static_cast<int>(bytes.size()), 0);
        if (got != SQLITE_OK)
            throw SQLite::Exception(m_db, got);
    }

private:
    sqlite3 *m_db;
    sqlite3_blob *m_blob = nullptr;
};

} // namespace ra::query
