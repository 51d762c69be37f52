// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/simulate/execution.h"
#include "core/simulate/simulate.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

namespace ra::simulate {

namespace {

std::string hex16(std::uint64_t value) {
    std::array<char, 16> text{};
    const auto end = std::to_chars(text.data(), text.data() + text.size(), value, 16).ptr;
    const auto length = static_cast<std::size_t>(end - text.data());
    return std::string(text.size() - length, '0') + std::string(text.data(), length);
}

} // namespace

RunGenerator::RunGenerator(std::uint64_t seed, std::uint64_t total, Time begin, double days)
    : m_seed(seed)
    , m_begin(begin)
    , m_days(days)
    , m_starts(planStarts(total, days, begin, Random(seed, 1))) {}

std::vector<Run> RunGenerator::next(std::size_t count) {
    std::vector<Run> runs;
    runs.reserve(std::min(count, static_cast<std::size_t>(m_starts.size() - m_index)));
    SimulateConfig config;
    config.seed = m_seed;
    config.days = m_days;
    Stamp stamp{Zone()};
    std::string text;
    std::string structured;
    for (; runs.size() < count && m_index < m_starts.size(); ++m_index) {
        const Time start = m_begin + Duration(m_starts[m_index]);
        PlannedRun plan = planRun(config, momentAt(start, m_begin, m_days), Random(m_seed, m_index + 16));
        plan.structured = false;
        Marks marks;
        marks.runner = 139'600'000'000'000ULL + m_index * 16'384;
        marks.host = "__main__";
        marks.pid = static_cast<std::int64_t>(5'000 + m_index % 4'000'000);
        Execution execution(std::move(plan), std::move(marks), false);
        Time at = start;
        Output out{text, structured, stamp};
        while (!execution.isDone()) {
            text.clear();
            execution.perform(at, out);
            at += execution.nextDelay();
        }
        Run run = execution.truth();
        run.id = hex16(Random(m_seed, m_index).bits());
        run.resolution = Duration(1);
        runs.push_back(std::move(run));
    }
    return runs;
}

std::vector<Run> generateRuns(std::uint64_t seed, std::uint64_t total, Time begin, double days) {
    return RunGenerator(seed, total, begin, days).next(total);
}

} // namespace ra::simulate
