// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/runevents.h"

namespace ra::engine {

namespace {

RunEvent about(const Run &run, const char *event) {
    RunEvent result;
    result.event = event;
    result.runId = run.id;
    result.recipe = run.recipe;
    return result;
}

} // namespace

std::vector<RunEvent> RunEvents::take(const ingest::Batch &batch) {
    std::vector<RunEvent> events;
    for (const ingest::RunChange &change : batch.runs) {
        const Run &run = change.run;
        if (change.withdrawn) {
            m_seen.erase(run.id);
            continue;
        }
        const auto [entry, isNew] = m_seen.try_emplace(run.id);
        Seen &seen = entry->second;
        if (isNew) {
            RunEvent event = about(run, "run_started");
            event.time = run.start;
            events.push_back(std::move(event));
        }
        for (std::size_t i = 0; i < run.steps.size(); ++i) {
            const Step &step = run.steps[i];
            const std::size_t index = change.firstStep + i;
            const auto tell = [&](const char *what, std::optional<Time> time) {
                RunEvent event = about(run, what);
                event.step = step.name.empty() ? step.className : step.name;
                event.time = time;
                events.push_back(std::move(event));
            };
            if (index >= seen.started) {
                seen.started = index + 1;
                seen.attempts = 1;
                tell("step_started", step.start);
            }
            if (index + 1 == seen.started && step.attemptCount > seen.attempts) {
                seen.attempts = step.attemptCount;
                tell("step_retried", step.attempts.empty() ? std::nullopt : step.attempts.back().start);
            }
            if (step.status != StepStatus::Running && index >= seen.finished) {
                seen.finished = index + 1;
                tell("step_finished", step.end);
                events.back().status = toString(step.status);
                events.back().duration = step.duration;
            }
        }
        if (run.status == RunStatus::Running)
            seen.abandoned = false; // it was thought dead, and speaks
        const bool abandoned = run.status == RunStatus::Abandoned;
        if (abandoned ? !seen.ended && !seen.abandoned : isFinal(run.status) && !seen.ended) {
            (abandoned ? seen.abandoned : seen.ended) = true;
            RunEvent event = about(run, "run_finished");
            event.status = toString(run.status);
            event.time = abandoned ? now() : run.end;
            event.duration = run.duration;
            events.push_back(std::move(event));
        }
    }
    constexpr std::size_t most = 50'000;
    if (m_seen.size() > most)
        std::erase_if(m_seen, [](const auto &known) { return known.second.ended || known.second.abandoned; });
    return events;
}

} // namespace ra::engine
