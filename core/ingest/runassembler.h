// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/zone.h"
#include "core/ingest/batch.h"
#include "core/ingest/forkcluster.h"
#include "core/ingest/openruns.h"
#include "core/ingest/recipebook.h"
#include "core/ingest/record.h"

#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace ra::ingest {

/// Turns the records of one source, in their order, into runs: separates the interleaved records of many concurrent
/// runs, reconstructs step intervals, and says with which certainty a line belongs to a run. FORMATS.md 4.
///
/// The result depends on the bytes of the source alone, never on how they were cut into chunks or when changes were
/// taken: whatever cannot be decided yet is held back or decided anew when more is known.
class RunAssembler {
public:
    /// `book` may be null; it may grow between calls, and what is decided later then rests on more.
    explicit RunAssembler(Zone zone, std::shared_ptr<const RecipeBook> book = nullptr);
    ~RunAssembler();
    RunAssembler(RunAssembler &&) noexcept;
    RunAssembler &operator=(RunAssembler &&) noexcept;

    /// Takes the next record; its views are not kept.
    void take(const Record &record);

    /// No more bytes are expected: decides what was held back.
    void finish();

    /// What changed since the last call.
    [[nodiscard]] std::vector<RunChange> takeChanges();

    /// What to keep of the runs that share a runner name, so that they can be told apart anew: of those that were told
    /// apart for good since the last call, and, with `open`, of those that are open. To be called after takeChanges.
    [[nodiscard]] std::vector<ForkRecord> takeForks(bool open);

    /// Marks the runs without a final line for which `isGone` holds as ended with that status, because their process is
    /// gone. They come back to life if the source goes on.
    void endOpenRuns(RunStatus status, const std::function<bool(const Run &)> &isGone);

    /// Runs without a final line.
    [[nodiscard]] std::vector<const Run *> openRuns() const;

    /// Everything that decides how later records are read. Another version's or a damaged state is refused.
    [[nodiscard]] std::string saveState() const;
    [[nodiscard]] bool loadState(std::string_view state);

private:
    using Cluster = ForkCluster;
    struct Pending {
        Fact fact;
        std::string logger;
        std::string lines; ///< continuation lines, joined by "\n", of a traceback
        std::string lastLine;
        std::uint64_t length = 0;
    };

    [[nodiscard]] Time timeOf(const Record &record);
    [[nodiscard]] std::string idOf(const Record &record, Time time);
    void process(const Record &record, Time time);
    void processRunner(const Record &record, Time time);
    void processOther(const Record &record, Time time);
    void processContinuation(const Record &record);
    void completePending();
    void closeTraceback();
    void startRun(const Record &record, Time time);
    void startCluster(OpenRun &rival, const Record &record, std::string id, Time time);
    void takeHeadless(const Record &record, Time time);
    void takeOwn(OpenRun &run, const Record &record, Time time);
    void adopt(OpenRun &run, const Record &record, Time time);
    [[nodiscard]] Cluster *clusterByRunner(std::uint64_t runner);
    [[nodiscard]] bool mustWait(const Record &record) const;
    void addToCluster(const Record &record);
    void close(Cluster &cluster);
    void closeQuietest();
    void dropEnded();
    void forgetQuietest();
    void keepBuffersOf(OpenRun &ended);
    template <typename Archive>
    void ioState(Archive &archive);

    Zone m_zone;
    std::shared_ptr<const RecipeBook> m_book;
    OpenRuns m_open;                                  ///< ended ones stay until the next run starts
    std::deque<OpenRun> m_withheld;                   ///< headless ones that may be quoted text
    std::vector<std::unique_ptr<Cluster>> m_clusters; ///< runs that share a runner name at one time
    static constexpr std::size_t maxClusters = 64;
    std::vector<ForkRecord> m_forks;                             ///< of clusters that are no more
    std::uint64_t m_revision = 0;                                ///< of the book when the clusters were resolved last
    std::vector<OpenRun> m_done;                                 ///< ended, to be handed out
    std::unordered_map<std::uint64_t, std::uint32_t> m_ordinals; ///< of equal run keys
    std::optional<Pending> m_pending;
    OpenRun *m_last = nullptr; ///< the run of the record before
    Cluster *m_lastCluster = nullptr;
    RecordKind m_lastKind = RecordKind::Text;
    Certainty m_lastCertainty = Certainty::Certain;
    bool m_tracebackOpen = false;
    bool m_sawStart = false;
    std::optional<Time> m_lastTime;
    Candidates m_candidates;               ///< processOther()'s, kept for their memory
    std::vector<OpenRun::Buffers> m_spare; ///< empty, of ended runs: for their memory
    std::string m_key;                     ///< idOf()'s
    std::int64_t m_cachedLocal = Record::kNoTime;
    Time m_cachedTime{};
};

} // namespace ra::ingest
