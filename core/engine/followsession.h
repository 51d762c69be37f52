// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/error.h"
#include "core/base/progress.h"
#include "core/base/zone.h"
#include "core/engine/runevents.h"
#include "core/engine/writerthread.h"
#include "core/ingest/recipebook.h"
#include "core/live/liveboard.h"
#include "core/query/reader.h"

#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace ra::engine {

/// Follows folders on threads of its own for as long as it lives: what is below them is indexed from where it was left,
/// then every line is decoded, put on the live board and stored as it comes. A second thread looks after the processes
/// of the runs that are open, and marks a run abandoned within two seconds of its process's end.
class FollowSession {
public:
    /// All are called from the session's threads and may be empty, but for `ask`.
    struct Callbacks {
        std::function<void()> changed; ///< the live board changed
        std::function<void(const Progress &)> progress;
        std::function<void(const Error &)> failed;
        std::function<void(const RunEvent &)> event;
        std::function<void(std::function<void(query::Reader &)>)> ask; ///< asks the store on another thread
    };

    FollowSession(WriterThread &writer, Zone zone, std::shared_ptr<ingest::RecipeBook> book,
                  const std::vector<std::string> &folders, Callbacks callbacks);
    /// Stores what was read, with its checkpoints, and ends the threads.
    ~FollowSession();
    FollowSession(const FollowSession &) = delete;
    FollowSession &operator=(const FollowSession &) = delete;

    /// Files and folders to follow, too; they need not exist yet.
    void add(const std::vector<std::string> &paths);
    /// Ends following one of those that were given.
    void remove(const std::string &path);

    [[nodiscard]] std::shared_ptr<const live::LiveSnapshot> live() const;
    /// How long ago a source last had something new.
    [[nodiscard]] Duration idleFor() const;

private:
    struct Private;
    std::shared_ptr<Private> d; ///< shared with questions that are under way
};

} // namespace ra::engine
