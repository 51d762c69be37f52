// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/time.h"
#include "core/ingest/recipebook.h"
#include "core/ingest/record.h"

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

namespace ra::ingest {

/// One runner record among those of several runs that share a runner name (children forked after the runner was made,
/// or processes without address randomisation of which one died).
struct ForkFact {
    RecordKind kind = RecordKind::Text;
    std::int64_t timeNs = 0; ///< of the line, cut to its resolution
    std::string_view name;   ///< step name; recipe path for RunStarted; status word for RunFinished
    std::int64_t durationNs = Record::kNoDuration;
    std::int64_t a = 0;
    std::int64_t b = 0;
    std::string_view thread;
};

/// Gives each fact to one of the runs that the RunStarted facts begin.
///
/// What tells runs apart: a step ends once in a run; it ends when the run's start plus the steps before it say (lines
/// are cut to whole seconds); retries are followed by their step; and a run's stated duration exceeds the sum of its
/// steps by a few milliseconds. The assignment of least total contradiction is found by beam search and improved by
/// exchanging facts between runs until nothing improves; runs that look alike so far are interchangeable and only one
/// of them is tried. Deterministic. What a fact costs depends on the open runs and the beam alone, so that runs can be
/// told apart while they are written. Of very many open runs those that were silent longest get nothing more, so that
/// neither time nor memory grows with the runs that never end.
class ForkSearch {
public:
    /// `book` may be null; where it knows a run's recipe, steps that the recipe does not have and steps out of its
    /// order count as contradictions. Without it, runs of different recipes that share step names may be beyond telling
    /// apart. It must not change while the search lives.
    explicit ForkSearch(const RecipeBook *book);
    ~ForkSearch();
    ForkSearch(const ForkSearch &) = delete;
    ForkSearch &operator=(const ForkSearch &) = delete;

    /// Takes the next fact. What its views point to must stay.
    void take(const ForkFact &fact);
    [[nodiscard]] std::size_t size() const { return m_facts.size(); }

    /// For each fact the ordinal of its run (0 for the first RunStarted), or -1 for a fact while no run is open.
    [[nodiscard]] std::vector<int> assignment() const;

private:
    struct Hypothesis;
    struct Candidate;
    void begin(const ForkFact &fact);
    [[nodiscard]] static Hypothesis make(const Candidate &candidate, const ForkFact &fact);

    const RecipeBook *m_book;
    std::vector<ForkFact> m_facts;
    std::vector<Hypothesis> m_beam;
    int m_runs = 0;
};

/// The same for facts that are all there.
[[nodiscard]] std::vector<int> resolveForks(std::span<const ForkFact> facts, const RecipeBook *book = nullptr);

} // namespace ra::ingest
