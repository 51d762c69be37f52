// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/ingest/batch.h"
#include "core/store/statement.h"
#include "core/store/store.h"

#include <functional>
#include <unordered_map>

namespace ra::store {

/// What the writer keeps of a source between batches.
struct Source {
    SourceState state;
    std::optional<std::int64_t> first; ///< earliest and latest start or end of its runs
    std::optional<std::int64_t> last;
    std::uint64_t records = 0;
    std::uint64_t blocksEnd = 0; ///< no stored byte lies at or after it
    std::uint64_t looseRows = 0; ///< small blocks added since they were folded last, and their bytes
    std::uint64_t looseBytes = 0;
    std::uint64_t lastRunOffset = 0; ///< the greatest first_offset of its runs; meaningful with hasRuns
    bool hasRuns = false;
};

/// The table sources, all of it in memory: a few thousand rows that every batch asks.
class SourceTable {
public:
    explicit SourceTable(SQLite::Database &db);

    /// Reads the table again: at the start and after a rollback.
    void load();

    /// The source that continues under an identity and path; see Store::findSource.
    [[nodiscard]] Source *find(const ingest::SourceIdentity &identity, std::string_view path,
                               const std::function<std::optional<std::uint64_t>(std::uint32_t)> &headHash = {});

    /// Whether the batch of a document is that of a source which its first bytes do not tell.
    using WrittenAnew = std::function<bool(const ingest::Batch &batch, std::int64_t sourceId)>;
    /// The source of a batch, made if it is new. `isNew` tells.
    Source &obtain(const ingest::Batch &batch, bool &isNew, const WrittenAnew &isWrittenAnew);

    /// Writes what has changed of a source.
    void save(const Source &source);

    [[nodiscard]] Source *byId(std::int64_t id);
    [[nodiscard]] std::vector<const Source *> all() const;

private:
    [[nodiscard]] Source *sameFile(const ingest::SourceIdentity &identity, std::string_view path,
                                   std::optional<std::uint64_t> generation,
                                   const std::function<std::optional<std::uint64_t>(std::uint32_t)> &headHash);
    [[nodiscard]] Source *movedFile(const ingest::SourceIdentity &identity, std::optional<std::uint64_t> generation);
    [[nodiscard]] Source *wholeFile(const ingest::Batch &batch, const WrittenAnew &isWrittenAnew);
    [[nodiscard]] bool isStillThere(const Source &source) const;

    SQLite::Database &m_db;
    Statement m_insert;
    Statement m_update;
    std::unordered_map<std::int64_t, Source> m_sources;
    std::unordered_multimap<std::uint64_t, std::int64_t> m_byInode; ///< by a mix of device and inode
    std::unordered_multimap<std::uint64_t, std::int64_t> m_byHead;  ///< by head hash
    std::unordered_multimap<std::string, std::int64_t> m_byPath;    ///< by every path that it had since load()
};

} // namespace ra::store
