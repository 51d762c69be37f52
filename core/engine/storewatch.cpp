// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/storewatch.h"

#include <chrono>
#include <condition_variable>
#include <filesystem>
#include <mutex>
#include <utility>

namespace ra::engine {

namespace {

constexpr auto lookEvery = std::chrono::milliseconds(500);
constexpr int looksBetweenTries = 4; ///< to take the store over

} // namespace

StoreWatch::StoreWatch(std::unique_ptr<query::Reader> reader, std::string storePath, Callbacks callbacks)
    : m_reader(std::move(reader))
    , m_storePath(std::move(storePath))
    , m_callbacks(std::move(callbacks))
    , m_version(m_reader->dataVersion().value_or(-1)) // not to be had: the first look says so, or tells of a change
    , m_thread([this](const std::stop_token &stop) { loop(stop); }) {}

void StoreWatch::loop(const std::stop_token &stop) {
    std::mutex mutex;
    std::condition_variable_any stopped;
    for (int looks = 0;; ++looks) {
        {
            std::unique_lock lock(mutex);
            stopped.wait_for(lock, stop, lookEvery, [] { return false; });
        }
        if (stop.stop_requested())
            return;
        look();
        if (looks % looksBetweenTries == looksBetweenTries - 1 && takeOver())
            return;
    }
}

void StoreWatch::look() {
    const auto version = m_reader->dataVersion();
    if (!version)
        return fail(version.error());
    if (std::exchange(m_version, *version) != *version)
        m_callbacks.changed();
}

bool StoreWatch::takeOver() {
    std::error_code ignored;
    if (!std::filesystem::exists(m_storePath, ignored))
        return false; // opening would make another in its place
    auto store = store::Store::open(m_storePath);
    if (!store) {
        if (store.error().kind != ErrorKind::Busy)
            fail(store.error());
        return false;
    }
    auto recipes = m_reader->recipes();
    if (!recipes) {
        fail(recipes.error());
        return false;
    }
    m_callbacks.changed(); // the last that the other stored may have come after the look
    m_callbacks.takenOver(std::move(*store), std::move(*recipes));
    return true;
}

void StoreWatch::fail(const Error &error) {
    if (std::exchange(m_told, error.sentence()) != error.sentence())
        m_callbacks.failed(error);
}

} // namespace ra::engine
