// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/time.h"
#include "core/ingest/batch.h"
#include "core/model/run.h"
#include "core/query/reader.h"

#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

namespace ra::live {

/// When a running execution is expected to end, and on what that rests.
struct Estimate {
    Duration remaining{};
    double progress = 0; ///< 0 to 1
    int basisRuns = 0;   ///< completed runs of this recipe looked at, at least LiveBoard::leastBasis
    double spread = 0;   ///< 0.2 is "±20 %"
    bool slower = false; ///< already longer than the upper quartile of the basis
    double ratio = 0;    ///< elapsed by the median of the basis, where slower
};

/// One execution on the board: running, or finished within the last minutes.
struct LiveRun {
    std::string id;
    std::string recipe;
    std::string recipePath;
    RunStatus status = RunStatus::Running;
    Time start{};
    Duration resolution{};
    std::optional<Time> end;
    std::string step;  ///< the step that runs, or the last one; empty before the first
    int stepIndex = 0; ///< 1-based "step i of n"; 0 before the first
    std::optional<int> totalSteps;
    int attempt = 1; ///< of the step
    int failedSteps = 0;
    std::string lastLine;             ///< plain text, at most 500 bytes
    std::optional<Estimate> estimate; ///< of a running one whose recipe has enough completed runs
    std::optional<int> basisRuns;     ///< completed runs of the recipe; none while the store has not answered
    std::uint64_t version = 0;        ///< grows with every change of this run
};

/// What runs now: immutable, shared with the window.
struct LiveSnapshot {
    std::uint64_t version = 0;
    Time taken{};
    /// The newest failures of the last minutes (at most topFailures), then what runs, then the newest finished; at most
    /// 200 finished.
    std::vector<LiveRun> runs;
    std::vector<std::pair<Time, std::string>> tail; ///< the newest lines of all sources, oldest first, at most 500
    int sources = 0;                                ///< followed files
    double linesPerSecond = 0;                      ///< over the last seconds
    Duration lag{};     ///< from a line's arrival to this snapshot, the largest of the last second
    std::string notice; ///< "Polling: too many files for inotify"; empty if all is well
};

/// The reducer: takes what is read as it is read, and holds what runs now. Not thread-safe; its owner guards it.
class LiveBoard {
public:
    static constexpr int leastBasis = 5;             ///< fewer completed runs are no basis for an estimate
    static constexpr std::size_t maxFinished = 200;  ///< finished runs kept on the board
    static constexpr std::size_t maxTail = 500;      ///< newest lines kept
    static constexpr std::ptrdiff_t topFailures = 3; ///< failures that stand above what runs

    /// Takes what a batch says about runs; `arrival` is when its bytes were read.
    void apply(const ingest::Batch &batch, Time arrival);
    /// Takes what an earlier session left running: of it no batch will tell before it speaks again.
    void resume(const std::vector<const Run *> &running, Time when);
    /// Takes the newest lines of all runs that a batch names, after apply(): `text` are the bytes of its source from
    /// `offset` on. Lines that only possibly belong to a run are not taken for its own.
    void takeLastLines(const ingest::Batch &batch, std::uint64_t offset, std::string_view text);
    /// Takes the newest lines of a source.
    void addLines(std::string_view text, Time arrival);
    /// The processes of these runs are gone. Returns whether anything changed.
    bool markAbandoned(const std::vector<std::string> &runIds, Time when);

    /// How long earlier runs of a recipe took, and its steps' names where the recipe file is known.
    void setHistory(const std::string &recipe, query::RecipeHistory history);
    void setRecipe(const std::string &recipe, std::vector<std::string> stepNames);
    /// Recipes that run now and of which the history was not asked for within the last half minute; counts as asking.
    [[nodiscard]] std::vector<std::string> recipesToAskAbout(Time when);

    void setSources(int followed) { m_sources = followed; }
    void setNotice(std::string notice) { m_notice = std::move(notice); }

    [[nodiscard]] std::uint64_t version() const { return m_version; }
    /// A copy of everything. O(runs on the board).
    [[nodiscard]] std::shared_ptr<const LiveSnapshot> snapshot(Time when);

private:
    struct Entry {
        LiveRun run;
        Run facts; ///< without steps
        std::vector<Step> steps;
        Time changed{};
    };
    struct StepsLeft {
        std::size_t from = 0;    ///< in the history's steps
        bool isUnderWay = false; ///< the first of them has begun
    };
    void describe(Entry &entry);
    [[nodiscard]] std::string_view nameOf(const Entry &entry, std::size_t index) const;
    [[nodiscard]] std::optional<StepsLeft> firstStepLeft(const Entry &entry, const query::RecipeHistory &history,
                                                         std::size_t ended) const;
    [[nodiscard]] std::optional<Estimate> estimate(const Entry &entry, Time when) const;
    void forgetOldest();

    std::map<std::string, Entry> m_runs; ///< by run id
    std::unordered_map<std::string, query::RecipeHistory> m_histories;
    std::unordered_map<std::string, std::vector<std::string>> m_recipes;
    std::unordered_map<std::string, Time> m_asked;
    std::optional<Time> m_lastAsked; ///< when all runs were looked at for recipes to ask about
    bool m_askSoon = true;           ///< a recipe came that was never asked about
    std::size_t m_kept = 0;          ///< runs on the board when the oldest were forgotten last
    std::deque<std::pair<Time, std::string>> m_tail;
    std::deque<std::pair<Time, std::uint64_t>> m_rate; ///< lines by arrival
    std::uint64_t m_version = 0;
    std::optional<Time> m_oldestUnseen; ///< arrival of the oldest change that no snapshot shows
    int m_sources = 0;
    std::string m_notice;
};

} // namespace ra::live
