// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/live/processes.h"

#include <condition_variable>
#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <set>
#include <stop_token>
#include <string>
#include <thread>
#include <vector>

namespace ra::engine {

/// A run of which the end may still come, as its process is looked for.
struct OpenRun {
    std::string id;
    std::uint64_t runner = 0; ///< the number of its runner, see live::ownerOf
    live::FileKey file;       ///< the log it is written to
    std::uint32_t fileOwner = 0;
};

/// Tells on a thread of its own which open runs have lost their process: those that were without one at two looks in a
/// row, as their last lines have been read by then. All that are open are looked for in one pass over /proc, every
/// 0.4 s; nothing is looked at while none is open. May be called from any thread.
class ProcessWatch {
public:
    /// Both are called on the watch's thread, once a look, and again at later looks for as long as the run is open.
    struct Callbacks {
        std::function<void(const std::set<std::string> &runIds)> abandoned;   ///< of sources that are read
        std::function<void(const std::vector<std::string> &runIds)> orphaned; ///< of those that are read no more
    };

    explicit ProcessWatch(Callbacks callbacks);
    ~ProcessWatch();
    ProcessWatch(const ProcessWatch &) = delete;
    ProcessWatch &operator=(const ProcessWatch &) = delete;

    /// Looks no more, and waits for a call that is under way.
    void stop();

    /// The open runs of a source that is read, in place of those it had.
    void setOpen(std::uint64_t source, std::vector<OpenRun> runs);
    /// The source is read no more, and what `runs` are they may be for ever, but for their process.
    void orphan(std::uint64_t source, const std::vector<OpenRun> &runs);
    /// Runs that nobody reads on, such as an earlier session's.
    void addOrphans(const std::vector<OpenRun> &runs);
    /// Tells no more of these orphans until told by settle() how it ended.
    void hold(const std::vector<std::string> &runIds);
    /// They are no longer open, or, if not `done`, come up again.
    void settle(const std::vector<std::string> &runIds, bool done);

private:
    void watch(const std::stop_token &stop);

    Callbacks m_callbacks;
    std::mutex m_mutex;
    std::condition_variable_any m_changed;
    std::map<std::uint64_t, std::vector<OpenRun>> m_open; ///< by source; guarded by m_mutex
    std::vector<OpenRun> m_orphans;                       ///< guarded by m_mutex
    std::set<std::string> m_held;                         ///< of the orphans; guarded by m_mutex
    std::jthread m_thread;                                ///< last: ends first
};

} // namespace ra::engine
