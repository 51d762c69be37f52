// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/model/recipe.h"
#include "core/query/reader.h"
#include "core/store/store.h"

#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <vector>

namespace ra::engine {

/// Looks, on a thread of its own, after a store that another process writes to: says when something was stored, and
/// takes the store over once nobody writes to it any more. Both are asked for a few times a second at most.
class StoreWatch {
public:
    /// Called on the watch's thread.
    struct Callbacks {
        std::function<void()> changed; ///< something was stored; what, is not known
        /// This process may write now. Nothing is told after it. `recipes` are all that the store knows.
        std::function<void(std::unique_ptr<store::Store> store, std::vector<Recipe> recipes)> takenOver;
        std::function<void(const Error &)> failed; ///< it cannot be looked at, or not be taken over; the watch goes on
    };

    /// What is stored after the construction is told.
    StoreWatch(std::unique_ptr<query::Reader> reader, std::string storePath, Callbacks callbacks);
    StoreWatch(const StoreWatch &) = delete;
    StoreWatch &operator=(const StoreWatch &) = delete;

private:
    void loop(const std::stop_token &stop);
    void look();
    /// Whether it succeeded.
    bool takeOver();
    void fail(const Error &error);

    std::unique_ptr<query::Reader> m_reader;
    std::string m_storePath;
    Callbacks m_callbacks;
    std::int64_t m_version = 0;
    std::string m_told; ///< the failure told last: it is not repeated
    std::jthread m_thread;
};

} // namespace ra::engine
