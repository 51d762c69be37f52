// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/ingest/attribution.h"

#include "core/ingest/openrunsteps.h"

#include <algorithm>

namespace ra::ingest {

namespace {

/// Whether the line fits what the run is doing.
bool makesSense(const OpenRun &open, const Record &record, Time time) {
    if (record.utc) // it may name the recipe
        return !record.text.empty() && record.text == open.run.recipe;
    switch (record.kind) {
    case RecordKind::AttemptStarted:
        return !open.inAttempt;
    case RecordKind::AttemptFinished: {
        if (!open.inAttempt || currentClass(open) != record.text)
            return false;
        const Attempt &attempt = open.run.steps[static_cast<std::size_t>(open.current)].attempts.back();
        const Duration off = time - (attempt.start.value_or(time) + Duration(record.durationNs));
        return off < std::chrono::milliseconds(1'100) && off > -std::chrono::milliseconds(1'100);
    }
    case RecordKind::AttemptRaised:
        return open.inAttempt && currentClass(open) == record.text;
    default:
        return open.inAttempt && currentClass(open) == record.logger;
    }
}

/// Whether a framework record tells of a class that the run does not execute.
bool isOfAnother(const OpenRun &open, const Record &record) {
    return (record.kind == RecordKind::AttemptFinished || record.kind == RecordKind::AttemptRaised) &&
           currentClass(open) != record.text;
}

/// The first and the number, no more than two, of those that the line fits.
struct Fitting {
    OpenRun *lastToSpeak = nullptr;
    int count = 0;
};

Fitting findFitting(const std::vector<OpenRun *> &runs, const Record &record, Time time) {
    Fitting fitting;
    for (OpenRun *run : runs) {
        if (!makesSense(*run, record, time))
            continue;
        if (++fitting.count > 1)
            break;
        fitting.lastToSpeak = run;
    }
    return fitting;
}

} // namespace

Attribution attribute(OpenRuns &open, Candidates &candidates, const Record &record, Time time, bool forked) {
    open.findAwake(record.thread, time, candidates);
    const bool anyAwake = !candidates.awake.empty();
    if (!anyAwake && candidates.hasSilent)
        open.findSilent(record.thread, time, candidates);
    const std::vector<OpenRun *> &pool = anyAwake ? candidates.awake : candidates.silent;
    if (pool.empty())
        return {};
    OpenRun *lastToSpeak = pool.front();
    if (pool.size() == 1 && (!anyAwake || !candidates.hasSilent)) {
        // Processes give their threads the same names: a name is certain only while one run bears it.
        if (candidates.among == Candidates::Among::Namesakes)
            return {lastToSpeak, Certainty::Certain};
        // The foundation's lines come from any process; that no other run was open is all that speaks for this one.
        if (!forked)
            return {lastToSpeak, record.utc ? Certainty::Likely : Certainty::Certain};
    }

    // Several runs are open: the ones for which the line makes sense now. Those that were silent for long count only
    // for a line that tells of what one of them was doing, and of none of the others.
    Fitting fitting = findFitting(pool, record, time);
    if (fitting.count == 0 && record.kind != RecordKind::AttemptStarted && anyAwake && candidates.hasSilent) {
        open.findSilent(record.thread, time, candidates);
        fitting = findFitting(candidates.silent, record, time);
    }
    if (fitting.count == 1 && !forked)
        return {fitting.lastToSpeak, Certainty::Likely};
    if (fitting.count == 0 && pool.size() == 1 && !forked && !isOfAnother(*lastToSpeak, record))
        return {lastToSpeak, Certainty::Likely};
    return {fitting.count == 0 ? lastToSpeak : fitting.lastToSpeak, Certainty::Possible};
}

} // namespace ra::ingest
