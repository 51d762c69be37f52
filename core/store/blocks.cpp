// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/store/blocks.h"

#include "core/base/crashpoint.h"

#include <algorithm>
#include <utility>

namespace ra::store {

namespace {
constexpr std::size_t largest = std::size_t{1024} * 1024;
/// From here on a block is full: folding leaves it alone.
constexpr std::size_t full = std::size_t{256} * 1024;
/// Below this compressing does not pay before the stretch is folded.
constexpr std::size_t smallestPacked = 1024;
/// Small stretches are folded when so many bytes or rows of them have gathered.
constexpr std::size_t foldBytes = std::size_t{16} * 1024;
constexpr std::size_t foldRows = 64;
/// More threads than this have nothing to do beside the one that writes.
constexpr unsigned mostThreads = 4;

/// What lies behind the piece that begins there.
std::string_view restOf(std::string_view stretch, std::size_t at) {
    return stretch.substr(std::min(at + largest, stretch.size()));
}

} // namespace

BlockWriter::BlockWriter(SQLite::Database &db, unsigned threads)
    : m_db(db)
    , m_insert(db, "INSERT INTO blocks(source_id, offset, length, codec, data) VALUES(?, ?, ?, ?, ?)")
    , m_before(db, "SELECT offset, length FROM blocks WHERE source_id = ? AND offset < ? ORDER BY offset DESC LIMIT 1")
    , m_within(db,
               "SELECT offset, length FROM blocks WHERE source_id = ? AND offset >= ? AND offset < ? ORDER BY offset")
    , m_tail(db, "SELECT id, offset, length, codec, data FROM blocks WHERE source_id = ? ORDER BY offset DESC")
    , m_remove(db, "DELETE FROM blocks WHERE id = ?")
    , m_times(db)
    , m_threads(std::clamp(threads, 1U, mostThreads)) {}

BlockWriter::~BlockWriter() {
    finish();
}

void BlockWriter::begin(std::span<const ingest::Batch> batches) {
    finish();
    for (const ingest::Batch &batch : batches) {
        for (const ingest::RawBytes &raw : batch.raw) {
            const std::string_view bytes = raw.bytes;
            for (std::size_t at = 0; bytes.size() >= full && at < bytes.size(); at += largest)
                m_pieces.push_back({bytes.substr(at, largest), restOf(bytes, at), {}, {}});
        }
    }
    for (std::size_t i = 0; i < std::min<std::size_t>(m_threads, m_pieces.size()); ++i)
        m_packing.push_back(std::async(std::launch::async, [this] { packPieces(); }));
}

void BlockWriter::packPieces() {
    for (;;) {
        const std::size_t i = m_nextPiece.fetch_add(1, std::memory_order_relaxed);
        if (i >= m_pieces.size())
            return;
        m_pieces[i].packed = pack(m_pieces[i].bytes, true);
        m_pieces[i].times = timesOf(m_pieces[i].bytes, m_pieces[i].following);
    }
}

void BlockWriter::finish() {
    for (const std::future<void> &packing : m_packing) {
        if (packing.valid())
            packing.wait();
    }
    m_packing.clear();
    m_packed.clear();
    m_pieces.clear();
    m_nextPiece = 0;
}

void BlockWriter::put(Source &source, const ingest::Batch &batch) {
    if (!m_packing.empty()) {
        for (std::future<void> &packing : m_packing)
            packing.get();
        m_packing.clear();
        for (const Piece &piece : m_pieces)
            m_packed.emplace(piece.bytes.data(), &piece);
    }
    for (const ingest::RawBytes &raw : batch.raw)
        putStretch(source, raw);
    if (source.looseBytes >= foldBytes || source.looseRows >= foldRows)
        fold(source);
}

void BlockWriter::putStretch(Source &source, const ingest::RawBytes &raw) {
    const std::string_view bytes = raw.bytes;
    const auto end = raw.offset + bytes.size();
    if (bytes.empty())
        return;
    if (raw.offset < source.blocksEnd) {
        fillGaps(source, raw);
        source.blocksEnd = std::max(source.blocksEnd, end);
        return;
    }
    m_times.completeBefore(source.state.sourceId, raw.offset, bytes);
    for (std::size_t at = 0; at < bytes.size(); at += largest)
        putPiece(source, raw.offset + at, bytes.substr(at, largest), restOf(bytes, at));
    source.blocksEnd = end;
}

/// Read again, in part at least: only the gaps are new.
void BlockWriter::fillGaps(Source &source, const ingest::RawBytes &raw) {
    const std::string_view bytes = raw.bytes;
    const std::uint64_t end = raw.offset + bytes.size();
    const std::int64_t id = source.state.sourceId;
    std::vector<std::pair<std::uint64_t, std::uint64_t>> gaps;
    std::uint64_t at = raw.offset;
    m_before.bind(id, raw.offset);
    {
        const ResetAtEnd reset(m_before);
        if (m_before.step())
            at = std::max(at, static_cast<std::uint64_t>(m_before.integer(0) + m_before.integer(1)));
    }
    m_within.bind(id, raw.offset, end);
    while (m_within.step()) {
        const auto offset = static_cast<std::uint64_t>(m_within.integer(0));
        if (offset > at)
            gaps.emplace_back(at, offset);
        at = std::max(at, offset + static_cast<std::uint64_t>(m_within.integer(1)));
    }
    if (at < end)
        gaps.emplace_back(at, end);
    for (const auto &[from, to] : gaps) {
        m_times.completeBefore(id, from, bytes.substr(from - raw.offset));
        for (std::uint64_t piece = from; piece < to; piece += largest) {
            const auto length = std::min<std::uint64_t>(largest, to - piece);
            putPiece(source, piece, bytes.substr(piece - raw.offset, length),
                     bytes.substr(piece - raw.offset + length));
        }
        // What lies behind may be known since before.
        m_times.completeBefore(id, to, BlockReader(m_db).read(id, to, largest));
    }
}

void BlockWriter::putPiece(Source &source, std::uint64_t offset, std::string_view bytes, std::string_view following) {
    const std::int64_t id = source.state.sourceId;
    if (bytes.size() < full) {
        ++source.looseRows;
        source.looseBytes += bytes.size();
    }
    if (const auto piece = m_packed.find(bytes.data()); piece != m_packed.end() && piece->second->bytes == bytes)
        insert(id, offset, bytes.size(), piece->second->packed, piece->second->times);
    else
        insert(id, offset, bytes.size(), bytes.size() < smallestPacked ? packPlain(bytes) : pack(bytes, false),
               timesOf(bytes, following));
}

void BlockWriter::insert(std::int64_t sourceId, std::uint64_t offset, std::size_t length, const Packed &packed,
                         const BlockTimes &times) {
    m_insert.bind(sourceId, offset, length, static_cast<int>(packed.codec), Blob{packed.bytes});
    m_insert.run();
    m_times.put(sqlite3_last_insert_rowid(m_db.getHandle()), times);
}

void BlockWriter::fold(Source &source) {
    source.looseRows = 0;
    source.looseBytes = 0;
    struct Row {
        std::int64_t id;
        std::uint64_t offset;
        std::string bytes;
    };
    std::vector<Row> rows; // from the end of the source backwards
    std::size_t sum = 0;
    m_tail.bind(source.state.sourceId);
    {
        const ResetAtEnd reset(m_tail);
        while (m_tail.step()) {
            const auto offset = static_cast<std::uint64_t>(m_tail.integer(1));
            const auto length = static_cast<std::size_t>(m_tail.integer(2));
            const bool adjoins = rows.empty() || offset + length == rows.back().offset;
            // A block joins only what together is about its own size, so that a byte is packed again a few times at
            // most on its way into a full block.
            const bool pays = sum < foldBytes || length <= 2 * sum;
            if (!adjoins || !pays || length >= full || sum + length > largest)
                break;
            rows.push_back(
                {m_tail.integer(0), offset, unpack(static_cast<Codec>(m_tail.integer(3)), m_tail.text(4), length)});
            sum += length;
        }
    }
    if (rows.size() < 2)
        return;
    std::string bytes;
    bytes.reserve(sum);
    for (auto row = rows.rbegin(); row != rows.rend(); ++row) {
        bytes += row->bytes;
        m_remove.bind(row->id);
        m_remove.run();
    }
    crashPoint("fold.removed");
    insert(source.state.sourceId, rows.back().offset, bytes.size(), pack(bytes, false), timesOf(bytes, {}));
    crashPoint("fold.written");
}

BlockReader::BlockReader(const SQLite::Database &db)
    : m_find(db, "SELECT offset, length, codec, data FROM blocks WHERE source_id = ? AND offset <= ? "
                 "ORDER BY offset DESC LIMIT 1")
    , m_next(db, "SELECT offset FROM blocks WHERE source_id = ? AND offset > ? ORDER BY offset LIMIT 1") {}

std::vector<BlockReader::Stretch> BlockReader::readAll(std::int64_t sourceId, std::uint64_t offset,
                                                       std::uint64_t length) {
    std::vector<Stretch> stretches;
    const std::uint64_t end = offset + length;
    for (std::uint64_t at = offset; at < end;) {
        std::string bytes = read(sourceId, at, end - at);
        if (!bytes.empty()) {
            const std::uint64_t begin = std::exchange(at, at + bytes.size());
            stretches.push_back({begin, std::move(bytes)});
            continue;
        }
        m_next.bind(sourceId, at);
        const ResetAtEnd reset(m_next);
        if (!m_next.step())
            break;
        at = static_cast<std::uint64_t>(m_next.integer(0));
    }
    return stretches;
}

std::string BlockReader::read(std::int64_t sourceId, std::uint64_t offset, std::uint64_t length) {
    std::string result;
    while (result.size() < length) {
        const std::uint64_t at = offset + result.size();
        const bool atHand = m_sourceId == sourceId && at >= m_offset && at < m_offset + m_bytes.size();
        if (!atHand) {
            m_find.bind(sourceId, at);
            const ResetAtEnd reset(m_find);
            if (!m_find.step())
                break;
            m_sourceId = sourceId;
            m_offset = static_cast<std::uint64_t>(m_find.integer(0));
            m_bytes = unpack(static_cast<Codec>(m_find.integer(2)), m_find.text(3),
                             static_cast<std::size_t>(m_find.integer(1)));
            if (at >= m_offset + m_bytes.size())
                break;
        }
        const auto from = static_cast<std::size_t>(at - m_offset);
        result.append(m_bytes, from, static_cast<std::size_t>(length - result.size()));
    }
    return result;
}

} // namespace ra::store
