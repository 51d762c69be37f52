// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/error.h"
#include "core/base/progress.h"
#include "core/ingest/batch.h"
#include "core/model/archived.h"
#include "core/model/retention.h"
#include "core/model/storeinfo.h"

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <stop_token>
#include <string>
#include <vector>

namespace ra::store {

/// What the store remembers of a source, enough to go on reading it.
struct SourceState {
    std::int64_t sourceId = 0;
    std::string path;
    ingest::SourceIdentity identity;
    std::string format;
    std::string zone;
    std::uint64_t generation = 0;
    ingest::Checkpoint checkpoint;
};

/// What is kept of runs that shared a runner name, and of whose source.
struct StoredFork {
    SourceState source;
    ingest::ForkRecord record;
};

/// A run that is still running as far as the store knows, in the eyes of one source.
struct RunningRun {
    std::string runId;
    std::uint64_t runner = 0;
    std::uint64_t device = 0; ///< of the source
    std::uint64_t inode = 0;
    std::string path;
};

/// What a commit changed.
struct CommitSummary {
    std::vector<std::string> added;   ///< ids of runs that are new
    std::vector<std::string> updated; ///< ids of runs that changed
    std::uint64_t rejected = 0;
    std::uint64_t samples = 0; ///< that are new
    /// Samples of times of which retention or an archive has removed all: these are not taken any more.
    std::uint64_t samplesTooOld = 0;
};

/// The one writer of a store file. One object, one thread at a time. Holds the store's writer lock (an flock on
/// FILE.lock, which dies with its owner) for as long as it lives; nothing else in any process writes or checkpoints.
class Store {
public:
    /// Opens or creates the store and brings its schema up to date. Busy: another process holds the writer lock (open a
    /// read-only query::Reader instead). Damaged: not a database, or of a newer schema than this program knows.
    [[nodiscard]] static Result<std::unique_ptr<Store>> open(const std::string &path);
    ~Store();
    Store(const Store &) = delete;
    Store &operator=(const Store &) = delete;

    /// Commits batches in one transaction: events, raw bytes and checkpoints together. Applying a batch again changes
    /// nothing. On error nothing of it is in the store. Samples of a log without a checkpoint may be held in memory
    /// until its next one or until heldUntil(): where the program ends before, they are read again from the last
    /// checkpoint.
    [[nodiscard]] Result<CommitSummary> apply(std::span<const ingest::Batch> batches);

    /// The source with this identity: same device and inode and a matching head, or, if none, a matching head of at
    /// least 64 bytes under a path that no longer exists (rotated by copying, compressed). Nothing: a new source.
    [[nodiscard]] Result<std::optional<SourceState>> findSource(const ingest::SourceIdentity &identity,
                                                                std::string_view path);

    /// XXH3 of the first `length` decompressed bytes of the file in question; nothing if it cannot be read.
    using HeadHash = std::function<std::optional<std::uint64_t>(std::uint32_t length)>;
    /// The same; where the store knows a shorter head than `identity` has (the file was short when it was read),
    /// `headHash` tells whether the file begins with it. Without it such a file is taken to have grown.
    [[nodiscard]] Result<std::optional<SourceState>> findSource(const ingest::SourceIdentity &identity,
                                                                std::string_view path, const HeadHash &headHash);

    [[nodiscard]] Result<std::vector<SourceState>> sources();

    /// Of all sources, in the order of their sources and places; without ForkRecord::data.
    [[nodiscard]] Result<std::vector<StoredFork>> forks();
    /// The data of one of them.
    [[nodiscard]] Result<std::string> forkData(const StoredFork &fork);

    /// Runs that logs leave open. The source may not be there any more.
    [[nodiscard]] Result<std::vector<RunningRun>> runningRuns();

    /// Marks runs that are still running as abandoned because their process is gone; they end where the last thing is
    /// known of them. Unknown ids are ignored.
    [[nodiscard]] Result<CommitSummary> markAbandoned(std::span<const std::string> runIds);

    /// Does a piece of what can wait until there is nothing else to do: seals samples, sums up the durations of steps
    /// of runs that no longer change, removes what the saved policy lets go (once an hour). Takes some milliseconds and
    /// is a transaction by itself. False if there is nothing more.
    [[nodiscard]] Result<bool> tidy();

    /// What tidy() and apply() have left as it was because it is damaged, each once; what else there is went on.
    [[nodiscard]] std::vector<Error> takeWarnings();

    /// Whether tidy() has removed runs since this was last asked; told once all that is to go has gone.
    [[nodiscard]] bool takeRunsRemoved();

    /// When tidy() will have something to do though nothing is stored meanwhile; nothing: never.
    [[nodiscard]] std::optional<std::chrono::steady_clock::time_point> nextTidy() const;
    /// When tidy() will commit samples that are held; nothing if none are.
    [[nodiscard]] std::optional<std::chrono::steady_clock::time_point> heldUntil() const;
    /// Commits them now.
    [[nodiscard]] Result<CommitSummary> putHeld();

    /// For how long things are kept; see RetentionPolicy. Invalid: rollups would go before what they sum up.
    [[nodiscard]] Result<RetentionPolicy> retention();
    [[nodiscard]] Result<void> setRetention(const RetentionPolicy &policy);
    /// Removes what the policy lets go, in pieces that are transactions by themselves: what is stopped or killed goes
    /// on the next time. `preview`: does all of it in one transaction and takes it back, so that what is told is exact.
    /// Progress counts pieces. Cancelled: what has gone has gone.
    [[nodiscard]] Result<Retained> retain(const RetentionPolicy &policy, Time now, bool preview,
                                          const std::stop_token &stop = {}, const ProgressSink &progress = {});
    /// Pins runs: they, their raw lines and the samples of their time never go. NotFound: names the first that is not
    /// there; then nothing has changed.
    [[nodiscard]] Result<void> pin(std::span<const std::string> runIds, bool on);
    /// Ids of the pinned runs, newest first.
    [[nodiscard]] Result<std::vector<std::string>> pinned();

    /// Moves what ended before a day of UTC into an archive: see writeArchive(). What is in it goes from the store only
    /// when it is there, in pieces; who is stopped or killed in between goes on by the next tidy(). `copy`: nothing
    /// goes.
    [[nodiscard]] Result<Archived> archive(const std::string &file, Time before, bool copy,
                                           const std::stop_token &stop = {}, const ProgressSink &progress = {});
    /// Brings back what is in an archive and not in the store; what came of it. A damaged one is refused, and changes
    /// nothing. What a saved policy lets go goes again.
    [[nodiscard]] Result<Archived> attach(const std::string &file, const std::stop_token &stop = {},
                                          const ProgressSink &progress = {});

    /// Writes the file anew without what is free in it, and gives that back to the disk; bytes of the file afterwards.
    /// A state of the file that is whole in itself is there at every moment; readers go on. Needs as much space on its
    /// disk for the time being as the file has, and fails with that told where it is not there. Cancelled: all is as it
    /// was.
    [[nodiscard]] Result<std::uint64_t> compact(const std::stop_token &stop = {}, const ProgressSink &progress = {});

    [[nodiscard]] Result<StoreInfo> info();
    [[nodiscard]] const std::string &path() const;

private:
    /// Goes on to the end with removing what is in an archive, where that was not finished.
    [[nodiscard]] Result<void> removeArchived();

    Store();
    struct Private;
    std::unique_ptr<Private> d;
};

} // namespace ra::store
