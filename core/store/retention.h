// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/model/retention.h"
#include "core/store/gonesteps.h"
#include "core/store/samplesealer.h"
#include "core/store/statement.h"
#include "core/store/tailsealer.h"

#include <array>
#include <cstdint>

namespace ra::store {

/// Takes from a store what need not be kept any longer, in pieces of some milliseconds, each of which is a state of the
/// store that is whole in itself: whoever is stopped in between goes on the next time. What is pinned stays, with its
/// raw lines and with all samples of the time that it took. Checkpoints stay, so that nothing is read again. Throws
/// SQLite::Exception, and std::runtime_error for damage.
class Retention {
public:
    explicit Retention(SQLite::Database &db);

    [[nodiscard]] RetentionPolicy policy();
    void setPolicy(const RetentionPolicy &policy);

    /// Pins the shown run of these row ids, or takes the pin off.
    void pin(std::int64_t run, bool on);

    /// The moment before which things of a kind have gone; INT64_MIN if none.
    [[nodiscard]] std::int64_t horizon(const char *kind);

    /// Whether a run of that run_id and beginning has been removed.
    [[nodiscard]] bool hasRemoved(std::int64_t runId, std::int64_t startNs) {
        return m_goneSteps.remembers(runId, startNs);
    }

    /// Removes a piece of what lies before these moments, nanoseconds since 1970; INT64_MIN: nothing. False if nothing
    /// is left to remove. Part of a transaction of the caller's.
    struct Cutoffs {
        std::int64_t samples = INT64_MIN;
        std::int64_t log = INT64_MIN;
        std::int64_t rollups = INT64_MIN;
        std::int64_t runs = INT64_MIN;
        /// Whether samples that go leave rows of all their minutes and hours, which may take more room than they did.
        bool keepParts = true;
    };
    /// Before the first piece, and where cutoffs have changed.
    void restart() {
        m_tail = m_segment = m_run = m_source = 0;
        m_rollupsGone = 0;
    }
    /// After a rollback.
    void forget() {
        m_rollups.forget();
        m_goneSteps.forget();
    }
    /// How much there is to look at for these cutoffs, and how much of it this round has looked at: rows of different
    /// kinds, so that it tells how far it is, not how long it takes.
    [[nodiscard]] std::uint64_t extent(const Cutoffs &cutoffs);
    [[nodiscard]] std::uint64_t looked(const Cutoffs &cutoffs) const;
    [[nodiscard]] bool removeSome(const Cutoffs &cutoffs, Retained &gone);
    /// What a policy comes to at a moment; whole days.
    [[nodiscard]] static Cutoffs cutoffsOf(const RetentionPolicy &policy, std::int64_t nowNs);

    /// Seals a piece of the samples before a moment that are still in rows, and sums them up; false if nothing is left.
    /// Part of a transaction of the caller's.
    bool sealTails(std::int64_t before);

    /// The beginning of the day of the oldest thing of each kind that is still there, INT64_MAX if there is none.
    [[nodiscard]] std::int64_t oldestDay(bool runsToo);

private:
    bool removeSamples(const Cutoffs &cutoffs, Retained &gone);
    bool removeRollups(std::int64_t before, Retained &gone);
    bool removeRuns(std::int64_t before, Retained &gone);
    bool removeLog(std::int64_t before, Retained &gone);
    void setHorizon(const char *kind, std::int64_t time);
    void removeRun(std::int64_t id, Retained &gone);

    SQLite::Database &m_db;
    SampleSealer m_sealer;
    RollupWriter m_rollups;
    TailSealer m_tails;
    GoneSteps m_goneSteps;
    std::int64_t m_tail = 0;    ///< the tails of series up to this one were looked at in this round
    std::int64_t m_segment = 0; ///< likewise
    std::int64_t m_run = 0;
    std::int64_t m_source = 0;
    std::uint64_t m_rollupsGone = 0;
    std::array<std::int64_t, 4> m_last{}; ///< numbers of series, segments, sources and runs, when they were counted
};

} // namespace ra::store
