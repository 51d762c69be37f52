// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/store/heldsamples.h"

#include <algorithm>
#include <utility>

namespace ra::store {

namespace {

/// How long, and how many, samples are held. Ten thousand series of ten samples a second touch as many pages of 8 KB at
/// each commit: that is 40 MB/s so, and ten times as much without.
constexpr auto heldFor = std::chrono::seconds(2);
constexpr std::size_t mostHeld = 1'000'000;

} // namespace

SampleEntries HeldSamples::take(std::int64_t log) {
    const auto held = m_held.find(log);
    if (held == m_held.end())
        return {};
    SampleEntries entries = held->second.entries;
    m_count -= entries.size();
    held->second.entries.resize(held->second.committed);
    m_taken.insert(m_held.extract(held));
    return entries;
}

std::optional<std::int64_t> HeldSamples::anyLog() const {
    return m_held.empty() ? std::nullopt : std::optional(m_held.begin()->first);
}

std::optional<HeldSamples::Clock::time_point> HeldSamples::until() const {
    std::optional<Clock::time_point> until;
    for (const auto &[log, held] : m_held)
        until = std::min(until.value_or(Clock::time_point::max()), held.since + heldFor);
    return until;
}

bool HeldSamples::areTooMany() const {
    return m_count > mostHeld;
}

void HeldSamples::committed() {
    m_taken.clear();
    for (auto &[log, held] : m_held)
        held.committed = held.entries.size();
}

void HeldSamples::rolledBack() {
    m_count = 0;
    for (auto &[log, held] : m_held)
        held.entries.resize(held.committed);
    std::erase_if(m_held, [](const auto &held) { return held.second.entries.empty(); });
    for (auto &[log, held] : m_taken) {
        if (!held.entries.empty())
            m_held[log] = std::move(held);
    }
    m_taken.clear();
    for (auto &[log, held] : m_held) {
        m_count += held.entries.size();
        held.since = Clock::now(); // what failed is not tried again at once
    }
}

} // namespace ra::store
