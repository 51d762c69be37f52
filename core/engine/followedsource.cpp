// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/followedsource.h"

#include "core/engine/sourcefinder.h"

#include <algorithm>
#include <utility>

namespace ra::engine {

namespace {

constexpr auto checkpointEvery = std::chrono::milliseconds(500);
constexpr auto checkpointByteTakes = std::chrono::microseconds(1); ///< until the next: a large one comes less often
/// Until the next where samples came: the store holds those until then, which spares it nine writes of ten.
constexpr auto checkpointOfSamplesEvery = std::chrono::seconds(2);
constexpr std::size_t manySamples = 1'000;

} // namespace

Result<FollowedSource> openSource(WriterThread &writer, const ingest::FollowedFile &file, const Zone &zone,
                                  std::shared_ptr<const ingest::RecipeBook> book) {
    FollowedSource source{.reader = ingest::SourceReader(zone, std::move(book)),
                          .path = file.path,
                          .identity = file.identity,
                          .checkpoint = FollowedSource::Clock::now(),
                          .fileOwner = live::fileOwnerOf(file.path, keyOf(file.identity))};
    const auto known = findSource(writer, file.identity, file.path);
    if (!known)
        return fail(known.error());
    bool resumed = false;
    if (*known) {
        source.generation = (*known)->generation;
        // Beyond the end, the follower says that it was replaced.
        resumed = (*known)->zone == zone.name() && source.reader.resume((*known)->checkpoint);
    }
    source.rawOffset = source.reader.offset();
    if (resumed)
        source.packed = (*known)->checkpoint.packed;
    return source;
}

void beginAnew(FollowedSource &source, const ingest::FollowedFile &file, const Zone &zone,
               std::shared_ptr<const ingest::RecipeBook> book) {
    source.reader = ingest::SourceReader(zone, std::move(book));
    source.identity = file.identity;
    source.path = file.path;
    source.fileOwner = live::fileOwnerOf(file.path, keyOf(file.identity));
    source.packed.reset();
    source.rawOffset = 0;
    ++source.generation;
}

bool checkpointIsDue(const FollowedSource &source) {
    using Clock = FollowedSource::Clock;
    const Clock::duration pause =
        std::max<Clock::duration>(source.samples < manySamples ? checkpointEvery : checkpointOfSamplesEvery,
                                  source.checkpointSize * checkpointByteTakes);
    return Clock::now() - source.checkpoint >= pause;
}

live::FileKey keyOf(const ingest::SourceIdentity &identity) {
    return {identity.device, identity.inode};
}

std::vector<OpenRun> runningOf(const FollowedSource &source) {
    std::vector<OpenRun> runs;
    for (const Run *run : source.reader.openRuns()) {
        if (run->status == RunStatus::Running)
            runs.push_back({run->id, run->runner, keyOf(source.identity), source.fileOwner});
    }
    return runs;
}

ingest::Batch takeBatch(FollowedSource &source, bool withCheckpoint) {
    ingest::Batch batch = source.reader.takeBatch(withCheckpoint);
    // The checkpoint stays before a last line without its end: that one is taken again each time.
    if (withCheckpoint && batch.checkpoint.offset == source.reader.offset())
        batch.checkpoint.packed = source.packed;
    batch.path = source.path;
    batch.identity = source.identity;
    batch.generation = source.generation;
    return batch;
}

} // namespace ra::engine
