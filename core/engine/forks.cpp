// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/forks.h"

#include "core/ingest/forkcluster.h"
#include "core/live/processes.h"

#include <algorithm>
#include <optional>

namespace ra::engine {

namespace {

std::string_view fileName(std::string_view path) {
    return path.substr(path.find_last_of('/') + 1);
}

/// As reading the source itself does at its end.
void endGoneRuns(ingest::ForkCluster &cluster, const store::SourceState &source) {
    const bool anyOpen = std::any_of(cluster.runs.begin(), cluster.runs.end(), [](const auto &r) { return !r->ended; });
    if (!anyOpen)
        return;
    const live::FileKey key{source.identity.device, source.identity.inode};
    const auto holders = live::holdersOf(key, live::fileOwnerOf(source.path, key));
    for (const auto &run : cluster.runs) {
        if (live::ownerOf(run->run.runner, holders).liveness == live::Liveness::Gone)
            ingest::endSilently(*run, RunStatus::Abandoned);
    }
}

} // namespace

void ForkedRecipes::note(std::span<const ingest::ForkRecord> forks) {
    for (const ingest::ForkRecord &fork : forks) {
        for (const std::string &path : fork.recipePaths)
            m_fileNames.emplace(fileName(path));
    }
}

bool ForkedRecipes::contains(std::string_view recipePath) const {
    return m_fileNames.contains(fileName(recipePath));
}

Result<std::vector<ingest::ForkRecord>> storedForks(WriterThread &writer) {
    using Stored = Result<std::vector<store::StoredFork>>;
    auto stored = writer.call<Stored>([](store::Store &store) { return store.forks(); });
    if (!stored)
        return fail(stored.error());
    std::vector<ingest::ForkRecord> records;
    for (store::StoredFork &fork : *stored)
        records.push_back(std::move(fork.record));
    return records;
}

Result<std::vector<ingest::Batch>> resolveForksAnew(WriterThread &writer, const ingest::RecipeBook &book) {
    using Stored = Result<std::vector<store::StoredFork>>;
    const auto stored = writer.call<Stored>([&](store::Store &store) -> Stored {
        auto forks = store.forks();
        if (!forks)
            return forks;
        std::erase_if(*forks, [&](const store::StoredFork &fork) {
            return ingest::forkBasis(fork.record.recipePaths, &book) == fork.record.basis;
        });
        for (store::StoredFork &fork : *forks) {
            auto data = store.forkData(fork);
            if (!data)
                return fail(data.error());
            fork.record.data = std::move(*data);
        }
        return forks;
    });
    if (!stored)
        return fail(stored.error());
    std::vector<ingest::Batch> batches;
    for (const store::StoredFork &fork : *stored) {
        std::optional<ingest::ForkCluster> cluster = ingest::ForkCluster::load(fork.record.data);
        if (!cluster)
            continue; // an older version's: its runs stand as they are until their source is read again
        cluster->resolve(&book);
        endGoneRuns(*cluster, fork.source);
        ingest::Batch batch;
        batch.path = fork.source.path;
        batch.identity = fork.source.identity;
        batch.format = fork.source.format;
        batch.zone = fork.source.zone;
        batch.generation = fork.source.generation;
        for (const auto &run : cluster->runs)
            batch.runs.push_back(ingest::takeChange(*run));
        batch.forks.push_back(cluster->record());
        batches.push_back(std::move(batch));
    }
    return batches;
}

} // namespace ra::engine
