// SPDX-License-Identifier: GPL-3.0-or-later
// Storing what was read: batches of events, samples and raw bytes in one transaction.
#include "core/base/crashpoint.h"
#include "core/store/storeinfo.h"
#include "core/store/storeprivate.h"

#include <algorithm>
#include <tuple>

namespace ra::store {

namespace {

constexpr std::int64_t nsPerDay = 86'400'000'000'000;

/// Between checkpoints a reader may hand over batches that leave the last one standing.
bool hasCheckpoint(const ingest::Batch &batch) {
    return batch.checkpoint.offset > 0 || !batch.checkpoint.state.empty();
}

} // namespace

CommitSummary Store::Private::apply(std::span<const ingest::Batch> batches) {
    CommitSummary summary;
    (void)rooms->samples.takeTooOld(); // of what has failed and comes again now
    rooms->blocks.begin(batches);
    SQLite::Transaction transaction(db, SQLite::TransactionBehavior::IMMEDIATE);
    if (const std::int64_t day = toNs(now()) / nsPerDay; day != lastDay) {
        noteSize(db, day);
        lastDay = day;
    }

    crashPoint("ingest.begun");
    // First the times of all sources, so that each run is put knowing who may agree with it.
    const auto isWrittenAnew = [this](const ingest::Batch &batch, std::int64_t sourceId) {
        return rooms->whole.isWrittenAnew(batch, sourceId);
    };
    std::vector<Source *> sources;
    for (const ingest::Batch &batch : batches) {
        bool isNew = false;
        Source &source = rooms->sources.obtain(batch, isNew, isWrittenAnew);
        // All of an older stretch is in the store already, unless its times are read in another zone now. A document
        // has no stretches: it says other things, however long it is.
        const bool old = !batch.whole && !isNew && hasCheckpoint(batch) && batch.zone == source.state.zone &&
                         batch.checkpoint.offset < source.state.checkpoint.offset;
        sources.push_back(old ? nullptr : &source);
        if (old)
            continue;
        for (const ingest::RunChange &change : batch.runs) {
            for (const std::optional<Time> &time : {change.run.start, change.run.end}) {
                if (!time)
                    continue;
                source.first = std::min(source.first.value_or(toNs(*time)), toNs(*time));
                source.last = std::max(source.last.value_or(toNs(*time)), toNs(*time));
            }
        }
    }
    crashPoint("ingest.sources");
    std::vector<Touched> touched;
    for (std::size_t i = 0; i < batches.size(); ++i) {
        if (sources[i])
            applyBatch(batches[i], *sources[i], touched, summary);
    }
    rooms->runs.flush();
    crashPoint("ingest.runs");
    if (!touched.empty())
        rooms->grouping.regroup(touched, summary);
    crashPoint("ingest.grouped");
    for (std::size_t i = 0; i < batches.size(); ++i) {
        if (sources[i])
            rooms->blocks.put(*sources[i], batches[i]);
    }
    rooms->blocks.finish();
    crashPoint("ingest.blocks");
    rooms->stepRollups.mark(StepRollups::Clock::now());
    crashPoint("ingest.before-commit");
    transaction.commit();
    crashPoint("ingest.committed");
    rooms->samples.committed();
    summary.samplesTooOld = rooms->samples.takeTooOld();
    return summary;
}

void Store::Private::applyBatch(const ingest::Batch &batch, Source &source, std::vector<Touched> &touched,
                                CommitSummary &summary) {
    for (const Recipe &recipe : batch.recipes)
        rooms->recipes.put(recipe);

    std::int64_t first = INT64_MAX;
    std::int64_t last = INT64_MIN;
    bool vague = false;
    for (const ingest::RunChange &change : batch.runs) {
        vague = vague || change.headless || !change.run.start;
        if (change.run.start) {
            first = std::min(first, toNs(*change.run.start));
            last = std::max(last, toNs(*change.run.start));
        }
    }
    if (!batch.runs.empty())
        rooms->grouping.focus(source.state.sourceId, first, last, vague);
    if (batch.whole) {
        rooms->runs.flush();
        const bool understood =
            batch.rejected.empty() || !batch.runs.empty() || !batch.recipes.empty() || !batch.samples.isEmpty();
        if (understood) {
            for (const ingest::RunChange &gone : rooms->whole.withdrawals(batch, source.state.sourceId))
                applyRun(source, gone, false, touched, summary);
            summary.samples += rooms->samples.putWhole(batch.samples, source.state.sourceId, batch.runs.empty());
        }
        rooms->whole.forgetRejected(batch, source.state.sourceId);
    }
    // By their beginnings: a run that begins after all that are known is new without asking, and the rows of many new
    // ones go in together. Runs are told by their ends.
    std::vector<const ingest::RunChange *> changes;
    changes.reserve(batch.runs.size());
    for (const ingest::RunChange &change : batch.runs)
        changes.push_back(&change);
    std::stable_sort(changes.begin(), changes.end(), [](const auto *a, const auto *b) {
        return std::tie(a->firstOffset, a->part) < std::tie(b->firstOffset, b->part);
    });
    for (const ingest::RunChange *each : changes) {
        const ingest::RunChange &change = *each;
        if (isGone(batch, source, change))
            continue;
        const bool surelyNew = !source.hasRuns || change.firstOffset > source.lastRunOffset;
        applyRun(source, change, surelyNew, touched, summary);
        source.lastRunOffset = surelyNew ? change.firstOffset : source.lastRunOffset;
        source.hasRuns = true;
    }

    if (!batch.whole && hasCheckpoint(batch))
        summary.samples += rooms->samples.put(batch.samples, source.state.sourceId);
    else if (!batch.whole)
        summary.samples += rooms->samples.hold(batch.samples, source.state.sourceId);
    for (const ingest::ForkRecord &fork : batch.forks)
        rooms->forks.put(source.state.sourceId, fork);
    for (const ingest::RejectedLine &line : batch.rejected) {
        rooms->reject.bind(source.state.sourceId, line.offset, line.line, line.reason, line.excerpt);
        rooms->reject.run();
        summary.rejected += static_cast<std::uint64_t>(sqlite3_changes(db.getHandle()));
    }

    const bool advances =
        batch.checkpoint.offset > source.state.checkpoint.offset ||
        (!batch.raw.empty() && batch.raw.back().offset + batch.raw.back().bytes.size() > source.blocksEnd);
    if (batch.whole)
        source.records = batch.records;
    else if (advances)
        source.records += batch.records;
    source.state.path = batch.path;
    source.state.format = batch.format;
    source.state.zone = batch.zone;
    if (hasCheckpoint(batch))
        source.state.checkpoint = batch.checkpoint;
    rooms->sources.save(source);
}

/// Whether a run has been removed by retention, and a document that is read again tells of it, or a log in which it
/// never ended, or another copy of its log.
bool Store::Private::isGone(const ingest::Batch &batch, const Source &source, const ingest::RunChange &change) {
    const std::optional<Time> end = change.run.end ? change.run.end : change.run.start;
    if (!end || toNs(*end) >= runsHorizon)
        return false;
    if (change.run.start &&
        rooms->retention.hasRemoved(runIdNumber(change.run.id).value_or(0), toNs(*change.run.start)) &&
        !rooms->runs.findSighting(source.state.sourceId, change.firstOffset, change.part))
        return true;
    const bool wasTold = batch.whole ? source.records > 0 : change.firstOffset < source.state.checkpoint.offset;
    return wasTold && !rooms->runs.findSighting(source.state.sourceId, change.firstOffset, change.part);
}

void Store::Private::applyRun(const Source &source, const ingest::RunChange &change, bool surelyNew,
                              std::vector<Touched> &touched, CommitSummary &summary) {
    const std::int64_t id = source.state.sourceId;
    RunWriter &runs = rooms->runs;
    if (change.withdrawn) {
        runs.flush();
        const auto row = runs.findSighting(id, change.firstOffset, change.part);
        if (!row)
            return;
        runs.remove(*row);
        touched.push_back({*row, true, false, row->mergedInto, row->runId});
        return;
    }
    const std::int64_t runId = runIdNumber(change.run.id).value_or(0);
    const bool taken = surelyNew && runs.isNumberTaken(runId);
    const RunWriter::Outcome put = runs.putSighting(id, change, surelyNew);
    if (!put.changed)
        return;
    const RunRow &row = put.row;
    if (!put.added && put.before.runId != row.runId)
        runs.setAlias(put.before.runId, row.id);
    const bool same = put.added ? surelyNew && !taken : put.before.runId == row.runId;
    if (same && row.shown == row.has(StandsAlone) && rooms->grouping.isSurelyAlone(row)) {
        if (row.shown)
            (put.added ? summary.added : summary.updated).push_back(runIdText(row.number()));
        return;
    }
    const RunRow &before = put.added ? row : put.before;
    touched.push_back({row, false, !put.added && (before.shown || before.mergedInto), before.mergedInto, before.runId});
}

} // namespace ra::store
