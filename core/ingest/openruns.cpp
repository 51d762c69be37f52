// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/ingest/openruns.h"

#include <algorithm>
#include <utility>

namespace ra::ingest {

namespace {

bool isSilent(const OpenRun &run, Time time) {
    return time - run.lastTime > Candidates::rivalAge;
}

} // namespace

OpenRun *OpenRuns::byRunner(std::uint64_t runner) const {
    const auto found = m_byRunner.find(runner);
    return found == m_byRunner.end() ? nullptr : found->second;
}

OpenRun &OpenRuns::add(OpenRun run) {
    Held &held = m_runs.emplace_back(Held{std::move(run), {}, false});
    held.place = std::prev(m_runs.end());
    m_byRunner[held.run.runner] = &held;
    if (held.ended)
        ++m_ended;
    return held;
}

void OpenRuns::nameThread(OpenRun &run) {
    if (run.run.thread.empty())
        return;
    m_byThread[run.run.thread].push_back(&run);
    static_cast<Held &>(run).inByThread = true;
}

void OpenRuns::forgetThread(OpenRun &run) {
    if (!static_cast<Held &>(run).inByThread)
        return;
    static_cast<Held &>(run).inByThread = false;
    const auto forget = [&](auto at) {
        std::erase(at->second, &run);
        return at->second.empty() ? m_byThread.erase(at) : std::next(at);
    };
    if (const auto named = m_byThread.find(run.run.thread); named != m_byThread.end()) {
        forget(named);
    } else { // what was taken for its thread's name was none
        for (auto at = m_byThread.begin(); at != m_byThread.end();)
            at = forget(at);
    }
}

void OpenRuns::forgetRunner(const OpenRun &run) {
    if (const auto named = m_byRunner.find(run.run.runner); named != m_byRunner.end() && named->second == &run)
        m_byRunner.erase(named);
}

void OpenRuns::spoke(OpenRun &run) {
    m_runs.splice(m_runs.end(), m_runs, static_cast<Held &>(run).place);
    if (!static_cast<Held &>(run).inByThread)
        return;
    std::vector<OpenRun *> &namesakes = m_byThread.find(run.run.thread)->second;
    if (namesakes.back() == &run)
        return;
    const auto place = std::ranges::find(namesakes, &run);
    std::rotate(place, std::next(place), namesakes.end());
}

void OpenRuns::hasEnded(OpenRun &run) {
    ++m_ended;
    forgetThread(run);
}

OpenRun OpenRuns::take(OpenRun &run) {
    forgetRunner(run);
    forgetThread(run);
    if (run.ended)
        --m_ended;
    const auto place = static_cast<Held &>(run).place;
    OpenRun taken = std::move(run);
    m_runs.erase(place);
    return taken;
}

void OpenRuns::takeEnded(const std::function<void(OpenRun &)> &give) {
    // They are among the last to speak; before them may stand thousands that never will again.
    for (auto at = m_runs.end(); m_ended > 0 && at != m_runs.begin();) {
        --at;
        if (!at->ended)
            continue;
        forgetRunner(*at);
        give(*at);
        at = m_runs.erase(at);
        --m_ended;
    }
}

template <typename Take>
void OpenRuns::walk(Candidates::Among among, std::string_view thread, Take take) {
    std::size_t looked = 0;
    if (among == Candidates::Among::Namesakes) {
        const std::vector<OpenRun *> &runs = m_byThread.find(thread)->second;
        for (auto run = runs.rbegin(); run != runs.rend() && looked++ < mostLookedAt; ++run) {
            if (!take(**run))
                return;
        }
        return;
    }
    for (auto run = m_runs.rbegin(); run != m_runs.rend() && looked++ < mostLookedAt; ++run) {
        const bool counts = !run->ended && (among == Candidates::Among::All || run->run.thread.empty());
        if (counts && !take(*run))
            return;
    }
}

void OpenRuns::findAwake(std::string_view thread, Time time, Candidates &candidates) {
    candidates.silent.clear();
    candidates.awake.clear();
    candidates.hasSilent = false;
    const auto find = [&](Candidates::Among among) {
        candidates.among = among;
        walk(among, thread, [&](OpenRun &run) {
            candidates.hasSilent = isSilent(run, time);
            if (!candidates.hasSilent)
                candidates.awake.push_back(&run);
            return !candidates.hasSilent; // those that spoke before it are silent, too, but for a clock set back
        });
        return candidates.hasSilent || !candidates.awake.empty();
    };
    if (!thread.empty() && m_byThread.find(thread) != m_byThread.end()) {
        find(Candidates::Among::Namesakes);
    } else if (!find(Candidates::Among::Threadless) && !thread.empty()) { // a helper thread of a run in a thread
        find(Candidates::Among::All);
    }
}

void OpenRuns::findSilent(std::string_view thread, Time time, Candidates &candidates) {
    walk(candidates.among, thread, [&](OpenRun &run) {
        if (isSilent(run, time))
            candidates.silent.push_back(&run);
        return candidates.silent.size() < mostSilent;
    });
}

void OpenRuns::each(const std::function<void(OpenRun &)> &visit) {
    for (Held &run : m_runs)
        visit(run);
}

void OpenRuns::each(const std::function<void(const OpenRun &)> &visit) const {
    for (const Held &run : m_runs)
        visit(run);
}

std::int64_t OpenRuns::positionOf(const OpenRun *run) const {
    std::int64_t position = 0;
    for (const Held &held : m_runs) {
        if (&held == run)
            return position;
        ++position;
    }
    return -1;
}

OpenRun *OpenRuns::at(std::int64_t position) {
    if (position < 0 || static_cast<std::size_t>(position) >= m_runs.size())
        return nullptr;
    return &*std::next(m_runs.begin(), position);
}

} // namespace ra::ingest
