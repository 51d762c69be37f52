// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/ingest/batch.h"

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace ra::engine {

/// One thing that happened to a run, as `tail` prints it.
struct RunEvent {
    std::string event; ///< "run_started", "step_started", "step_retried", "step_finished", "run_finished"
    std::string runId;
    std::string recipe;
    std::string step;
    std::string status;       ///< of the step or run where it ended
    std::optional<Time> time; ///< when it happened; of a run found abandoned: when that was found
    std::optional<Duration> duration;
};

/// Derives events from what a source says about its runs: the difference between a run's facts and those before.
class RunEvents {
public:
    [[nodiscard]] std::vector<RunEvent> take(const ingest::Batch &batch);

private:
    struct Seen {
        std::size_t finished = 0; ///< steps of which the end was told
        std::size_t started = 0;
        int attempts = 1; ///< of the step in progress
        bool ended = false;
        bool abandoned = false; ///< was said to have ended so
    };
    std::map<std::string, Seen> m_seen; ///< by run id; ended ones are forgotten when there are too many
};

} // namespace ra::engine
