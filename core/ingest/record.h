// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace ra::ingest {

enum class Level : std::uint8_t { Unknown, Debug, Info, Warning, Error, Critical };

/// The level of "INFO", "WARNING", ...; Unknown for anything else (custom levels).
[[nodiscard]] Level levelFromString(std::string_view word);
[[nodiscard]] std::string_view toString(Level level);

/// What a record says about a run; Text says nothing. The letters name the logger: R runner.<id>, F the framework,
/// M the main program. See FORMATS.md 2.3 for the messages.
enum class RecordKind : std::uint8_t {
    Text,
    Continuation,    ///< a line that belongs to the record before it (tracebacks, messages over several lines)
    RunStarted,      ///< R: text = recipe path
    RunFinished,     ///< R: text = status word, a = completed, b = total, durationNs
    RunFailed,       ///< R: "Recipe execution failed: " text = reason
    LoadFailed,      ///< R: the cause, repeated by RunFailed
    NoSteps,         ///< R
    AttemptStarted,  ///< F: text = class name
    AttemptFinished, ///< F: text = class name, durationNs, a = success, b = exit code
    AttemptRaised,   ///< F: text = class name, rest = message; a traceback follows
    StepCompleted,   ///< R: text = step name, durationNs
    StepFailed,      ///< R: text = step name, rest = the Python list literal of errors
    StepStopping,    ///< R: text = step name
    StepContinuing,  ///< R: text = step name
    RetryScheduled,  ///< R: text = step name, durationNs = the pause
    RetryStarted,    ///< R: text = step name, a = attempt, b = of attempts
    AttemptBroken,   ///< R: import failed, class not found, execution failed: text = reason
    StepUnexpected,  ///< R: text = step name, rest = error
    CancelRequested, ///< R
    CancelSkipping,  ///< R: a = 0-based position of the first step left out
    GlobalError,     ///< M: text
    StepSkipped,     ///< R DEBUG: text = step name
    StepBegins,      ///< R DEBUG: text = step name: the only line that names a step when it begins
    StepsValidated,  ///< R DEBUG: a = number of steps
    ResourceUsage, ///< F DEBUG: text = class, durationNs, a = memory delta, b = resident size at the step's end (bytes)
};

/// One line (or one JSON object) of a source, decoded. The views point into the chunk that it was decoded from.
struct Record {
    std::uint64_t offset = 0; ///< of its first byte in the source's decompressed stream
    std::uint32_t length = 0; ///< bytes including the line end
    RecordKind kind = RecordKind::Text;
    Level level = Level::Unknown;
    bool utc = false;        ///< whether timeNs is UTC (else the wall clock's reading in the source's zone)
    std::int64_t timeNs = 0; ///< since 1970; kNoTime if the line has none
    std::int64_t resolutionNs = 0;
    std::uint64_t runner = 0; ///< number in runner.<id>; 0 for other loggers
    std::int64_t pid = 0;     ///< 0 if the line has none
    std::int64_t durationNs = kNoDuration;
    std::int64_t a = 0; ///< see RecordKind
    std::int64_t b = 0;
    std::string_view logger;
    std::string_view
        message;             ///< without thread suffix where that is certain; of Continuation: the line without its end
    std::string_view thread; ///< candidate thread suffix; empty without. Certain only if it recurs (FORMATS.md 2.1)
    std::string_view text;   ///< see RecordKind
    std::string_view rest;

    static constexpr std::int64_t kNoTime = INT64_MIN;
    static constexpr std::int64_t kNoDuration = INT64_MIN;
};

/// A line that could not be read, kept and shown rather than dropped.
struct RejectedLine {
    std::uint64_t offset = 0;
    std::uint64_t line = 0; ///< 1-based; 0 if the line number is not known
    std::string reason;     ///< for people: "not UTF-8", "JSON ends early at byte 812"
    std::string excerpt;    ///< at most 200 bytes, made printable

    bool operator==(const RejectedLine &) const = default;
};

} // namespace ra::ingest
