// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/processwatch.h"

#include <algorithm>
#include <chrono>
#include <iterator>
#include <string_view>
#include <utility>

namespace ra::engine {

namespace {

constexpr auto lookEvery = std::chrono::milliseconds(400);

/// Which of the runs have no process any more: one pass over the processes for all of them.
std::vector<bool> areGone(const std::vector<OpenRun> &runs) {
    std::map<live::FileKey, std::size_t> places;
    std::vector<live::OwnedFile> files;
    for (const OpenRun &run : runs) {
        if (places.emplace(run.file, files.size()).second)
            files.push_back({run.file, run.fileOwner});
    }
    const auto holders = live::holdersOf(files);
    std::vector<bool> gone;
    gone.reserve(runs.size());
    for (const OpenRun &run : runs)
        gone.push_back(live::ownerOf(run.runner, holders[places.at(run.file)]).liveness == live::Liveness::Gone);
    return gone;
}

} // namespace

ProcessWatch::ProcessWatch(Callbacks callbacks)
    : m_callbacks(std::move(callbacks))
    , m_thread([this](const std::stop_token &stop) { watch(stop); }) {}

ProcessWatch::~ProcessWatch() = default;

void ProcessWatch::stop() {
    m_thread.request_stop();
    if (m_thread.joinable())
        m_thread.join();
}

void ProcessWatch::setOpen(std::uint64_t source, std::vector<OpenRun> runs) {
    const std::lock_guard lock(m_mutex);
    if (runs.empty())
        m_open.erase(source);
    else
        m_open[source] = std::move(runs);
    m_changed.notify_all();
}

void ProcessWatch::orphan(std::uint64_t source, const std::vector<OpenRun> &runs) {
    const std::lock_guard lock(m_mutex);
    m_open.erase(source);
    m_orphans.insert(m_orphans.end(), runs.begin(), runs.end());
    m_changed.notify_all();
}

void ProcessWatch::addOrphans(const std::vector<OpenRun> &runs) {
    const std::lock_guard lock(m_mutex);
    m_orphans.insert(m_orphans.end(), runs.begin(), runs.end());
    m_changed.notify_all();
}

void ProcessWatch::hold(const std::vector<std::string> &runIds) {
    const std::lock_guard lock(m_mutex);
    m_held.insert(runIds.begin(), runIds.end());
}

void ProcessWatch::settle(const std::vector<std::string> &runIds, bool done) {
    const std::set<std::string_view> ids(runIds.begin(), runIds.end());
    const std::lock_guard lock(m_mutex);
    for (const std::string &id : runIds)
        m_held.erase(id);
    if (done)
        std::erase_if(m_orphans, [&](const OpenRun &run) { return ids.contains(run.id); });
}

void ProcessWatch::watch(const std::stop_token &stop) {
    std::set<std::string> suspects;
    while (!stop.stop_requested()) {
        std::vector<OpenRun> runs;
        std::size_t read = 0; ///< of them, those whose source is read
        {
            std::unique_lock lock(m_mutex);
            m_changed.wait(lock, stop, [this] { return !m_open.empty() || !m_orphans.empty(); });
            if (stop.stop_requested())
                return;
            m_changed.wait_for(lock, stop, lookEvery, [] { return false; });
            for (const auto &[source, some] : m_open)
                runs.insert(runs.end(), some.begin(), some.end());
            read = runs.size();
            std::copy_if(m_orphans.begin(), m_orphans.end(), std::back_inserter(runs),
                         [this](const OpenRun &run) { return !m_held.contains(run.id); });
        }
        if (stop.stop_requested())
            return;
        const std::vector<bool> gone = areGone(runs);
        std::set<std::string> missing;
        std::set<std::string> abandoned;
        std::vector<std::string> orphaned;
        for (std::size_t i = 0; i < runs.size(); ++i) {
            if (!gone[i])
                continue;
            missing.insert(runs[i].id);
            if (!suspects.contains(runs[i].id))
                continue;
            if (i < read)
                abandoned.insert(runs[i].id);
            else
                orphaned.push_back(runs[i].id);
        }
        suspects = std::move(missing);
        if (!abandoned.empty())
            m_callbacks.abandoned(abandoned);
        if (!orphaned.empty())
            m_callbacks.orphaned(orphaned);
    }
}

} // namespace ra::engine
