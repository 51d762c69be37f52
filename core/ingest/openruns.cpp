// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/ingest/openruns.h"

#include <algorithm>
#include <utility>

namespace ra::ingest {

namespace {

void sort(OpenRun *run, Time time, Candidates &candidates) {
    (time - run->lastTime <= Candidates::rivalAge ? candidates.awake : candidates.silent).push_back(run);
}

} // namespace

OpenRun *OpenRuns::byRunner(std::uint64_t runner) const {
    const auto found = m_byRunner.find(runner);
    return found == m_byRunner.end() ? nullptr : found->second;
}

OpenRun &OpenRuns::add(OpenRun run) {
    Held &held = m_runs.emplace_back(Held{std::move(run), {}});
    held.place = std::prev(m_runs.end());
    m_byRunner[held.run.runner] = &held;
    if (held.ended)
        ++m_ended;
    return held;
}

void OpenRuns::nameThread(OpenRun &run) {
    if (!run.run.thread.empty())
        m_byThread[run.run.thread].push_back(&run);
}

void OpenRuns::forgetThread(const OpenRun &run) {
    const auto forget = [&](auto at) {
        std::erase(at->second, &run);
        return at->second.empty() ? m_byThread.erase(at) : std::next(at);
    };
    if (const auto named = m_byThread.find(run.run.thread); named != m_byThread.end()) {
        forget(named);
    } else if (run.run.thread.empty()) { // what was taken for its thread's name was none
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
    OpenRun taken = std::move(run);
    m_runs.erase(static_cast<Held &>(run).place);
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

void OpenRuns::collect(Time time, bool inThreads, Candidates &candidates) {
    std::size_t looked = 0;
    for (auto run = m_runs.rbegin();
         run != m_runs.rend() && looked < mostLookedAt && candidates.silent.size() < mostSilent; ++run, ++looked) {
        if (!run->ended && (inThreads || run->run.thread.empty()))
            sort(&*run, time, candidates);
    }
}

void OpenRuns::findCandidates(std::string_view thread, Time time, Candidates &candidates) {
    candidates.awake.clear();
    candidates.silent.clear();
    candidates.bearThread = false;
    if (const auto named = thread.empty() ? m_byThread.end() : m_byThread.find(thread); named != m_byThread.end()) {
        candidates.bearThread = true;
        const std::vector<OpenRun *> &runs = named->second;
        for (auto run = runs.rbegin(); run != runs.rend() && candidates.size() < mostLookedAt; ++run)
            sort(*run, time, candidates);
        const auto spokeLater = [](const OpenRun *x, const OpenRun *y) { return x->lastTime > y->lastTime; };
        std::ranges::stable_sort(candidates.awake, spokeLater);
        std::ranges::stable_sort(candidates.silent, spokeLater);
        return;
    }
    collect(time, false, candidates);
    if (candidates.size() == 0 && !thread.empty()) // a helper thread of a run in a thread
        collect(time, true, candidates);
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
