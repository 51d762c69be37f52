// SPDX-License-Identifier: GPL-3.0-or-later
// How raw lines go: block by block, from the beginnings of logs.
#include "core/base/crashpoint.h"
#include "core/ingest/rawline.h"
#include "core/store/codec.h"
#include "core/store/pins.h"
#include "core/store/retention.h"

#include <algorithm>
#include <string_view>

namespace ra::store {

namespace {

constexpr std::int64_t nsPerDay = 86'400'000'000'000;
constexpr int blocksAtATime = 20; ///< of a piece: some milliseconds

/// The time of the last record in a block; nothing if it has none. Local times are taken for UTC.
std::optional<std::int64_t> lastTimeIn(std::string_view bytes) {
    while (!bytes.empty()) {
        const std::size_t end = bytes.ends_with('\n') ? bytes.size() - 1 : bytes.size();
        const std::size_t before = end == 0 ? std::string_view::npos : bytes.rfind('\n', end - 1);
        const std::size_t begin = before == std::string_view::npos ? 0 : before + 1;
        ingest::Record record;
        if (ingest::decodeLine(ingest::withoutEnd(bytes.substr(begin)), record) &&
            record.timeNs != ingest::Record::kNoTime)
            return record.timeNs;
        bytes = bytes.substr(0, begin);
    }
    return std::nullopt;
}

} // namespace

bool Retention::removeLog(std::int64_t before, Retained &gone) {
    setHorizon("log", before);
    struct Block {
        std::int64_t id;
        std::int64_t source;
        std::int64_t offset;
        std::int64_t length;
    };
    // The beginnings of logs, up to a run that is still young enough.
    Statement sources(m_db, "SELECT id FROM sources WHERE id > ? ORDER BY id LIMIT 1");
    sources.bind(m_source);
    std::int64_t source = 0;
    {
        const ResetAtEnd reset(sources);
        if (!sources.step())
            return false;
        source = sources.integer(0);
    }
    std::int64_t limit = INT64_MAX;
    Statement young(m_db, "SELECT min(first_offset) FROM runs WHERE source_id = ? AND (status = 0 OR coalesce(end_ns, "
                          "start_ns) >= ? OR coalesce(end_ns, start_ns) IS NULL)");
    young.bind(source, before);
    {
        const ResetAtEnd reset(young);
        if (young.step() && !young.isNull(0))
            limit = young.integer(0);
    }
    const std::vector<PinnedRange> pinned = pinnedBytes(m_db, source);
    std::vector<Block> blocks;
    Statement select(m_db,
                     "SELECT id, source_id, offset, length, codec, data FROM blocks WHERE source_id = ? AND offset + "
                     "length <= ? ORDER BY offset");
    select.bind(source, limit);
    int removed = 0;
    while (removed < blocksAtATime && select.step()) {
        Block block{select.integer(0), select.integer(1), select.integer(2), select.integer(3)};
        const bool holdsPinned = std::any_of(pinned.begin(), pinned.end(), [&](const PinnedRange &bytes) {
            return bytes.first < block.offset + block.length && bytes.second >= block.offset;
        });
        if (holdsPinned)
            continue;
        const auto time = lastTimeIn(
            unpack(static_cast<Codec>(select.integer(4)), select.text(5), static_cast<std::size_t>(block.length)));
        // No zone is a day off. What has no time at all lies between what has.
        if (time && *time >= before - nsPerDay)
            break;
        blocks.push_back(block);
        ++removed;
    }
    select.reset();
    Statement drop(m_db, "DELETE FROM blocks WHERE id = ?");
    Statement rejected(m_db, "DELETE FROM rejected WHERE source_id = ? AND offset >= ? AND offset < ?");
    for (const Block &block : blocks) {
        drop.bind(block.id);
        drop.run();
        rejected.bind(block.source, block.offset, block.offset + block.length);
        rejected.run();
        gone.logBytes += static_cast<std::uint64_t>(block.length);
    }
    crashPoint("retain.log");
    if (removed < blocksAtATime)
        m_source = source;
    return true;
}

} // namespace ra::store
