// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/ingest/batch.h"
#include "core/ingest/factlog.h"
#include "core/ingest/record.h"
#include "core/model/run.h"

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace ra::ingest {

/// A run while its source is being read: the facts so far and where the reading of it stands. A plain value; everything
/// in it is saved with the checkpoint.
struct OpenRun {
    Run run;
    std::uint64_t firstOffset = 0;
    bool headless = false;
    std::string pathWithSuffix; ///< the Starting line's path if its "[...]" end is no thread name after all
    bool threadIsCertain = false;
    Time lastTime{};            ///< of the last line that is certainly its own
    std::optional<Time> cursor; ///< where the next step begins at the earliest
    int current = -1;           ///< index of the step in progress; -1 between steps
    bool inAttempt = false;     ///< an attempt has begun and not ended
    /// A scriptlet of another class that began while the attempt had not ended: the step runs it, or else the lines
    /// that ended the step are lost, and it is the next one's. The last of them; not those that run within it.
    struct Nested {
        std::string className;
        Time begin{};
        Attempt attempt;

        bool operator==(const Nested &) const = default;
    };
    std::optional<Nested> nested;
    bool retryPending = false;
    bool cancelSeen = false;
    bool ended = false; ///< has its final line
    /// What is kept in case that the run turns out to share its runner's name with another.
    struct Buffers {
        FactLog facts; ///< the runner records so far, at most maxFacts
        std::vector<std::pair<std::uint32_t, LineSpan>>
            others; ///< lines that name no runner, each after fact i; at most maxFacts
    };
    Buffers kept;
    bool factsComplete = true;

    // What has changed since the changes were taken last.
    bool dirty = true;
    std::uint32_t firstDirtyStep = 0;
    std::vector<LineSpan> spans;
    bool replaceSpans = false;
    bool resting = false; ///< nothing came for a while, and what it holds beyond need was given back; not saved

    static constexpr std::size_t maxFacts = 2'000;
    static constexpr std::size_t maxTraceback = std::size_t{256} * 1024;
};

/// Begins a run at its Starting line.
[[nodiscard]] OpenRun beginRun(const Record &record, Time time);
/// Begins a run of which the first line is missing, at any other runner record.
[[nodiscard]] OpenRun beginHeadless(const Record &record, Time time);

/// Takes what a record of the run's own logger says. Unknown kinds change nothing.
void applyRunnerRecord(OpenRun &open, const Record &record, Time time);
/// Takes what a framework record (attempts) says that belongs to this run for certain or in all likelihood. False: it
/// tells of an attempt that the run is not making, and changed nothing.
bool applyFrameworkRecord(OpenRun &open, const Record &record, Time time);
/// Adds a continuation line to what the record before it said (traceback, reason of a refusal). `kind` is that
/// record's.
void applyContinuation(OpenRun &open, RecordKind kind, std::string_view line);
/// Called once when a record with a traceback is complete: finds type and message in it, cuts the thread name off.
void finishTraceback(OpenRun &open, std::string_view thread);

/// Adds a stretch of lines, joined to the last one where they touch.
void addSpan(OpenRun &open, std::uint64_t offset, std::uint64_t length, Certainty certainty);
void addSpan(std::vector<LineSpan> &spans, std::uint64_t offset, std::uint64_t length, Certainty certainty);

/// The run has no final line, and nothing will write one: its process is gone, or its records cannot be told from
/// others' any more. It comes back to life with its next record. True if that changed it.
bool endSilently(OpenRun &open, RunStatus status);

/// Another run began under the name of this one's runner, and too little is kept of it to tell them apart.
void noteSharedName(OpenRun &open);
[[nodiscard]] bool sharesName(const OpenRun &open);

/// What has changed since the last call.
[[nodiscard]] RunChange takeChange(OpenRun &open);
/// The same of a run of which nothing more will be said: takes what it holds.
[[nodiscard]] RunChange takeLastChange(OpenRun &ended);

/// Nothing came for a while, and perhaps nothing will: gives back what the run holds beyond need.
void rest(OpenRun &open);

} // namespace ra::ingest
