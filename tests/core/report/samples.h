// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/model/run.h"
#include "core/query/reader.h"

#include <string>
#include <vector>

/// Runs to make reports of, small enough to work their figures out by hand.
namespace samples {

using namespace std::chrono_literals;
using ra::Attempt;
using ra::Duration;
using ra::Run;
using ra::RunStatus;
using ra::Step;
using ra::StepStatus;
using ra::Time;

/// 2026-11-23 16:57:44 UTC
inline Time start() {
    return Time(std::chrono::seconds(1795453064));
}

/// A step that follows the steps before it; a failed one gets an error in each attempt.
struct StepPlan {
    const char *name;
    Duration duration{};
    StepStatus status = StepStatus::Completed;
    std::vector<Duration> attempts{}; ///< of each attempt; between them one second of pause
    const char *type = "";
    const char *message = "";
    const char *traceback = "";
};

inline Run run(const std::string &recipe, RunStatus status, const std::vector<StepPlan> &plan, Time begin = start()) {
    Run run;
    run.id = "00000000000000a1";
    run.recipe = recipe;
    run.recipePath = "jobs/" + recipe + ".yaml";
    run.executionId = "runner.140709851237840";
    run.pid = 30471;
    run.status = status;
    run.start = begin;
    run.provenance = {"start=text log", "end=text log", "steps=result file"};
    Time t = begin;
    for (const StepPlan &p : plan) {
        Step step;
        step.index = int(run.steps.size());
        step.name = p.name;
        step.status = p.status;
        run.completedSteps += p.status == StepStatus::Completed ? 1 : 0;
        run.failedSteps += p.status == StepStatus::Failed ? 1 : 0;
        run.skippedSteps += p.status == StepStatus::Skipped ? 1 : 0;
        if (p.status != StepStatus::Skipped && p.status != StepStatus::NotReached) {
            step.start = t;
            Duration whole = p.duration;
            if (!p.attempts.empty()) {
                whole = Duration::zero();
                step.attemptCount = int(p.attempts.size());
                for (std::size_t i = 0; i < p.attempts.size(); ++i) {
                    const bool good = i + 1 == p.attempts.size() && p.status == StepStatus::Completed;
                    Attempt attempt;
                    attempt.number = int(i) + 1;
                    attempt.start = t + whole;
                    attempt.duration = p.attempts[i];
                    attempt.success = good;
                    if (!good) {
                        attempt.errorType = p.type;
                        attempt.errorMessage = p.message;
                        attempt.traceback = p.traceback;
                    }
                    step.attempts.push_back(attempt);
                    whole += p.attempts[i] + (i + 1 < p.attempts.size() ? Duration(1s) : Duration(0));
                }
            }
            if (p.status != StepStatus::Running) {
                step.duration = whole;
                step.end = t + whole;
            }
            t += whole;
        }
        run.steps.push_back(step);
    }
    run.totalSteps = int(run.steps.size());
    if (status != RunStatus::Running) {
        run.end = t;
        run.duration = t - begin;
    }
    return run;
}

inline const char *traceback() {
    return "Traceback (most recent call last):\n"
           "  File \"/srv/framework0/scriptlets/framework.py\", line 412, in execute\n"
           "    result = self.run(context, params)\n"
           "             ^^^^^^^^^^^^^^^^^^^^^^^^^\n"
           "  File \"/srv/jobs/steps/warehouse.py\", line 88, in run\n"
           "    rows = self.fetch(url, timeout=params[\"timeout\"])\n"
           "  File \"/srv/jobs/steps/warehouse.py\", line 131, in fetch\n"
           "    return self.session.get(url, timeout=timeout)\n"
           "  File \"/srv/jobs/net/session.py\", line 57, in get\n"
           "    raise ConnectionError(f\"warehouse did not answer (call {self.calls})\")\n"
           "ConnectionError: warehouse did not answer (call 3)\n";
}

/// The run of the look's picture: partial, with retries, a failed and a skipped step.
inline Run nightlyOrders() {
    return run(
        "nightly_orders", RunStatus::Partial,
        {{.name = "connect", .attempts = {100ms, 300ms}, .type = "TimeoutError", .message = "no answer"},
         {.name = "handshake", .attempts = {200ms, 200ms, 400ms}, .type = "TimeoutError", .message = "no answer"},
         {.name = "load_orders", .duration = 12400ms},
         {.name = "load_customers", .duration = 7100ms},
         {.name = "clean", .duration = 18900ms},
         {.name = "join", .duration = 6200ms},
         {.name = "never_up",
          .status = StepStatus::Failed,
          .attempts = {2600ms, 2600ms, 2600ms},
          .type = "ConnectionError",
          .message = "warehouse did not answer (call 3)",
          .traceback = traceback()},
         {.name = "aggregate", .duration = 31s},
         {.name = "export_csv", .duration = 4s},
         {.name = "notify", .status = StepStatus::Skipped}});
}

/// What 20 earlier runs of it took.
inline ra::query::RecipeHistory history() {
    return {.runs = 20,
            .median = 86300ms,
            .spread = 0.08,
            .stepMedians = {{"connect", 404ms},
                            {"handshake", 1150ms},
                            {"load_orders", 12150ms},
                            {"load_customers", 7300ms},
                            {"clean", 18700ms},
                            {"join", 6200ms},
                            {"aggregate", 22460ms},
                            {"export_csv", 3920ms}}};
}

} // namespace samples
