// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/store/blocktimes.h"

#include "core/base/crashpoint.h"
#include "core/ingest/rawline.h"
#include "core/ingest/sourcereader.h"
#include "core/ingest/utf8.h"
#include "core/store/blocks.h"
#include "core/store/codec.h"

#include <SQLiteCpp/Exception.h>

#include <string>
#include <vector>

namespace ra::store {

using ingest::Record;

namespace {

constexpr std::size_t longestLine = ingest::SourceReader::maxLine;
/// Blocks that a piece of filling looks at, and bytes that it unpacks.
constexpr int blocksAtATime = 256;
constexpr std::size_t bytesAtATime = std::size_t{1024} * 1024;

/// Of the column state.
constexpr std::int64_t known = 1;
constexpr std::int64_t beginsARecord = 2;
constexpr std::int64_t open = 4;
constexpr std::int64_t endsALine = 8;

/// Several bytes at a time, as most lines are.
bool isAscii(std::string_view text) {
    unsigned char any = 0;
    for (const char c : text)
        any |= static_cast<unsigned char>(c);
    return any < 0x80;
}

/// What the columns length, codec, data hold.
std::string unpackedIn(const Statement &row, int column) {
    return unpack(static_cast<Codec>(row.integer(column + 1)), row.text(column + 2),
                  static_cast<std::size_t>(row.integer(column)));
}

/// Of long lines the first 1 MiB counts.
void addLine(BlockTimes &times, std::string_view line, bool isCertain) {
    line = ingest::withoutEnd(line.substr(0, longestLine));
    std::string valid;
    if (!isAscii(line) && ingest::firstInvalidUtf8(line)) { // as whoever searches decodes it
        valid = ingest::toUtf8(line);
        line = valid;
    }
    Record record;
    if (!ingest::decodeLine(line, record))
        return;
    times.beginsRecord = times.beginsRecord || isCertain;
    if (record.timeNs != Record::kNoTime)
        (record.utc ? times.utc : times.local).add(record.timeNs);
}

} // namespace

BlockTimes timesOf(std::string_view bytes, std::string_view following) {
    BlockTimes times;
    times.endsLine = bytes.ends_with('\n');
    for (std::size_t begin = 0; begin < bytes.size();) {
        const std::size_t end = bytes.find('\n', begin);
        // Whether the first line begins there is not known.
        const bool isCertain = begin > 0;
        if (end != std::string_view::npos) {
            addLine(times, bytes.substr(begin, end + 1 - begin), isCertain);
            begin = end + 1;
            continue;
        }
        std::string line(bytes.substr(begin, longestLine));
        const std::size_t rest = std::min(following.find('\n'), following.size());
        line += following.substr(0, std::min(rest, longestLine - line.size()));
        times.isOpen = rest == following.size() && line.size() < longestLine;
        addLine(times, line, isCertain && !times.isOpen);
        break;
    }
    return times;
}

std::optional<BlockTimes> readBlockTimes(const Statement &row, int column) {
    const std::int64_t state = row.integer(column);
    if ((state & known) == 0)
        return std::nullopt;
    BlockTimes times;
    times.beginsRecord = (state & beginsARecord) != 0;
    times.isOpen = (state & open) != 0;
    times.endsLine = (state & endsALine) != 0;
    if (!row.isNull(column + 1) && !row.isNull(column + 2))
        times.local = {row.integer(column + 1), row.integer(column + 2)};
    if (!row.isNull(column + 3) && !row.isNull(column + 4))
        times.utc = {row.integer(column + 3), row.integer(column + 4)};
    return times;
}

BlockTimesTable::BlockTimesTable(const SQLite::Database &db)
    : m_db(db)
    , m_put(db, "INSERT OR REPLACE INTO block_times(block, state, local_first, local_last, utc_first, utc_last) "
                "VALUES(?, ?, ?, ?, ?, ?)")
    , m_block(db, "SELECT source_id, offset, length, codec, data FROM blocks WHERE id = ?")
    , m_before(db, "SELECT b.id, b.offset + b.length, t.state, t.local_first, t.local_last, t.utc_first, t.utc_last "
                   "FROM blocks b LEFT JOIN block_times t ON t.block = b.id "
                   "WHERE b.source_id = ? AND b.offset < ? ORDER BY b.offset DESC LIMIT 1") {}

void BlockTimesTable::put(std::int64_t block, const std::optional<BlockTimes> &times) {
    if (!times) {
        m_put.bind(block, 0, nullptr, nullptr, nullptr, nullptr);
    } else {
        const auto some = [](const BlockTimes::Range &range, std::int64_t bound) {
            return range.isEmpty() ? std::nullopt : std::optional(bound);
        };
        const std::int64_t state = known | (times->beginsRecord ? beginsARecord : 0) | (times->isOpen ? open : 0) |
                                   (times->endsLine ? endsALine : 0);
        m_put.bind(block, state, some(times->local, times->local.first), some(times->local, times->local.last),
                   some(times->utc, times->utc.first), some(times->utc, times->utc.last));
    }
    m_put.run();
}

void BlockTimesTable::make(std::int64_t block) {
    m_block.bind(block);
    const ResetAtEnd reset(m_block);
    if (!m_block.step())
        return;
    const std::string bytes = unpackedIn(m_block, 2);
    std::string following;
    if (!bytes.ends_with('\n'))
        following = BlockReader(m_db).read(m_block.integer(0),
                                           static_cast<std::uint64_t>(m_block.integer(1)) + bytes.size(), longestLine);
    const BlockTimes times = timesOf(bytes, following);
    // A line that goes on through several blocks and has not ended: only the last of them is looked at when it does.
    put(block, times.isOpen && !following.empty() ? std::nullopt : std::optional(times));
}

void BlockTimesTable::completeBefore(std::int64_t sourceId, std::uint64_t offset, std::string_view following) {
    m_before.bind(sourceId, offset);
    const ResetAtEnd reset(m_before);
    if (following.empty() || !m_before.step() || static_cast<std::uint64_t>(m_before.integer(1)) != offset)
        return;
    std::optional<BlockTimes> times = readBlockTimes(m_before, 2);
    if (!times || !times->isOpen)
        return;
    const std::int64_t block = m_before.integer(0);
    m_block.bind(block);
    const ResetAtEnd resetBlock(m_block);
    if (!m_block.step())
        return;
    const std::string bytes = unpackedIn(m_block, 2);
    const std::size_t begin = bytes.rfind('\n') + 1; // 0 if there is none
    const BlockTimes last = timesOf(std::string_view(bytes).substr(begin), following);
    times->local.add(last.local);
    times->utc.add(last.utc);
    times->isOpen = false;
    put(block, last.isOpen ? std::nullopt : times); // see make()
}

bool BlockTimesTable::fillSome() {
    if (!m_mayFill)
        return false;
    if (!m_isFilling) {
        Statement missing(m_db, "SELECT (SELECT count(*) FROM blocks) > (SELECT count(*) FROM block_times)");
        m_isFilling = missing.step() && missing.integer(0) != 0;
        missing.reset();
        m_mayFill = m_isFilling;
        return m_isFilling;
    }
    Statement select(m_db,
                     "SELECT b.id, b.length, EXISTS(SELECT 1 FROM block_times t WHERE t.block = b.id) FROM blocks "
                     "b WHERE b.id > ? ORDER BY b.id LIMIT ?");
    select.bind(m_filled, blocksAtATime);
    std::vector<std::int64_t> blocks;
    std::size_t bytes = 0;
    int looked = 0;
    while (bytes < bytesAtATime && select.step()) {
        ++looked;
        m_filled = select.integer(0);
        if (select.integer(2) != 0)
            continue;
        blocks.push_back(m_filled);
        bytes += static_cast<std::size_t>(select.integer(1));
    }
    m_mayFill = looked > 0;
    select.reset();
    for (const std::int64_t block : blocks) {
        try {
            make(block);
        } catch (const SQLite::Exception &) {
            throw;
        } catch (const std::runtime_error &) {
            put(block, std::nullopt); // damaged: whoever wants its lines is told, and the rest goes on
        }
    }
    crashPoint("block-times.filled");
    return m_mayFill;
}

} // namespace ra::store
