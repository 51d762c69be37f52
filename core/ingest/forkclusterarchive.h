// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/ingest/forkcluster.h"
#include "core/ingest/openrunarchive.h"

namespace ra::ingest {

/// The runs are not saved: resolving makes them.
template <typename Archive>
void io(Archive &archive, ForkCluster &v) {
    io(archive, v.runner);
    std::uint64_t size = v.facts.size();
    ioSize(archive, size);
    if constexpr (Archive::loading) {
        v.facts.clear();
        for (std::uint64_t i = 0; i < size && archive.ok(); ++i)
            io(archive, v.facts.emplace_back());
    } else {
        for (Fact &fact : v.facts)
            io(archive, fact);
    }
    ioAll(archive, v.ids, v.others);
    if constexpr (Archive::loading) {
        std::size_t starts = 0;
        for (const Fact &fact : v.facts)
            starts += fact.record.kind == RecordKind::RunStarted ? 1 : 0;
        if (v.facts.empty() || starts != v.ids.size())
            archive.refuse();
    }
}

} // namespace ra::ingest
