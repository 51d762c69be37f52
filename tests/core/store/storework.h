// SPDX-License-Identifier: GPL-3.0-or-later
// Work for a store that passes through everything that it does by itself, and can be done again from any state.
#pragma once

#include "tests/core/store/storefixture.h"

#include <cmath>
#include <memory>

namespace ra::test {

inline constexpr int workBatches = 6;
inline constexpr int runsOfWork = 10; ///< a batch
inline constexpr std::uint64_t bytesOfWork = 6'000;

/// The n-th batch of a log: runs, raw lines, a rejected one, samples in order.
inline ingest::Batch workBatch(int n, int seed) {
    const std::uint64_t begin = static_cast<std::uint64_t>(n) * bytesOfWork;
    std::vector<ingest::RunChange> changes;
    for (int i = 0; i < runsOfWork; ++i) {
        const int number = n * runsOfWork + i;
        Run run = textRun(static_cast<std::uint64_t>(number) + 1, monday + std::chrono::minutes(10) * number, 3);
        run.recipe = "recipe " + std::to_string(seed);
        if (i == 4) {
            run.status = RunStatus::Failed;
            run.steps.back() = failedStep(2, "step_2", *run.start + 2s);
            run.completedSteps = 2;
            run.failedSteps = 1;
        }
        changes.push_back(changeOf(std::move(run), begin + static_cast<std::uint64_t>(i) * 500));
    }
    ingest::Batch batch = batchOf(1, begin + bytesOfWork, std::move(changes));
    std::string lines;
    for (int i = 0; lines.size() < bytesOfWork; ++i)
        lines += "line " + std::to_string(i * (seed + 3)) + " of batch " + std::to_string(n) + '\n';
    lines.resize(bytesOfWork - 1);
    batch.raw = {{begin, lines + "\n"}};
    batch.rejected = {{begin + 7, static_cast<std::uint64_t>(n) + 1, "why", "what"}};
    batch.samples.series = {{.name = "memory", .unit = "bytes", .kind = "gauge"}, {.name = "cpu", .unit = "%"}};
    for (int i = 0; i < 600; ++i) {
        const std::int64_t at = toNs(monday + std::chrono::seconds(10) * (n * 600 + i));
        batch.samples.samples.push_back({0, at, 4096.0 * (i % 50 + seed)});
        batch.samples.samples.push_back({1, at, std::sin(i + seed)});
    }
    return batch;
}

/// Samples between those that are sealed; three parts, too few each to be sealed at once.
inline ingest::Batch lateBatch(int part, int seed) {
    ingest::Batch batch = batchOf(5, static_cast<std::uint64_t>(part) * 1'000);
    batch.samples.series = {{.name = "cpu", .unit = "%"}};
    for (int i = 0; i < 500; ++i)
        batch.samples.samples.push_back(
            {0, toNs(monday + std::chrono::seconds(20) * (3 * i + part) + 3s), 50.0 + (i * seed) % 7});
    return batch;
}

/// A document, whose samples are sealed at once and so many that their minutes are kept; another edition of it says
/// other values.
inline ingest::Batch documentBatch(int edition, int seed) {
    ingest::Batch batch = batchOf(90, 1);
    batch.format = "metrics";
    batch.whole = true;
    batch.samples.series = {{.name = "score", .unit = "1", .kind = "gauge"}};
    for (int i = 0; i < 8'000; ++i)
        batch.samples.samples.push_back(
            {0, toNs(monday + std::chrono::milliseconds(250) * i), edition * 1000.0 + i % (seed + 2)});
    batch.records = 8'000;
    return batch;
}

/// What a log tells between two checkpoints, which is held in memory; then with the next one.
inline ingest::Batch heldBatch(bool withCheckpoint) {
    ingest::Batch batch = batchOf(6, 2'000);
    if (!withCheckpoint)
        batch.checkpoint = {};
    batch.samples.series = {{.name = "held", .unit = "1"}};
    for (int i = 0; i < 100; ++i)
        batch.samples.samples.push_back({0, toNs(monday + std::chrono::seconds(i)), 1.0 * i});
    return batch;
}

/// Does all of it. What fails is tried once more with the same store, as a follower does, and if that fails too, that
/// is the end, and the answer. Without `failures`, which takes all of them, nothing is tried again.
inline Result<void> doWork(const std::string &path, int seed, std::vector<Error> *failures = nullptr) {
    Result<void> last;
    const auto done = [&](const auto &step) {
        for (int attempt = 0;; ++attempt) {
            const auto result = step();
            if (result)
                return true;
            if (failures)
                failures->push_back(result.error());
            if (!failures || attempt > 0) {
                last = fail(result.error());
                return false;
            }
        }
    };
    std::unique_ptr<store::Store> store;
    const auto open = [&]() -> Result<void> {
        store.reset();
        auto opened = store::Store::open(path);
        if (!opened)
            return fail(opened.error());
        store = std::move(*opened);
        return {};
    };
    const auto apply = [&](const ingest::Batch &batch) { return done([&] { return store->apply({{batch}}); }); };
    if (!done(open))
        return last;
    for (int n = 0; n < workBatches; ++n) {
        if (!apply(workBatch(n, seed)))
            return last;
    }
    for (const int part : {1, 2, 3}) {
        if (!apply(lateBatch(part, seed)))
            return last;
    }
    for (const int edition : {1, 2}) {
        if (!apply(documentBatch(edition, seed)))
            return last;
    }
    if (!apply(heldBatch(false)) || !done([&] { return store->putHeld(); }) || !apply(heldBatch(true)))
        return last;
    if (!done(open)) // to whom nothing is recent
        return last;
    for (bool more = true; more;) {
        if (!done([&]() -> Result<void> {
                const auto tidied = store->tidy();
                if (!tidied)
                    return fail(tidied.error());
                more = *tidied;
                return {};
            }))
            return last;
    }
    return {};
}

inline constexpr const char *questionsOfWork[] = {
    "SELECT * FROM runs_v ORDER BY run_id",
    "SELECT * FROM steps_v ORDER BY run_id, idx",
    "SELECT * FROM attempts_v ORDER BY run_id, idx, attempt",
    "SELECT * FROM errors_v ORDER BY run_id, step, message",
    "SELECT path, line, offset, reason FROM rejected_v ORDER BY path, offset",
    "SELECT path, bytes, lines, records FROM sources_v ORDER BY path",
    "SELECT path, offset, text FROM log_search('') ORDER BY path, offset",
    "SELECT name, t_ns, value FROM series_v v, samples(v.series) ORDER BY name, t_ns",
    "SELECT name, level, t_ns, count, min, max FROM series_v v, rollups(v.series, 'minute') ORDER BY 1, 2, 3"};

/// All that people can see of it.
inline std::string contentOfWork(const std::string &path) {
    const auto reader = need(query::Reader::open(path));
    std::string text;
    for (const char *sql : questionsOfWork)
        text += ask(*reader, sql) + "\n\n";
    return text;
}

} // namespace ra::test
