// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/model/run.h"
#include "core/simulate/plan.h"
#include "core/simulate/stamp.h"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace ra::simulate {

/// Marks of an execution in the logs.
struct Marks {
    std::uint64_t runner = 0; ///< the number in runner.<id>
    bool newRunner = true;    ///< whether this is the runner's first execution
    std::string thread;       ///< empty: the main thread
    std::string_view host;    ///< logger of the program around the runner: "__main__", "orchestrator.runner"
    std::int64_t pid = 0;
    std::uint64_t threadId = 0;
};

/// Where an execution's records go. Each call of Execution::perform appends at most one record to each text.
struct Output {
    std::string &text;       ///< runner log
    std::string &structured; ///< foundation JSON lines
    Stamp &stamp;
    bool debug = false;
    std::uint64_t textRecords = 0;
    std::uint64_t structuredRecords = 0;
};

/// One execution of a recipe, record by record. What happens was planned; when it happens is told by the caller, record
/// by record, and durations in the log are those that really passed. So the same code writes years of history in
/// seconds and a live log in real time, and the truth is right for both.
class Execution {
public:
    Execution(PlannedRun plan, Marks marks, bool debug);

    [[nodiscard]] bool isDone() const { return m_next == m_actions.size(); }
    /// How long after the record before the next one is due.
    [[nodiscard]] Duration nextDelay() const;
    /// Records of the whole execution, and the time that it takes as planned.
    [[nodiscard]] std::size_t recordCount() const { return m_actions.size(); }
    [[nodiscard]] Duration plannedDuration() const;
    /// Multiplies all delays.
    void stretch(double factor);

    /// Writes the next record, at that time.
    void perform(Time now, Output &out);

    /// Ends the execution without another record.
    void vanish(Time now);

    /// What a reader of the logs may rightly call it, once it is over.
    [[nodiscard]] std::vector<RunStatus> acceptedStatuses() const;

    [[nodiscard]] const Run &truth() const { return m_run; }
    [[nodiscard]] const PlannedRun &plan() const { return m_plan; }

private:
    enum class Act : std::uint8_t {
        RunnerMade,
        RunStarted,
        DebugLine,
        DebugSkipping,
        LoadFailed,
        RunRefused,
        GlobalError,
        AttemptStarted,
        OwnLine,
        Raised,
        ParameterMissing,
        AttemptFinished,
        ResourceUsage,
        AttemptBroken,
        RetryScheduled,
        Retrying,
        StepCompleted,
        StepFailed,
        Stopping,
        Continuing,
        CancelRequested,
        CancelWarned,
        CancelSkipping,
        RunFinished,
        Vanished, ///< writes nothing
        NoteStep, ///< the acts from here on write JSON lines
        NoteLine,
        NoteMeasure,
        NoteError,
        NoteEnd
    };
    struct Action {
        Act act = Act::RunStarted;
        std::uint8_t detail = 0;
        std::uint16_t step = 0;
        std::uint16_t attempt = 0;
        std::uint16_t line = 0;
        Duration delay{};
    };

    void compile(bool debug);
    void compileRefusal();
    bool compileAttempt(std::size_t step, std::size_t attempt, bool debug); ///< false: the execution vanishes in it
    bool compileStep(std::size_t step, bool debug);                         ///< false: nothing comes after it
    void add(Act act, double delayMs, std::size_t step = 0, std::size_t attempt = 0, int detail = 0);

    [[nodiscard]] const StepSpec &spec(const Action &action) const;
    [[nodiscard]] const PlannedAttempt &attemptOf(const Action &action) const;
    [[nodiscard]] const Fault &faultOf(const Action &action) const;
    [[nodiscard]] std::uint64_t numberOf(const Action &action) const;

    void writeText(const Action &action, Time now, Output &out);
    void writeStructured(const Action &action, Time now, Output &out);
    void writeTraceback(const Action &action, std::string &out) const;
    std::string faultMessage(const Action &action) const;
    std::string refusal() const;
    void note(const Action &action, Time now); ///< keeps the truth
    Step &stepOf(const Action &action);
    void finish(Time now);

    PlannedRun m_plan;
    Marks m_marks;
    std::vector<Action> m_actions;
    std::size_t m_next = 0;
    Time m_last{};
    std::string m_runner;    ///< "runner.140..."
    std::string m_suffix;    ///< " [recipe-3]" or empty
    std::string m_execution; ///< 8 hex digits
    bool m_cancelled = false;
    std::vector<int> m_stepAt; ///< index in m_run.steps by planned step; -1: has not begun
    Run m_run;
};

} // namespace ra::simulate
