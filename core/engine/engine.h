// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/error.h"
#include "core/base/progress.h"
#include "core/engine/runevents.h"
#include "core/live/liveboard.h"
#include "core/query/reader.h"
#include "core/store/store.h"

#include <QFuture>
#include <QObject>

#include <functional>
#include <memory>
#include <stop_token>
#include <string>
#include <vector>

namespace ra::engine {

struct EngineConfig {
    std::string storePath;            ///< created if missing
    std::string zone;                 ///< IANA zone of local times; empty = the system's
    std::vector<std::string> folders; ///< followed from the start
};

/// What an ingest read.
struct IngestedFile {
    std::string path;
    std::string format; ///< "ignored" for files of no known format
    std::uint64_t bytes = 0;
    std::uint64_t lines = 0;
    std::uint64_t records = 0;
    std::uint64_t rejected = 0;
};

struct IngestReport {
    std::vector<IngestedFile> files;
    std::uint64_t runsAdded = 0;
    std::uint64_t runsUpdated = 0;
    std::uint64_t samplesAdded = 0;
    std::uint64_t samplesTooOld = 0; ///< not taken: of times of which retention or an archive has removed all
    std::vector<query::RejectedRow> rejected;
    Duration elapsed{};
};

/// Owns the threads (follow, writer, query pool) and wires the rooms: the only door for ui/ and app/. Lives in the
/// thread that made it; its signals are emitted there.
class Engine : public QObject {
    Q_OBJECT
public:
    /// Opens the store for writing; if another process writes to it, opens read-only (isReadOnly() says so), shows what
    /// that process stores, and takes the store over when that process has ended: see becameWriter().
    [[nodiscard]] static Result<std::unique_ptr<Engine>> open(EngineConfig config);
    ~Engine() override;

    [[nodiscard]] bool isReadOnly() const;
    [[nodiscard]] const EngineConfig &config() const;

    /// Reads files and folders once, blocking the caller (for the command line; call it off the window's thread).
    [[nodiscard]] Result<IngestReport> ingest(const std::vector<std::string> &paths, const std::stop_token &stop,
                                              const ProgressSink &progress);

    /// Indexes what is below the folders, then follows it, beside those that are followed. Returns at once; progress
    /// and ends are signalled.
    void follow(const std::vector<std::string> &folders);
    /// Ends following one of them; what it brought stays.
    void unfollow(const std::string &folder);
    /// Ends all following and stores what was read, blocking the caller. What cannot be stored now, for the reason
    /// given, is read again the next time.
    Result<void> stopFollowing();
    /// The same, but returns at once: what was read is stored in the background. It was decoded and shown already, is
    /// at most as much as the writer's queue holds, and to drop it would be to read it again. What is to be followed
    /// meanwhile is followed after that.
    void cancelFollowing();
    [[nodiscard]] std::vector<std::string> followedFolders() const;

    /// The newest state of what runs now, with a notice while nothing can be stored.
    [[nodiscard]] std::shared_ptr<const live::LiveSnapshot> live() const;

    /// Asks the store on the query pool; the future is finished off the window's thread: watch it with a
    /// QFutureWatcher.
    template <typename T>
    [[nodiscard]] QFuture<Result<T>> ask(std::function<Result<T>(query::Reader &, std::stop_token)> question,
                                         std::stop_token stop = {});

    [[nodiscard]] QFuture<Result<StoreInfo>> info();

    /// For how long the store keeps things; see RetentionPolicy. This and what follows is Busy where isReadOnly(): the
    /// other process decides.
    [[nodiscard]] QFuture<Result<RetentionPolicy>> retention();
    /// What a policy would let go now, exactly. Takes as long as letting it go, and meanwhile nothing is stored: what
    /// is read waits. The future tells its progress in thousandths.
    [[nodiscard]] QFuture<Result<Retained>> previewRetention(const RetentionPolicy &policy, std::stop_token stop);
    /// From now on. What it lets go goes in the background, beginning at once, and then every hour. Invalid: see
    /// store::Store::setRetention().
    [[nodiscard]] QFuture<Result<void>> setRetention(const RetentionPolicy &policy);

    /// Size and growth of a store, without an engine.
    [[nodiscard]] static Result<StoreInfo> storeInfo(const std::string &storePath);

    /// Told every event that following reads, on the follow thread. Set it before follow().
    void setEventSink(std::function<void(const RunEvent &)> sink);

    /// How long ago followed sources last had something new; since the start of following if they never had.
    [[nodiscard]] Duration idleFor() const;

Q_SIGNALS:
    /// What runs now changed; at most once a display frame. Take live().
    void liveChanged();
    /// Runs with these ids were added or changed in the store; without ids: any of them may have changed or gone.
    void runsCommitted(const std::vector<std::string> &runIds);
    /// Indexing goes on; `progress.done == progress.total` at its end.
    void indexProgress(const ra::Progress &progress);
    /// The other process has ended and this one writes: isReadOnly() is no more. What the configuration names is
    /// followed from now on; whoever wants more followed must ask for it now.
    void becameWriter();
    /// Something went wrong that the user must know; the rest goes on.
    void failed(const ra::Error &error);

private:
    explicit Engine(EngineConfig config);
    void onCommitted(const store::CommitSummary &summary); ///< on the writer thread
    void announceLive();                                   ///< on any thread
    void announceAnyRun();                                 ///< on any thread
    void noticeStore(const std::string &notice);           ///< on any thread
    void startWriter(std::unique_ptr<store::Store> store);
    void watchStore(std::unique_ptr<query::Reader> reader);
    void becomeWriter(std::unique_ptr<store::Store> store, const std::vector<Recipe> &recipes);
    void startSession();
    Result<void> endSession();
    void post(std::function<void(query::Reader &)> job, std::function<void(const Error &)> unavailable);
    template <typename T>
    QFuture<Result<T>> onWriter(std::function<Result<T>(store::Store &, QPromise<Result<T>> &)> job);
    struct Private;
    std::unique_ptr<Private> d;
};

template <typename T>
QFuture<Result<T>> Engine::ask(std::function<Result<T>(query::Reader &, std::stop_token)> question,
                               std::stop_token stop) {
    auto promise = std::make_shared<QPromise<Result<T>>>();
    QFuture<Result<T>> future = promise->future();
    promise->start();
    post(
        [promise, question = std::move(question), stop](query::Reader &reader) {
            promise->addResult(question(reader, stop));
            promise->finish();
        },
        [promise](const Error &error) {
            promise->addResult(Result<T>(fail(error)));
            promise->finish();
        });
    return future;
}

} // namespace ra::engine
