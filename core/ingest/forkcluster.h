// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/ingest/batch.h"
#include "core/ingest/forkresolver.h"
#include "core/ingest/openrun.h"
#include "core/ingest/recipebook.h"

#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace ra::ingest {

/// Runs that share a runner name while more than one of them is open. Who said what is decided for all together, and
/// decided anew with every record and with every recipe that becomes known.
struct ForkCluster {
    std::uint64_t runner = 0;
    std::deque<Fact> facts;       ///< the runner's records; a deque, because the search looks at them where they lie
    std::vector<std::string> ids; ///< by order of the starts
    std::vector<std::pair<std::uint32_t, LineSpan>> others; ///< lines after fact i that name no runner
    std::vector<std::unique_ptr<OpenRun>> runs;             ///< as resolved last, by order of the starts
    bool dirty = true;
    std::uint64_t basis = 0;            ///< what was known of the recipes then
    std::unique_ptr<ForkSearch> search; ///< as far as it had come then
    std::uint64_t revision = 0;         ///< of the book that it rests on

    /// By run: what resolving came to last. A run of which that has not changed stays as it is.
    struct Resolved {
        Run run;
        std::vector<LineSpan> spans;

        bool operator==(const Resolved &) const = default;
    };
    std::vector<Resolved> resolved;
    std::vector<int> given; ///< by fact: the run that it went to then, or -1

    static constexpr std::size_t maxFacts = 5'000;
    static constexpr std::size_t maxOthers = 20'000;

    /// A line that names no runner, after the facts so far. Nothing is decided anew for it: it goes to the run that
    /// spoke last.
    void addOther(std::uint64_t offset, std::uint32_t length);
    /// Whether there is more than can be told apart.
    [[nodiscard]] bool isFull() const { return facts.size() > maxFacts || others.size() > maxOthers; }
    /// Whether nothing more can come of it: every run has its end, or it is full.
    [[nodiscard]] bool isOver() const;
    /// Decides who said what. Runs of which that says something else than before are made anew. `book` may be null.
    void resolve(const RecipeBook *book);
    /// What to keep.
    [[nodiscard]] ForkRecord record();
    /// Nothing: the data is of another version or damaged.
    [[nodiscard]] static std::optional<ForkCluster> load(std::string_view data);
};

/// A number that differs when `book` knows something else of the recipes that logs call so. `book` may be null.
[[nodiscard]] std::uint64_t forkBasis(std::span<const std::string> recipePaths, const RecipeBook *book);

} // namespace ra::ingest
