// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/ingest/batch.h"
#include "core/store/blocktimes.h"
#include "core/store/codec.h"
#include "core/store/sourcetable.h"
#include "core/store/statement.h"

#include <atomic>
#include <future>
#include <span>
#include <string>
#include <string_view>
#include <thread>
#include <unordered_map>
#include <vector>

namespace ra::store {

/// Keeps the bytes of sources in compressed blocks. Large stretches become blocks of up to 1 MiB at once; the small
/// ones of a source that is followed are folded into ever larger blocks as they gather. No byte is stored twice. With
/// each block it keeps the times of its records.
class BlockWriter {
public:
    /// Compresses on so many threads. What is stored does not depend on it.
    explicit BlockWriter(SQLite::Database &db, unsigned threads = std::thread::hardware_concurrency());
    ~BlockWriter();

    /// Begins to compress the large stretches of the batches on other threads, while the caller writes rows. The
    /// batches must live until finish().
    void begin(std::span<const ingest::Batch> batches);
    /// Stores the bytes of one batch; those that begin() compressed are waited for.
    void put(Source &source, const ingest::Batch &batch);
    /// Waits for the other threads and drops what they made.
    void finish();

    /// Times of blocks of before there were any.
    [[nodiscard]] BlockTimesTable &times() { return m_times; }

private:
    struct Piece {
        std::string_view bytes;
        std::string_view following; ///< of its stretch
        Packed packed;
        BlockTimes times;
    };
    void putStretch(Source &source, const ingest::RawBytes &raw);
    void fillGaps(Source &source, const ingest::RawBytes &raw);
    void putPiece(Source &source, std::uint64_t offset, std::string_view bytes, std::string_view following);
    void fold(Source &source);
    void insert(std::int64_t sourceId, std::uint64_t offset, std::size_t length, const Packed &packed,
                const BlockTimes &times);
    void packPieces();

    SQLite::Database &m_db;
    Statement m_insert;
    Statement m_before;
    Statement m_within;
    Statement m_tail;
    Statement m_remove;
    BlockTimesTable m_times;
    unsigned m_threads;
    std::vector<Piece> m_pieces;
    std::atomic<std::size_t> m_nextPiece{0};
    std::vector<std::future<void>> m_packing;
    std::unordered_map<const char *, const Piece *> m_packed; ///< by where the piece's bytes lie
};

/// Reads stretches of sources back. For readers; throws SQLite::Exception and std::runtime_error.
class BlockReader {
public:
    explicit BlockReader(const SQLite::Database &db);

    /// The bytes of [offset, offset + length) of a source, as far as they are stored: shorter if the end is not there,
    /// and up to the first gap. Unpacks each block once if the stretches asked for ascend.
    [[nodiscard]] std::string read(std::int64_t sourceId, std::uint64_t offset, std::uint64_t length);
    /// All of it that is stored, whatever gaps are in between, in order.
    struct Stretch {
        std::uint64_t offset = 0;
        std::string bytes;
    };
    [[nodiscard]] std::vector<Stretch> readAll(std::int64_t sourceId, std::uint64_t offset, std::uint64_t length);

private:
    Statement m_find;
    Statement m_next;
    std::int64_t m_sourceId = 0; ///< of the block unpacked last
    std::uint64_t m_offset = 0;
    std::string m_bytes;
};

} // namespace ra::store
