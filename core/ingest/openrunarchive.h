// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/ingest/archive.h"
#include "core/ingest/openrun.h"

namespace ra::ingest {

template <typename Archive, typename... T>
void ioAll(Archive &archive, T &...values) {
    (io(archive, values), ...);
}

template <typename Archive>
void io(Archive &archive, LineSpan &v) {
    ioAll(archive, v.offset, v.length, v.certainty);
}

template <typename Archive>
void io(Archive &archive, Attempt &v) {
    ioAll(archive, v.number, v.start, v.duration, v.success, v.exitCode, v.errorType, v.errorMessage, v.traceback);
}

/// An enumerator beyond the last one is damage.
template <typename Archive, typename E>
void checkRange(Archive &archive, E &value, int count) {
    if constexpr (Archive::loading) {
        if (static_cast<int>(value) >= count) {
            value = E{};
            archive.refuse();
        }
    }
}

template <typename Archive>
void io(Archive &archive, Step &v) {
    ioAll(archive, v.index, v.name, v.className, v.status, v.start, v.end, v.duration, v.attemptCount, v.attempts,
          v.errors, v.exitCode);
    checkRange(archive, v.status, stepStatusCount);
}

template <typename Archive>
void io(Archive &archive, Run &v) {
    ioAll(archive, v.id, v.recipe, v.recipePath, v.executionId, v.runner, v.thread, v.pid, v.status, v.start, v.end,
          v.duration, v.resolution, v.totalSteps, v.completedSteps, v.failedSteps, v.skippedSteps, v.errors, v.steps,
          v.suspect, v.notes, v.provenance);
    checkRange(archive, v.status, runStatusCount);
}

template <typename Archive>
void io(Archive &archive, Fact &v) {
    Record &r = v.record;
    ioAll(archive, r.offset, r.length, r.kind, r.level, r.utc, r.timeNs, r.resolutionNs, r.runner, r.pid, r.durationNs,
          r.a, r.b, v.time, v.text, v.rest, v.thread);
}

template <typename Archive>
void io(Archive &archive, FactLog &v) {
    ioAll(archive, v.m_bytes, v.m_count);
    if constexpr (Archive::loading) {
        if (!v.isWhole()) {
            v.clear();
            archive.refuse();
        }
    }
}

template <typename Archive>
void io(Archive &archive, OpenRun::Nested &v) {
    ioAll(archive, v.className, v.begin, v.attempt);
}

template <typename Archive>
void io(Archive &archive, OpenRun &v) {
    ioAll(archive, v.run, v.firstOffset, v.headless, v.pathWithSuffix, v.threadIsCertain, v.lastTime, v.cursor,
          v.current, v.inAttempt, v.nested, v.retryPending, v.cancelSeen, v.ended, v.kept.facts, v.factsComplete,
          v.kept.others, v.dirty, v.firstDirtyStep, v.spans, v.replaceSpans);
}

template <typename Archive>
void io(Archive &archive, std::pair<std::uint32_t, LineSpan> &v) {
    ioAll(archive, v.first, v.second);
}

} // namespace ra::ingest
