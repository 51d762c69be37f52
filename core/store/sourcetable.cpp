// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/store/sourcetable.h"

#include <algorithm>
#include <sys/stat.h>
#include <xxhash.h>

namespace ra::store {

using ingest::SourceIdentity;

namespace {

/// Heads shorter than this are alike too often to recognise a file that has moved.
constexpr std::uint32_t shortestTellingHead = 64;

std::uint64_t inodeKey(const SourceIdentity &identity) {
    return identity.inode * 0x9e3779b97f4a7c15ULL ^ identity.device;
}

/// XXH3 of a batch's first bytes, if it holds them: it tells a file that grew from another under a reused inode.
std::optional<std::uint64_t> headOf(const ingest::Batch &batch, std::uint32_t length) {
    std::string head;
    for (const ingest::RawBytes &raw : batch.raw) {
        if (raw.offset > head.size())
            break;
        head.append(raw.bytes, head.size() - raw.offset);
        if (head.size() >= length)
            return XXH3_64bits(head.data(), length);
    }
    return std::nullopt;
}

} // namespace

SourceTable::SourceTable(SQLite::Database &db)
    : m_db(db)
    , m_insert(db, "INSERT INTO sources(path, device, inode, head_hash, head_length, generation, format, zone, offset, "
                   "lines, state, records, seen_ns) VALUES(?, ?, ?, ?, ?, ?, ?, ?, 0, 0, x'', 0, ?)")
    , m_update(db, "UPDATE sources SET path = ?, device = ?, inode = ?, head_hash = ?, head_length = ?, format = ?, "
                   "zone = ?, offset = ?, lines = ?, state = ?, records = ?, first_ns = ?, last_ns = ?, "
                   "packed_size = ?, packed_ns = ? WHERE id = ?") {
    load();
}

void SourceTable::load() {
    m_sources.clear();
    m_byInode.clear();
    m_byHead.clear();
    m_byPath.clear();
    Statement select(m_db,
                     "SELECT id, path, device, inode, head_hash, head_length, generation, format, zone, offset, lines, "
                     "state, records, first_ns, last_ns, packed_size, packed_ns, "
                     "(SELECT max(first_offset) FROM runs r WHERE r.source_id = s.id AND r.source_id IS NOT NULL), "
                     "(SELECT max(offset) FROM blocks b WHERE b.source_id = s.id) FROM sources s");
    Statement last(m_db, "SELECT length FROM blocks WHERE source_id = ? AND offset = ?");
    while (select.step()) {
        Source source;
        SourceState &state = source.state;
        const auto unsignedAt = [&](int column) { return static_cast<std::uint64_t>(select.integer(column)); };
        state.sourceId = select.integer(0);
        state.path = select.text(1);
        state.identity = {unsignedAt(2), unsignedAt(3), unsignedAt(4), static_cast<std::uint32_t>(select.integer(5))};
        state.generation = unsignedAt(6);
        state.format = select.text(7);
        state.zone = select.text(8);
        state.checkpoint = {unsignedAt(9), unsignedAt(10), std::string(select.text(11))};
        source.records = unsignedAt(12);
        source.first = select.maybeInteger(13);
        source.last = select.maybeInteger(14);
        if (!select.isNull(15))
            state.checkpoint.packed = ingest::FileStamp{select.integer(15), select.integer(16)};
        source.hasRuns = !select.isNull(17);
        source.lastRunOffset = unsignedAt(17);
        if (!select.isNull(18)) {
            last.bind(state.sourceId, unsignedAt(18));
            const ResetAtEnd reset(last);
            if (last.step())
                source.blocksEnd = unsignedAt(18) + static_cast<std::uint64_t>(last.integer(0));
        }
        m_byInode.emplace(inodeKey(state.identity), state.sourceId);
        m_byHead.emplace(state.identity.headHash, state.sourceId);
        m_byPath.emplace(state.path, state.sourceId);
        m_sources.emplace(state.sourceId, std::move(source));
    }
}

Source *SourceTable::byId(std::int64_t id) {
    const auto found = m_sources.find(id);
    return found == m_sources.end() ? nullptr : &found->second;
}

std::vector<const Source *> SourceTable::all() const {
    std::vector<const Source *> sources;
    sources.reserve(m_sources.size());
    for (const auto &[id, source] : m_sources)
        sources.push_back(&source);
    std::sort(sources.begin(), sources.end(),
              [](const Source *a, const Source *b) { return a->state.sourceId < b->state.sourceId; });
    return sources;
}

Source *SourceTable::sameFile(const SourceIdentity &identity, std::string_view path,
                              std::optional<std::uint64_t> generation,
                              const std::function<std::optional<std::uint64_t>(std::uint32_t)> &headHash) {
    Source *best = nullptr;
    const auto [begin, end] = m_byInode.equal_range(inodeKey(identity));
    for (auto it = begin; it != end; ++it) {
        Source &source = m_sources.at(it->second);
        const SourceIdentity &known = source.state.identity;
        if (known.device != identity.device || known.inode != identity.inode)
            continue;
        if (identity.inode == 0 && source.state.path != path)
            continue; // a pipe has no number; its name must do
        if (generation && source.state.generation != *generation)
            continue;
        if (known.headLength > identity.headLength)
            continue; // it has shrunk: something else begins there now
        if (known.headLength == identity.headLength) {
            if (known.headHash != identity.headHash)
                continue;
        } else if (headHash) {
            // The file was shorter when it was read; what can be compared must be alike.
            if (const auto hash = headHash(known.headLength); hash && *hash != known.headHash)
                continue;
        }
        const auto rank = [](const Source &s) { return std::pair(s.state.generation, s.state.sourceId); };
        if (!best || rank(source) > rank(*best))
            best = &source;
    }
    return best;
}

bool SourceTable::isStillThere(const Source &source) const {
    struct stat info = {};
    if (::stat(source.state.path.c_str(), &info) != 0)
        return false;
    const SourceIdentity &known = source.state.identity;
    if (info.st_dev != known.device || info.st_ino != known.inode)
        return false;
    // The same file, unless it was emptied since and begun anew.
    const auto [begin, end] = m_byInode.equal_range(inodeKey(known));
    return std::none_of(begin, end, [&](const auto &entry) {
        const SourceState &other = m_sources.at(entry.second).state;
        return other.identity.device == known.device && other.identity.inode == known.inode &&
               other.generation > source.state.generation;
    });
}

Source *SourceTable::movedFile(const SourceIdentity &identity, std::optional<std::uint64_t> generation) {
    if (identity.headLength < shortestTellingHead)
        return nullptr;
    Source *best = nullptr;
    const auto [begin, end] = m_byHead.equal_range(identity.headHash);
    for (auto it = begin; it != end; ++it) {
        Source &source = m_sources.at(it->second);
        if (source.state.identity.headLength != identity.headLength)
            continue;
        if (generation && source.state.generation != *generation)
            continue;
        if (isStillThere(source))
            continue;
        if (!best || source.state.checkpoint.offset > best->state.checkpoint.offset)
            best = &source;
    }
    return best;
}

Source *SourceTable::find(const SourceIdentity &identity, std::string_view path,
                          const std::function<std::optional<std::uint64_t>(std::uint32_t)> &headHash) {
    if (Source *source = sameFile(identity, path, std::nullopt, headHash))
        return source;
    return movedFile(identity, std::nullopt);
}

Source *SourceTable::wholeFile(const ingest::Batch &batch, const WrittenAnew &isWrittenAnew) {
    const auto isIt = [&](const Source &source) {
        const SourceIdentity &known = source.state.identity;
        // Documents begin alike only where they are the same, unless they are too short to tell.
        return (known.headHash == batch.identity.headHash && known.headLength == batch.identity.headLength) ||
               isWrittenAnew(batch, source.state.sourceId);
    };
    if (Source *source = sameFile(batch.identity, batch.path, batch.generation, {}); source && isIt(*source))
        return source;
    if (Source *source = movedFile(batch.identity, batch.generation))
        return source;
    Source *best = nullptr;
    const auto [begin, end] = m_byPath.equal_range(batch.path);
    for (auto it = begin; it != end; ++it) {
        Source &source = m_sources.at(it->second);
        const SourceState &state = source.state;
        if (state.path == batch.path && state.format == batch.format && state.generation == batch.generation &&
            (!best || state.sourceId > best->state.sourceId) && isIt(source))
            best = &source;
    }
    return best;
}

Source &SourceTable::obtain(const ingest::Batch &batch, bool &isNew, const WrittenAnew &isWrittenAnew) {
    isNew = false;
    Source *source = nullptr;
    if (batch.whole) {
        source = wholeFile(batch, isWrittenAnew);
    } else {
        source = sameFile(batch.identity, batch.path, batch.generation,
                          [&](std::uint32_t length) { return headOf(batch, length); });
        if (!source)
            source = movedFile(batch.identity, batch.generation);
    }
    if (source) {
        if (source->state.path != batch.path)
            m_byPath.emplace(batch.path, source->state.sourceId); // it is given the path with the rest of the batch
        const std::int64_t id = source->state.sourceId;
        SourceIdentity &known = source->state.identity;
        if (known != batch.identity) {
            const auto drop = [id](auto &index, std::uint64_t key) {
                const auto [begin, end] = index.equal_range(key);
                index.erase(std::find_if(begin, end, [id](const auto &entry) { return entry.second == id; }));
            };
            drop(m_byInode, inodeKey(known));
            drop(m_byHead, known.headHash);
            known = batch.identity;
            m_byInode.emplace(inodeKey(known), id);
            m_byHead.emplace(known.headHash, id);
        }
        return *source;
    }
    isNew = true;
    const SourceIdentity &identity = batch.identity;
    m_insert.bind(batch.path, identity.device, identity.inode, identity.headHash, identity.headLength, batch.generation,
                  batch.format, batch.zone, toNs(now()));
    m_insert.run();
    Source made;
    made.state = {sqlite3_last_insert_rowid(m_db.getHandle()),
                  batch.path,
                  identity,
                  batch.format,
                  batch.zone,
                  batch.generation,
                  {}};
    m_byInode.emplace(inodeKey(identity), made.state.sourceId);
    m_byHead.emplace(identity.headHash, made.state.sourceId);
    m_byPath.emplace(batch.path, made.state.sourceId);
    return m_sources.emplace(made.state.sourceId, std::move(made)).first->second;
}

void SourceTable::save(const Source &source) {
    const SourceState &s = source.state;
    const auto packed = [&](std::int64_t ingest::FileStamp::*part) {
        return s.checkpoint.packed ? std::optional((*s.checkpoint.packed).*part) : std::nullopt;
    };
    m_update.bind(s.path, s.identity.device, s.identity.inode, s.identity.headHash, s.identity.headLength, s.format,
                  s.zone, s.checkpoint.offset, s.checkpoint.lines, Blob{s.checkpoint.state}, source.records,
                  source.first, source.last, packed(&ingest::FileStamp::size), packed(&ingest::FileStamp::modifiedNs),
                  s.sourceId);
    m_update.run();
}

} // namespace ra::store
