// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/model/sample.h"
#include "core/store/heldsamples.h"
#include "core/store/rollupwriter.h"
#include "core/store/samplesealer.h"
#include "core/store/seriestable.h"
#include "core/store/tailsealer.h"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <utility>
#include <vector>

namespace ra::store {

/// Writes samples. Every moment of a series has one: of several values that are told for it the greatest counts (NaN is
/// less than all), so that it does not matter in which order, and how often, sources are read. What a document takes
/// back is as if it had never been told. Part of a transaction of the caller's; throws SQLite::Exception, and
/// std::runtime_error for damaged segments. After a rollback call forget().
class SampleWriter {
public:
    using Clock = HeldSamples::Clock;

    explicit SampleWriter(SQLite::Database &db);

    /// Origin of what logs tell, all of them together.
    static constexpr std::int64_t logs = 0;

    /// Adds what a log tells, and what was held of it. How many moments are new.
    std::uint64_t put(const SampleSet &set, std::int64_t log);
    /// Keeps in memory what a log tells between two checkpoints, until the next of them or until it is time: many
    /// series of which a few samples come at a time touch as many pages for these as for a hundred of each. Whoever
    /// ends before reads them again. How many moments of what no longer fits are new.
    std::uint64_t hold(const SampleSet &set, std::int64_t log);
    /// When what is held is to be put by putHeld(); nothing if none is.
    [[nodiscard]] std::optional<Clock::time_point> heldUntil() const { return m_held.until(); }
    /// Adds all that is held. How many moments are new.
    std::uint64_t putHeld();
    /// Makes these the samples that a document tells, in place of what it told before. How many moments are new.
    /// `keepEarlier`: what lies before all that it tells now was measured all the same, and has only left the window of
    /// an export.
    std::uint64_t putWhole(const SampleSet &set, std::int64_t document, bool keepEarlier);

    /// Whether something may wait to be sealed. Asks only what is in memory.
    [[nodiscard]] bool maySeal() const { return m_sweeping || !m_full.empty(); }
    /// Seals some of what waits for it, in some milliseconds; false if nothing waits. What cannot be sealed because
    /// segments of the series are damaged is left as it is, for as long as this lives.
    bool sealSome();
    /// Of which series that is, each once.
    [[nodiscard]] std::vector<DamagedSeries> takeDamaged() { return m_sealer.takeDamaged(); }

    /// Earlier samples have been removed: none is taken any more.
    void setHorizon(std::int64_t timeNs) { m_horizon = timeNs; }
    /// How many have not been taken because of that, since this was last asked.
    std::uint64_t takeTooOld() { return std::exchange(m_tooOld, 0); }

    /// The transaction was committed.
    void committed() { m_held.committed(); }
    /// The transaction was rolled back.
    void forget();

private:
    using Entry = SampleEntry;
    using Entries = SampleEntries;
    /// A sample that is stored.
    struct Stored {
        std::int64_t time = 0;
        double value = 0;
        std::int64_t origin = 0;
        std::int64_t segment = 0; ///< 0: a row of the tail
    };

    void append(const SampleSet &set, Entries &entries);
    static void sortOnce(Entries &entries);
    /// `entries` are sorted.
    std::uint64_t add(Entries entries, std::int64_t origin);
    std::uint64_t addToSeries(std::int64_t series, std::span<const Entry> entries, std::int64_t origin);
    void findStored(std::int64_t series, std::span<const Entry> entries);
    void agree(const Stored &stored, const Entry &told, std::int64_t origin);
    [[nodiscard]] Entries toldBy(std::int64_t document);
    void withdraw(const Entries &gone, std::int64_t document);
    void setEffective(std::int64_t series, const Stored &stored, std::int64_t origin, double value);
    void applyEdits();
    bool sealTail(std::int64_t series, std::int64_t origin);
    void sweep();

    SQLite::Database &m_db;
    SeriesTable m_series;
    SampleSealer m_sealer;
    RollupWriter m_rollups;
    TailSealer m_tails;
    Statement m_insert;
    Statement m_update;
    Statement m_delete;
    Statement m_range;
    Statement m_one;
    Statement m_ofOrigin;
    Statement m_putClaim;
    Statement m_dropClaim;
    Statement m_bestClaim;
    Statement m_claim;
    Statement m_claimsOf;
    Statement m_counts;
    std::vector<Stored> m_stored;   ///< near the samples that are put, by time
    std::vector<SegmentRow> m_rows; ///< the segments that they lie in
    std::map<std::int64_t, std::pair<SegmentRow, std::vector<SampleSealer::Edit>>> m_edits; ///< by segment
    std::set<std::pair<std::int64_t, std::int64_t>> m_full;   ///< series and origins with a tail that is worth sealing
    std::set<std::pair<std::int64_t, std::int64_t>> m_spoilt; ///< series and origins that cannot be sealed
    HeldSamples m_held;
    std::int64_t m_horizon = INT64_MIN;
    std::uint64_t m_tooOld = 0;
    std::int64_t m_swept = 0; ///< tails of series up to this one have been counted
    bool m_sweeping = true;
};

} // namespace ra::store
