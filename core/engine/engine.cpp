// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/engine.h"

#include "core/engine/followsession.h"
#include "core/engine/ingestor.h"
#include "core/engine/querypool.h"
#include "core/engine/runtally.h"
#include "core/engine/storewatch.h"
#include "core/engine/writerthread.h"

#include <QMetaObject>

#include <algorithm>
#include <atomic>
#include <future>
#include <mutex>
#include <thread>

namespace ra::engine {

namespace {

constexpr int queryThreads = 2;

Error writtenElsewhere(const std::string &storePath) {
    return {.kind = ErrorKind::Busy,
            .what = "write to the store",
            .where = storePath,
            .why = "another process is writing to it",
            .hint = "Close the other program, or use another --store"};
}

} // namespace

struct Engine::Private {
    EngineConfig config;
    Zone zone;
    std::atomic<bool> readOnly = false;
    std::shared_ptr<ingest::RecipeBook> book = std::make_shared<ingest::RecipeBook>();
    std::unique_ptr<WriterThread> writer; ///< null when read-only
    std::unique_ptr<QueryPool> pool;
    std::unique_ptr<StoreWatch> watch; ///< while read-only
    std::unique_ptr<FollowSession> session;
    std::uint64_t sessions = 0;       ///< begun or cancelled: what an earlier one reports of its progress is no news
    std::future<Result<void>> ending; ///< of a session that was cancelled; no other may begin before it is over
    std::vector<std::string> folders;
    std::function<void(const RunEvent &)> eventSink;

    std::atomic<std::uint64_t> samplesAdded = 0;  ///< counted on the writer thread for ingest()
    std::atomic<std::uint64_t> samplesTooOld = 0; ///< as well
    std::mutex countMutex;                        ///< guards what the writer thread counts for ingest()
    RunTally added;
    RunTally updated;
    RunTally announced;                     ///< committed, for the runsCommitted that is under way
    std::atomic<bool> liveAnnounced{false}; ///< a liveChanged is under way; more changes need no other
    std::mutex noticeMutex;
    std::string storeNotice; ///< why nothing is stored just now; guarded by noticeMutex
};

Engine::Engine(EngineConfig config)
    : d(std::make_unique<Private>()) {
    d->config = std::move(config);
    qRegisterMetaType<ra::Progress>();
    qRegisterMetaType<ra::Error>();
    qRegisterMetaType<std::vector<std::string>>();
}

Engine::~Engine() {
    d->watch.reset();   // its thread calls back
    (void)endSession(); // its thread pushes to the writer
    d->writer.reset();
    d->pool.reset();
}

Result<std::unique_ptr<Engine>> Engine::open(EngineConfig config) {
    const auto zone = Zone::fromName(config.zone);
    if (!zone)
        return fail(zone.error());
    std::unique_ptr<Engine> engine(new Engine(std::move(config)));
    Private &d = *engine->d;
    d.zone = *zone;
    auto store = store::Store::open(d.config.storePath);
    if (!store && store.error().kind != ErrorKind::Busy)
        return fail(store.error());
    d.readOnly = !store;
    if (store)
        engine->startWriter(std::move(*store));
    auto reader = query::Reader::open(d.config.storePath);
    if (!reader)
        return fail(reader.error());
    const auto recipes = (*reader)->recipes();
    if (!recipes)
        return fail(recipes.error());
    for (const Recipe &recipe : *recipes)
        d.book->add(recipe);
    d.pool = std::make_unique<QueryPool>(d.config.storePath, queryThreads);
    if (d.readOnly)
        engine->watchStore(std::move(*reader));
    if (!d.config.folders.empty())
        engine->follow(d.config.folders);
    return engine;
}

void Engine::startWriter(std::unique_ptr<store::Store> store) {
    WriterThread::Callbacks callbacks;
    callbacks.committed = [this](const store::CommitSummary &summary) { onCommitted(summary); };
    callbacks.failed = [this](const Error &error) {
        QMetaObject::invokeMethod(
            this, [this, error] { Q_EMIT failed(error); }, Qt::QueuedConnection);
    };
    callbacks.waits = [this](const Error &error) { noticeStore("Nothing is stored: " + error.sentence()); };
    callbacks.goesOn = [this] { noticeStore({}); };
    callbacks.runsRemoved = [this] { announceAnyRun(); };
    d->writer = std::make_unique<WriterThread>(std::move(store), std::move(callbacks));
}

void Engine::watchStore(std::unique_ptr<query::Reader> reader) {
    StoreWatch::Callbacks callbacks;
    callbacks.changed = [this] { announceAnyRun(); };
    callbacks.takenOver = [this](std::unique_ptr<store::Store> store, std::vector<Recipe> recipes) {
        // A message must be copyable. Where nobody takes it any more, the store is closed with it.
        const auto taken = std::make_shared<std::unique_ptr<store::Store>>(std::move(store));
        QMetaObject::invokeMethod(
            this, [this, taken, recipes = std::move(recipes)] { becomeWriter(std::move(*taken), recipes); },
            Qt::QueuedConnection);
    };
    callbacks.failed = [this](const Error &error) {
        QMetaObject::invokeMethod(
            this, [this, error] { Q_EMIT failed(error); }, Qt::QueuedConnection);
    };
    d->watch = std::make_unique<StoreWatch>(std::move(reader), d->config.storePath, std::move(callbacks));
}

void Engine::becomeWriter(std::unique_ptr<store::Store> store, const std::vector<Recipe> &recipes) {
    d->watch.reset();
    for (const Recipe &recipe : recipes)
        d->book->add(recipe);
    startWriter(std::move(store));
    d->readOnly = false;
    if (!d->config.folders.empty())
        follow(d->config.folders);
    Q_EMIT becameWriter();
}

bool Engine::isReadOnly() const {
    return d->readOnly;
}

const EngineConfig &Engine::config() const {
    return d->config;
}

void Engine::onCommitted(const store::CommitSummary &summary) {
    d->samplesAdded += summary.samples;
    d->samplesTooOld += summary.samplesTooOld;
    if (summary.added.empty() && summary.updated.empty())
        return;
    {
        const std::lock_guard lock(d->countMutex);
        d->added.add(summary.added);
        d->updated.add(summary.updated);
        const bool underWay = !d->announced.isEmpty();
        d->announced.add(summary.added);
        d->announced.add(summary.updated);
        if (underWay)
            return;
    }
    // One message at a time, however many commits come together before it arrives.
    QMetaObject::invokeMethod(
        this,
        [this] {
            std::vector<std::string> ids;
            {
                const std::lock_guard lock(d->countMutex);
                ids = d->announced.take();
            }
            Q_EMIT runsCommitted(ids);
        },
        Qt::QueuedConnection);
}

Result<IngestReport> Engine::ingest(const std::vector<std::string> &paths, const std::stop_token &stop,
                                    const ProgressSink &progress) {
    if (d->readOnly)
        return fail(writtenElsewhere(d->config.storePath));
    {
        const std::lock_guard lock(d->countMutex);
        d->added.clear();
        d->updated.clear();
    }
    d->samplesAdded = 0;
    d->samplesTooOld = 0;
    d->writer->setFailFast(true);
    Ingestor ingestor(*d->writer, d->zone, d->book);
    auto report = ingestor.run(paths, stop, progress);
    if (!report)
        (void)d->writer->flush(); // what was read before it was cancelled; a commit that fails has been signalled
    else if (const auto settled = d->writer->settle(); !settled)
        report = fail(settled.error());
    d->writer->setFailFast(false);
    if (!report)
        return report;
    const std::lock_guard lock(d->countMutex);
    report->runsAdded = d->added.count();
    report->runsUpdated = d->updated.countWithout(d->added);
    report->samplesAdded = d->samplesAdded;
    report->samplesTooOld = d->samplesTooOld;
    return report;
}

void Engine::follow(const std::vector<std::string> &folders) {
    if (d->readOnly)
        return;
    d->folders.insert(d->folders.end(), folders.begin(), folders.end());
    if (d->session)
        d->session->add(folders);
    else if (!d->ending.valid())
        startSession();
}

void Engine::startSession() {
    FollowSession::Callbacks callbacks;
    callbacks.changed = [this] { announceLive(); };
    callbacks.progress = [this, session = ++d->sessions](const Progress &progress) {
        QMetaObject::invokeMethod(
            this,
            [this, session, progress] {
                if (session == d->sessions)
                    Q_EMIT indexProgress(progress);
            },
            Qt::QueuedConnection);
    };
    callbacks.failed = [this](const Error &error) {
        QMetaObject::invokeMethod(
            this, [this, error] { Q_EMIT failed(error); }, Qt::QueuedConnection);
    };
    callbacks.event = d->eventSink;
    callbacks.ask = [this](std::function<void(query::Reader &)> question) {
        d->pool->post(std::move(question), [](const Error &) {});
    };
    d->session = std::make_unique<FollowSession>(*d->writer, d->zone, d->book, d->folders, std::move(callbacks));
}

void Engine::unfollow(const std::string &folder) {
    if (std::erase(d->folders, folder) > 0 && d->session)
        d->session->remove(folder);
}

Result<void> Engine::stopFollowing() {
    auto stored = endSession();
    d->folders.clear();
    return stored;
}

void Engine::cancelFollowing() {
    d->folders.clear();
    ++d->sessions;
    if (!d->session)
        return;
    // A session stores what it has read and waits for the writer; neither is for the caller to wait for. As nothing can
    // be followed before that is over, a disk that is full must not draw it out.
    d->writer->setFailFast(true);
    d->ending = std::async(std::launch::async, [this, session = std::move(d->session)]() mutable {
        session.reset();
        auto stored = d->writer->flush(); // a commit that failed has been told
        d->writer->setFailFast(false);
        QMetaObject::invokeMethod(
            this,
            [this] {
                if (d->session || !d->ending.valid())
                    return;
                (void)d->ending.get();
                if (!d->folders.empty())
                    startSession();
            },
            Qt::QueuedConnection);
        return stored;
    });
}

Result<void> Engine::endSession() {
    if (d->ending.valid()) {
        // The folders that wait for the end were never read.
        auto stored = d->ending.get();
        if (!d->session)
            return stored;
    }
    if (!d->session)
        return {};
    // Nobody may have to wait here until a full disk has room again.
    d->writer->setFailFast(true);
    d->session.reset();
    auto stored = d->writer->flush();
    d->writer->setFailFast(false);
    return stored;
}

void Engine::announceAnyRun() {
    QMetaObject::invokeMethod(
        this, [this] { Q_EMIT runsCommitted({}); }, Qt::QueuedConnection);
}

void Engine::announceLive() {
    if (d->liveAnnounced.exchange(true))
        return;
    QMetaObject::invokeMethod(
        this,
        [this] {
            d->liveAnnounced = false;
            Q_EMIT liveChanged();
        },
        Qt::QueuedConnection);
}

void Engine::noticeStore(const std::string &notice) {
    {
        const std::lock_guard lock(d->noticeMutex);
        d->storeNotice = notice;
    }
    announceLive();
}

std::vector<std::string> Engine::followedFolders() const {
    return d->folders;
}

std::shared_ptr<const live::LiveSnapshot> Engine::live() const {
    auto snapshot = d->session ? d->session->live() : std::make_shared<const live::LiveSnapshot>();
    const std::lock_guard lock(d->noticeMutex);
    if (d->storeNotice.empty())
        return snapshot;
    auto noticed = std::make_shared<live::LiveSnapshot>(*snapshot);
    noticed->notice = d->storeNotice + (snapshot->notice.empty() ? "" : " " + snapshot->notice);
    return noticed;
}

void Engine::setEventSink(std::function<void(const RunEvent &)> sink) {
    d->eventSink = std::move(sink);
}

Duration Engine::idleFor() const {
    return d->session ? d->session->idleFor() : Duration::zero();
}

void Engine::post(std::function<void(query::Reader &)> job, std::function<void(const Error &)> unavailable) {
    d->pool->post(std::move(job), std::move(unavailable));
}

QFuture<Result<StoreInfo>> Engine::info() {
    return ask<StoreInfo>([](query::Reader &reader, const std::stop_token &) { return reader.info(); });
}

template <typename T>
QFuture<Result<T>> Engine::onWriter(std::function<Result<T>(store::Store &, QPromise<Result<T>> &)> job) {
    auto promise = std::make_shared<QPromise<Result<T>>>();
    QFuture<Result<T>> future = promise->future();
    promise->start();
    if (d->readOnly) {
        promise->addResult(Result<T>(fail(writtenElsewhere(d->config.storePath))));
        promise->finish();
        return future;
    }
    d->writer->run([promise, job = std::move(job)](store::Store &store) {
        promise->addResult(job(store, *promise));
        promise->finish();
    });
    return future;
}

QFuture<Result<RetentionPolicy>> Engine::retention() {
    return onWriter<RetentionPolicy>([](store::Store &store, auto &) { return store.retention(); });
}

QFuture<Result<Retained>> Engine::previewRetention(const RetentionPolicy &policy, std::stop_token stop) {
    return onWriter<Retained>([policy, stop = std::move(stop)](store::Store &store, auto &promise) {
        promise.setProgressRange(0, 1000);
        return store.retain(policy, now(), true, stop, [&](const Progress &progress) {
            promise.setProgressValue(
                static_cast<int>(progress.done * 1000 / std::max<std::uint64_t>(progress.total, 1)));
        });
    });
}

QFuture<Result<void>> Engine::setRetention(const RetentionPolicy &policy) {
    return onWriter<void>([policy](store::Store &store, auto &) { return store.setRetention(policy); });
}

Result<StoreInfo> Engine::storeInfo(const std::string &storePath) {
    const auto reader = query::Reader::open(storePath);
    if (!reader)
        return fail(reader.error());
    return (*reader)->info();
}

} // namespace ra::engine
