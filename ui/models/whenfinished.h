// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QFutureWatcher>
#include <QPromise>
#include <QThreadPool>

#include <memory>
#include <utility>

namespace ra::ui {

/// Calls `handler(result)` in the context's thread when the future has its result; never once the context is gone. In
/// place of QFuture::then(context, ...), which in Qt 6.4 asserts (and without assertions goes on with a null pointer)
/// if the context is destroyed before the future finishes, as a page is that closes while it asks.
template <typename T, typename Handler>
void whenFinished(const QFuture<T> &future, QObject *context, Handler handler) {
    auto *watcher = new QFutureWatcher<T>(context);
    QObject::connect(watcher, &QFutureWatcherBase::finished, context,
                     [watcher, handler = std::move(handler)]() mutable {
                         watcher->deleteLater();
                         if (watcher->future().resultCount() > 0)
                             handler(watcher->future().result());
                     });
    watcher->setFuture(future);
}

/// Runs a function on the shared thread pool.
template <typename Function>
[[nodiscard]] auto inBackground(Function function) -> QFuture<decltype(function())> {
    auto promise = std::make_shared<QPromise<decltype(function())>>();
    auto future = promise->future();
    promise->start();
    QThreadPool::globalInstance()->start([promise, function = std::move(function)]() mutable {
        promise->addResult(function());
        promise->finish();
    });
    return future;
}

} // namespace ra::ui
