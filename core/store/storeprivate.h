// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/store/blocks.h"
#include "core/store/forktable.h"
#include "core/store/grouping.h"
#include "core/store/recipewriter.h"
#include "core/store/retention.h"
#include "core/store/runwriter.h"
#include "core/store/samplewriter.h"
#include "core/store/sourcetable.h"
#include "core/store/sqlerror.h"
#include "core/store/store.h"
#include "core/store/textsweep.h"
#include "core/store/wholesource.h"
#include "core/store/writerlock.h"

#include <SQLiteCpp/Transaction.h>

namespace ra::store {

struct Store::Private {
    Private(std::string filePath, WriterLock writerLock)
        : path(std::move(filePath))
        , lock(std::move(writerLock))
        , db(path, SQLite::OPEN_READWRITE | SQLite::OPEN_NOMUTEX) {}

    /// What needs the schema to be there.
    struct Rooms {
        explicit Rooms(SQLite::Database &db)
            : sources(db)
            , stepRollups(db)
            , runs(db, stepRollups)
            , grouping(db, runs, sources)
            , blocks(db)
            , recipes(db)
            , forks(db)
            , whole(db)
            , samples(db)
            , retention(db)
            , textSweep(db, runs.texts())
            , reject(db,
                     "INSERT OR IGNORE INTO rejected(source_id, offset, line, reason, excerpt) VALUES(?, ?, ?, ?, ?)") {
        }

        SourceTable sources;
        StepRollups stepRollups;
        RunWriter runs;
        Grouping grouping;
        BlockWriter blocks;
        RecipeWriter recipes;
        ForkTable forks;
        WholeSources whole;
        SampleWriter samples;
        Retention retention;
        TextSweep textSweep;
        Statement reject;
    };

    CommitSummary apply(std::span<const ingest::Batch> batches);
    /// After a change: forgets what was remembered of one that failed.
    template <typename T>
    Result<T> changed(Result<T> result);
    void applyBatch(const ingest::Batch &batch, Source &source, std::vector<Touched> &touched, CommitSummary &summary);
    void applyRun(const Source &source, const ingest::RunChange &change, bool surelyNew, std::vector<Touched> &touched,
                  CommitSummary &summary);
    void forget();
    [[nodiscard]] bool isGone(const ingest::Batch &batch, const Source &source, const ingest::RunChange &change);
    /// From now on: what retention has removed is not taken again.
    void heedHorizons();
    void heedPolicy();

    std::string path;
    WriterLock lock;
    SQLite::Database db;
    std::unique_ptr<Rooms> rooms;
    std::int64_t lastDay = -1;
    std::int64_t runsHorizon = INT64_MIN; ///< see the table horizons

    /// The saved policy is applied where there is nothing else to do: at the beginning, and then every hour.
    [[nodiscard]] bool mayRetain() const;
    bool retainSome();
    RetentionPolicy policy;
    std::int64_t archivedBefore = INT64_MIN; ///< what is in an archive has not all gone from here
    SampleWriter::Clock::time_point nextRetention;
    std::optional<Retention::Cutoffs> retaining;
    bool runsRemoved = false; ///< not told yet
};

template <typename T>
Result<T> Store::Private::changed(Result<T> result) {
    if (result)
        return result;
    // What the rooms remember may be of rows that were rolled back.
    const Result<int> forgotten = guarded("read the store", path, [&]() -> Result<int> {
        forget();
        return 0;
    });
    if (!forgotten)
        result.error().why += "; then " + forgotten.error().why;
    return result;
}

} // namespace ra::store
