// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/zone.h"
#include "core/engine/processwatch.h"
#include "core/engine/writerthread.h"
#include "core/ingest/follower.h"
#include "core/ingest/recipebook.h"
#include "core/ingest/sourcereader.h"

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace ra::engine {

/// A followed file while it is read. Belongs to the thread that reads.
struct FollowedSource {
    using Clock = std::chrono::steady_clock;

    ingest::SourceReader reader;
    std::string path;
    ingest::SourceIdentity identity;
    std::uint64_t generation = 0;
    std::string raw{}; ///< read and not handed over yet
    std::uint64_t rawOffset = 0;
    Clock::time_point checkpoint{};
    std::size_t checkpointSize = 0;            ///< of the last one: it holds every run that never ended
    std::size_t samples = 0;                   ///< handed over since then
    bool unsaved = false;                      ///< something was read after the last checkpoint
    std::optional<ingest::FileStamp> packed{}; ///< of a compressed one, as it was read to its end
    bool atEnd = false;                        ///< all that the file holds was read
    std::set<std::string> openRuns{};          ///< as published for the watch over processes
    std::uint32_t fileOwner = 0; ///< the user, as the file was opened: once deleted it cannot be asked for
};

/// A file that was found, to be read from where the store says that its reading stands: from `rawOffset` on. Asks the
/// store on the writer thread and waits for it.
[[nodiscard]] Result<FollowedSource> openSource(WriterThread &writer, const ingest::FollowedFile &file,
                                                const Zone &zone, std::shared_ptr<const ingest::RecipeBook> book);

/// The file's content was replaced: nothing of what was read belongs to it any more.
void beginAnew(FollowedSource &source, const ingest::FollowedFile &file, const Zone &zone,
               std::shared_ptr<const ingest::RecipeBook> book);

/// Whether it is time for a checkpoint: the sooner the smaller the last one was, and later where many samples came.
[[nodiscard]] bool checkpointIsDue(const FollowedSource &source);

/// The file as processes are looked for by.
[[nodiscard]] live::FileKey keyOf(const ingest::SourceIdentity &identity);

/// The runs of a source of which the end may still come. O(its open runs).
[[nodiscard]] std::vector<OpenRun> runningOf(const FollowedSource &source);

/// What was read and not handed over yet, as a batch but for its raw bytes, which stay in `source.raw`. With
/// `withCheckpoint` the batch says where the reading of the source stands.
[[nodiscard]] ingest::Batch takeBatch(FollowedSource &source, bool withCheckpoint);

} // namespace ra::engine
