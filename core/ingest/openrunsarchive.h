// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/ingest/openrunarchive.h"
#include "core/ingest/openruns.h"

#include <algorithm>

namespace ra::ingest {

/// Which run a name means is no matter of the runs that are open alone: what one that ended has taken from another is
/// not given back. So the names are saved, as positions.
template <typename Archive>
void io(Archive &archive, OpenRuns &v) {
    std::uint64_t size = v.m_runs.size();
    ioSize(archive, size);
    std::vector<std::uint32_t> byRunner;
    std::vector<std::vector<std::uint32_t>> byThread; ///< runs of one thread's name, in their order
    if constexpr (!Archive::loading) {
        std::unordered_map<const OpenRun *, std::uint32_t> positions;
        for (OpenRuns::Held &run : v.m_runs) {
            const auto position = static_cast<std::uint32_t>(positions.size());
            positions[&run] = position;
            if (v.byRunner(run.run.runner) == &run)
                byRunner.push_back(position);
            io(archive, static_cast<OpenRun &>(run));
        }
        for (const auto &[thread, runs] : v.m_byThread) {
            std::vector<std::uint32_t> &places = byThread.emplace_back();
            for (const OpenRun *run : runs)
                places.push_back(positions.at(run));
        }
        std::ranges::sort(byThread); // the same state is the same bytes
    }
    std::vector<OpenRun *> runs;
    if constexpr (Archive::loading) {
        v = OpenRuns();
        for (std::uint64_t i = 0; i < size && archive.ok(); ++i) {
            OpenRun run;
            io(archive, run);
            runs.push_back(&v.add(std::move(run)));
        }
    }
    io(archive, byRunner);
    io(archive, byThread);
    if constexpr (Archive::loading) {
        v.m_byRunner.clear();
        const auto at = [&](std::uint32_t position) -> OpenRun * {
            if (position < runs.size())
                return runs[position];
            archive.refuse();
            return nullptr;
        };
        for (const std::uint32_t position : byRunner) {
            if (OpenRun *run = at(position))
                v.m_byRunner[run->run.runner] = run;
        }
        for (const std::vector<std::uint32_t> &places : byThread) {
            for (const std::uint32_t position : places) {
                if (OpenRun *run = at(position))
                    v.nameThread(*run);
            }
        }
    }
}

} // namespace ra::ingest
