// SPDX-License-Identifier: GPL-3.0-or-later
// The part of RunAssembler that saves and loads it.
#include "core/ingest/forkclusterarchive.h"
#include "core/ingest/openrunsarchive.h"
#include "core/ingest/runassembler.h"

namespace ra::ingest {

namespace {
constexpr std::uint32_t stateVersion = 5;
}

template <typename Archive>
void RunAssembler::ioState(Archive &archive) {
    io(archive, m_open);
    io(archive, m_withheld);
    io(archive, m_done);
    std::uint64_t clusters = m_clusters.size();
    ioSize(archive, clusters);
    if constexpr (Archive::loading) {
        m_clusters.clear();
        for (std::uint64_t i = 0; i < clusters && archive.ok(); ++i)
            m_clusters.push_back(std::make_unique<Cluster>());
    }
    for (auto &cluster : m_clusters)
        io(archive, *cluster);
    std::vector<std::uint64_t> keys;
    std::vector<std::uint32_t> counts;
    for (const auto &[key, number] : m_ordinals) {
        keys.push_back(key);
        counts.push_back(number);
    }
    io(archive, keys);
    io(archive, counts);
    if constexpr (Archive::loading) {
        m_ordinals.clear();
        for (std::size_t i = 0; i < keys.size() && i < counts.size(); ++i)
            m_ordinals[keys[i]] = counts[i];
    }
    bool pending = m_pending.has_value();
    io(archive, pending);
    if constexpr (Archive::loading)
        m_pending = pending ? std::optional<Pending>(Pending{}) : std::nullopt;
    if (m_pending) {
        io(archive, m_pending->fact);
        io(archive, m_pending->logger);
        io(archive, m_pending->lines);
        io(archive, m_pending->lastLine);
        io(archive, m_pending->length);
    }
    // Pointers travel as positions.
    std::int64_t last = -1;
    std::int64_t lastCluster = -1;
    if constexpr (!Archive::loading) {
        last = m_open.positionOf(m_last);
        for (std::size_t i = 0; i < m_clusters.size(); ++i)
            lastCluster = m_clusters[i].get() == m_lastCluster ? static_cast<std::int64_t>(i) : lastCluster;
    }
    io(archive, last);
    io(archive, lastCluster);
    io(archive, m_lastKind);
    io(archive, m_lastCertainty);
    io(archive, m_tracebackOpen);
    io(archive, m_sawStart);
    io(archive, m_lastTime);
    if constexpr (Archive::loading) {
        m_last = m_open.at(last);
        m_lastCluster = lastCluster >= 0 && static_cast<std::size_t>(lastCluster) < m_clusters.size()
                            ? m_clusters[static_cast<std::size_t>(lastCluster)].get()
                            : nullptr;
        m_cachedLocal = Record::kNoTime;
    }
}

std::string RunAssembler::saveState() const {
    SavingArchive archive;
    std::uint32_t version = stateVersion;
    io(archive, version);
    const_cast<RunAssembler *>(this)->ioState(archive); // saving changes nothing; one function serves both directions
    return archive.take();
}

bool RunAssembler::loadState(std::string_view state) {
    LoadingArchive archive(state);
    std::uint32_t version = 0;
    io(archive, version);
    RunAssembler loaded(m_zone, m_book);
    if (version == stateVersion)
        loaded.ioState(archive);
    if (version != stateVersion || !archive.ok() || !archive.atEnd())
        return false;
    *this = std::move(loaded);
    return true;
}

} // namespace ra::ingest
