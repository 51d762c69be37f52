// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/model/run.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace ra::report {

/// How the end of a run counts.
enum class Verdict {
    Success,   ///< completed
    Failure,   ///< partial, failed, rejected, timed out, killed, abandoned
    Uncounted, ///< still running, or ended because a person wanted it: cancelled, interrupted
};
[[nodiscard]] Verdict verdictOf(RunStatus status);

/// What is known of a run's duration: as stated, else from start to end. Nothing where it is negative (the clock was
/// set back) or unknown.
[[nodiscard]] std::optional<Duration> durationOf(const Run &run);
/// The same of a step; where it states none and every attempt is known, from the first attempt's start to the last
/// one's end before its own start and end, and last of all the sum of the attempts.
[[nodiscard]] std::optional<Duration> durationOf(const Step &step);

/// Working time that brought nothing.
struct LostTime {
    Duration failures{};    ///< whole runs that failed, timed out, were killed or vanished; else steps that failed
    Duration retries{};     ///< of steps that went well in the end: all before the attempt that counted
    int failedAttempts = 0; ///< attempts that were repeated or failed for good
    bool complete = true;   ///< false where a part of it is not known: then the true value is larger

    [[nodiscard]] Duration total() const { return failures + retries; }
    LostTime &operator+=(const LostTime &other);
    bool operator==(const LostTime &) const = default;
};
[[nodiscard]] LostTime lostTime(const Run &run);

/// A reason why a run did not go well. Views into the run, which must outlive it.
struct FailureFact {
    const Run *run = nullptr;
    const Step *step = nullptr; ///< null: the run as a whole
    std::string_view type{};    ///< exception class; empty if none was raised
    std::string_view message{}; ///< raw; empty if there was no text
    std::string_view traceback{};
    int attempts = 1;
};
/// The failed steps in their order; where there is none, the run's own end if that was a failure or an interruption.
[[nodiscard]] std::vector<FailureFact> failuresOf(const Run &run);

/// What two failures have in common when they are the same one: the message's first line with numbers masked.
[[nodiscard]] std::string maskedMessage(std::string_view message);

/// The text without the class in front of it that tracebacks and logs repeat: "E: x" -> "x".
[[nodiscard]] std::string_view withoutType(std::string_view message, std::string_view type);

} // namespace ra::report
