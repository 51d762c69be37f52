// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/ingest/merge.h"
#include "core/store/candidates.h"
#include "core/store/runwriter.h"
#include "core/store/sourcetable.h"

#include <map>
#include <set>
#include <unordered_map>

namespace ra::store {

/// A sighting that a transaction put or removed.
struct Touched {
    RunRow row; ///< as it stands now; of a removed one as it stood
    bool removed = false;
    bool wasShown = false; ///< by itself or as part of another row, before
    std::optional<std::int64_t> mergedBefore;
    std::int64_t runIdBefore = 0;
};

/// Decides which sightings are one run and keeps the rows that speak for several. What it makes is a function of the
/// sightings in the store, whatever the order in which they came.
class Grouping {
public:
    Grouping(SQLite::Database &db, RunWriter &writer, SourceTable &sources);

    /// To be called before the sightings of one source are put, once the times of all sources are known: narrows down
    /// who can agree with what begins in [first, last]. `addsVague`: some have no start or no beginning.
    void focus(std::int64_t sourceId, std::int64_t first, std::int64_t last, bool addsVague);
    /// Whether nothing in the store can agree with a sighting of that source, so that it need not be regrouped. Asks
    /// only what is in memory.
    [[nodiscard]] bool isSurelyAlone(const RunRow &row) const;

    /// Brings the groups of these sightings and of all that agree with them up to date, and numbers what is shown.
    /// Adds to the summary.
    void regroup(const std::vector<Touched> &touched, CommitSummary &summary);

    /// After a rollback.
    void forget();

private:
    using Ids = std::vector<std::int64_t>;
    using Place = std::tuple<std::string, std::uint64_t, std::uint32_t>;
    struct Member {
        RunRow row;
        std::optional<ingest::Sighting> sighting; ///< read when first needed
        bool wasShown = false;
        bool changed = false;
    };
    struct Shown {
        std::int64_t row = 0;
        bool added = false;
    };

    Member *member(std::int64_t id);
    const ingest::Sighting &sighting(Member &member);
    [[nodiscard]] std::vector<Ids> components(Ids seeds);
    [[nodiscard]] std::vector<Ids> groupsOf(Ids component);
    void rewrite(const std::vector<Ids> &groups, std::vector<Shown> &shown);
    void showAlone(const Ids &group, std::vector<Shown> &shown);
    /// The id of the row that speaks for the group.
    std::int64_t showMerged(const Ids &group, std::int64_t into, std::vector<Shown> &shown);
    /// Gives shown rows of one run_id different numbers: the first by its place keeps it, the others take the next free
    /// ones.
    void numberAll();
    void number(std::int64_t runId, std::set<std::int64_t> &done);
    void renumber(const RunRow &row, std::optional<std::int64_t> alternative);
    [[nodiscard]] bool isTaken(std::int64_t number);
    [[nodiscard]] Place placeOf(const RunRow &row);

    RunWriter &m_writer;
    SourceTable &m_sources;
    CandidateFinder m_finder;
    Statement m_ofNumber;
    Statement m_anyAlternative;
    Statement m_taken;
    std::unordered_map<std::int64_t, Member> m_members;
    std::set<std::int64_t> m_retired; ///< merged rows that may have lost their members
    std::set<std::int64_t> m_numbers; ///< run ids whose shown rows may have changed
    bool m_anyVague = false;
    std::vector<const Source *> m_near;
};

} // namespace ra::store
